"""What is claimed for late payment, and of whom."""

from collections.abc import Collection

from django.db import transaction

from encaisse.collection.models import CollectionProfile
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company


@transaction.atomic
def set_consumer_profiles(
    company: Company, profile_ids: Collection[int], *, author: Author
) -> bool:
    """Say which profiles are those of consumers, all others being professionals; False when they
    were so already.
    """
    profiles = list(CollectionProfile.objects.select_for_update().filter(company=company))
    changed = [one for one in profiles if one.is_business == (one.pk in profile_ids)]
    if not changed:
        return False
    before = [one.name for one in profiles if not one.is_business]
    for one in changed:
        one.is_business = not one.is_business
    CollectionProfile.objects.bulk_update(changed, ["is_business"])
    record_event(
        "company.consumers_set",
        company=company,
        author=author,
        before={"consumers": before},
        after={"consumers": [one.name for one in profiles if not one.is_business]},
    )
    facts_changed(company.pk)  # what messages under way may claim
    return True
