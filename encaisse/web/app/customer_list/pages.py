"""What « Clients » shows, and its export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.queries.day_plan import day_plan
from encaisse.collection.queries.to_remind import customers_to_remind
from encaisse.insights.choices import choices_of
from encaisse.insights.criteria import Criteria
from encaisse.insights.customer_list import CustomerRow
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.web.access import CompanyRequest
from encaisse.web.app.customer_list.listspec import TO_REMIND, criteria_of, customers_spec
from encaisse.web.customer_pages import ChosenCustomers
from encaisse.web.exports import Line, amounts_in
from encaisse.web.lists import ListState, Selection


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer, ticked or not."""

    row: CustomerRow
    is_ticked: bool


@dataclass(frozen=True)
class CustomersPage(ChosenCustomers[CustomerLine]):
    """All the customers; `now` says whether the data is fresh."""

    now: datetime

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

    def lines(self, rows: Sequence[CustomerRow]) -> Iterator[CustomerLine]:
        """Some customers as the list shows them."""
        ticked = self.state.selection
        return (CustomerLine(row, ticked.includes(row.customer.pk)) for row in rows)

    def cells(self, line: CustomerLine) -> Line:
        """One of them in a file."""
        customer, facts, balances = line.row.customer, line.row.facts, line.row.balances
        currencies = self.choices.currencies
        return {
            "name": customer.legal_name,
            "code": customer.account_code,
            "profile": facts.profile,
            "level": (facts.level or None, facts.reminded_on),
            "email": _("oui") if customer.has_email else _("non"),
            "sales_rep": customer.sales_rep,
            "category": customer.category,
            "city": customer.city,
            **dict(zip(CUSTOMER_COLUMNS, customer.free, strict=True)),
            "overdue": amounts_in(currencies, {one.currency: one.overdue for one in balances}),
            "balance": amounts_in(currencies, {one.currency: one.balance for one in balances}),
        }


def customers_page(request: CompanyRequest) -> CustomersPage:
    """The list that a request asks for, on whichever page of the list it was asked."""
    choices = choices_of(request.scope)
    spec = customers_spec(choices, selectable=request.can("followup.edit"))
    state = ListState.read(spec, request, path=request.url("customers"))
    return CustomersPage(request.scope, request.today, choices, state, timezone.now())
