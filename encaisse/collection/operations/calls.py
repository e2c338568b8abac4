"""A call was made, or tried: what came of it, in one go."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.disputes import open_dispute
from encaisse.collection.operations.effects import ReminderRefused, note_done
from encaisse.collection.operations.notes import write_note
from encaisse.collection.operations.prepare import Moment
from encaisse.collection.operations.promises import record_promise
from encaisse.collection.operations.write_message import (
    Message,
    write_message,
    written_before,
)
from encaisse.collection.queries.motives import CallOutcome, Effect, Outcome, outcome_of
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author


@dataclass(frozen=True, slots=True)
class CallResult:
    """What the caller writes down: `promised_*` with a promise, `motive` with a dispute.

    `outcome` is the code of one (queries.motives).
    """

    outcome: str
    comment: str = ""
    promised_minor: int = 0
    promised_date: date | None = None
    motive: str = ""


@transaction.atomic
def note_call(
    reminder: Reminder, result: CallResult, *, today: date, now: datetime, author: Author
) -> bool:
    """Note a call with its promise or its dispute; True when it is done, False when it stays to do.

    A customer who was not there stays on the list, with a note. Raises ReminderRefused when the
    call was noted already, PromiseRefused and DisputeRefused; then nothing is written at all.
    """
    outcome = outcome_of(reminder.company, result.outcome)
    comment = _told(outcome, result)
    if outcome.effect == Effect.AGAIN:
        if reminder.status != Reminder.Status.TO_DO:
            raise ReminderRefused(_("Cette action est déjà notée ou annulée."))
        write_note(reminder.customer, text=comment, author=author, now=now)
        return False
    note_done(reminder, comment=comment, on=today, now=now, author=author)
    _record(reminder, result, today=today, now=now, author=author)
    return True


@transaction.atomic
def write_call(
    customer: Customer, message: Message, result: CallResult, moment: Moment, *, author: Author
) -> Reminder:
    """Note a call or a visit that no step asked for, with its promise or its dispute.

    A customer who was not there reaches no level. Raises MessageRefused, PromiseRefused and
    DisputeRefused; then nothing is written at all.
    """
    outcome = outcome_of(customer.company, result.outcome)
    counts = message.counts and outcome.effect != Effect.AGAIN
    message = replace(message, counts=counts, comment=_told(outcome, result))
    if earlier := written_before(customer, message):
        return earlier
    reminder = write_message(customer, message, moment, author=author)
    _record(reminder, result, today=moment.today, now=moment.now, author=author)
    return reminder


def _told(outcome: CallOutcome, result: CallResult) -> str:
    """What the history shows: the outcome, and what the caller adds."""
    added = result.comment.strip()
    return f"{outcome.label} – {added}" if added else outcome.label


def _record(
    reminder: Reminder, result: CallResult, *, today: date, now: datetime, author: Author
) -> None:
    """The promise or the dispute that came of a call."""
    if result.outcome == Outcome.PROMISE:
        record_promise(
            reminder.customer,
            claimed_entries(reminder),
            amount_minor=result.promised_minor,
            promised_date=result.promised_date or today,
            author=author,
            today=today,
            now=now,
            comment=result.comment[:250],
        )
    if result.outcome == Outcome.DISPUTE:
        open_dispute(
            reminder.customer,
            reason=result.motive,
            author=author,
            today=today,
            now=now,
            entries=dict.fromkeys(claimed_entries(reminder)),
            suspends=reminder.company.disputes_suspend,
            comment=result.comment,
        )


def claimed_entries(reminder: Reminder) -> list[LedgerEntry]:
    """The entries that a call is about, those settled since left out."""
    return [
        line.entry
        for line in reminder.lines.all()
        if not line.is_credit and line.entry.remaining_minor > 0
    ]
