"""What a customer's page shows. Each part is fetched only where a template asks for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import IncomingMail, Reminder, Step
from encaisse.collection.queries.answers import answers_of
from encaisse.collection.queries.commitments import Commitments, commitments_of
from encaisse.collection.queries.customers import FollowedUp, contacts_of, followed_up
from encaisse.collection.queries.rehearsal import Rehearsals
from encaisse.collection.queries.reminders import latest_of, unknown_reminders
from encaisse.collection.queries.situation import Situation, situation_of
from encaisse.insights.account import Account, AccountEntry
from encaisse.insights.aging import AgedBalance, Amounts, nothing_owed
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.insights.milestones import (
    Milestones,
    SoFar,
    journal_of,
    milestones,
    received_from,
    so_far,
)
from encaisse.insights.payments import PaymentRecord
from encaisse.insights.together import OwedTogether, owed_together
from encaisse.ledger.models import Contact, Customer
from encaisse.ledger.queries.free_fields import free_fields, shown_fields
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope
from encaisse.web.app.customers.historyspec import counted_query
from encaisse.web.app.customers.journal import Told, told
from encaisse.web.app.customers.lines import AccountLine, LineMaker, cells
from encaisse.web.app.customers.listspec import criteria_of
from encaisse.web.app.customers.notes import NotesPanel
from encaisse.web.app.customers.picture import Picture, picture_of
from encaisse.web.app.customers.score import average_text
from encaisse.web.app.customers.wording import Verdict, next_text, verdict_of
from encaisse.web.charts import Part, aged_parts, late_tone
from encaisse.web.exports import Line
from encaisse.web.lists import Listing, ListState

_HISTORY = 10
_JOURNAL = 8


@dataclass(frozen=True, slots=True)
class Owed:
    """What the customer owes in one currency, and what he paid lately."""

    currency: str
    amounts: Amounts
    parts: list[Part]
    received: int
    # What he owes above his credit limit.
    above_limit: int = 0

    @property
    def tone(self) -> str:
        """The colour of what is overdue."""
        late = self.amounts.late
        tones = [late_tone(rank, len(late)) for rank, minor in enumerate(late) if minor]
        return f"late-{max(tones)}" if tones and self.amounts.overdue > 0 else "muted"


@dataclass(frozen=True, slots=True)
class KindOfMessage:
    """One line of the activity block: prévenance, relance or remerciement.

    `query` shows in the history what is counted here.
    """

    label: str
    when: str
    so_far: SoFar
    query: str


@dataclass(frozen=True)
class CustomerPage:
    """One customer on one day, as one scope sees him."""

    scope: Scope
    customer: Customer
    on: date
    reader: User
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
    def free(self) -> list[tuple[str, str]]:
        """His free fields that are shown here, by name."""
        fields = free_fields(self.customer.company).customer
        return shown_fields(fields, self.customer)

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
        aged = AgedBalance(self.scope, self.on)
        totals, nothing = aged.totals(criteria), nothing_owed(aged.bounds)
        paid = received_from(self.scope, customer, on=self.on)
        base = customer.company.base_currency
        amounts = {total.currency: total.amounts for total in totals}
        currencies = [*amounts, *(currency for currency in paid if currency not in amounts)]
        return [
            _owed(
                currency,
                amounts.get(currency, nothing),
                paid[currency].minor if currency in paid else 0,
                aged.bounds,
                limit=customer.credit_limit_minor if currency == base else None,
            )
            for currency in currencies or [base]
        ]

    @cached_property
    def together(self) -> OwedTogether | None:
        """What he owes in all the currencies, as one."""
        totals = [(one.currency, one.amounts.overdue, one.amounts.balance) for one in self.owed]
        return owed_together([self.customer.company], totals, on=self.on)

    @cached_property
    def contacts(self) -> list[Contact]:
        """The people at the customer's."""
        return contacts_of(self.customer)

    @cached_property
    def notes(self) -> NotesPanel:
        """What was written about him."""
        return NotesPanel(self.customer, self.reader)

    @cached_property
    def payments(self) -> PaymentRecord:
        """What he paid, and how late."""
        return PaymentRecord(self.customer, self.on)

    @property
    def average(self) -> str:
        """The average lateness behind his score."""
        return average_text(self.payments.score) if self.payments.score else ""

    @cached_property
    def picture(self) -> Picture | None:
        """His payments over two years, drawn."""
        return picture_of(self.payments)

    @cached_property
    def history(self) -> list[Reminder]:
        """His latest reminders."""
        return latest_of(self.customer, limit=_HISTORY)

    @cached_property
    def rehearsals(self) -> Rehearsals:
        """When the company rehearsed."""
        return Rehearsals.of(self.customer.company)

    @cached_property
    def unknown(self) -> list[Reminder]:
        """Messages of which nobody knows whether they left."""
        return unknown_reminders(self.scope, self.customer.pk)

    @cached_property
    def answers(self) -> list[IncomingMail]:
        """His latest mails and returned mails."""
        return answers_of(self.customer)

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
            KindOfMessage(
                str(Step.Kind(kind).label),
                text,
                done.get(kind, SoFar()),
                counted_query(kind, self.on),
            )
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
        """Entries with what is known of them."""
        return LineMaker(self.situation, self.commitments, self.on, self.customer).lines(items)

    def export_lines(self) -> Iterator[Line]:
        """Every entry of the list by column."""
        free_columns = [field.column for field in free_fields(self.customer.company).entry]
        for line in self.lines(self.account.page(criteria_of(self.state), sort=self.state.sort)):
            yield cells(line, self.customer.company, free_columns=free_columns)


def _owed(
    currency: str, amounts: Amounts, received: int, bounds: Sequence[int], *, limit: int | None
) -> Owed:
    above = 0 if limit is None else max(0, amounts.balance - limit)
    return Owed(currency, amounts, aged_parts(amounts, bounds), received, above)


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
