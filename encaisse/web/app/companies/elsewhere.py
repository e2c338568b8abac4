"""« Dans vos autres sociétés »: what the same customer owes to the user's other companies."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from encaisse.insights.groups import Elsewhere, Groups, Sum, places_of
from encaisse.web.access import CompanyRequest, company_url, member_can, memberships
from encaisse.web.app.customers.doors import customer_of


@dataclass(frozen=True, slots=True)
class ElsewhereLine:
    """The customer in another company, and his page there."""

    found: Elsewhere
    url: str


@require_safe
@member_can("ledger.view")
def elsewhere(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The block for htmx, empty when he is nowhere else; a page without JavaScript."""
    customer = customer_of(request, customer_id)
    others = [one for one in memberships(request) if one.company_id != request.company.pk]
    found = Groups(places_of(others, now=timezone.now())).elsewhere(customer)
    context = {
        "customer": customer,
        "lines": [
            ElsewhereLine(one, company_url(one.company, "customer", one.customer_id))
            for one in found
        ],
        "sums": _sums(found),
    }
    template = "companies/_elsewhere.html" if request.htmx else "companies/elsewhere.html"
    return render(request, template, context)


def _sums(found: Sequence[Elsewhere]) -> list[Sum]:
    """One line a currency, where several companies are owed something."""
    sums = sorted(total for one in found for total in one.sums)
    by_currency = [list(group) for _, group in groupby(sums, lambda total: total.currency)]
    return [
        Sum(group[0].currency, sum(t.balance for t in group), sum(t.not_due for t in group))
        for group in by_currency
        if len(group) > 1
    ]
