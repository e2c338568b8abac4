"""The indicators of a credit manager, from the sums of each month: exact, rounded at the end.

Amounts include VAT, in minor units of one currency. Sales are invoices less credit notes. Credits
that are not matched lower what is receivable, and count as overdue. Not due: due that day or later,
or without a due date. A period has its real calendar days. What would divide by zero is None.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from operator import add
from typing import NamedTuple

# « Recovered » looks this many days past the due date.
GRACE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Settled:
    """Invoices that were wholly settled: how many, how much, and how long they took.

    `days` run from the invoice's date, `late_days` from its due date (0 when it was in time);
    the `minor_…` sums are weighted by the amounts.
    """

    count: int = 0
    minor: int = 0
    days: int = 0
    minor_days: int = 0
    late_count: int = 0
    late_minor: int = 0
    late_days: int = 0
    minor_late_days: int = 0

    def __add__(self, other: "Settled") -> "Settled":
        return Settled(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class FallenDue:
    """Invoices that fell due: how much, and what was paid by that day and some days later."""

    minor: int = 0
    paid_on_time: int = 0
    paid_in_grace: int = 0

    def __add__(self, other: "FallenDue") -> "FallenDue":
        return FallenDue(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class Month:
    """One month: what was sold and settled in it, and what was open at its end.

    `late` are the debits overdue at the end, `late_days` their amounts times their days late.
    """

    end: date
    sales: int = 0
    receivable: int = 0
    not_due: int = 0
    late: int = 0
    late_days: int = 0
    settled: Settled = Settled()
    fallen_due: FallenDue = FallenDue()

    @property
    def days(self) -> int:
        """The calendar days of the month."""
        return self.end.day

    @property
    def overdue(self) -> int:
        """What is late, less the unmatched credits."""
        return self.receivable - self.not_due


class Taken(NamedTuple):
    """What counting back takes from the sales of one month, and the days that this stands for."""

    taken: int
    sold: int
    days: Fraction


@dataclass(frozen=True, slots=True)
class CountBack:
    """Days of sales that the receivables stand for, the newest month first.

    `is_beyond` when the history is too short: it is more than that.
    """

    months: tuple[Taken, ...]
    is_beyond: bool

    @property
    def days(self) -> Decimal:
        """All the days, with two decimals."""
        return rounded(sum((month.days for month in self.months), Fraction(0)))


@dataclass(frozen=True, slots=True)
class Indicators:
    """The indicators at the end of a month, with the sums behind them.

    Days and percentages have two decimals. `opening` is what was receivable before the period,
    None when the ledger does not go that far back.
    """

    first: date
    end: date
    days: int
    sales: int
    opening: int | None
    receivable: int
    not_due: int
    late: int
    late_days: int
    settled: Settled
    fallen_due: FallenDue
    counted_back: CountBack

    dso: Decimal | None
    dso_count_back: Decimal
    best_dso: Decimal | None
    delinquent_days: Decimal | None
    collection_index: Decimal | None
    late_rate: Decimal | None
    late_age: Decimal | None
    payment_days: Decimal | None
    payment_days_weighted: Decimal | None
    payment_delay: Decimal | None
    payment_delay_weighted: Decimal | None
    paid_late: Decimal | None
    paid_late_weighted: Decimal | None
    recovered_on_time: Decimal | None
    recovered_in_grace: Decimal | None

    @property
    def overdue(self) -> int:
        """What is late, less the unmatched credits."""
        return self.receivable - self.not_due


def indicators(history: Sequence[Month], *, length: int, on: date) -> Indicators:
    """The indicators at the end of the last month of a history, over its last `length` months.

    The history begins with the ledger: a period that would begin before it begins with it. `on` is
    the day on which the ledger is read: what is recovered with grace is not known before.
    """
    period, last = history[-length:], history[-1]
    days = sum(month.days for month in period)
    sales = sum(month.sales for month in period)
    opening = history[-length - 1].receivable if len(history) > length else None
    settled = reduce(add, (month.settled for month in period))
    fallen_due = reduce(add, (month.fallen_due for month in period))
    counted = count_back(last.receivable, ((month.days, month.sales) for month in history[::-1]))
    return Indicators(
        first=period[0].end.replace(day=1),
        end=last.end,
        days=days,
        sales=sales,
        opening=opening,
        receivable=last.receivable,
        not_due=last.not_due,
        late=last.late,
        late_days=last.late_days,
        settled=settled,
        fallen_due=fallen_due,
        counted_back=counted,
        dso=in_days_of_sales(last.receivable, sales, days),
        dso_count_back=counted.days,
        best_dso=in_days_of_sales(last.not_due, sales, days),
        delinquent_days=in_days_of_sales(last.overdue, sales, days),
        collection_index=collection_index(opening, sales, last.receivable, last.not_due),
        late_rate=percentage(last.overdue, last.receivable),
        late_age=ratio(last.late_days, last.late),
        payment_days=ratio(settled.days, settled.count),
        payment_days_weighted=ratio(settled.minor_days, settled.minor),
        payment_delay=ratio(settled.late_days, settled.count),
        payment_delay_weighted=ratio(settled.minor_late_days, settled.minor),
        paid_late=percentage(settled.late_count, settled.count),
        paid_late_weighted=percentage(settled.late_minor, settled.minor),
        recovered_on_time=percentage(fallen_due.paid_on_time, fallen_due.minor),
        recovered_in_grace=(
            percentage(fallen_due.paid_in_grace, fallen_due.minor)
            if last.end + timedelta(days=GRACE_DAYS) <= on
            else None
        ),
    )


def in_days_of_sales(minor: int, sales: int, days: int) -> Decimal | None:
    """An amount as days of sales: amount ÷ sales × days. None without sales."""
    return ratio(minor * days, sales)


def count_back(receivable: int, sales: Iterable[tuple[int, int]]) -> CountBack:
    """The days of sales, the newest month first, that make up what is receivable.

    A month whose sales are used up counts all its days, the last one its share of them. When the
    sales run out, the whole history counts and the answer is « more than that ».
    """
    left, months = receivable, list[Taken]()
    for days, sold in sales:
        if left <= sold:
            if left > 0:
                months.append(Taken(left, sold, Fraction(left * days, sold)))
            return CountBack(tuple(months), is_beyond=False)
        left -= sold
        months.append(Taken(sold, sold, Fraction(days)))
    return CountBack(tuple(months), is_beyond=left > 0)


def collection_index(
    opening: int | None, sales: int, receivable: int, not_due: int
) -> Decimal | None:
    """CEI: what was collected out of what could be, in percent.

    The opening amount, the sales and the closing amount cover one same period.
    """
    if opening is None:
        return None
    return percentage(opening + sales - receivable, opening + sales - not_due)


def percentage(part: int, whole: int) -> Decimal | None:
    """A share of a positive whole, in percent with two decimals."""
    return ratio(part * 100, whole)


def ratio(numerator: int, denominator: int) -> Decimal | None:
    """A quotient with two decimals; None unless the denominator is positive."""
    return rounded(Fraction(numerator, denominator)) if denominator > 0 else None


def rounded(value: Fraction) -> Decimal:
    """Two decimals, half away from zero."""
    numerator, denominator = abs(value.numerator) * 100, value.denominator
    hundredths = (2 * numerator + denominator) // (2 * denominator)
    return Decimal(-hundredths if value < 0 else hundredths).scaleb(-2)
