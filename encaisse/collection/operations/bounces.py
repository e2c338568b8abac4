"""A mail that came back: its reminder took no effect, and its address is written to no more."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import EntryFollowUp, LevelChange, Reminder, ReminderLine
from encaisse.collection.operations.effects import journal_reminder
from encaisse.ledger.operations.contacts import mark_invalid
from encaisse.tenancy.journal import Author, facts_changed

Status = Reminder.Status


@transaction.atomic
def bounce_reminder(
    reminder: Reminder,
    addresses: Sequence[str],
    *,
    why: str,
    now: datetime,
    author: Author,
    blames_address: bool = True,
) -> bool:
    """A mail came back for good from some addresses (lower case): none of them is used any more,
    unless the fault lies elsewhere.

    When no other recipient is left, the reminder did not arrive: its levels are taken back and the
    step is proposed again, by other means where no address is left. False when it was not under
    way or sent, and when somebody else got it.
    """
    current = Reminder.objects.filter(pk=reminder.pk, status__in=Reminder.LEFT)
    # As they are now: each address may send the mail back on its own.
    row = Reminder.objects.select_for_update().values_list("recipients", "copies")
    recipients, in_copy = row.get(pk=reminder.pk)
    failed, copies = _ours(recipients, addresses), _ours(in_copy, addresses)
    if not failed and not copies and len(recipients) == 1:
        failed = list(recipients)  # his address hands over to one that fails
    if blames_address:
        mark_invalid(reminder.company, [*failed, *copies], now=now)
    left = [email for email in recipients if email not in failed]
    if not failed or left:
        current.update(recipients=left)
        return False
    error = _("Revenu : %(why)s") % {"why": why}
    if not current.update(
        status=Status.BOUNCED,
        status_at=now,
        returned_at=now,
        error=error,
        effective_on=None,
        lease_until=None,
    ):
        return False
    ReminderLine.objects.filter(reminder=reminder).update(is_live=False)
    take_back_effects(reminder)
    journal_reminder("reminder.bounced", reminder, now=now, author=author)
    facts_changed(reminder.company_id)
    return True


def _ours(own: Sequence[str], addresses: Sequence[str]) -> list[str]:
    return [email for email in own if email.lower() in addresses]


def take_back_effects(reminder: Reminder) -> None:
    """Undo on each entry what a reminder had raised. Inside the caller's transaction.

    An entry whose level was changed again since keeps it: a later step was taken, or somebody
    decided otherwise.
    """
    raised = list(LevelChange.objects.filter(reminder=reminder))
    follow_ups = EntryFollowUp.objects.in_bulk([change.entry_id for change in raised])
    befores = dict(reminder.lines.values_list("entry_id", "level_before"))
    history = _histories([change.entry_id for change in raised])
    for change in raised:
        follow_up = follow_ups.get(change.entry_id)
        if follow_up is None:
            continue
        if change.kind == Reminder.Kind.PRE_DUE and follow_up.pre_due_on == change.on:
            follow_up.pre_due_on = None
        elif change.kind == Reminder.Kind.THANKS and follow_up.thanked_on == change.on:
            follow_up.thanked_on = None
        elif change.kind == Reminder.Kind.REMINDER:
            follow_up.reminder_count = max(0, follow_up.reminder_count - 1)
            _lower(follow_up, change, history[change.entry_id], befores.get(change.entry_id, 0))
    EntryFollowUp.objects.bulk_update(
        follow_ups.values(), ("level", "level_on", "reminder_count", "pre_due_on", "thanked_on")
    )
    LevelChange.objects.filter(reminder=reminder).delete()


def _histories(entry_ids: Sequence[int]) -> dict[int, list[LevelChange]]:
    """The changes of level of entries, the latest last."""
    found: dict[int, list[LevelChange]] = {entry_id: [] for entry_id in entry_ids}
    for change in LevelChange.objects.filter(entry_id__in=entry_ids, kind="reminder"):
        found[change.entry_id].append(change)
    for changes in found.values():
        changes.sort(key=lambda change: change.pk)
    return found


def _lower(
    follow_up: EntryFollowUp, change: LevelChange, history: Sequence[LevelChange], before: int
) -> None:
    if history[-1] != change or follow_up.level != change.level:
        return
    earlier = history[-2] if len(history) > 1 else None
    follow_up.level = earlier.level if earlier else before
    if earlier:
        follow_up.level_on = earlier.on
    if not follow_up.level:
        follow_up.level_on = None
