"""Regular work: who runs it when. One row a schedule, claimed like a job."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from encaisse.jobs.models import Schedule
from encaisse.jobs.operations import sweep

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Regular:
    """A function of one moment, and how often it runs."""

    name: str
    function: str
    every: timedelta


REGULAR = (
    Regular("jobs.prune", "encaisse.jobs.schedule.prune_tasks", timedelta(days=1)),
    Regular("jobs.sweep", "encaisse.jobs.schedule.sweep_jobs", timedelta(seconds=15)),
    Regular("collection.sweep", "encaisse.collection.tasks.sweep_reminders", timedelta(seconds=30)),
    Regular("collection.daily", "encaisse.collection.tasks.send_automatic", timedelta(minutes=5)),
    Regular("collection.mailbox", "encaisse.collection.tasks.read_mailboxes", timedelta(minutes=5)),
    Regular(
        "collection.promises",
        "encaisse.collection.tasks.note_promise_outcomes",
        timedelta(minutes=30),
    ),
    Regular("collection.files", "encaisse.collection.tasks.sweep_attachments", timedelta(days=1)),
    Regular(
        "connectors.invoices", "encaisse.connectors.tasks.watch_invoices", timedelta(minutes=2)
    ),
    Regular("tenancy.replies", "encaisse.tenancy.idempotency.forget_replies", timedelta(hours=1)),
    Regular("connectors.rates", "encaisse.connectors.tasks.fetch_rates", timedelta(hours=6)),
    Regular(
        "tenancy.webhooks",
        "encaisse.tenancy.webhooks.delivery.deliver_webhooks",
        timedelta(seconds=5),
    ),
    Regular(
        "tenancy.deliveries",
        "encaisse.tenancy.webhooks.delivery.forget_deliveries",
        timedelta(days=1),
    ),
    Regular("web.exports", "encaisse.web.tasks.send_due_exports", timedelta(minutes=5)),
    Regular("web.reports", "encaisse.web.tasks.send_due_cash_reports", timedelta(minutes=5)),
)


def sweep_jobs(now: datetime) -> None:
    """Queue again what nobody finished."""
    sweep(now)


def prune_tasks(now: datetime) -> None:
    """Forget the queue's own rows of yesterday: jobs keep what matters, on rows of their own."""
    DBTaskResult.objects.filter(enqueued_at__lt=now - timedelta(days=1)).exclude(
        status="READY"
    ).delete()


def run_due(now: datetime) -> list[str]:
    """Run what is due, each on one worker only; returns the names that ran here."""
    ran = []
    for regular in REGULAR:
        if _claim(regular, now):
            try:
                function: Callable[[datetime], None] = import_string(regular.function)
                function(now)
            except Exception:  # the next tick tries again; the others still run
                logger.exception("Schedule %s failed", regular.name)
            ran.append(regular.name)
    return ran


def _claim(regular: Regular, now: datetime) -> bool:
    due = Schedule.objects.filter(name=regular.name, next_run_at__lte=now)
    if due.update(next_run_at=now + regular.every):
        return True
    _, created = Schedule.objects.get_or_create(
        name=regular.name, defaults={"next_run_at": now + regular.every}
    )
    return created
