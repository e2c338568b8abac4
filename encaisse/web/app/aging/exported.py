"""The file of « Qui vous doit quoi ? »: its rows, or the open entries behind them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from encaisse.insights.aged_items import AgedItem, items_of
from encaisse.insights.aging import AgedBalance, AgedRow, Amounts
from encaisse.insights.criteria import Criteria
from encaisse.insights.customers import Facts, LastNote, facts_of, last_notes
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.tenancy.models import Company
from encaisse.web.app.aging.listspec import is_detailed
from encaisse.web.exports import Cell, Line, Money
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


def exported(state: ListState, aged: AgedBalance, criteria: Criteria) -> Iterator[Line]:
    """Every row of the list, fetched in batches.

    The detailed view has one line an entry, without lines of customers: its sums are right.
    """
    for batch in _batches(aged.rows(criteria, sort=state.sort)):
        for line in _lines(state, aged, batch):
            yield _cells(line, aged.scope.company)


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


def _cells(line: _Exported, company: Company) -> Line:
    row, item, amounts, currency = line.row, line.item, line.amounts, line.row.currency
    level, note = item.level if item else line.facts.level, line.note
    of_entry = _entry_cells(item, company.numbers_shown) if item else ()
    late = {f"late_{rank}": Money(minor, currency) for rank, minor in enumerate(amounts.late)}
    return {
        "name": (row.name, row.account_code, *of_entry),
        "profile": line.facts.profile,
        **dict(zip(CUSTOMER_COLUMNS, row.free, strict=True)),
        "category": row.category,
        "sales_rep": row.sales_rep,
        "level": (level or None, line.facts.reminded_on),
        **late,
        "credits": Money(amounts.credits, currency),
        "overdue": Money(amounts.overdue, currency),
        "not_due": Money(amounts.not_due, currency),
        "balance": Money(amounts.balance, currency),
        "currency": currency,
        "notes": (note.words, company.local_day(note.at)) if note else ("", None),
    }


def _entry_cells(item: AgedItem, shown: str) -> tuple[Cell, ...]:
    return item.entry.called(shown), item.entry.due_date, item.days_late or None
