"""The entries of an account as its page shows them: how late, at which step, what holds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from encaisse.collection.models import Hold
from encaisse.collection.queries.commitments import Commitments, OpenDispute, Promised
from encaisse.collection.queries.notes import EntryNotes, entry_notes
from encaisse.collection.queries.situation import Situation
from encaisse.collection.rules.plan import Action, Claim, LeftOut, Reason
from encaisse.core.dates import short_date
from encaisse.insights.account import AccountEntry
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.queries.invoice_files import invoice_files
from encaisse.tenancy.models import Company
from encaisse.web.app.customers.wording import advice_on, describe, step_name
from encaisse.web.charts import days_tone
from encaisse.web.exports import Cell, Line, Money


@dataclass(frozen=True, slots=True)
class When:
    """How an entry stands to its due date, with the colour of it."""

    text: str
    tone: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One entry of the account with everything that is known of it."""

    item: AccountEntry
    when: When
    stop: Hold | None
    dispute: OpenDispute | None
    promise: Promised | None
    notes: EntryNotes | None
    # What the plan says of it: left out for a reason, or part of a message that is due.
    left: LeftOut | None
    action: Action | None
    claim: Claim | None
    has_pdf: bool = False

    @property
    def entry(self) -> LedgerEntry:
        """The entry itself."""
        return self.item.entry

    @property
    def free(self) -> str:
        """Its free fields, as one text."""
        return " · ".join(text for text in self.entry.free if text)

    @property
    def is_open_debit(self) -> bool:
        """True for what decisions are about."""
        return self.item.remaining > 0

    @property
    def is_due_date_computed(self) -> bool:
        """True when the accounting gave no due date and the payment terms made one."""
        return self.entry.due_date_source == LedgerEntry.DueDateSource.COMPUTED

    @property
    def debit(self) -> int:
        """The amount, of a debit."""
        return max(0, self.entry.amount_minor)

    @property
    def credit(self) -> int:
        """The amount, of a credit, as a positive figure."""
        return max(0, -self.entry.amount_minor)

    @property
    def is_partly_matched(self) -> bool:
        """True when a part was paid."""
        return 0 < abs(self.item.remaining) < abs(self.entry.amount_minor)

    @property
    def why(self) -> str:
        """Why it is not reminded, or which step it waits for a hand to take.

        Nothing for an entry whose day has simply not come.
        """
        if self.left is not None and self.left.reason != Reason.NOT_DUE:
            return describe(self.left)
        return self.step_due

    @property
    def advice(self) -> str:
        """What to do about it."""
        return advice_on(self.left) if self.left is not None else ""

    @property
    def step_due(self) -> str:
        """« Relance 2 par téléphone : à faire »; nothing when no step is due.

        An entry that comes along in the message of a higher step takes its own step.
        """
        if self.action is None or self.claim is None:
            return ""
        own, level = self.claim.level_after, self.action.step.level
        if 0 < own < level:
            text = _("Relance %(own)d, dans la relance %(level)d : à faire")
            return text % {"own": own, "level": level}
        return _("%(step)s : à faire") % {"step": step_name(self.action.step)}

    @property
    def step_to_come(self) -> str:
        """What the plan says of an entry that nothing holds back and whose day has not come."""
        is_later = self.left is not None and self.left.reason == Reason.NOT_DUE
        return describe(self.left) if self.left is not None and is_later else ""


@dataclass(frozen=True)
class LineMaker:
    """Puts entries together with what is known of them on a day."""

    situation: Situation
    commitments: Commitments
    on: date
    customer: Customer

    def lines(self, items: Sequence[AccountEntry]) -> list[AccountLine]:
        """The lines of some entries; three queries."""
        entries = [item.entry for item in items]
        notes = entry_notes([entry.pk for entry in entries])
        files = invoice_files(self.customer.company, entries, customer=self.customer)
        return [self._line(item, notes, item.entry.pk in files) for item in items]

    def _line(
        self,
        item: AccountEntry,
        notes: Mapping[int, EntryNotes],
        has_pdf: bool,  # noqa: FBT001 -- private
    ) -> AccountLine:
        pk = item.entry.pk
        action, claim = self._actions.get(pk, (None, None))
        return AccountLine(
            item,
            when_of(item, self.on, self.customer.company.bounds),
            self._stops.get(pk),
            self._disputes.get(pk),
            self._promises.get(pk),
            notes.get(pk),
            self._left.get(pk),
            action,
            claim,
            has_pdf,
        )

    @cached_property
    def _stops(self) -> dict[int, Hold]:
        return self.commitments.stopped_entries()

    @cached_property
    def _disputes(self) -> dict[int, OpenDispute]:
        return self.commitments.disputed_entries()

    @cached_property
    def _promises(self) -> dict[int, Promised]:
        return self.commitments.promised_entries()

    @cached_property
    def _left(self) -> dict[int, LeftOut]:
        return self.situation.by_entry()

    @cached_property
    def _actions(self) -> dict[int, tuple[Action, Claim]]:
        return {
            claim.entry_id: (action, claim)
            for action in self.situation.actions
            for claim in action.claims
            if not claim.is_credit
        }


def when_of(item: AccountEntry, on: date, bounds: Sequence[int]) -> When:
    """« dans 12 j », « 41 j », « soldée », « à lettrer »."""
    entry = item.entry
    if not item.remaining:
        return When(_("soldée"), "paid")
    if entry.amount_minor < 0:
        return When(_("à lettrer"), "paid")
    if entry.due_date is None:
        return When(_("sans échéance"), "due")
    days = (on - entry.due_date).days
    if days > 0:
        return When(_("%(days)d j") % {"days": days}, f"late-{days_tone(days, bounds)}", days)
    if not days:
        return When(_("aujourd’hui"), "due", 0)
    return When(_("dans %(days)d j") % {"days": -days}, "due", days)


def cells(line: AccountLine, company: Company, *, free_columns: Sequence[str]) -> Line:
    """A line by column, as an export of the company writes it."""
    entry, item = line.entry, line.item

    def amount(minor: int) -> Cell:
        return Money(minor, entry.currency) if minor else None

    return {
        "debit": amount(line.debit),
        "credit": amount(line.credit),
        "paid": amount(item.paid),
        "remaining": amount(item.remaining),
        "document": entry.number_shown(company.numbers_shown),
        "posting_date": entry.posting_date,
        "document_date": entry.document_date,
        "due": (entry.due_date, str(entry.get_due_date_source_display())),
        "expected": item.expected_date,
        "late": line.when.days,
        "level": (item.level or None, item.reminders or None),
        "label": entry.label,
        "method": entry.payment_method.label if entry.payment_method else "",
        "match": entry.match_code,
        "free": tuple(getattr(entry, column) for column in free_columns),
        "notes": _all_notes(line.notes, company),
        "currency": entry.currency,
    }


def _all_notes(notes: EntryNotes | None, company: Company) -> str:
    if notes is None:
        return ""
    told = {"day": short_date(company.local_day(notes.last.at)), "text": notes.last.text}
    last = _("%(day)s : %(text)s") % told
    return f"({notes.count}) {last}" if notes.count > 1 else last
