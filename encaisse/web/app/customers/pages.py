"""What a customer's page shows. Each part is fetched only where a template asks for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import Hold, Note, Reminder, Step
from encaisse.collection.queries.commitments import (
    Commitments,
    OpenDispute,
    Promised,
    commitments_of,
)
from encaisse.collection.queries.customers import FollowedUp, contacts_of, followed_up, notes_of
from encaisse.collection.queries.reminders import latest_of, unknown_reminders
from encaisse.collection.queries.situation import Situation, situation_of
from encaisse.collection.rules.plan import LeftOut, Reason
from encaisse.insights.account import Account, AccountEntry
from encaisse.insights.aging import DEFAULT_BOUNDS, AgedBalance, Amounts
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.insights.milestones import (
    Milestones,
    SoFar,
    journal_of,
    milestones,
    received_from,
    so_far,
)
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.tenancy.scope import Scope
from encaisse.web.app.customers.journal import Told, told
from encaisse.web.app.customers.listspec import criteria_of
from encaisse.web.app.customers.wording import Verdict, advice_on, describe, next_text, verdict_of
from encaisse.web.charts import Part, aged_parts, late_tone
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import Listing, ListState

_HISTORY = 10
_JOURNAL = 8
_NOTHING = Amounts(0, (0,) * (len(DEFAULT_BOUNDS) + 1), 0, 0)


@dataclass(frozen=True, slots=True)
class Owed:
    """What the customer owes in one currency, and what he paid lately."""

    currency: str
    amounts: Amounts
    parts: list[Part]
    received: int

    @property
    def tone(self) -> str:
        """The colour of what is overdue."""
        late = self.amounts.late
        tones = [late_tone(rank, len(late)) for rank, minor in enumerate(late) if minor]
        return f"late-{max(tones)}" if tones and self.amounts.overdue > 0 else "muted"


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
    why: str
    advice: str

    @property
    def entry(self) -> LedgerEntry:
        """The entry itself."""
        return self.item.entry

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


@dataclass(frozen=True, slots=True)
class KindOfMessage:
    """One line of the activity block: prévenance, relance or remerciement."""

    label: str
    when: str
    so_far: SoFar


@dataclass(frozen=True)
class CustomerPage:
    """One customer on one day, as one scope sees him."""

    scope: Scope
    customer: Customer
    on: date
    state: ListState

    @cached_property
    def account(self) -> Account:
        """His account as of the day."""
        return Account(self.customer, self.on)

    @cached_property
    def followed_up(self) -> FollowedUp:
        """His profile, flag and typed address."""
        return followed_up(self.customer)

    @cached_property
    def situation(self) -> Situation:
        """Where he stands in his scenario."""
        return situation_of(self.scope, self.customer, self.followed_up.profile, on=self.on)

    @cached_property
    def commitments(self) -> Commitments:
        """STOPs, disputes and promises."""
        return commitments_of(self.customer, on=self.on)

    @cached_property
    def verdict(self) -> Verdict:
        """May he be reminded?"""
        return verdict_of(self.situation, self.commitments.stop)

    @cached_property
    def owed(self) -> list[Owed]:
        """What he owes, one block a currency; at least one."""
        customer = self.customer
        criteria = Criteria(customer_id=customer.pk, accounts=Accounts.ALL)
        totals = AgedBalance(self.scope, self.on).totals(criteria)
        paid = received_from(self.scope, customer, on=self.on)
        amounts = {total.currency: total.amounts for total in totals}
        currencies = [*amounts, *(currency for currency in paid if currency not in amounts)]
        return [
            _owed(
                currency,
                amounts.get(currency, _NOTHING),
                paid[currency].minor if currency in paid else 0,
            )
            for currency in currencies or [customer.company.base_currency]
        ]

    @cached_property
    def contacts(self) -> list[Contact]:
        """The people at the customer's."""
        return contacts_of(self.customer)

    @cached_property
    def notes(self) -> list[Note]:
        """What was written about him."""
        return notes_of(self.customer)

    @cached_property
    def history(self) -> list[Reminder]:
        """His latest reminders."""
        return latest_of(self.customer, limit=_HISTORY)

    @cached_property
    def unknown(self) -> list[Reminder]:
        """Messages of which nobody knows whether they left."""
        return unknown_reminders(self.scope, self.customer.pk)

    @cached_property
    def journal(self) -> list[Told]:
        """The latest decisions about him."""
        return [told(event) for event in journal_of(self.customer, limit=_JOURNAL)]

    @cached_property
    def postal_lines(self) -> list[str]:
        """His address without the name: the accounting's, else the one typed here."""
        if self.customer.has_postal_address():
            return self.customer.address_lines()[1:]
        typed = self.followed_up.address.splitlines()
        return typed or self.customer.address_lines()[1:]

    @property
    def next_text(self) -> str:
        """The next step and its day."""
        return next_text(self.situation.next_step) if self.situation.next_step else ""

    @cached_property
    def kinds(self) -> list[KindOfMessage]:
        """Prévenance, relance, remerciement: when, and how many so far."""
        days, done = milestones(self.customer, on=self.on), so_far(self.customer, on=self.on)
        return [
            KindOfMessage(str(Step.Kind(kind).label), text, done.get(kind, SoFar()))
            for kind, text in (
                (Step.Kind.PRE_DUE, _next_due(days, self.on)),
                (Step.Kind.REMINDER, _oldest(days, self.on)),
                (Step.Kind.THANKS, _last_payment(days, self.on)),
            )
        ]

    @cached_property
    def listing(self) -> Listing:
        """One page of the account situation."""
        criteria = criteria_of(self.state)
        totals = self.account.totals(criteria)
        items = self.account.page(
            criteria, sort=self.state.sort, offset=self.state.offset, limit=self.state.size
        )
        return Listing(
            self.state,
            rows=self.lines(items),
            count=sum(total.count for total in totals),
            totals=totals,
        )

    def lines(self, items: Sequence[AccountEntry]) -> list[AccountLine]:
        """Entries with what holds them back."""
        reasons = self.situation.by_entry()
        stops = self.commitments.stopped_entries()
        disputes = self.commitments.disputed_entries()
        promises = self.commitments.promised_entries()
        return [
            AccountLine(
                item,
                when_of(item, self.on),
                stops.get(item.entry.pk),
                disputes.get(item.entry.pk),
                promises.get(item.entry.pk),
                *_why(reasons.get(item.entry.pk)),
            )
            for item in items
        ]

    def export_rows(self) -> Iterator[list[Cell]]:
        """Every entry of the list with its visible columns."""
        for line in self.lines(self.account.page(criteria_of(self.state), sort=self.state.sort)):
            yield [cell for key in self.state.columns for cell in _cells(key, line)]


def _owed(currency: str, amounts: Amounts, received: int) -> Owed:
    return Owed(currency, amounts, aged_parts(amounts, DEFAULT_BOUNDS), received)


def when_of(item: AccountEntry, on: date) -> When:
    """« dans 12 j », « 41 j de retard », « soldée le 12/10/2026 »."""
    entry = item.entry
    if not item.remaining:
        return When(_("soldée"), "paid")
    if entry.amount_minor < 0:
        return When(_("à lettrer"), "paid")
    if entry.due_date is None:
        return When(_("sans échéance"), "due")
    days = (on - entry.due_date).days
    if days > 0:
        rank = sum(days > bound for bound in DEFAULT_BOUNDS)
        return When(_("%(days)d j") % {"days": days}, f"late-{rank + 1}", days)
    if not days:
        return When(_("aujourd’hui"), "due", 0)
    return When(_("dans %(days)d j") % {"days": -days}, "due", days)


def _why(left: LeftOut | None) -> tuple[str, str]:
    """Why an entry is not reminded; nothing for one whose day has simply not come."""
    if left is None or left.reason == Reason.NOT_DUE:
        return "", ""
    return describe(left), advice_on(left)


def _next_due(days: Milestones, on: date) -> str:
    if days.next_due is None:
        return _("Aucune échéance à venir")
    left = (days.next_due - on).days
    text = ngettext(
        "Prochaine échéance dans %(days)d jour", "Prochaine échéance dans %(days)d jours", left
    )
    return text % {"days": left} if left else _("Échéance aujourd’hui")


def _oldest(days: Milestones, on: date) -> str:
    if days.oldest_overdue is None:
        return _("Rien en retard")
    late = (on - days.oldest_overdue).days
    text = ngettext("En retard depuis %(days)d jour", "En retard depuis %(days)d jours", late)
    return text % {"days": late}


def _last_payment(days: Milestones, on: date) -> str:
    if days.last_payment is None:
        return _("Aucun règlement connu")
    ago = (on - days.last_payment).days
    text = ngettext(
        "Dernier règlement il y a %(days)d jour", "Dernier règlement il y a %(days)d jours", ago
    )
    return text % {"days": ago} if ago else _("Dernier règlement aujourd’hui")


def _cells(key: str, line: AccountLine) -> tuple[Cell, ...]:
    entry, item = line.entry, line.item
    figures = {"debit": line.debit, "credit": line.credit, "remaining": item.remaining}
    if key in figures:
        return (Money(figures[key], entry.currency) if figures[key] else None,)
    cells: dict[str, tuple[Cell, ...]] = {
        "document": (entry.document_number,),
        "document_date": (entry.document_date,),
        "due": (entry.due_date, str(entry.get_due_date_source_display())),
        "late": (line.when.days,),
        "level": (item.level or None, item.reminders or None),
        "label": (entry.label,),
        "method": (entry.payment_method.label if entry.payment_method else "",),
        "match": (entry.match_code,),
        "free": (entry.free1, entry.free2, entry.free3),
        "currency": (entry.currency,),
    }
    return cells[key]
