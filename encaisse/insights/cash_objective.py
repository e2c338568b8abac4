"""The cash objective: what came in month by month, what is expected, and what was aimed at.

Received: payments and down payments, in the month in which the accounting posted them, matched or
not, less those that the bank rejected, in the month in which it took them back; credit notes are no
money. The forecast is that of the board: what is late and has no other date is expected in the
present month, less the unmatched credits (a payment that waits for its match is received already,
and must not be expected again).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from encaisse.collection.models import CashTarget
from encaisse.collection.operations.cash_targets import NO_AIMS, Aims, aims_of
from encaisse.collection.rules.forecast import Ground, first_of_month
from encaisse.core.dates import end_of_month
from encaisse.insights.criteria import Criteria, conditions, is_debit
from encaisse.insights.forecast import Forecast
from encaisse.insights.memory import remembered
from encaisse.insights.sql import fetch, known_day
from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.queries.open_items import open_items
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

MONTHS = 12
# How many of them lie before the present one, unless another first month is asked for.
PAST_MONTHS = 6
_MONEY = (LedgerEntry.Kind.PAYMENT.value, LedgerEntry.Kind.DOWN_PAYMENT.value)
_REJECTED = LedgerEntry.Kind.REJECTED_PAYMENT.value
# Below this what came in is added up anew for every page: it takes no time.
_LARGE = 2_000


@dataclass(slots=True)
class Receipts:
    """What came in during one month, less what the bank took back; `count` payments.

    `unmatched` is the part that awaits its match.
    """

    count: int = 0
    minor: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class CashMonth:
    """One month in minor units: received, then expected from what is overdue today and not."""

    first: date
    receipts: Receipts = field(default_factory=Receipts)
    overdue: int = 0
    coming: int = 0
    aims: Aims = NO_AIMS

    @property
    def last(self) -> date:
        """The last day of the month."""
        return end_of_month(self.first)

    @property
    def received(self) -> int:
        """What came in."""
        return self.receipts.minor

    @property
    def expected(self) -> int:
        """What is still expected."""
        return self.overdue + self.coming

    @property
    def total(self) -> int:
        """What came in and what is still expected."""
        return self.received + self.expected

    @property
    def collected_rate(self) -> int | None:
        """The part of all that could be collected that came in, in whole percent, rounded down."""
        return self.received * 100 // self.total if self.total > 0 else None

    @property
    def realistic_rate(self) -> int | None:
        """How much of the realistic target came in, in whole percent, rounded down."""
        aim = self.aims.realistic
        return self.received * 100 // aim if aim else None


@dataclass(frozen=True, slots=True)
class CashObjective:
    """Twelve months in one currency, as of a day. `later` and `undated` are expected after them.

    `credits` were taken off what is overdue in the present month. `has_aims`: any target at all.
    """

    on: date
    currency: str
    months: tuple[CashMonth, ...]
    later: int
    undated: int
    credits: int

    @property
    def current(self) -> CashMonth | None:
        """The present month, when it is among those shown."""
        present = first_of_month(self.on)
        return next((month for month in self.months if month.first == present), None)

    @property
    def has_aims(self) -> bool:
        """True when any of the months has a target."""
        return any(month.aims != NO_AIMS for month in self.months)


def months_from(first: date) -> tuple[date, ...]:
    """The first days of the twelve months that begin with one."""
    return tuple(first_of_month(first, number) for number in range(MONTHS))


def cash_objective(scope: Scope, *, on: date, currency: str, first: date) -> CashObjective:
    """The months from `first` on (the first day of one); nine queries.

    Targets are those of the whole company: a portfolio is not measured against them.
    """
    firsts = months_from(first)
    received = _remembered_receipts(scope, on=on, currency=currency, firsts=firsts)
    aims = cash_targets(scope.company, currency, firsts) if scope.sales_reps is None else {}
    forecast = Forecast(scope, on, currency)
    expected = _Expected(on, firsts)
    expected.take(forecast)
    months = tuple(
        CashMonth(
            month,
            received.get(month, Receipts()),
            expected.overdue.get(month, 0),
            expected.coming.get(month, 0),
            aims.get(month, NO_AIMS),
        )
        for month in firsts
    )
    return CashObjective(
        on, currency, months, expected.later, expected.undated, forecast.sums.credits
    )


def cash_targets(company: Company, currency: str, months: tuple[date, ...]) -> Mapping[date, Aims]:
    """The targets of some months that have any; one query."""
    rows = CashTarget.objects.filter(company=company, currency=currency, month__in=months)
    return {row.month: aims_of(row) for row in rows}


class _Expected:
    """The forecast by month, for the months shown."""

    def __init__(self, on: date, firsts: tuple[date, ...]) -> None:
        self.present = first_of_month(on)
        self.end = first_of_month(firsts[-1], 1)
        self.overdue: dict[date, int] = {}
        self.coming: dict[date, int] = {}
        self.later = 0
        self.undated = 0

    def take(self, forecast: Forecast) -> None:
        """Put all that is expected in its month."""
        self.overdue[self.present] = forecast.sums.credits
        for part, _entries, is_overdue in forecast.flows():
            if part.ground == Ground.UNDATED:
                self.undated += part.minor
                continue
            month = first_of_month(part.day) if part.day else self.present
            if month >= self.end:
                self.later += part.minor
                continue
            amounts = self.overdue if is_overdue else self.coming
            amounts[month] = amounts.get(month, 0) + part.minor


# -- what came in ------------------------------------------------------------------------------


def _remembered_receipts(
    scope: Scope, *, on: date, currency: str, firsts: tuple[date, ...]
) -> dict[date, Receipts]:
    company = scope.company
    key = ("cash", company.pk, company.facts_revision, scope.sales_reps, on, currency, firsts)
    return remembered(
        key,
        lambda: _receipts(scope, on=on, currency=currency, firsts=firsts),
        worth=lambda found: sum(month.count for month in found.values()) >= _LARGE,
    )


def _receipts(
    scope: Scope, *, on: date, currency: str, firsts: tuple[date, ...]
) -> dict[date, Receipts]:
    """The money of each month, up to a day; three queries."""
    found: dict[date, Receipts] = {}
    last = min(on, end_of_month(firsts[-1]))
    items = open_items(scope.company, on)
    seen = [*conditions(scope, Criteria(), items, on=on)]
    kept = "".join(f" AND {test}" for test, _params in seen)
    kept_params = tuple(param for _test, params in seen for param in params)
    for day, count, minor in fetch(
        "SELECT e.posting_date, COUNT(*), SUM(e.amount_minor) FROM ledger_ledgerentry e"
        " WHERE e.company_id = %s AND e.posting_date >= %s AND e.posting_date <= %s"
        " AND e.amount_minor < 0 AND e.is_counted AND e.currency = %s AND e.kind IN (%s, %s)"
        f"{kept} GROUP BY e.posting_date",
        (scope.company.pk, firsts[0], last, currency, *_MONEY, *kept_params),
    ):
        month = found.setdefault(_month(day), Receipts())
        month.count += int(count)
        month.minor -= int(minor)
    for day, minor in fetch(
        "SELECT e.posting_date, SUM(e.amount_minor) FROM ledger_ledgerentry e"
        " WHERE e.company_id = %s AND e.posting_date >= %s AND e.posting_date <= %s"
        " AND e.amount_minor > 0 AND e.is_counted AND e.currency = %s AND e.kind = %s"
        f"{kept} GROUP BY e.posting_date",
        (scope.company.pk, firsts[0], last, currency, _REJECTED, *kept_params),
    ):
        found.setdefault(_month(day), Receipts()).minor -= int(minor)
    for day, kind, minor in fetch(
        f"SELECT e.posting_date, e.kind, SUM({items.remaining}) FROM ledger_ledgerentry e"
        f" WHERE {items.where} AND e.currency = %s AND NOT ({is_debit(items)})"
        f"{kept} GROUP BY e.posting_date, e.kind",
        (*items.remaining_params, *items.where_params, currency, *kept_params),
    ):
        if kind in _MONEY and (received := found.get(_month(day))):
            received.unmatched -= int(minor)
    return found


def _month(day: Any) -> date:
    return first_of_month(known_day(day))
