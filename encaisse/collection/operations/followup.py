"""Decisions about a customer or an entry: profile, flag, level, expected date."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    EntryFollowUp,
    LevelChange,
    ReminderLine,
)
from encaisse.collection.operations.profile_rules import decide_again
from encaisse.collection.rules.facts import TOP_LEVEL
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.operations.syncs import lock_ledger
from encaisse.tenancy.journal import Author, facts_changed, record_event


class FollowUpRefused(Exception):
    """The decision cannot be recorded; the message is fit to show to the user."""


@transaction.atomic
def set_profile(
    customer: Customer, profile: CollectionProfile | None, *, author: Author, now: datetime
) -> None:
    """Move a customer to a profile; his entries keep the level they reached.

    No file and no rule takes back what a person chose. Without a profile, he has that of the
    company's rules again, else the default one.
    """
    if profile is not None and profile.company_id != customer.company_id:
        raise FollowUpRefused(_("Ce profil appartient à une autre société."))
    lock_ledger(customer.company)  # before the follow-up, as imports do
    CustomerFollowUp.objects.update_or_create(
        customer=customer,
        defaults={
            "company_id": customer.company_id,
            "profile": profile,
            "profile_origin": CustomerFollowUp.Origin.PERSON,
        },
    )
    if profile is None:
        decide_again(customer.company)
    record_event(
        "customer.profile_set",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        profile=profile.code if profile else "",
        profile_name=profile.name if profile else "",
    )
    facts_changed(customer.company_id)


@transaction.atomic
def set_flag(customer: Customer, *, flagged: bool, author: Author, now: datetime) -> None:
    """Put a customer on the home page's timeline, or take him off."""
    CustomerFollowUp.objects.update_or_create(
        customer=customer, defaults={"company_id": customer.company_id, "is_flagged": flagged}
    )
    record_event(
        "customer.flagged" if flagged else "customer.unflagged",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
    )


@transaction.atomic
def set_address(customer: Customer, *, address: str, author: Author, now: datetime) -> None:
    """Write down a postal address, used while the accounting knows none."""
    lock_ledger(customer.company)
    CustomerFollowUp.objects.update_or_create(
        customer=customer,
        defaults={"company_id": customer.company_id, "address": address.strip()},
    )
    record_event(
        "customer.address_set",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        address=address,
    )
    facts_changed(customer.company_id)


@transaction.atomic
def renew_links(customer: Customer, *, author: Author, now: datetime) -> None:
    """The addresses that the customer was given open nothing any more; messages give others."""
    lock_ledger(customer.company)
    known, _made = CustomerFollowUp.objects.get_or_create(
        customer=customer, defaults={"company_id": customer.company_id}
    )
    CustomerFollowUp.objects.filter(pk=known.pk).update(links_renewed=F("links_renewed") + 1)
    record_event(
        "customer.links_renewed",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
    )
    facts_changed(customer.company_id)  # what is being written takes the new ones


@transaction.atomic
def set_level(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    *,
    to_level: int,
    on: date,
    author: Author,
    now: datetime,
) -> None:
    """Change the level that entries have reached, without sending anything.

    Set lower, the steps above may be taken once more. Raises FollowUpRefused.
    """
    if not 0 <= to_level <= TOP_LEVEL:
        raise FollowUpRefused(_("Le niveau va de 0 à 9."))
    if any(entry.customer_id != customer.pk for entry in entries):
        raise FollowUpRefused(_("Ces pièces appartiennent à un autre client."))
    ids = [entry.pk for entry in entries]
    for entry_id in ids:
        EntryFollowUp.objects.get_or_create(
            entry_id=entry_id, defaults={"company_id": customer.company_id}
        )
    EntryFollowUp.objects.filter(entry_id__in=ids).update(
        level=to_level, level_on=on if to_level else None, cycle=F("cycle") + 1
    )
    ReminderLine.objects.filter(
        entry_id__in=ids, level_after__gt=to_level, kind="reminder", is_live=True
    ).exclude(reminder__effective_on=None).update(is_live=False)
    LevelChange.objects.bulk_create(
        LevelChange(
            company_id=customer.company_id,
            entry_id=entry_id,
            kind="reminder",
            level=to_level,
            on=on,
            actor=author.user,
        )
        for entry_id in ids
    )
    record_event(
        "level.set",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        entries=ids,
        level=to_level,
    )
    facts_changed(customer.company_id)


@transaction.atomic
def reposition(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    *,
    expected_date: date | None,
    author: Author,
    now: datetime,
) -> None:
    """Move the expected payment date of the forecast; the reminder cycle is untouched.

    None takes the date away: the forecast goes by the promise or the due date again.
    """
    EntryFollowUp.objects.bulk_create(
        [
            EntryFollowUp(entry=entry, company_id=customer.company_id, expected_date=expected_date)
            for entry in entries
        ],
        update_conflicts=True,
        unique_fields=["entry"],
        update_fields=["expected_date"],
    )
    record_event(
        "entry.repositioned",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        entries=[entry.pk for entry in entries],
        expected_date=expected_date.isoformat() if expected_date else None,
    )


@transaction.atomic
def reposition_entries(
    moves: Mapping[LedgerEntry, date | None], *, author: Author, now: datetime
) -> dict[int, date | None]:
    """Move the expected dates of entries of several customers, each to its own date or to none.

    One journal line a customer and date. Returns what the entries that changed had before, by id:
    what undoes it.
    """
    follow_ups = EntryFollowUp.objects.filter(entry__in=moves)
    before = dict(follow_ups.values_list("entry_id", "expected_date"))
    groups: dict[tuple[Customer, date | None], list[LedgerEntry]] = {}
    for entry, day in moves.items():
        if before.get(entry.pk) != day:
            groups.setdefault((entry.customer, day), []).append(entry)
    for (customer, day), entries in groups.items():
        reposition(customer, entries, expected_date=day, author=author, now=now)
    return {entry.pk: before.get(entry.pk) for entries in groups.values() for entry in entries}
