"""What « Par critère » shows: customers who are late, and who of them can be reminded now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from encaisse.collection.queries.reasons import Words, words_of
from encaisse.insights.at_once import Counted, Remindable, remindable
from encaisse.insights.choices import choices_of
from encaisse.insights.criteria import Criteria
from encaisse.insights.customer_list import CustomerRow
from encaisse.insights.customers import oldest_due
from encaisse.web.access import CompanyRequest
from encaisse.web.app.criteria.listspec import WHO, criteria_of, criteria_spec
from encaisse.web.customer_pages import ChosenCustomers
from encaisse.web.exports import Line, amounts_in
from encaisse.web.lists import ListState, Selection


@dataclass(frozen=True, slots=True)
class CriteriaLine:
    """One customer: days late of his oldest debit, and why he is left out, if he is."""

    row: CustomerRow
    days_late: int
    why: Sequence[Words]
    is_ticked: bool


@dataclass(frozen=True)
class CriteriaPage(ChosenCustomers[CriteriaLine]):
    """The customers who are late, and who of them can be reminded."""

    @cached_property
    def whom(self) -> Remindable:
        """Who can be reminded."""
        return remindable(self.scope, self.on)

    @property
    def has_ledger(self) -> bool:
        """True once anything was imported."""
        return self.choices.customers > 0

    @cached_property
    def everybody(self) -> Criteria:
        """What the filters ask, whether they can be reminded or not."""
        currency = self.scope.company.base_currency
        return criteria_of(self.state, self.choices, base_currency=currency)

    @cached_property
    def criteria(self) -> Criteria:
        """What the filters ask."""
        match self.state.get(WHO):
            case "oui":
                return replace(self.everybody, only=self.whom.customers)
            case "non":
                return replace(self.everybody, only=self._others)
        return self.everybody

    @property
    def _others(self) -> frozenset[int]:
        return frozenset(self.found.ids(self.everybody)) - self.whom.customers

    @cached_property
    def counted(self) -> Counted:
        """How many of the list can be reminded, that filter aside."""
        return self.whom.counted(self.found, self.everybody)

    @property
    def reasons(self) -> list[tuple[Words, int]]:
        """Why the others cannot, and how many each time."""
        return [(words_of(reason), count) for reason, count in self.counted.reasons]

    @property
    def to_remind_url(self) -> str:
        """Those of the list who can be reminded."""
        return self._url("oui")

    @property
    def not_to_remind_url(self) -> str:
        """Those who cannot."""
        return self._url("non")

    def _url(self, who: str) -> str:
        values = {**self.state.values, WHO: who}
        return self.state.url(values=values, page=1, selection=Selection())

    def lines(self, rows: Sequence[CustomerRow]) -> Iterator[CriteriaLine]:
        """Some customers as the list shows them; one query."""
        due = oldest_due([row.customer.pk for row in rows], items=self.found.items)
        for row in rows:
            key = row.customer.pk
            late = (self.on - due.get(key, self.on)).days
            why = [words_of(reason) for reason in self.whom.reasons.get(key, ())]
            yield CriteriaLine(row, late, why, self.state.selection.includes(key))

    def cells(self, line: CriteriaLine) -> Line:
        """One of them in a file."""
        customer, facts, balances = line.row.customer, line.row.facts, line.row.balances
        overdue = {one.currency: one.overdue for one in balances}
        return {
            "name": (customer.legal_name, customer.account_code),
            "profile": facts.profile,
            "sales_rep": customer.sales_rep,
            "level": facts.level or None,
            "reminded": facts.reminded_on,
            "late": line.days_late,
            "state": ", ".join(words.label for words in line.why),
            "overdue": amounts_in(self.choices.currencies, overdue),
        }


def criteria_page(request: CompanyRequest) -> CriteriaPage:
    """The list that a request asks for, on whichever page of the screen it was asked."""
    choices = choices_of(request.scope)
    spec = criteria_spec(choices, selectable=request.can("reminder.send"))
    state = ListState.read(spec, request, path=request.url("by_criteria"))
    return CriteriaPage(request.scope, request.today, choices, state)
