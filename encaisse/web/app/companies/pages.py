"""What the company picker shows: what each company is owed, and the sum per currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from encaisse.insights.aging import AgedBalance
from encaisse.tenancy.models import Company, Membership
from encaisse.tenancy.scope import Scope


@dataclass(frozen=True, slots=True)
class Line:
    """A company, or the sum over all of them, in one currency."""

    company: Company | None
    currency: str
    overdue: int
    not_due: int
    balance: int


@dataclass(frozen=True, slots=True)
class CompaniesPage:
    """The lines of the picker; `sums` has one line a currency."""

    lines: Sequence[Line]
    sums: Sequence[Line]


def companies_page(memberships: Iterable[Membership], *, now: datetime) -> CompaniesPage:
    """The picker as of each company's own day; a few queries a company."""
    lines = [line for membership in memberships for line in _lines(membership, now)]
    ordered = sorted(lines, key=lambda line: line.currency)
    groups = groupby(ordered, lambda line: line.currency)
    sums = [_sum(currency, list(group)) for currency, group in groups]
    return CompaniesPage(lines, sums)


def _lines(membership: Membership, now: datetime) -> list[Line]:
    company = membership.company
    totals = AgedBalance(Scope.of(membership), company.local_day(now)).totals()
    return [
        Line(
            company,
            total.currency,
            total.amounts.overdue,
            total.amounts.not_due,
            total.amounts.balance,
        )
        for total in totals
    ] or [Line(company, company.base_currency, 0, 0, 0)]


def _sum(currency: str, lines: Sequence[Line]) -> Line:
    return Line(
        None,
        currency,
        sum(line.overdue for line in lines),
        sum(line.not_due for line in lines),
        sum(line.balance for line in lines),
    )
