"""Keeps two workers at work on the waiting mails of a company; some kill themselves.

    python -m tests.chaos.workers SLUG [POINT:COUNT ...]

Each POINT:COUNT is one worker that dies by SIGKILL when it reaches the point for the COUNT-th time:
`claimed` (intents are held), `checked` (the last look is done), `sending` (that state is
committed), `accepted` (the server said yes, nothing is recorded). After them, workers that live
until nothing is left. Prints how many were killed.
"""

import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import django
from django.db import connection

django.setup()

from encaisse.collection.models import Reminder  # noqa: E402
from encaisse.collection.operations.deliver import DeliveryRun  # noqa: E402
from encaisse.collection.operations.mail_session import open_session  # noqa: E402
from encaisse.tenancy.models import Company  # noqa: E402


class DyingRun(DeliveryRun):
    """A run that stops for good at a point."""

    point = ""
    count = 0

    def _claim(self) -> list[Any]:
        batch = super()._claim()
        if batch:
            self._reach("claimed")
        return batch

    def _written(self, checked: Sequence[Any]) -> Iterator[Any]:
        self._reach("checked")
        yield from super()._written(checked)

    def _begin(self, ready: Any, revision: int) -> bool:
        begun = super()._begin(ready, revision)
        if begun:
            self._reach("sending")
        return begun

    def _taken(self, session: Any, ready: Any, outcome: Any) -> None:
        super()._taken(session, ready, outcome)
        self._reach("accepted")

    def _reach(self, point: str) -> None:
        if point == self.point:
            self.count -= 1
            if not self.count:
                os.kill(os.getpid(), signal.SIGKILL)


def main(slug: str, *deaths: str) -> None:
    """Fork each worker from here: Django is loaded once."""
    company = Company.objects.get(slug=slug)
    planned = deque(deaths)
    killed, running = 0, {_fork(company, planned), _fork(company, planned)}
    while running:
        pid, status = os.wait()
        running.remove(pid)
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit(1)
        if planned or _is_work_left(company):
            running.add(_fork(company, planned))
    sys.stdout.write(f"{killed}\n")


def _fork(company: Company, planned: deque[str]) -> int:
    point, _colon, count = (planned.popleft() if planned else ":0").partition(":")
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    run = DyingRun(company, open_session, batch=20)  # enough batches for every death
    run.point, run.count = point, int(count)
    try:
        run.run()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    connection.close()
    os._exit(0)


def _is_work_left(company: Company) -> bool:
    """Also what dead workers hold: it waits again once their lease is over."""
    time.sleep(0.1)
    return Reminder.objects.filter(company=company, status__in=Reminder.LEAVING).exists()


if __name__ == "__main__":
    main(*sys.argv[1:])
