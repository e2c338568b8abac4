"""The file of « Qui vous doit quoi ? »: its rows, or the open entries behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from encaisse.insights.aged_items import AgedItem, items_of
from encaisse.insights.aging import AgedBalance, AgedRow, Amounts
from encaisse.insights.choices import choices_of
from encaisse.insights.customers import Facts, LastNote, facts_of, last_notes
from encaisse.web.app.aging.listspec import criteria_of
from encaisse.web.app.aging.pages import Novelty, is_detailed
from encaisse.web.exports import Cell, Money
from encaisse.web.lists import ListState

_BATCH = 500
_EVERY_ITEM = 10**9


@dataclass(frozen=True, slots=True)
class _Exported:
    """One line of the file; `item` in the detailed view, where amounts are those of the entry."""

    row: AgedRow
    facts: Facts
    note: LastNote | None
    item: AgedItem | None = None

    @property
    def amounts(self) -> Amounts:
        return self.item.amounts if self.item else self.row.amounts


def export_rows(state: ListState, aged: AgedBalance, novelty: Novelty) -> Iterator[list[Cell]]:
    """Every row of the list with its visible columns, fetched in batches.

    The detailed view has one line an entry, without lines of customers: its sums are right.
    """
    criteria = criteria_of(state, choices_of(aged.scope), new_since=novelty.since)
    for batch in _batches(aged.rows(criteria, sort=state.sort)):
        for line in _lines(state, aged, batch):
            yield [cell for key in state.columns for cell in _cells(key, line)]


def _batches(rows: Iterable[AgedRow]) -> Iterator[list[AgedRow]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch


def _lines(state: ListState, aged: AgedBalance, rows: list[AgedRow]) -> Iterator[_Exported]:
    company = aged.scope.company
    ids = {row.customer_id for row in rows}
    facts = facts_of(company, ids, items=aged.items, on=aged.on)
    notes = last_notes(company, ids) if state.shows("notes") else {}
    items = items_of(aged, ids, most=_EVERY_ITEM) if is_detailed(state) else {}
    for row in rows:
        line = _Exported(row, facts[row.customer_id], notes.get(row.customer_id))
        if not is_detailed(state):
            yield line
            continue
        for item in items[row.customer_id, row.currency].items:
            yield _Exported(line.row, line.facts, line.note, item)


def _cells(key: str, line: _Exported) -> tuple[Cell, ...]:
    row = line.row
    words = {
        "profile": line.facts.profile,
        "sales_rep": row.sales_rep,
        "category": row.category,
        "free1": row.free1,
        "free2": row.free2,
        "currency": row.currency,
    }
    match key:
        case "name":
            return row.name, row.account_code, *(_entry_cells(line.item) if line.item else ())
        case "level":
            level = line.item.level if line.item else line.facts.level
            return level or None, line.facts.reminded_on
        case "notes":
            return (line.note.words, line.note.at.date()) if line.note else ("", None)
    return (words[key],) if key in words else (Money(_figure(key, line.amounts), row.currency),)


def _entry_cells(item: AgedItem) -> tuple[Cell, ...]:
    return str(item.entry), item.entry.due_date, item.days_late or None


def _figure(key: str, amounts: Amounts) -> int:
    if key.startswith("late_"):
        return amounts.late[int(key.removeprefix("late_"))]
    figure: int = getattr(amounts, key)
    return figure
