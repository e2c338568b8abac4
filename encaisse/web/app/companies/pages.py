"""What the company picker shows: what each company is owed, and the sum per currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from encaisse.insights.groups import Groups, Sum, places_of
from encaisse.tenancy.models import Company, Membership


@dataclass(frozen=True, slots=True)
class CompaniesPage:
    """The lines of the picker, a company may have several; `sums` has one line a currency."""

    lines: Sequence[tuple[Company, Sum]]
    sums: Sequence[Sum]
    has_several: bool


def companies_page(memberships: Iterable[Membership], *, now: datetime) -> CompaniesPage:
    """The picker as of each company's own day; two queries, however many companies there are."""
    places = places_of(memberships, now=now)
    lines = Groups(places).companies()
    ordered = sorted((total for _company, total in lines), key=lambda total: total.currency)
    groups = groupby(ordered, lambda total: total.currency)
    sums = [_sum(currency, list(group)) for currency, group in groups]
    return CompaniesPage(lines, sums, has_several=len(places) > 1)


def _sum(currency: str, totals: Sequence[Sum]) -> Sum:
    return Sum(
        currency,
        sum(total.balance for total in totals),
        sum(total.not_due for total in totals),
        sum(total.count for total in totals),
    )
