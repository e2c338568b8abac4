"""A message about to be written: what is due, and which step or person says how."""

from collections.abc import Iterable
from typing import NamedTuple

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.rules.plan import Action, Claim
from encaisse.messaging.rules.content import Language
from encaisse.tenancy.models import User


class Handwritten(NamedTuple):
    """What a person wrote: the text with its placeholders, and to whom exactly."""

    subject: str
    body: str
    recipients: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    # The lines of a letter's envelope; none means the customer's own.
    address: tuple[str, ...] = ()
    # The language it is written in; none means the customer's.
    language: Language | None = None
    # The name before the company's address, and where answers go; none means the company's own.
    sender_name: str = ""
    reply_to: str = ""


class Draft(NamedTuple):
    """A message about to be written: what is due, and which step says how."""

    customer_id: int
    currency: str
    kind: str
    level: int
    medium: str
    template_code: str
    claims: tuple[Claim, ...]
    pre_due: tuple[Claim, ...] = ()
    step_id: int | None = None
    user: User | None = None
    written: Handwritten | None = None
    # The intent that it is written for; 0 while there is none.
    reminder_id: int = 0

    @property
    def entry_ids(self) -> list[int]:
        """The entries that it is about."""
        return [claim.entry_id for claim in (*self.claims, *self.pre_due)]

    @classmethod
    def of(cls, action: Action, user: User | None = None) -> "Draft":
        """The draft of a planned action."""
        step = action.step
        return cls(
            action.customer_id,
            action.currency,
            step.kind,
            step.level,
            step.medium,
            step.template_code,
            action.claims,
            action.pre_due,
            step.id,
            user,
        )

    @classmethod
    def of_reminder(
        cls,
        reminder: Reminder,
        claims: Iterable[Claim],
        *,
        pre_due: Iterable[Claim] = (),
        written: Handwritten | None = None,
    ) -> "Draft":
        """The draft of an intent, with what it claims."""
        return cls(
            reminder.customer_id,
            reminder.currency,
            reminder.kind,
            reminder.level,
            reminder.medium,
            reminder.template_code,
            tuple(claims),
            tuple(pre_due),
            reminder.step_id,
            reminder.created_by,
            written,
            reminder.pk,
        )


def claim_of(line: ReminderLine) -> Claim:
    """What a line of an intent claims."""
    return Claim(
        line.entry_id,
        line.claimed_minor,
        line.level_before,
        line.level_after,
        line.cycle,
        line.is_credit,
    )
