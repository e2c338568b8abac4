"""1,000 e-mails to a local SMTP sink, against a bare smtplib loop with the same messages."""

import os
import smtplib
import socket
import subprocess
import sys
import time
from datetime import date
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP, EmailPolicy
from pathlib import Path
from typing import Any

from bench.house import Result, prepare_django, seconds, tell

MESSAGES = 1_000
# Each time one after the other, and the middle ratio: a machine's speed changes in a minute.
ROUNDS = 5
BOUND = 0.5
TODAY = date(2026, 11, 20)
SINK = Path(__file__).with_name("sink.py")


class _ReadyHeaders(EmailPolicy):
    """Writes headers as they are: the standard policies fold and encode them anew each time."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _ReadyHeaders(linesep=SMTP.linesep, utf8=False, cte_type="7bit")


def main() -> list[Result]:
    """The rate of the whole path (look again, write, send, record) over the bare loop's."""
    database = prepare_django()
    from bench.world import desk, with_addresses
    from encaisse.collection.models import Reminder

    rounds = []
    with _sink() as port, _workers():
        for number in range(ROUNDS):
            relay = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none"}
            company = desk(f"bench{number}", **relay)
            _invoices(company)
            with_addresses(company, with_email=1.0)
            _prepare(company)
            spent = _send(company)
            sent = Reminder.objects.filter(company=company, status="sent").count()
            assert sent == MESSAGES, f"{sent} messages were sent"
            kept = _same_messages(company)
            bare = seconds(lambda kept=kept: _bare_loop(port, kept))
            rounds.append((bare / spent, spent, bare))
    ratio, spent, bare = sorted(rounds)[ROUNDS // 2]
    return [
        Result(
            "1 000 e-mails : débit / boucle smtplib nue", database, ratio, BOUND,
            at_most=False, detail=f"{MESSAGES / spent:.0f}/s contre {MESSAGES / bare:.0f}/s",
        )
    ]  # fmt: skip


def _send(company: Any) -> float:
    """Order the sending as the screen does; seconds from its start by a worker to its end."""
    from encaisse.collection.tasks import start_sending
    from encaisse.jobs.models import Job

    job = start_sending(company, actor=None)
    assert job is not None
    while not Job.objects.filter(pk=job.pk, attempts__gt=0).exists():
        time.sleep(0.005)
    start = time.perf_counter()
    while True:
        job.refresh_from_db()
        if job.is_finished:
            assert job.status == Job.Status.DONE, job.message
            return time.perf_counter() - start
        time.sleep(0.05)  # looking must weigh nothing beside the work


class _workers:
    """Two workers of the product, as on a machine of two cores."""

    def __enter__(self) -> None:
        command = [sys.executable, "-m", "encaisse.cli", "worker"]
        environment = {**os.environ, "ENCAISSE_WORKERS": "2"}
        self._processes = [subprocess.Popen(command, env=environment) for _ in range(2)]
        time.sleep(4)

    def __exit__(self, *error: object) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait()


def _invoices(company: Any) -> None:
    """A thousand customers with three late invoices each."""
    import tempfile

    from django.utils import timezone

    from bench.generate import HEADER, _sale
    from encaisse.connectors.importing import ImportOrder, run_import
    from encaisse.tenancy.journal import COMMAND_LINE

    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
        file.write(HEADER)
        for number in range(MESSAGES * 3):
            day = date(2026, 9, 1 + number % 28)
            code = f"C{number % MESSAGES:06d}"
            file.write(_sale(number, (code, f"Client {code}"), day, 100_000 + number, ""))
    path = Path(file.name)
    order = ImportOrder(company, "fec", path, path.name, timezone.now(), COMMAND_LINE)
    run_import(order, write=True)
    path.unlink()


def _prepare(company: Any) -> None:
    from django.utils import timezone

    from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
    from encaisse.tenancy.journal import COMMAND_LINE
    from encaisse.tenancy.scope import Scope

    now = timezone.now()
    prepare_reminders(
        Scope(company),
        Moment(company.local_day(now), now),
        author=COMMAND_LINE,
        selection=Selection(media=frozenset({"email"})),
    )


def _same_messages(company: Any) -> list[Message]:
    """The messages that were sent, written again from the journal of what left."""
    from encaisse.collection.models import Reminder
    from encaisse.messaging.mail import Envelope, MailAddress, mail_bytes
    from encaisse.messaging.rules.rendering import Rendered

    found = []
    for row in Reminder.objects.filter(company=company, status="sent").order_by("id"):
        rendered = Rendered(row.subject, row.content_html, row.content_text, [])
        envelope = Envelope(
            sender=MailAddress(company.name, row.sender),
            recipients=[MailAddress("", email) for email in row.recipients],
            message_id=row.message_id,
            language=row.language,
            sent_at=row.status_at,
        )
        found.append(message_from_bytes(mail_bytes(rendered, envelope), policy=_POLICY))
    return found


def _bare_loop(port: int, messages: list[Message]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for message in messages:
            server.send_message(message)


class _sink:
    """A real SMTP server in its own process, on a free port."""

    def __enter__(self) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self._process = subprocess.Popen([sys.executable, str(SINK), str(port)])
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    return port
            time.sleep(0.05)
        raise SystemExit("the SMTP sink did not start")

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.wait()


if __name__ == "__main__":
    tell(main())
