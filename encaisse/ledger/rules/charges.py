"""Late-payment interest and the fixed recovery sum (C. com. L441-10 II and D441-5).

Interest runs from the day after the due date, on what is unpaid, all taxes included, counted in
days over 365. The rate is that of the half-year: the ECB's on 1 January or 1 July plus ten points.
Each stretch of days at one rate and one balance is rounded by itself, then they are added, so that
the customer can do the sum again. No VAT, no compound interest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

# Points over the ECB's rate where nothing else was agreed (L441-10 II).
DEFAULT_POINTS = Decimal(10)
# Euros an invoice that is paid late (D441-5); never converted into another currency.
RECOVERY_SUM_MINOR = 4_000
_DAYS_IN_YEAR = 365

# The ECB's rate on its main refinancing operations at the start of each half-year, in percent
# (Banka Slovenije's table of effective dates; 2026-S2 from the rates recorded in September 2026).
ECB_RATES: Mapping[str, Decimal] = {
    half: Decimal(rate)
    for half, rate in (
        ("2014-S1", "0.25"), ("2014-S2", "0.15"), ("2015-S1", "0.05"), ("2015-S2", "0.05"),
        ("2016-S1", "0.05"), ("2016-S2", "0.00"), ("2017-S1", "0.00"), ("2017-S2", "0.00"),
        ("2018-S1", "0.00"), ("2018-S2", "0.00"), ("2019-S1", "0.00"), ("2019-S2", "0.00"),
        ("2020-S1", "0.00"), ("2020-S2", "0.00"), ("2021-S1", "0.00"), ("2021-S2", "0.00"),
        ("2022-S1", "0.00"), ("2022-S2", "0.00"), ("2023-S1", "2.50"), ("2023-S2", "4.00"),
        ("2024-S1", "4.50"), ("2024-S2", "4.25"), ("2025-S1", "3.15"), ("2025-S2", "2.15"),
        ("2026-S1", "2.15"), ("2026-S2", "2.40"),
    )
}  # fmt: skip


# The statutory interest rate between professionals, in percent (the decrees of each half-year): no
# agreed rate may be less than three times that (L441-10 II).
STATUTORY_RATES: Mapping[str, Decimal] = {
    half: Decimal(rate)
    for half, rate in (
        ("2024-S1", "5.07"), ("2024-S2", "4.92"), ("2025-S1", "3.71"), ("2025-S2", "2.76"),
        ("2026-S1", "2.62"), ("2026-S2", "2.75"),
    )
}  # fmt: skip


class RateUnknown(LookupError):
    """No rate is known for a half-year: nothing is guessed. `half` names it, like `2027-S1`."""

    def __init__(self, half: str) -> None:
        super().__init__(half)
        self.half = half


@dataclass(frozen=True, slots=True)
class LateRate:
    """The yearly rate, in percent: agreed once for all, or the ECB's of the half-year plus points.

    `known`: the ECB's rates by half-year, those of the product and those that were typed.
    """

    fixed: Decimal | None = None
    points: Decimal = DEFAULT_POINTS
    known: Mapping[str, Decimal] | None = None

    def on(self, day: date) -> Decimal:
        """The rate of a day. Raises RateUnknown."""
        if self.fixed is not None:
            return self.fixed
        half = half_year(day)
        ecb = (ECB_RATES if self.known is None else self.known).get(half)
        if ecb is None:
            raise RateUnknown(half)
        return ecb + self.points


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days at one rate and one balance; `interest` in minor units."""

    principal: int
    rate: Decimal
    days: int
    interest: int


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice: what of it is unpaid in minor units, and the day it was to be paid on."""

    principal: int
    due: date
    # What was paid of it before, and when: the balance was larger until then.
    payments: Sequence[tuple[date, int]] = ()


def half_year(day: date) -> str:
    """`2026-S2` for a day of its second half."""
    return f"{day.year}-S{1 if day.month <= 6 else 2}"


def lowest_rate(day: date) -> Decimal | None:
    """The least that may be agreed, in percent; None where the half-year's rate is not known."""
    rate = STATUTORY_RATES.get(half_year(day))
    return None if rate is None else 3 * rate


def late_interest(debt: Debt, on: date, rate: LateRate) -> list[Stretch]:
    """The interest of an invoice up to and including a day (law.md 1.3).

    Raises RateUnknown when the rate of one of its half-years is not known.
    """
    first = debt.due + timedelta(days=1)
    if on < first or debt.principal <= 0:
        return []
    # A payment counts from the day after it was received; a half-year from its first day.
    ends = {day + timedelta(days=1) for day, _paid in debt.payments if first <= day < on}
    starts = sorted({first, *ends, *_half_year_starts(first, on)})
    return [
        _stretch(_balance(debt, start), rate.on(start), (end - start).days)
        for start, end in pairwise([*starts, on + timedelta(days=1)])
    ]


def interest_of(debts: Iterable[Debt], on: date, rate: LateRate) -> int:
    """The interest of some invoices, in minor units. Raises RateUnknown."""
    return sum(stretch.interest for debt in debts for stretch in late_interest(debt, on, rate))


def interest_a_day(debts: Iterable[Debt], on: date, rate: LateRate) -> int:
    """What one more day adds, in minor units. Raises RateUnknown."""
    late = sum(debt.principal for debt in debts if debt.due < on)
    return _interest(late, rate.on(on), 1)


def _balance(debt: Debt, day: date) -> int:
    """What was unpaid on a day: what is unpaid now, and what was received since."""
    return debt.principal + sum(paid for received, paid in debt.payments if received >= day)


def _half_year_starts(first: date, last: date) -> Iterable[date]:
    for year in range(first.year, last.year + 1):
        for month in (1, 7):
            if first < (day := date(year, month, 1)) <= last:
                yield day


def _stretch(principal: int, rate: Decimal, days: int) -> Stretch:
    return Stretch(principal, rate, days, _interest(principal, rate, days))


def _interest(principal: int, rate: Decimal, days: int) -> int:
    exact = Decimal(principal) * rate * days / (_DAYS_IN_YEAR * 100)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
