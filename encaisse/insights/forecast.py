"""Expected receipts: how much, when, and why then, in one currency as of a day.

Each open debit is expected on the day that `collection.rules.forecast` says. Unmatched credits are
shown apart and lower the totals, so that everything adds up to the balance of the customers kept,
to the cent. The due dates are added up in SQL; what people dated by hand (promises, expected
dates) is read whole and takes its place among them.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from encaisse.collection.rules.forecast import (
    BEFORE,
    LATE,
    LATER,
    Ground,
    Part,
    Window,
    expected_parts,
    part_at_due_date,
)
from encaisse.collection.rules.promises import Covered
from encaisse.insights.criteria import (
    DISPUTED_ACCOUNTS,
    DISPUTED_ENTRIES,
    EVERYBODY,
    Criteria,
    conditions,
    is_debit,
)
from encaisse.insights.memory import remembered
from encaisse.insights.sql import Condition, day_or_none, fetch, known_day
from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.queries.open_items import OpenItems, open_items
from encaisse.tenancy.scope import Scope

# Below this the due dates are added up anew for every page: it takes no time.
_LARGE = 2_000


class Sums(NamedTuple):
    """What is due on each day (None: no due date), how many entries, and the credits."""

    due: dict[date | None, tuple[int, int]]
    credits: int
    credit_count: int


class Flow(NamedTuple):
    """Something expected: a part, of how many entries, and whether it is overdue."""

    part: Part
    entries: int
    is_overdue: bool


class Given(NamedTuple):
    """An entry that somebody dated, with its parts."""

    entry_id: int
    due: date | None
    remaining: int
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Card:
    """A part of an entry in a column; `days_late` counts from its due date, 0 before.

    `is_partial`: the rest of the entry is expected another day.
    """

    entry: LedgerEntry
    part: Part
    is_partial: bool
    days_late: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a column holds, in minor units, and all that is expected up to its end."""

    column: str
    minor: int
    cumulated: int
    count: int


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """The columns of a window; `before` is what is expected between today and its first week."""

    columns: tuple[Figures, ...]
    before: Figures
    credits: int
    credit_count: int
    undated: int

    @property
    def total(self) -> int:
        """Everything: the balance of the customers kept."""
        return self.columns[-1].cumulated

    @property
    def count(self) -> int:
        """How many parts there are in all."""
        return self.before.count + sum(column.count for column in self.columns)


class Line(NamedTuple):
    """A line of an export: a part of an entry, or a credit (`ground` None, amounts negative)."""

    part: Part
    is_credit: bool
    remaining: int
    due: date | None
    document: str
    account_code: str
    name: str
    sales_rep: str


@dataclass(frozen=True)
class Forecast:
    """What a scope may expect in one currency, as of a day. Look-ups are made once, on demand."""

    scope: Scope
    on: date
    currency: str
    criteria: Criteria = EVERYBODY
    # False leaves out the entries that are contested, even in part.
    with_disputes: bool = True

    @cached_property
    def items(self) -> OpenItems:
        """What is open that day; three index look-ups."""
        return open_items(self.scope.company, self.on)

    @cached_property
    def sums(self) -> Sums:
        """Everything by due date, as the accounting says; one query."""
        return remembered(("forecast", *self._asked), self._sums, worth=_is_large)

    @cached_property
    def given(self) -> list[Given]:
        """The entries with a running promise or an expected date to come; two queries."""
        promises: dict[int, list[Covered]] = {}
        for entry_id, amount, then, made_on, until in fetch(*self._sql.promises()):
            covered = Covered(amount, then, known_day(made_on), known_day(until))
            promises.setdefault(entry_id, []).append(covered)
        return [
            Given(entry_id, due, int(remaining), parts)
            for entry_id, due_date, remaining, expected in fetch(*self._sql.given())
            for due in [day_or_none(due_date)]
            for parts in [
                expected_parts(
                    int(remaining),
                    due=due,
                    expected=day_or_none(expected),
                    promises=promises.get(entry_id, ()),
                    today=self.on,
                )
            ]
        ]

    def flows(self) -> Iterator[Flow]:
        """All that is expected, credits aside. What somebody dated leaves its due date first."""
        for due, (count, minor) in self.sums.due.items():
            yield Flow(self._at_due_date(minor, due), count, self._is_late(due))
        for entry in self.given:
            is_late = self._is_late(entry.due)
            yield Flow(self._at_due_date(-entry.remaining, entry.due), -1, is_late)
            for part in entry.parts:
                yield Flow(part, 1, is_late)

    def figures(self, window: Window) -> BoardFigures:
        """The totals of each column of a window."""
        minors: dict[str, int] = {}
        counts: dict[str, int] = {}
        undated = 0
        for part, count, _is_overdue in self.flows():
            column = window.column_of(part)
            minors[column] = minors.get(column, 0) + part.minor
            counts[column] = counts.get(column, 0) + count
            undated += part.minor if part.ground == Ground.UNDATED else 0
        running = self.sums.credits
        columns = []
        for column in (LATE, BEFORE, *window.columns[1:]):
            running += minors.get(column, 0)
            columns.append(Figures(column, minors.get(column, 0), running, counts.get(column, 0)))
        before = columns.pop(1)
        return BoardFigures(
            tuple(columns), before, self.sums.credits, self.sums.credit_count, undated
        )

    def cards(
        self, window: Window, columns: Sequence[str], *, offset: int = 0, limit: int
    ) -> dict[str, list[Card]]:
        """The largest parts of some columns; two queries, whatever they hold."""
        shown = {
            column: ranked[offset : offset + limit]
            for column, ranked in self._ranked(window, columns, offset + limit).items()
        }
        ids = {one.entry_id for ranked in shown.values() for one in ranked}
        entries = LedgerEntry.objects.select_related("customer").in_bulk(ids)
        return {
            column: [
                Card(entry, one.part, one.is_partial, entry.days_late(self.on))
                for one in ranked
                if (entry := entries.get(one.entry_id))
            ]
            for column, ranked in shown.items()
        }

    def lines(self) -> list[Line]:
        """Everything, for an export: credits, what is late, then day after day; one query more."""
        found: list[Line] = []
        parts_of = {entry.entry_id: entry.parts for entry in self.given}
        for entry_id, due_date, rest, *words in fetch(*self._sql.lines()):
            due, remaining = day_or_none(due_date), int(rest)
            at_due_date = [self._at_due_date(remaining, due)]
            for part in parts_of.get(entry_id, at_due_date):
                found.append(Line(part, remaining < 0, remaining, due, *words))
        return sorted(found, key=_order)

    def _ranked(
        self, window: Window, columns: Sequence[str], most: int
    ) -> dict[str, list["_Ranked"]]:
        found: dict[str, list[_Ranked]] = {column: [] for column in columns}
        dated = tuple(entry.entry_id for entry in self.given)  # moving a card is no new fact
        largest = remembered(
            ("forecast, largest", *self._asked, window, tuple(columns), most, dated),
            lambda: list(fetch(*self._sql.largest(window, columns, most))),
            worth=lambda _found: _is_large(self.sums),
        )
        for number, entry_id, due_date, minor in largest:
            part = self._at_due_date(int(minor), day_or_none(due_date))
            found[columns[number]].append(_Ranked(entry_id, part, is_partial=False))
        for entry in self.given:
            for part in entry.parts:
                if (column := window.column_of(part)) in found:
                    partial = len(entry.parts) > 1
                    found[column].append(_Ranked(entry.entry_id, part, is_partial=partial))
        return {
            column: sorted(ranked, key=lambda one: (-one.part.minor, one.entry_id))
            for column, ranked in found.items()
        }

    @property
    def _asked(self) -> tuple[Hashable, ...]:
        """What is asked, of which state of the facts."""
        company = self.scope.company
        what = (self.scope.sales_reps, self.on, self.currency, self.criteria, self.with_disputes)
        return company.pk, company.facts_revision, *what

    def _sums(self) -> Sums:
        due: dict[date | None, tuple[int, int]] = {}
        for day, count, minor in fetch(*self._sql.due_dates()):
            due[day_or_none(day)] = int(count), int(minor)
        ((credit_count, credits),) = fetch(*self._sql.credits())
        return Sums(due, int(credits or 0), int(credit_count))

    def _at_due_date(self, minor: int, due: date | None) -> Part:
        return part_at_due_date(minor, due, today=self.on)

    def _is_late(self, due: date | None) -> bool:
        return due is not None and due < self.on

    @cached_property
    def _sql(self) -> "_Sql":
        return _Sql(self)


def _is_large(sums: Sums) -> bool:
    return sum(count for count, _minor in sums.due.values()) >= _LARGE


class _Ranked(NamedTuple):
    entry_id: int
    part: Part
    is_partial: bool


def _order(line: Line) -> tuple[int, date, str, str]:
    if line.is_credit:
        return 0, date.min, line.name, line.document
    if line.part.ground == Ground.LATE:
        return 1, line.due or date.min, line.name, line.document
    return 2, line.part.day or date.max, line.name, line.document


# Promises that are not taken back as of a day; promised entries have one whose day has not passed.
_PROMISED = (
    "FROM collection_promiseentry l JOIN collection_paymentpromise p ON p.id = l.promise_id"
    " WHERE p.company_id = %s AND p.made_on <= %s"
    " AND (p.cancelled_on IS NULL OR p.cancelled_on > %s)"
)
_GIVEN = (
    "SELECT f.entry_id FROM collection_entryfollowup f"
    " WHERE f.company_id = %s AND f.expected_date >= %s"
    f" UNION SELECT l.entry_id {_PROMISED} AND p.promised_date >= %s"
)


class _Sql:
    """The statements about `ledger_ledgerentry e`, read from the index of open items."""

    def __init__(self, forecast: Forecast) -> None:
        self.forecast = forecast
        self.items = forecast.items
        self.on = forecast.on
        self.company_id = forecast.scope.company.pk

    def due_dates(self) -> Condition:
        """How many debits are due on each day, and how much."""
        where, params = self._where(is_debit(self.items))
        return (
            f"SELECT e.due_date, COUNT(*), SUM({self.items.remaining})"
            f" FROM ledger_ledgerentry e WHERE {where} GROUP BY e.due_date",
            (*self.items.remaining_params, *params),
        )

    def credits(self) -> Condition:
        """How many credits there are, and how much."""
        where, params = self._where(f"NOT ({is_debit(self.items)})")
        return (
            f"SELECT COUNT(*), SUM({self.items.remaining}) FROM ledger_ledgerentry e WHERE {where}",
            (*self.items.remaining_params, *params),
        )

    def given(self) -> Condition:
        """The debits that somebody dated: id, due date, what remains, expected date."""
        where, params = self._where(is_debit(self.items))
        return (
            f"SELECT e.id, e.due_date, {self.items.remaining}, f.expected_date"
            " FROM ledger_ledgerentry e"
            " LEFT JOIN collection_entryfollowup f ON f.entry_id = e.id"
            f" WHERE e.id IN ({_GIVEN}) AND {where} ORDER BY e.id",
            (*self.items.remaining_params, *self._given_params, *params),
        )

    def promises(self) -> Condition:
        """What was promised on the entries with a running promise, the earliest day first."""
        params = (self.company_id, self.on, self.on)
        return (
            "SELECT l.entry_id, l.amount_minor, l.remaining_then_minor, p.made_on, p.promised_date"
            f" {_PROMISED} AND l.entry_id IN"
            f" (SELECT l.entry_id {_PROMISED} AND p.promised_date >= %s)"
            " ORDER BY p.promised_date, l.id",
            (*params, *params, self.on),
        )

    def largest(self, window: Window, columns: Sequence[str], most: int) -> Condition:
        """The largest debits of some columns by due date: the column's number, id, date, rest.

        Each column stops at `most`; what somebody dated is left out. Each reads its own range of
        the index, unless the entries are filtered: these are then found once for all columns.
        """
        where, params = self._where(is_debit(self.items))
        hint = "MATERIALIZED" if self._is_narrowed else "NOT MATERIALIZED"
        parts: list[str] = []
        limits: list[Any] = []
        for number, column in enumerate(columns):
            test, more = self._due_in(window, column)
            parts.append(
                f"SELECT * FROM (SELECT {number} AS rank, e.id, e.due_date, e.rest FROM kept e"
                f" WHERE {test} ORDER BY e.rest DESC, e.id LIMIT %s) c{number}"
            )
            limits += [*more, most]
        return (
            f"WITH given AS ({_GIVEN}), kept AS {hint} (SELECT e.id, e.due_date,"
            f" {self.items.remaining} AS rest FROM ledger_ledgerentry e"
            f" WHERE {where} AND e.id NOT IN (SELECT entry_id FROM given))"
            f" {' UNION ALL '.join(parts)}",
            (*self._given_params, *self.items.remaining_params, *params, *limits),
        )

    def lines(self) -> Condition:
        """Every open entry with its words."""
        where, params = self._where("1 = 1")
        return (
            f"SELECT e.id, e.due_date, {self.items.remaining}, e.document_number, c.account_code,"
            " c.legal_name, c.sales_rep FROM ledger_ledgerentry e"
            f" JOIN ledger_customer c ON c.id = e.customer_id WHERE {where}",
            (*self.items.remaining_params, *params),
        )

    @property
    def _given_params(self) -> tuple[Any, ...]:
        return (self.company_id, self.on, self.company_id, self.on, self.on, self.on)

    @cached_property
    def _conditions(self) -> list[Condition]:
        forecast = self.forecast
        return [*conditions(forecast.scope, forecast.criteria, self.items, on=self.on)]

    @property
    def _is_narrowed(self) -> bool:
        return bool(self._conditions) or not self.forecast.with_disputes

    def _where(self, sign: str) -> Condition:
        forecast = self.forecast
        tests = [self.items.where, "e.currency = %s", sign]
        params: list[Any] = [*self.items.where_params, forecast.currency]
        for test, more in self._conditions:
            tests.append(test)
            params += more
        if not forecast.with_disputes:
            tests.append(f"e.customer_id NOT IN ({DISPUTED_ACCOUNTS})")
            tests.append(f"e.id NOT IN ({DISPUTED_ENTRIES})")
            params += [self.company_id, self.on] * 2
        return " AND ".join(tests), tuple(params)

    def _due_in(self, window: Window, column: str) -> Condition:
        first, end = window.due_between(column)
        if column == LATER:
            return "(e.due_date >= %s OR e.due_date IS NULL)", (first,)
        if column == LATE:
            return "e.due_date < %s", (end,)
        return "e.due_date >= %s AND e.due_date < %s", (first, end)
