"""What is owed in several currencies as one figure, at the last rates known on the day.

Lists keep one total a currency; this one comes beside them, with its rates. Each is None, and
costs no query, where everything is in the company's own currency.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from encaisse.insights.aging import AgedTotal, Amounts
from encaisse.ledger.queries.rates import in_base_currency
from encaisse.ledger.rules.rates import Together
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class OwedTogether:
    """A balance and its overdue part, in one currency; `sums` has the rates."""

    sums: Together

    @property
    def currency(self) -> str:
        """The currency."""
        return self.sums.currency

    @property
    def overdue(self) -> int:
        """What is late, less the unmatched credits."""
        return self.sums.parts[0]

    @property
    def not_due(self) -> int:
        """What is to come."""
        return self.sums.parts[1]

    @property
    def balance(self) -> int:
        """The whole."""
        return self.sums.whole


@dataclass(frozen=True, slots=True)
class AgedTogether:
    """An aged balance in one currency; `sums` has the rates."""

    sums: Together
    amounts: Amounts

    @property
    def currency(self) -> str:
        """The currency."""
        return self.sums.currency

    @property
    def overdue(self) -> int:
        """What is late, less the unmatched credits."""
        return self.amounts.overdue

    @property
    def balance(self) -> int:
        """The whole."""
        return self.sums.whole


def owed_together(
    companies: Sequence[Company], totals: Iterable[tuple[str, int, int]], *, on: date
) -> OwedTogether | None:
    """The totals, each a currency with its overdue part and its balance; one query.

    None where the companies do not have one and the same currency, too.
    """
    parts = {currency: (overdue, balance - overdue) for currency, overdue, balance in totals}
    sums = in_base_currency(companies, parts, on=on)
    return OwedTogether(sums) if sums else None


def aged_together(
    company: Company, totals: Sequence[AgedTotal], *, on: date
) -> AgedTogether | None:
    """The totals of an aged balance; one query. The whole is the same as that of every list."""
    parts = {
        total.currency: (*total.amounts.late, total.amounts.credits, total.amounts.not_due)
        for total in totals
    }
    sums = in_base_currency([company], parts, on=on)
    if sums is None:
        return None
    *late, credits, not_due = sums.parts
    return AgedTogether(sums, Amounts(not_due, tuple(late), credits, sums.whole))
