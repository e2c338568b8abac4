"""What the collection desk knows of some customers, fetched for one page of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils.text import Truncator

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    Dispute,
    Hold,
    Note,
    Reminder,
    Step,
)
from encaisse.insights.criteria import is_debit
from encaisse.insights.sql import fetch, known_day, marks_for
from encaisse.ledger.queries.open_items import OpenItems
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Facts:
    """One customer: his profile, level and last reminder, and what holds reminders back."""

    profile: str = ""
    level: int = 0
    reminded_on: date | None = None
    is_stopped: bool = False
    is_disputed: bool = False


def facts_of(
    company: Company, customer_ids: Collection[int], *, items: OpenItems, on: date
) -> dict[int, Facts]:
    """The facts of each customer; six queries, however many they are."""
    profiles = profiles_of(company, customer_ids)
    levels = levels_of(customer_ids, items=items)
    reminded = _last_reminders(company, customer_ids)
    stopped = _among(running_holds(company, on=on), customer_ids)
    disputed = _among(open_disputes(company, on=on), customer_ids)
    return {
        customer_id: Facts(
            profile=profiles.get(customer_id, ""),
            level=levels.get(customer_id, 0),
            reminded_on=reminded.get(customer_id),
            is_stopped=customer_id in stopped,
            is_disputed=customer_id in disputed,
        )
        for customer_id in customer_ids
    }


def profiles_of(company: Company, customer_ids: Collection[int]) -> dict[int, str]:
    """The name of each customer's profile; the company's default one where none was given."""
    default = CollectionProfile.objects.filter(company=company, is_default=True).first()
    given = dict(
        CustomerFollowUp.objects.filter(company=company, customer_id__in=customer_ids)
        .exclude(profile=None)
        .values_list("customer_id", "profile__name")
    )
    name = default.name if default else ""
    return {customer_id: given.get(customer_id, name) for customer_id in customer_ids}


def levels_of(customer_ids: Collection[int], *, items: OpenItems) -> dict[int, int]:
    """The level of each customer: the highest among his open entries."""
    if not customer_ids:
        return {}
    found: list[Any] = fetch(
        "SELECT e.customer_id, MAX(f.level) FROM ledger_ledgerentry e"
        " JOIN collection_entryfollowup f ON f.entry_id = e.id"
        f" WHERE {items.where} AND e.customer_id IN ({marks_for(customer_ids)})"
        " GROUP BY e.customer_id",
        (*items.where_params, *customer_ids),
    )
    return dict(found)


def oldest_due(customer_ids: Collection[int], *, items: OpenItems) -> dict[int, date]:
    """The due date of each customer's oldest open debit; one query."""
    if not customer_ids:
        return {}
    found = fetch(
        "SELECT e.customer_id, MIN(e.due_date) FROM ledger_ledgerentry e"
        f" WHERE {items.where} AND {is_debit(items)}"
        f" AND e.customer_id IN ({marks_for(customer_ids)})"
        " AND e.due_date IS NOT NULL GROUP BY e.customer_id",
        (*items.where_params, *customer_ids),
    )
    return {customer_id: known_day(day) for customer_id, day in found}


@dataclass(frozen=True, slots=True)
class LastNote:
    """The last note about a customer: its beginning and when it was written."""

    words: str
    at: datetime


# As much of a note as a list shows.
_BEGINNING = 80


def last_notes(company: Company, customer_ids: Collection[int]) -> dict[int, LastNote]:
    """The last note of each customer who has any, answers left aside; two queries."""
    notes = Note.objects.filter(company=company, customer_id__in=customer_ids, parent=None)
    latest = notes.order_by("customer_id").values("customer_id").annotate(last=Max("id"))
    found = Note.objects.in_bulk([row["last"] for row in latest])
    return {
        note.customer_id: LastNote(
            Truncator(" ".join(note.text.split())).chars(_BEGINNING), note.at
        )
        for note in found.values()
    }


def running_holds(company: Company, *, on: date) -> QuerySet[Hold]:
    """The STOPs of whole customers that hold on a day."""
    until = Q(until=None) | Q(until__gte=on)
    return Hold.objects.filter(until, company=company, entry=None, lifted_on=None, set_on__lte=on)


def open_disputes(company: Company, *, on: date) -> QuerySet[Dispute]:
    """The disputes that are open on a day."""
    return Dispute.objects.filter(company=company, closed_on=None, opened_on__lte=on)


def _among(rows: QuerySet[Hold] | QuerySet[Dispute], customer_ids: Collection[int]) -> set[int]:
    return set(rows.filter(customer_id__in=customer_ids).values_list("customer_id", flat=True))


def _last_reminders(company: Company, customer_ids: Collection[int]) -> dict[int, Any]:
    rows = (
        Reminder.objects.filter(
            company=company,
            customer_id__in=customer_ids,
            kind=Step.Kind.REMINDER,
            status__in=Reminder.EFFECTIVE,
        )
        .values("customer_id")
        .annotate(last=Max("effective_on"))
    )
    return {row["customer_id"]: row["last"] for row in rows}
