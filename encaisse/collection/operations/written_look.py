"""The last look at a message that a person wrote: it says what is due now, or does not leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine, WrittenText
from encaisse.collection.operations.effects import withdraw_claimed
from encaisse.collection.queries.drafts import Draft, Handwritten, claim_of
from encaisse.collection.queries.obstacles import ByCustomer, ByEntry, marks_of, obstacles
from encaisse.ledger.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Checked:
    """A reminder that still holds, with what it claims now."""

    reminder: Reminder
    draft: Draft
    lines: tuple[ReminderLine, ...]


def check_written(reminders: Sequence[Reminder], *, now: datetime) -> list[Checked]:
    """Compare written messages with the facts of this moment; `reminders` carry their lines.

    What was paid, stopped, contested or promised since drops out; what its author knew of stays.
    One that has nothing left to claim is cancelled.
    """
    if not reminders:
        return []
    company = reminders[0].company
    held = obstacles(company, company.local_day(now))
    texts = WrittenText.objects.in_bulk([reminder.pk for reminder in reminders])
    ids = {line.entry_id for reminder in reminders for line in reminder.lines.all()}
    entries = LedgerEntry.objects.in_bulk(ids)
    kept = []
    for reminder in reminders:
        checked = _check(reminder, texts[reminder.pk], entries, held)
        if isinstance(checked, Checked):
            kept.append(checked)
        else:
            withdraw_claimed(reminder, why=checked, now=now)
    return kept


def _check(
    reminder: Reminder,
    text: WrittenText,
    entries: dict[int, LedgerEntry],
    held: tuple[ByCustomer, ByEntry],
) -> Checked | str:
    """The message as it must leave now, or in words why nothing may leave."""
    lines = list(reminder.lines.all())
    before = {line.pk: line.claimed_minor for line in lines}
    if reminder.kind in Reminder.CLAIMING:
        known = set(text.known)
        if not known.issuperset(marks_of(held, reminder.customer_id, ())):
            return _("Annulé avant l’envoi : suspendu entre-temps.")
        owed = _still_owed(lines, entries)
        lines = [line for line in owed if known.issuperset(marks_of(held, 0, (line.entry_id,)))]
        if sum(line.claimed_minor for line in lines) <= 0:
            if not owed:
                return _("Annulé avant l’envoi : réglé entre-temps.")
            return _("Annulé avant l’envoi : réglé ou suspendu entre-temps.")
    _follow(reminder, lines, before)
    written = Handwritten(
        text.subject,
        text.body,
        tuple(reminder.recipients),
        tuple(reminder.copies),
        tuple(text.address.splitlines()),
        sender_name=text.sender_name,
        reply_to=text.reply_to,
    )
    draft = Draft.of_reminder(reminder, map(claim_of, lines), written=written)
    return Checked(reminder, draft, tuple(lines))


def _still_owed(
    lines: Sequence[ReminderLine], entries: dict[int, LedgerEntry]
) -> list[ReminderLine]:
    """The lines of which something remains, claiming no more than that."""
    owed = [line for line in lines if entries[line.entry_id].remaining_minor]
    for line in owed:
        remaining = entries[line.entry_id].remaining_minor
        # Less than what remains may have been claimed: the rest is promised or contested.
        line.claimed_minor = remaining if line.is_credit else min(line.claimed_minor, remaining)
    return owed


def _follow(reminder: Reminder, lines: Sequence[ReminderLine], before: dict[int, int]) -> None:
    """Lines and amount follow the facts, where these have changed. `before`: what lines claimed."""
    if before == {line.pk: line.claimed_minor for line in lines}:
        return
    reminder.amount_minor = sum(line.claimed_minor for line in lines)
    with transaction.atomic():
        kept = [line.pk for line in lines]
        ReminderLine.objects.filter(reminder=reminder).exclude(pk__in=kept).delete()
        ReminderLine.objects.bulk_update(lines, ["claimed_minor"])
        Reminder.objects.filter(pk=reminder.pk).update(amount_minor=reminder.amount_minor)
