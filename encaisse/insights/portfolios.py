"""How many customers each member of a company sees."""

from collections.abc import Sequence

from django.db.models import Count

from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company, Membership


def customers_seen(company: Company, members: Sequence[Membership]) -> list[int]:
    """The number of customers in sight of each, in their order; one query."""
    rows = Customer.objects.filter(company=company).order_by()
    by_rep = dict(rows.values_list("sales_rep").annotate(Count("id")))
    whole = sum(by_rep.values())
    return [
        whole if (reps := member.sales_reps()) is None else sum(by_rep.get(rep, 0) for rep in reps)
        for member in members
    ]
