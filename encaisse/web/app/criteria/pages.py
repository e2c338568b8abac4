"""What « Par critère » shows: customers who are late, and who of them can be reminded now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from encaisse.collection.queries.reasons import Words, words_of
from encaisse.insights.at_once import Counted, Remindable, remindable
from encaisse.insights.choices import Choices, choices_of
from encaisse.insights.criteria import Criteria
from encaisse.insights.customer_list import CustomerList, CustomerRow
from encaisse.insights.customers import oldest_due
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.criteria.listspec import WHO, criteria_of, criteria_spec
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import Listing, ListState, Selection

_EXPORT_BATCH = 500


@dataclass(frozen=True, slots=True)
class CriteriaLine:
    """One customer: days late of his oldest debit, and why he is left out, if he is."""

    row: CustomerRow
    days_late: int
    why: Sequence[Words]
    is_ticked: bool


@dataclass(frozen=True)
class CriteriaPage:
    """The list as of a day, as one scope sees it."""

    scope: Scope
    on: date
    choices: Choices
    state: ListState

    @cached_property
    def found(self) -> CustomerList:
        """The customers that the scope sees."""
        return CustomerList(self.scope, self.on)

    @cached_property
    def whom(self) -> Remindable:
        """Who can be reminded."""
        return remindable(self.scope, self.on)

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

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""
        state = self.state
        totals = self.found.totals(self.criteria)
        rows = self.found.page(
            self.criteria, sort=state.sort, offset=state.offset, limit=state.size
        )
        return Listing(state, rows=list(self.lines(rows)), count=totals.count, totals=totals)

    def lines(self, rows: Sequence[CustomerRow]) -> Iterator[CriteriaLine]:
        """Some customers as the list shows them; one query."""
        due = oldest_due([row.customer.pk for row in rows], items=self.found.items)
        for row in rows:
            key = row.customer.pk
            late = (self.on - due.get(key, self.on)).days
            why = [words_of(reason) for reason in self.whom.reasons.get(key, ())]
            yield CriteriaLine(row, late, why, self.state.selection.includes(key))

    def chosen(self) -> list[int]:
        """The ids of the customers that are ticked, over all pages."""
        selection = self.state.selection
        if not selection.everything:
            return sorted(selection.ids)
        return [pk for pk in self.found.ids(self.criteria) if selection.includes(pk)]


def criteria_page(request: CompanyRequest) -> CriteriaPage:
    """The list that a request asks for, on whichever page of the screen it was asked."""
    choices = choices_of(request.scope)
    spec = criteria_spec(choices, selectable=request.can("reminder.send"))
    state = replace(ListState.read(spec, request), path=request.url("by_criteria"))
    return CriteriaPage(request.scope, request.today, choices, state)


def export_rows(page: CriteriaPage) -> Iterator[list[Cell]]:
    """Every customer of the list with its visible columns, fetched in batches."""
    batch: list[CustomerRow] = []
    for row in page.found.rows(page.criteria, sort=page.state.sort):
        batch.append(row)
        if len(batch) == _EXPORT_BATCH:
            yield from _exported(page, batch)
            batch = []
    yield from _exported(page, batch)


def _exported(page: CriteriaPage, rows: Sequence[CustomerRow]) -> Iterator[list[Cell]]:
    for line in page.lines(rows):
        yield [cell for key in page.state.columns for cell in _cells(key, line, page.choices)]


def _cells(key: str, line: CriteriaLine, choices: Choices) -> tuple[Cell, ...]:
    customer, facts = line.row.customer, line.row.facts
    if key == "overdue":
        known = {one.currency: one.overdue for one in line.row.balances}
        return tuple(Money(known.get(one, 0), one) for one in choices.currencies) or (None,)
    cells: dict[str, tuple[Cell, ...]] = {
        "name": (customer.legal_name, customer.account_code),
        "profile": (facts.profile,),
        "sales_rep": (customer.sales_rep,),
        "level": (facts.level or None,),
        "reminded": (facts.reminded_on,),
        "late": (line.days_late,),
        "state": (", ".join(words.label for words in line.why),),
    }
    return cells[key]
