"""The last look at a message that a person wrote: it says what is due now, or does not leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine, WrittenText
from encaisse.collection.operations.effects import cancel_reminders
from encaisse.collection.queries.messages import Draft, Handwritten
from encaisse.collection.rules.plan import Claim
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.journal import AUTOMATIC
from encaisse.tenancy.scope import Scope

# What asks for money says only what is still due.
_CLAIMING = (Reminder.Kind.REMINDER, Reminder.Kind.PRE_DUE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A reminder that still holds, with what it claims now."""

    reminder: Reminder
    draft: Draft
    lines: tuple[ReminderLine, ...]


def check_written(reminders: Sequence[Reminder], *, now: datetime) -> list[Checked]:
    """Compare written messages with the facts of this moment; `reminders` carry their lines.

    What was paid since drops out of it. One that has nothing left to claim is cancelled.
    """
    if not reminders:
        return []
    texts = WrittenText.objects.in_bulk([reminder.pk for reminder in reminders])
    ids = {line.entry_id for reminder in reminders for line in reminder.lines.all()}
    entries = LedgerEntry.objects.in_bulk(ids)
    kept = []
    for reminder in reminders:
        checked = _check(reminder, texts[reminder.pk], entries)
        if checked is None:
            _cancel(reminder, now)
        else:
            kept.append(checked)
    return kept


def _check(
    reminder: Reminder, text: WrittenText, entries: dict[int, LedgerEntry]
) -> Checked | None:
    lines = list(reminder.lines.all())
    if reminder.kind in _CLAIMING:
        lines = [line for line in lines if entries[line.entry_id].remaining_minor]
        for line in lines:
            owed = entries[line.entry_id].remaining_minor
            # Less than what remains may have been claimed: the rest is promised or contested.
            line.claimed_minor = owed if line.is_credit else min(line.claimed_minor, owed)
        if sum(line.claimed_minor for line in lines) <= 0:
            return None
    _follow(reminder, lines)
    written = Handwritten(
        text.subject,
        text.body,
        tuple(reminder.recipients),
        tuple(reminder.copies),
        tuple(text.address.splitlines()),
    )
    draft = Draft(
        reminder.customer_id,
        reminder.currency,
        reminder.kind,
        reminder.level,
        reminder.medium,
        reminder.template_code,
        tuple(_claim(line) for line in lines),
        user=reminder.created_by,
        written=written,
    )
    return Checked(reminder, draft, tuple(lines))


def _claim(line: ReminderLine) -> Claim:
    return Claim(
        line.entry_id,
        line.claimed_minor,
        line.level_before,
        line.level_after,
        line.cycle,
        line.is_credit,
    )


def _follow(reminder: Reminder, lines: Sequence[ReminderLine]) -> None:
    """Lines and amount follow the facts, where these have changed."""
    amount = sum(line.claimed_minor for line in lines)
    if reminder.kind not in _CLAIMING or (
        amount == reminder.amount_minor and len(lines) == len(reminder.lines.all())
    ):
        return
    with transaction.atomic():
        kept = [line.pk for line in lines]
        ReminderLine.objects.filter(reminder=reminder).exclude(pk__in=kept).delete()
        ReminderLine.objects.bulk_update(lines, ["claimed_minor"])
        Reminder.objects.filter(pk=reminder.pk).update(amount_minor=amount)
    reminder.amount_minor = amount


def _cancel(reminder: Reminder, now: datetime) -> None:
    with transaction.atomic():
        claimed = Reminder.objects.filter(pk=reminder.pk, status=Reminder.Status.CLAIMED)
        if claimed.update(status=Reminder.Status.WAITING):
            cancel_reminders(
                Scope(reminder.company),
                [reminder.pk],
                now=now,
                author=AUTOMATIC,
                why=_("Annulé avant l’envoi : réglé entre-temps."),
            )
