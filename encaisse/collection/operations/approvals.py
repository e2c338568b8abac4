"""What the product prepared and a person must let go: sent, or its step passed over."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.effects import cancel_reminders, raise_levels
from encaisse.collection.operations.followup import set_level
from encaisse.collection.operations.prepare import FIRST_STATUS
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.scope import Scope

Status = Reminder.Status


@transaction.atomic
def approve_reminders(
    scope: Scope,
    ids: Sequence[int],
    *,
    author: Author,
    now: datetime,
    not_before: datetime | None = None,
) -> dict[str, int]:
    """Let them go: mails leave by their job, letters are printed, calls are to be made.

    Returns how many by medium; those that somebody else decided meanwhile are left.
    """
    waiting = _to_approve(scope, ids)
    counts: dict[str, int] = {}
    for reminder in waiting:
        reminder.status = FIRST_STATUS[reminder.medium]
        reminder.status_at = now
        reminder.not_before = not_before if reminder.medium == "email" else None
        reminder.save(update_fields=["status", "status_at", "not_before"])
        counts[reminder.medium] = counts.get(reminder.medium, 0) + 1
    if waiting:
        record_event(
            "reminders.approved",
            company=scope.company,
            author=author,
            at=now,
            reminders=[reminder.pk for reminder in waiting],
            by_medium=counts,
        )
    return counts


@transaction.atomic
def pass_over(scope: Scope, ids: Sequence[int], *, author: Author, now: datetime) -> int:
    """Send nothing for this step: its entries stand at its level, and the next step follows.

    Returns how many messages were passed over.
    """
    today = scope.company.local_day(now)
    waiting = _to_approve(scope, ids)
    why = _("Étape passée sans envoi.")
    done = cancel_reminders(
        scope, [reminder.pk for reminder in waiting], now=now, author=author, why=why
    )
    for reminder in waiting:
        lines = [line for line in reminder.lines.all() if not line.is_credit]
        levels = {line.level_after for line in lines if line.kind == Reminder.Kind.REMINDER}
        for level in sorted(levels):
            entries = [
                line.entry
                for line in lines
                if line.kind == Reminder.Kind.REMINDER and line.level_after == level
            ]
            set_level(reminder.customer, entries, to_level=level, on=today, author=author, now=now)
        # A prévenance or a remerciement counts as done.
        raise_levels(
            [(reminder, [line for line in lines if line.kind != Reminder.Kind.REMINDER])], today
        )
    return done


def _to_approve(scope: Scope, ids: Sequence[int]) -> list[Reminder]:
    """Those that still wait, held until the caller has decided."""
    rows = Reminder.objects.filter(
        scope.customers("customer__"), pk__in=ids, status=Status.TO_APPROVE
    )
    return list(
        rows.select_for_update(of=("self",))
        .select_related("customer", "customer__company")
        .prefetch_related("lines__entry")
        .order_by("id")
    )
