"""A profile given to many customers at once."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, CustomerFollowUp
from encaisse.collection.operations.followup import FollowUpRefused
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.scope import Scope

_BATCH = 500


@transaction.atomic
def set_profile_of_many(
    scope: Scope,
    customer_ids: Collection[int],
    profile: CollectionProfile,
    *,
    author: Author,
    now: datetime,
) -> int:
    """Move customers to a profile; their entries keep the level they reached.

    Those that the scope does not see are left alone. Returns how many were moved; one line of the
    journal names them all. Raises FollowUpRefused when nobody is left, or for the profile of
    another company.
    """
    if profile.company_id != scope.company.pk:
        raise FollowUpRefused(_("Ce profil appartient à une autre société."))
    found = _seen(scope, customer_ids)
    if not found:
        raise FollowUpRefused(_("Aucun client n’est coché."))
    CustomerFollowUp.objects.bulk_create(
        [CustomerFollowUp(customer_id=pk, company=scope.company, profile=profile) for pk in found],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["profile"],
    )
    record_event(
        "customers.profile_set",
        company=scope.company,
        author=author,
        at=now,
        profile=profile.code,
        count=len(found),
        customers=list(found.values()),
    )
    facts_changed(scope.company.pk)
    return len(found)


def _seen(scope: Scope, customer_ids: Collection[int]) -> dict[int, str]:
    """The codes of those of some customers that the scope sees, by id."""
    ids = sorted(customer_ids)
    found: dict[int, str] = {}
    for start in range(0, len(ids), _BATCH):
        some = Customer.objects.visible_in(scope).filter(pk__in=ids[start : start + _BATCH])
        found |= dict(some.order_by("pk").values_list("pk", "account_code"))
    return found
