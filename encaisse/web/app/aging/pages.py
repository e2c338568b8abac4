"""What « Qui vous doit quoi ? » shows, and its export."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from encaisse.insights.aging import DEFAULT_BOUNDS, AgedBalance, AgedRow, AgedTotal
from encaisse.insights.choices import choices_of
from encaisse.insights.customers import Facts, facts_of
from encaisse.web.app.aging.listspec import criteria_of
from encaisse.web.charts import Part, aged_parts, late_tone
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import Listing, ListState

_EXPORT_BATCH = 500
_USUAL_BOUNDS = ((30, 60), (30, 60, 90), (15, 45, 90))


@dataclass(frozen=True, slots=True)
class Late:
    """One ageing period of one line."""

    minor: int
    tone: int


@dataclass(frozen=True, slots=True)
class Line:
    """One customer in one currency; the oldest period comes first in `late`.

    `tone` is the colour of what he has overdue, 0 for nothing.
    """

    row: AgedRow
    facts: Facts
    late: tuple[Late, ...]
    tone: int


@dataclass(frozen=True, slots=True)
class Total:
    """A total of the list in one currency, with its picture."""

    total: AgedTotal
    late: tuple[Late, ...]
    parts: list[Part]


@dataclass(frozen=True)
class AgingPage:
    """The list as of a day."""

    on: date
    bounds: tuple[int, ...]
    listing: Listing
    has_ledger: bool

    @property
    def periods(self) -> list[tuple[str, str, bool]]:
        """The usual ageing periods: their words, their address, whether they are on."""
        return [
            (" · ".join(map(str, bounds)), self._with_bounds(bounds), bounds == self.bounds)
            for bounds in _USUAL_BOUNDS
        ]

    def _with_bounds(self, bounds: tuple[int, ...]) -> str:
        said = "" if bounds == DEFAULT_BOUNDS else ",".join(map(str, bounds))
        state = self.listing.state
        # A filter on a period means nothing once the periods are others.
        values = {key: value for key, value in state.values.items() if key != "tranche"}
        return state.url(kept={"tranches": said}, values=values, page=1)


def aging_page(state: ListState, aged: AgedBalance) -> AgingPage:
    """One page of the list: a constant number of queries."""
    choices = choices_of(aged.scope)
    criteria = criteria_of(state, choices)
    totals = aged.totals(criteria)
    rows = aged.page(criteria, sort=state.sort, offset=state.offset, limit=state.size)
    url = state.without("tranche")
    listing = Listing(
        state,
        rows=lines(aged, rows, state=state),
        count=sum(total.count for total in totals),
        totals=[_total(one, aged.bounds, url, state) for one in totals],
    )
    return AgingPage(aged.on, aged.bounds, listing, has_ledger=choices.customers > 0)


def lines(
    aged: AgedBalance, rows: Sequence[AgedRow], *, state: ListState | None = None
) -> list[Line]:
    """The rows with what is known of their customers."""
    ids = [row.customer_id for row in rows]
    facts = facts_of(aged.scope.company, ids, items=aged.items, on=aged.on)
    return [
        Line(row, facts[row.customer_id], _late(row.amounts.late, state), _tone(row))
        for row in rows
    ]


def _late(late: Sequence[int], state: ListState | None) -> tuple[Late, ...]:
    return tuple(
        Late(late[rank], late_tone(rank, len(late)) if late[rank] else 0)
        for rank in reversed(range(len(late)))
        if state is None or state.shows(f"late_{rank}")
    )


def _tone(row: AgedRow) -> int:
    late = row.amounts.late
    if row.amounts.overdue <= 0:
        return 0
    return max((late_tone(rank, len(late)) for rank, minor in enumerate(late) if minor), default=0)


def _total(total: AgedTotal, bounds: Sequence[int], url: str, state: ListState) -> Total:
    return Total(
        total, _late(total.amounts.late, state), aged_parts(total.amounts, bounds, url=url)
    )


def export_rows(state: ListState, aged: AgedBalance) -> Iterator[list[Cell]]:
    """Every row of the list with its visible columns, fetched in batches."""
    criteria = criteria_of(state, choices_of(aged.scope))
    for batch in _batches(aged.rows(criteria, sort=state.sort)):
        for line in lines(aged, batch):
            yield [cell for key in state.columns for cell in _cells(key, line)]


def _batches(rows: Iterable[AgedRow]) -> Iterator[list[AgedRow]]:
    batch: list[AgedRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _EXPORT_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cells(key: str, line: Line) -> tuple[Cell, ...]:
    row, facts = line.row, line.facts
    match key:
        case "name":
            return row.name, row.account_code
        case "profile":
            return (facts.profile,)
        case "sales_rep":
            return (row.sales_rep,)
        case "level":
            return facts.level or None, facts.reminded_on
        case "currency":
            return (row.currency,)
    return (Money(_figure(key, row), row.currency),)


def _figure(key: str, row: AgedRow) -> int:
    if key.startswith("late_"):
        return row.amounts.late[int(key.removeprefix("late_"))]
    figure: int = getattr(row.amounts, key)
    return figure
