"""A profile given to many customers at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, CustomerFollowUp
from encaisse.collection.operations.followup import FollowUpRefused
from encaisse.collection.operations.profile_rules import decide_again
from encaisse.core.text import fold
from encaisse.ledger.models import Customer
from encaisse.ledger.operations.syncs import lock_ledger
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.scope import Scope

_BATCH = 500
_RULED = CustomerFollowUp.Origin.RULE
_MOVED = "customers.profile_set"
_SEEN = ("pk", "account_code", "follow_up__profile__code", "follow_up__profile_origin")


@transaction.atomic
def set_profile_of_many(
    scope: Scope,
    customer_ids: Collection[int],
    profile: CollectionProfile | None,
    *,
    author: Author,
    now: datetime,
) -> int:
    """Move customers to a profile; their entries keep the level they reached. Without a profile,
    they have those of the company's rules again, else the default one.

    Those that the scope does not see are left alone. Returns how many were moved; one line of the
    journal names them all. Raises FollowUpRefused when nobody is left, or for the profile of
    another company.
    """
    if profile is not None and profile.company_id != scope.company.pk:
        raise FollowUpRefused(_("Ce profil appartient à une autre société."))
    lock_ledger(scope.company)  # before the follow-ups, as imports do
    found = _seen(scope, customer_ids)
    if not found:
        raise FollowUpRefused(_("Aucun client n’est coché."))
    _write(scope.company, {one.pk: (profile, "") for one in found})
    if profile is None:
        decide_again(scope.company)
    record_event(
        _MOVED,
        company=scope.company,
        author=author,
        at=now,
        profile=profile.code if profile else "",
        profile_name=profile.name if profile else "",
        count=len(found),
        customers=[one.code for one in found],
        before=[one.profile or "" for one in found],
        origins=[one.origin or "" for one in found],
    )
    facts_changed(scope.company.pk)
    return len(found)


@transaction.atomic
def undo_profile_of_many(scope: Scope, moved_at: datetime, *, author: Author, now: datetime) -> int:
    """Give back the profile that customers had before they were moved together at an instant.

    Only those that the scope sees and that still have the new one. Returns how many.
    """
    lock_ledger(scope.company)
    events = Event.objects.filter(company=scope.company, at=moved_at, kind=_MOVED)
    moved = events.first()
    if moved is None:
        return 0
    origins = moved.data.get("origins") or [""] * len(moved.data["before"])
    given = zip(moved.data["before"], origins, strict=True)
    before = dict(zip(moved.data["customers"], given, strict=True))
    profiles = {one.code: one for one in CollectionProfile.objects.filter(company=scope.company)}
    given_now = moved.data["profile"]
    decided = Q(follow_up__profile=None) | Q(follow_up__profile_origin=_RULED)
    there = Customer.objects.visible_in(scope).filter(
        Q(follow_up__profile__code=given_now) if given_now else decided
    )
    found = {
        pk: code
        for pk, code in there.order_by("pk").values_list("pk", "account_code")
        if before.get(code, (given_now,))[0] != given_now
    }
    if found:
        _write(
            scope.company,
            {pk: (profiles.get(before[code][0]), before[code][1]) for pk, code in found.items()},
        )
        record_event(
            "customers.profile_given_back",
            company=scope.company,
            author=author,
            at=now,
            profile=given_now,
            profile_name=profiles[given_now].name if given_now in profiles else "",
            count=len(found),
            customers=list(found.values()),
        )
        facts_changed(scope.company.pk)
    return len(found)


def _write(company: Company, profiles: Mapping[int, tuple[CollectionProfile | None, str]]) -> None:
    """Give each customer, by id, his profile, and say who chose it."""
    CustomerFollowUp.objects.bulk_create(
        [
            CustomerFollowUp(
                customer_id=pk, company=company, profile=profile, profile_origin=origin
            )
            for pk, (profile, origin) in profiles.items()
        ],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["customer"],
        update_fields=["profile", "profile_origin"],
    )


class _Seen(NamedTuple):
    """A customer before he moves: the code and the origin of his profile."""

    pk: int
    code: str
    profile: str | None
    origin: str | None

    @property
    def is_chosen(self) -> bool:
        """True when a person gave him his profile."""
        return bool(self.profile) and not self.origin


def _seen(scope: Scope, customer_ids: Collection[int]) -> list[_Seen]:
    """Those of some customers that the scope sees."""
    ids = sorted(customer_ids)
    found: list[_Seen] = []
    for start in range(0, len(ids), _BATCH):
        some = Customer.objects.visible_in(scope).filter(pk__in=ids[start : start + _BATCH])
        found += map(_Seen._make, some.order_by("pk").values_list(*_SEEN))
    return found


# -- from a customers' file ------------------------------------------------------------------------


def profile_names(company: Company) -> dict[str, CollectionProfile]:
    """The company's profiles by folded name and code: how a file may call them."""
    return {
        key: profile
        for profile in CollectionProfile.objects.filter(company=company)
        for key in (fold(profile.name), fold(profile.code))
    }


def take_file_profiles(
    company: Company, wanted: Mapping[str, CollectionProfile], *, write: bool
) -> int:
    """Give customers, by account code, the profile that a file says.

    What a person chose stands. Returns how many customers keep another profile than the file's.
    The import keeps the journal.
    """
    found = _known(company, wanted)
    if write:
        origin = CustomerFollowUp.Origin.FILE
        taken = [
            one
            for one in found
            if not one.is_chosen and (one.profile, one.origin) != (wanted[one.code].code, origin)
        ]
        _write(company, {one.pk: (wanted[one.code], origin) for one in taken})
    return sum(one.is_chosen and one.profile != wanted[one.code].code for one in found)


def _known(company: Company, codes: Iterable[str]) -> list[_Seen]:
    """Those of some customers that exist."""
    ordered = sorted(codes)
    found: list[_Seen] = []
    for start in range(0, len(ordered), _BATCH):
        some = ordered[start : start + _BATCH]
        rows = Customer.objects.of(company).filter(account_code__in=some).values_list(*_SEEN)
        found += map(_Seen._make, rows)
    return found
