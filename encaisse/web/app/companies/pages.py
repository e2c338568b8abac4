"""What the company picker shows: what each company is owed, and the sum per currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from encaisse.insights.groups import Groups, Place, Sum, places_of, without_demonstration
from encaisse.insights.together import OwedTogether, owed_together
from encaisse.tenancy.models import Company, Membership


@dataclass(frozen=True, slots=True)
class CompaniesPage:
    """The lines of the picker, a company may have several; `sums` has one line a currency.

    `together` is their sum in one currency, where the companies share it. `is_partial`: the
    demonstration is not among what is summed.
    """

    lines: Sequence[tuple[Company, Sum]]
    sums: Sequence[Sum]
    together: OwedTogether | None
    has_several: bool
    is_partial: bool


def companies_page(memberships: Iterable[Membership], *, now: datetime) -> CompaniesPage:
    """The picker as of each company's own day; two queries, however many companies there are."""
    places = places_of(memberships, now=now)
    lines = Groups(places).companies()
    summed_places = without_demonstration(places)
    real = {place.company for place in summed_places}
    summed = [total for company, total in lines if company in real]
    ordered = sorted(summed, key=lambda total: total.currency)
    groups = groupby(ordered, lambda total: total.currency)
    sums = [_sum(currency, list(group)) for currency, group in groups]
    return CompaniesPage(
        lines,
        sums,
        sums_together(summed_places, sums),
        has_several=len(real) > 1,
        is_partial=len(real) < len(places),
    )


def sums_together(places: Sequence[Place], sums: Iterable[Sum]) -> OwedTogether | None:
    """What some companies are owed in all the currencies, as one; one query at most.

    A rate that several of them know is that of the first; None unless they share a currency.
    """
    totals = [(one.currency, one.overdue, one.balance) for one in sums]
    companies = sorted((place.company for place in places), key=lambda company: company.pk)
    on = max((place.on for place in places), default=date.min)
    return owed_together(companies, totals, on=on)


def _sum(currency: str, totals: Sequence[Sum]) -> Sum:
    return Sum(
        currency,
        sum(total.balance for total in totals),
        sum(total.not_due for total in totals),
        sum(total.count for total in totals),
    )
