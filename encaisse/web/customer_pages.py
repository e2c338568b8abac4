"""What the lists of customers that can be ticked share: one page, the file, who is chosen."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria
from encaisse.insights.customer_list import CustomerList, CustomerRow, CustomerTotals
from encaisse.insights.together import OwedTogether, owed_together
from encaisse.tenancy.scope import Scope
from encaisse.web.exports import Line
from encaisse.web.lists import Listing, ListState

L = TypeVar("L")


@dataclass(frozen=True)
class ChosenCustomers(ABC, Generic[L]):
    """A list of customers as of a day, as one scope sees it; `L` is a line of the screen."""

    scope: Scope
    on: date
    choices: Choices
    state: ListState

    @property
    @abstractmethod
    def criteria(self) -> Criteria:
        """What the filters ask."""

    @abstractmethod
    def lines(self, rows: Sequence[CustomerRow]) -> Iterable[L]:
        """Some customers as the list shows them."""

    @abstractmethod
    def cells(self, line: L) -> Line:
        """One of them in a file."""

    @cached_property
    def found(self) -> CustomerList:
        """The customers that the scope sees."""
        return CustomerList(self.scope, self.on)

    @cached_property
    def totals(self) -> CustomerTotals:
        """The totals over the whole result."""
        return self.found.totals(self.criteria)

    @cached_property
    def together(self) -> OwedTogether | None:
        """What they owe in all the currencies, as one."""
        totals = [(one.currency, one.overdue, one.balance) for one in self.totals.balances]
        return owed_together([self.scope.company], totals, on=self.on)

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""
        state, totals = self.state, self.totals
        rows = self.found.page(
            self.criteria, sort=state.sort, offset=state.offset, limit=state.size
        )
        return Listing(state, rows=list(self.lines(rows)), count=totals.count, totals=totals)

    def exported(self) -> Iterator[Line]:
        """Every customer of the list, fetched in batches."""
        for rows in self.found.batches(self.criteria, sort=self.state.sort):
            yield from map(self.cells, self.lines(rows))

    def chosen(self) -> list[int]:
        """The ids of the customers that are ticked, over all pages."""
        selection = self.state.selection
        if not selection.everything:
            return sorted(selection.ids)
        return [pk for pk in self.found.ids(self.criteria) if selection.includes(pk)]
