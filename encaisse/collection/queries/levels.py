"""Levels of customers: the highest among their open entries."""

from django.db.models import Max

from encaisse.collection.models import EntryFollowUp
from encaisse.tenancy.models import Company


def customer_levels(company: Company) -> dict[int, int]:
    """The level of each customer who has been reminded about something still open."""
    reached = EntryFollowUp.objects.filter(company=company, level__gt=0).exclude(
        entry__remaining_minor=0
    )
    return dict(reached.values_list("entry__customer_id").annotate(Max("level")))
