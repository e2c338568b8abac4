"""What « Promesses » shows, and its export."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from encaisse.insights.promises import (
    PromiseBook,
    PromiseRow,
    PromiseTotal,
    Status,
    documents_of,
    in_order,
    totals_of,
    weeks_of,
)
from encaisse.tenancy.scope import Scope
from encaisse.web.app.promises.listspec import TABS, criteria_of, status_names, tab_names
from encaisse.web.app.promises.weeks import Bar, bars_of
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import Listing, ListState
from encaisse.web.tabs import Tab, open_tab, tabs_of

_EXPORT_BATCH = 500


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

    @cached_property
    def totals(self) -> list[PromiseTotal]:
        """The totals of what is shown."""
        return totals_of(self._shown, base_currency=self.scope.company.base_currency)

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
        ordered = self.ordered()
        page = ordered[state.offset : state.offset + state.size]
        lines = list(lines_of(page, on=self.on))
        return Listing(state, rows=lines, count=len(ordered), totals=self.totals)

    def ordered(self) -> Sequence[PromiseRow]:
        """Every row of the list, in its order."""
        base_currency = self.scope.company.base_currency
        return in_order(self._shown, self.state.sort, base_currency=base_currency)


def lines_of(rows: Sequence[PromiseRow], *, on: date) -> Iterator[Line]:
    """The rows with the documents that they cover."""
    documents = documents_of([row.id for row in rows])
    for row in rows:
        yield Line(row, (on - row.promised_date).days, documents.get(row.id, ()))


def export_rows(page: PromisesPage) -> Iterator[list[Cell]]:
    """Every row of the list with its visible columns, fetched in batches."""
    names = status_names()
    rows = page.ordered()
    for start in range(0, len(rows), _EXPORT_BATCH):
        for line in lines_of(rows[start : start + _EXPORT_BATCH], on=page.on):
            cells = _cells(line, names[line.row.status])
            yield [cell for key in page.state.columns for cell in cells[key]]


def _cells(line: Line, status: str) -> dict[str, tuple[Cell, ...]]:
    row = line.row
    return {
        "name": (row.debtor.name, row.debtor.account_code),
        "sales_rep": (row.debtor.sales_rep,),
        "level": (row.debtor.level or None,),
        "overdue": (Money(row.owed.overdue, row.currency),),
        "promised_date": (row.promised_date, line.days),
        "documents": (", ".join(line.documents),),
        "promised": (Money(row.promised, row.currency),),
        "received": (Money(row.standing.received, row.currency),),
        "made_on": (row.made_on, row.author),
        "comment": (row.comment,),
        "status": (status,),
        "currency": (row.currency,),
    }
