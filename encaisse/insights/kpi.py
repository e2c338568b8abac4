"""The indicators of credit management, month after month, as the ledger stood at each month's end.

One aggregate over the whole ledger gives the sums of every month at once: an amount is open from
the month of its posting until that of its settlement, not due until that of its due date. What was
paid in part, before the entry was settled, is taken off by two more (rows of `Allocation`).
Only entries in the company's base currency count: currencies are never added together.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, NamedTuple

from encaisse.core.dates import end_of_month
from encaisse.insights.freshness import last_sync_id
from encaisse.insights.memory import remembered
from encaisse.insights.rules.kpi import (
    GRACE_DAYS,
    FallenDue,
    Indicators,
    Month,
    Settled,
    indicators,
)
from encaisse.insights.sql import (
    day_or_none,
    days_between,
    fetch,
    month_of,
    month_text,
    portfolio,
)
from encaisse.tenancy.scope import Scope

MONTHS = 12
# Over how many months the indicators may be computed; a quarter unless asked otherwise.
LENGTHS = (1, 3, 6, 12)
LENGTH = 3
# A ledger of fewer entries than this is summed anew for every page.
_LARGE = 2_000


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The indicators of some months, the oldest first; none before the ledger begins.

    `left_out` are the other currencies of the ledger, of which nothing is counted.
    """

    currency: str
    length: int
    months: tuple[Indicators, ...]
    left_out: tuple[str, ...]

    @property
    def last(self) -> Indicators | None:
        """The latest month that is over."""
        return self.months[-1] if self.months else None


def key_figures(
    scope: Scope, *, on: date, months: int = MONTHS, length: int = LENGTH
) -> KeyFigures:
    """The indicators at the end of the last months that are over on a day (its own if it ends one).

    `length`: how many months each is computed over. A few seconds over a million entries, once for
    each synchronisation.
    """
    history = _remembered_history(scope, on=on)
    first = max(0, len(history.months) - months)
    found = [
        indicators(history.months[: rank + 1], length=length, on=on)
        for rank in range(first, len(history.months))
    ]
    return KeyFigures(scope.company.base_currency, length, tuple(found), history.left_out)


@dataclass(frozen=True, slots=True)
class _History:
    """Every month from the first of the ledger to the last that is over."""

    months: tuple[Month, ...]
    left_out: tuple[str, ...]
    entries: int


def _remembered_history(scope: Scope, *, on: date) -> _History:
    """Nothing but a synchronisation changes the ledger: a reminder or a STOP leaves this alone."""
    company = scope.company
    last = on if on == end_of_month(on) else on.replace(day=1) - timedelta(days=1)
    key = ("kpi", company.pk, last_sync_id(company), scope.sales_reps, last)
    return remembered(
        key, lambda: _history(scope, last=last), worth=lambda found: found.entries >= _LARGE
    )


def _history(scope: Scope, *, last: date) -> _History:
    base = scope.company.base_currency
    entries = list(_entries(scope))
    number = sum(row.number for row in entries)
    own = [row for row in entries if row.alike.currency == base]
    left_out = tuple(sorted({row.alike.currency for row in entries} - {base}))
    begins = min((row.alike.posted for row in own), default="")
    if not begins or begins > f"{last:%Y-%m}":
        return _History((), left_out, number)
    curves = _Curves(_Calendar.between(begins, last))
    for row in own:
        curves.entries(row)
    for part in _parts(scope):
        if part.alike.currency == base:
            curves.parts(part)
    return _History(tuple(curves.months()), left_out, number)


# -- months --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The months of a history, by rank; what comes after the last has the rank after it."""

    ends: tuple[date, ...]

    @classmethod
    def between(cls, first: str, last: date) -> "_Calendar":
        ends = [end_of_month(date.fromisoformat(f"{first}-01"))]
        while ends[-1] < last:
            ends.append(end_of_month(ends[-1] + timedelta(days=1)))
        return cls(tuple(ends))

    def rank(self, month: str | None) -> int:
        """The rank of a month as `2026-11`; None is never."""
        if not month:
            return len(self.ends)
        first = self.ends[0]
        rank = (int(month[:4]) - first.year) * 12 + int(month[5:7]) - first.month
        return min(max(rank, 0), len(self.ends))

    def overdue_from(self, due: date) -> int:
        """The first month at whose end a due date is past."""
        return self.rank(f"{due + timedelta(days=1):%Y-%m}")


@dataclass(slots=True)
class _Curve:
    """An amount through the months, drawn by its changes."""

    changes: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def hold(self, minor: int, start: int, end: int) -> None:
        """Count an amount from a month on, until another."""
        if start < end:
            self.changes[start] += minor
            self.changes[end] -= minor

    def through(self, months: int) -> list[int]:
        return list(accumulate(self.changes[rank] for rank in range(months)))


class _Alike(NamedTuple):
    """Entries alike: months of posting and of settlement, kind, due day of debits."""

    currency: str
    posted: str
    settled: str | None
    is_debit: int
    is_invoice: int
    due: date | None


class _Entries(NamedTuple):
    """The sums over entries alike.

    Those of `Settled`, and of `FallenDue` after its amount, mean something for invoices only.
    """

    alike: _Alike
    number: int
    open_minor: int
    sold_minor: int
    settled_sums: tuple[int, ...]
    paid_sums: tuple[int, ...]


class _Parts(NamedTuple):
    """The sums over partial payments of one month on entries alike.

    `paid_sums` as above, on invoices that were not settled that early.
    """

    alike: _Alike
    paid: str
    minor: int
    paid_sums: tuple[int, ...]


class _Curves:
    """What was sold, receivable, not due and late, month after month."""

    def __init__(self, calendar: _Calendar) -> None:
        self.calendar = calendar
        self.sales: dict[int, int] = defaultdict(int)
        self.receivable, self.not_due = _Curve(), _Curve()
        self.late, self.due_days = _Curve(), _Curve()
        self.settled: dict[int, Settled] = defaultdict(Settled)
        self.fallen_due: dict[int, FallenDue] = defaultdict(FallenDue)

    def entries(self, row: _Entries) -> None:
        alike = row.alike
        start, end = self.calendar.rank(alike.posted), self.calendar.rank(alike.settled)
        self.sales[start] += row.sold_minor
        self._hold(alike, row.open_minor, start, end)
        if alike.is_invoice and alike.due:
            self.settled[end] += Settled(*row.settled_sums)
            self._fall_due(alike.due, FallenDue(row.sold_minor, *row.paid_sums))

    def parts(self, row: _Parts) -> None:
        """Open entries owed it until it was paid; settled ones no longer did from then on."""
        alike, paid = row.alike, self.calendar.rank(row.paid)
        if alike.settled:
            self._hold(alike, -row.minor, paid, self.calendar.rank(alike.settled))
        else:
            self._hold(alike, row.minor, self.calendar.rank(alike.posted), paid)
        if alike.is_invoice and alike.due:
            self._fall_due(alike.due, FallenDue(0, *row.paid_sums))

    def _fall_due(self, due: date, figures: FallenDue) -> None:
        if due >= self.calendar.ends[0].replace(day=1):
            self.fallen_due[self.calendar.rank(f"{due:%Y-%m}")] += figures

    def _hold(self, row: _Alike, minor: int, start: int, end: int) -> None:
        self.receivable.hold(minor, start, end)
        if not row.is_debit:
            return
        if row.due is None:
            self.not_due.hold(minor, start, end)
            return
        overdue = self.calendar.overdue_from(row.due)
        self.not_due.hold(minor, start, min(end, overdue))
        self.late.hold(minor, max(start, overdue), end)
        self.due_days.hold(minor * row.due.toordinal(), max(start, overdue), end)

    def months(self) -> list[Month]:
        ends = self.calendar.ends
        curves = (self.receivable, self.not_due, self.late, self.due_days)
        rows = zip(ends, *(curve.through(len(ends)) for curve in curves), strict=True)
        return [
            Month(
                end=end,
                sales=self.sales[rank],
                receivable=receivable,
                not_due=not_due,
                late=late,
                late_days=late * end.toordinal() - due_days,
                settled=self.settled[rank],
                fallen_due=self.fallen_due[rank],
            )
            for rank, (end, receivable, not_due, late, due_days) in enumerate(rows)
        ]


# -- the ledger ----------------------------------------------------------------------------------


_PAID_ON = 'a."on"'
_ALIKE = (
    "CASE WHEN e.amount_minor > 0 THEN 1 ELSE 0 END",
    "CASE WHEN e.amount_minor > 0 AND e.kind = 'invoice' THEN 1 ELSE 0 END",
    "CASE WHEN e.amount_minor > 0 THEN e.due_date END",
)


def _entries(scope: Scope) -> Iterator[_Entries]:
    """All the entries, grouped; an open one weighs what remains of it.

    A payment that was matched in the month of its posting changes nothing at any month's end.
    """
    where, params = portfolio(scope)
    posted, settled = month_of("e.posting_date"), month_of("e.settled_date")
    days = days_between("e.settled_date", "e.document_date")
    late = days_between("e.settled_date", "e.due_date")
    sums = (
        "COUNT(*)",
        _sum("e.settled_date IS NULL", "e.remaining_minor", "e.amount_minor"),
        _sum("e.kind IN ('invoice', 'credit_note')", "e.amount_minor"),
        *("COUNT(e.settled_date)", _sum("e.settled_date IS NOT NULL", "e.amount_minor")),
        *(f"SUM({days})", f"SUM({days} * e.amount_minor)"),
        *(_sum(f"{late} > 0", value) for value in ("1", "e.amount_minor", late)),
        _sum(f"{late} > 0", f"{late} * e.amount_minor"),
        *(_sum(f"{late} <= {most}", "e.amount_minor") for most in (0, GRACE_DAYS)),
    )
    rows = fetch(
        f"SELECT e.currency, {posted}, {settled}, {', '.join(_ALIKE)}, {', '.join(sums)}"
        f" FROM ledger_ledgerentry e WHERE {where} AND NOT (e.amount_minor < 0"
        " AND e.kind NOT IN ('invoice', 'credit_note')"
        f" AND e.settled_date IS NOT NULL AND {settled} = {posted})"
        " GROUP BY 1, 2, 3, 4, 5, 6",
        params,
    )
    for row in rows:
        number, left, sold, *more = (int(figure or 0) for figure in row[6:])
        yield _Entries(_alike(row), number, left, sold, tuple(more[:-2]), tuple(more[-2:]))


def _parts(scope: Scope) -> Iterator[_Parts]:
    """All the partial payments, grouped, on either side."""
    where, params = portfolio(scope)
    paid, settled = (
        days_between(_PAID_ON, "e.due_date"),
        days_between("e.settled_date", "e.due_date"),
    )
    in_time = (
        _sum(
            f"{paid} <= {most} AND (e.settled_date IS NULL OR {settled} > {most})", "a.amount_minor"
        )
        for most in (0, GRACE_DAYS)
    )
    months = [month_of(column) for column in ("e.posting_date", "e.settled_date")]
    keys = ", ".join((*months, *_ALIKE, month_of(_PAID_ON)))
    sums = ", ".join(("SUM(a.amount_minor)", *in_time))
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = fetch(
            f"SELECT e.currency, {keys}, {sums} FROM ledger_allocation a"
            f" JOIN ledger_ledgerentry e ON e.id = a.{side}_id"
            f" WHERE {where} AND a.company_id = e.company_id GROUP BY 1, 2, 3, 4, 5, 6, 7",
            params,
        )
        for row in rows:
            minor, *in_time_sums = (int(figure) for figure in row[7:])
            yield _Parts(_alike(row), month_text(row[6]), sign * minor, tuple(in_time_sums))


def _alike(row: tuple[Any, ...]) -> _Alike:
    """The first columns of both."""
    currency, posted, settled, is_debit, is_invoice, due = row[:6]
    return _Alike(
        currency,
        month_text(posted),
        None if settled is None else month_text(settled),
        is_debit,
        is_invoice,
        day_or_none(due),
    )


def _sum(test: str, value: str, otherwise: str = "0") -> str:
    return f"SUM(CASE WHEN {test} THEN {value} ELSE {otherwise} END)"
