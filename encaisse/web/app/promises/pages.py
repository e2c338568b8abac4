"""What « Promesses » shows, and its export."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from encaisse.insights.figures import totals_by_currency
from encaisse.insights.promises import (
    SORTING,
    PromiseBook,
    PromiseRow,
    PromiseTotal,
    Status,
    documents_of,
    promise_book,
    weeks_of,
)
from encaisse.insights.sql import batches
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.promises.listspec import (
    TABS,
    criteria_of,
    promises_spec,
    status_names,
    tab_names,
)
from encaisse.web.app.promises.weeks import Bar, bars_of
from encaisse.web.exports import Line as Exported
from encaisse.web.exports import Money
from encaisse.web.lists import Listing, ListState
from encaisse.web.tabs import Tab, open_tab, tabs_of


@dataclass(frozen=True, slots=True)
class Line:
    """One promise; `days` since its day, negative while it is to come."""

    row: PromiseRow
    days: int
    documents: Sequence[str]

    @property
    def days_to_come(self) -> int:
        """Days until its day; 0 on the day itself."""
        return -self.days

    @property
    def is_alive(self) -> bool:
        """True while it can be moved or taken back."""
        return self.row.status in (Status.COMING, Status.LATE)

    @property
    def is_in_series(self) -> bool:
        """True for an instalment that has not come yet."""
        return self.row.place is not None and self.row.status == Status.COMING

    @property
    def further(self) -> int:
        """How many documents are not named in the cell."""
        return max(0, len(self.documents) - 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """A total with the promises week by week."""

    total: PromiseTotal
    bars: Sequence[Bar]


@dataclass(frozen=True)
class PromisesPage:
    """The list on a day."""

    scope: Scope
    on: date
    state: ListState
    book: PromiseBook

    @cached_property
    def _answering(self) -> Sequence[PromiseRow]:
        return criteria_of(self.state).keep(self.book.rows)

    @cached_property
    def _shown(self) -> list[PromiseRow]:
        statuses = TABS[open_tab(self.state, TABS)]
        return [row for row in self._answering if row.status in statuses]

    @property
    def has_promises(self) -> bool:
        """False before the first one."""
        return bool(self.book.rows)

    @property
    def late(self) -> Sequence[PromiseTotal]:
        """What to chase, in each currency, whatever the filters."""
        return self.book.late

    @property
    def late_count(self) -> int:
        """How many promises are to be chased."""
        return sum(total.count for total in self.late)

    @cached_property
    def tabs(self) -> list[Tab]:
        """The tabs, with what the other filters leave in each."""
        by_status = Counter(row.status for row in self._answering)
        counts = {
            key: sum(by_status[status] for status in statuses) for key, statuses in TABS.items()
        }
        return tabs_of(self.state, tab_names(), counts)

    @property
    def _base_currency(self) -> str:
        return self.scope.company.base_currency

    @cached_property
    def totals(self) -> list[PromiseTotal]:
        """The totals of what is shown."""
        return totals_by_currency(self._shown, PromiseTotal, base_currency=self._base_currency)

    @cached_property
    def pictures(self) -> list[Picture]:
        """What is shown, week by week, one picture a currency; none of promises taken back."""
        found = []
        for total in self.totals:
            weeks = weeks_of(self._shown, currency=total.currency, on=self.on)
            if any(week.count for week in weeks):
                found.append(Picture(total, bars_of(weeks, self.state, on=self.on)))
        return found

    @cached_property
    def listing(self) -> Listing:
        """One page of the list."""
        state = self.state
        page = self._ordered[state.offset : state.offset + state.size]
        lines = list(lines_of(self.scope.company, page, on=self.on))
        return Listing(state, rows=lines, count=len(self._ordered), totals=self.totals)

    @cached_property
    def _ordered(self) -> list[PromiseRow]:
        return SORTING.of(self._shown, self.state.sort, base_currency=self._base_currency)

    def exported(self) -> Iterator[Exported]:
        """Every promise of the list, fetched in batches."""
        names = status_names()
        for rows in batches(self._ordered):
            for line in lines_of(self.scope.company, rows, on=self.on):
                yield _cells(line, names[line.row.status])


def promises_page(request: CompanyRequest) -> PromisesPage:
    """The list that a request asks for."""
    book = promise_book(request.scope, on=request.today)
    state = ListState.read(promises_spec(book), request)
    return PromisesPage(request.scope, request.today, state, book)


def lines_of(company: Company, rows: Sequence[PromiseRow], *, on: date) -> Iterator[Line]:
    """The rows with the documents that they cover."""
    documents = documents_of(company, [row.id for row in rows])
    for row in rows:
        yield Line(row, (on - row.promised_date).days, documents.get(row.id, ()))


def _cells(line: Line, status: str) -> Exported:
    row = line.row
    return {
        "name": (row.debtor.name, row.debtor.account_code),
        "sales_rep": row.debtor.sales_rep,
        "level": row.debtor.level or None,
        "overdue": Money(row.owed.overdue, row.currency),
        "promised_date": (row.promised_date, line.days),
        "documents": ", ".join(line.documents),
        "promised": Money(row.promised, row.currency),
        "received": Money(row.standing.received, row.currency),
        "made_on": (row.made_on, row.author),
        "comment": row.comment,
        "status": status,
        "currency": row.currency,
    }
