"""`encaisse worker`: takes tasks from the queue, and runs what is regular."""

import logging
import os
import signal
import socket
import threading
from uuid import uuid4

import click
from django.db import close_old_connections, connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.management.commands.db_worker import Worker

from encaisse.cli.startup import mark_running, stop_with_parent, wait_for_migrations, warm_up
from encaisse.jobs.schedule import run_due

logger = logging.getLogger(__name__)

# Seconds between two looks at the queue, and between two looks at the schedule.
QUEUE_INTERVAL = 0.15
SCHEDULE_INTERVAL = 5.0


@click.command(help=_("Lance un processus de travail de fond (imports, envois, relances)."))
def worker() -> None:
    """Work until SIGTERM, which lets the current task finish."""
    with mark_running():
        wait_for_migrations()
        warm_up()
        stop = threading.Event()
        queue = make_worker()
        _stop_on_signals(queue, stop)
        stop_with_parent()
        ticker = threading.Thread(target=tick, args=(stop,), name="schedule")
        ticker.start()
        try:
            queue.run()
        finally:
            stop.set()
            ticker.join()
            connections.close_all()


def make_worker() -> Worker:
    """A worker of the only queue, under a name nobody else has."""
    return Worker(
        queue_names=["*"],
        interval=QUEUE_INTERVAL,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"{socket.gethostname()[:32]}-{os.getpid()}-{uuid4().hex[:8]}",
        excluded_queue_names=[],
    )


def _stop_on_signals(queue: Worker, stop: threading.Event) -> None:
    # The package's own handler leaves at once when it believes itself idle, which between taking
    # a task and starting it is wrong; here the loop always ends by itself.
    def on_signal(number: int, _frame: object) -> None:
        queue.running = False
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)


def tick(stop: threading.Event) -> None:
    """Run what is due until asked to stop; a broken connection is replaced at the next look."""
    while not stop.is_set():
        close_old_connections()
        try:
            run_due(timezone.now())
        except Exception:
            logger.exception("Schedule: this look failed, the next one tries again")
        stop.wait(SCHEDULE_INTERVAL)
    connections.close_all()
