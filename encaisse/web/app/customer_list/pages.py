"""What « Clients » shows, and its export."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.queries.day_plan import day_plan
from encaisse.collection.queries.to_remind import customers_to_remind
from encaisse.insights.choices import Choices, choices_of
from encaisse.insights.criteria import Criteria
from encaisse.insights.customer_list import Balance, CustomerList, CustomerRow
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.customer_list.listspec import TO_REMIND, criteria_of, customers_spec
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import Listing, ListState, Selection


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer, ticked or not."""

    row: CustomerRow
    is_ticked: bool


@dataclass(frozen=True)
class CustomersPage:
    """The list as of a day, as one scope sees it; `now` says whether the data is fresh."""

    scope: Scope
    on: date
    now: datetime
    choices: Choices
    state: ListState

    @cached_property
    def found(self) -> CustomerList:
        """The customers that the scope sees."""
        return CustomerList(self.scope, self.on)

    @cached_property
    def criteria(self) -> Criteria:
        """What the filters ask."""
        only = None
        if self.state.get(TO_REMIND):
            only = customers_to_remind(day_plan(self.scope, self.on, now=self.now))
        return criteria_of(self.state, self.choices, only=only)

    @property
    def has_customers(self) -> bool:
        """True once there is any customer."""
        return self.choices.customers > 0

    @property
    def to_remind_url(self) -> str:
        """The contacts with something due today."""
        return self.state.url(values={TO_REMIND: "1"}, search="", page=1, selection=Selection())

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""
        state = self.state
        totals = self.found.totals(self.criteria)
        rows = self.found.page(
            self.criteria, sort=state.sort, offset=state.offset, limit=state.size
        )
        ticked = state.selection
        return Listing(
            state,
            rows=[CustomerLine(row, ticked.includes(row.customer.pk)) for row in rows],
            count=totals.count,
            totals=totals,
        )

    def chosen(self) -> list[int]:
        """The ids of the customers that are ticked, over all pages."""
        selection = self.state.selection
        if not selection.everything:
            return sorted(selection.ids)
        return [pk for pk in self.found.ids(self.criteria) if selection.includes(pk)]


def customers_page(request: CompanyRequest) -> CustomersPage:
    """The list that a request asks for, on whichever page of the list it was asked."""
    choices = choices_of(request.scope)
    spec = customers_spec(choices, selectable=request.can("followup.edit"))
    state = replace(ListState.read(spec, request), path=request.url("customers"))
    return CustomersPage(request.scope, request.today, timezone.now(), choices, state)


def export_rows(page: CustomersPage) -> Iterator[list[Cell]]:
    """Every customer of the list with its visible columns, fetched in batches."""
    for row in page.found.rows(page.criteria, sort=page.state.sort):
        yield [cell for key in page.state.columns for cell in _cells(key, row, page.choices)]


def _cells(key: str, row: CustomerRow, choices: Choices) -> tuple[Cell, ...]:
    customer, facts = row.customer, row.facts
    if key in ("balance", "overdue"):
        return tuple(_amounts(key, row, choices))
    if key == "level":
        return facts.level or None, facts.reminded_on
    cells: dict[str, Cell] = {
        "name": customer.legal_name,
        "code": customer.account_code,
        "profile": facts.profile,
        "email": _("oui") if customer.has_email else _("non"),
        "sales_rep": customer.sales_rep,
        "category": customer.category,
        "city": customer.city,
        "free1": customer.free1,
        "free2": customer.free2,
    }
    return (cells[key],)


def _amounts(key: str, row: CustomerRow, choices: Choices) -> Iterator[Cell]:
    """An amount a currency, in the order of the headings; nothing open is nil."""
    known: dict[str, Balance] = {one.currency: one for one in row.balances}
    if not choices.currencies:
        yield None
    for currency in choices.currencies:
        found = known.get(currency)
        minor: int = getattr(found, key) if found else 0
        yield Money(minor, currency)
