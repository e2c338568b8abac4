"""A profile given to many customers at once."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, CustomerFollowUp
from encaisse.collection.operations.followup import FollowUpRefused
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Event
from encaisse.tenancy.scope import Scope

_BATCH = 500
_MOVED = "customers.profile_set"


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
    _write(scope, {pk: profile for pk, _code, _before in found})
    record_event(
        _MOVED,
        company=scope.company,
        author=author,
        at=now,
        profile=profile.code,
        count=len(found),
        customers=[code for _pk, code, _before in found],
        before=[before or "" for _pk, _code, before in found],
    )
    facts_changed(scope.company.pk)
    return len(found)


@transaction.atomic
def undo_profile_of_many(scope: Scope, moved_at: datetime, *, author: Author, now: datetime) -> int:
    """Give back the profile that customers had before they were moved together at an instant.

    Only those that the scope sees and that still have the new one. Returns how many.
    """
    events = Event.objects.filter(company=scope.company, at=moved_at, kind=_MOVED)
    moved = events.first()
    if moved is None:
        return 0
    before = dict(zip(moved.data["customers"], moved.data["before"], strict=True))
    profiles = {one.code: one for one in CollectionProfile.objects.filter(company=scope.company)}
    there = Customer.objects.visible_in(scope).filter(
        follow_up__profile__code=moved.data["profile"]
    )
    found = {
        pk: code
        for pk, code in there.order_by("pk").values_list("pk", "account_code")
        if before.get(code, moved.data["profile"]) != moved.data["profile"]
    }
    if found:
        _write(scope, {pk: profiles.get(before[code]) for pk, code in found.items()})
        record_event(
            "customers.profile_given_back",
            company=scope.company,
            author=author,
            at=now,
            profile=moved.data["profile"],
            count=len(found),
            customers=list(found.values()),
        )
        facts_changed(scope.company.pk)
    return len(found)


def _write(scope: Scope, profiles: Mapping[int, CollectionProfile | None]) -> None:
    """Give each customer, by id, his profile."""
    CustomerFollowUp.objects.bulk_create(
        [
            CustomerFollowUp(customer_id=pk, company=scope.company, profile=profile)
            for pk, profile in profiles.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["profile"],
    )


def _seen(scope: Scope, customer_ids: Collection[int]) -> list[tuple[int, str, str | None]]:
    """Those of some customers that the scope sees: id, code, code of the present profile."""
    ids = sorted(customer_ids)
    found: list[tuple[int, str, str | None]] = []
    for start in range(0, len(ids), _BATCH):
        some = Customer.objects.visible_in(scope).filter(pk__in=ids[start : start + _BATCH])
        found += some.order_by("pk").values_list("pk", "account_code", "follow_up__profile__code")
    return found
