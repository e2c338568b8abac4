"""What came in and what was done lately: the figures of the home page."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet, Sum

from encaisse.collection.models import Reminder
from encaisse.insights.figures import currency_order
from encaisse.insights.memory import remembered
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.scope import Scope

_LARGE = 2_000


@dataclass(frozen=True, slots=True)
class Received:
    """Credits posted to the accounts in one currency, as a positive amount."""

    currency: str
    minor: int
    count: int


@dataclass(frozen=True, slots=True)
class Done:
    """How many reminders took effect by one medium."""

    medium: str
    label: str
    count: int


def received_since(scope: Scope, *, on: date) -> date:
    """First day of « Payé »: the last 90 days, within the fiscal year."""
    return max(on - timedelta(days=89), scope.company.fiscal_year_start(on))


def received(scope: Scope, *, on: date) -> list[Received]:
    """Payments, credit notes and anything else credited since `received_since`, per currency.

    Opening entries carry amounts over and count for nothing here.
    """
    company = scope.company
    key = ("received", company.pk, company.facts_revision, scope.sales_reps, on)
    return remembered(
        key,
        lambda: received_between(scope, received_since(scope, on=on), on),
        worth=lambda found: sum(one.count for one in found) >= _LARGE,
    )


def received_a_year_before(scope: Scope, *, on: date) -> list[Received]:
    """The same over the same days of the year before; nothing where the ledger begins later.

    Only what was known for the whole of these days can be compared.
    """
    first, last = (_year_before(day) for day in (received_since(scope, on=on), on))
    entries = LedgerEntry.objects.filter(company=scope.company)
    begins = entries.aggregate(day=Min("posting_date"))["day"]
    if begins is None or begins > first:
        return []
    company = scope.company
    key = ("received_before", company.pk, company.facts_revision, scope.sales_reps, on)
    return remembered(
        key,
        lambda: received_between(scope, first, last),
        worth=lambda found: sum(one.count for one in found) >= _LARGE,
    )


def _year_before(day: date) -> date:
    """The same day of the year before; the 28th for a 29th of February."""
    is_leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap else day.day)


def received_between(scope: Scope, first: date, last: date) -> list[Received]:
    """The same from a day to another, both included; one query."""
    entries = LedgerEntry.objects.filter(
        company=scope.company,
        posting_date__range=(first, last),
        amount_minor__lt=0,
        is_counted=True,
    ).exclude(kind=LedgerEntry.Kind.OPENING)
    if scope.sales_reps is not None:
        entries = entries.filter(scope.customers("customer__"))
    rows = entries.values("currency").annotate(total=Sum("amount_minor"), number=Count("id"))
    currencies = currency_order(scope.company.base_currency)
    found = [Received(row["currency"], -row["total"], row["number"]) for row in rows]
    return sorted(found, key=lambda one: currencies(one.currency))


def done_lately(scope: Scope, *, on: date, days: int = 30) -> list[Done]:
    """Reminders that took effect over the last days, by medium, the most used first."""
    reminders = Reminder.objects.filter(
        company=scope.company,
        effective_on__range=(on - timedelta(days=days - 1), on),
        status__in=Reminder.EFFECTIVE,
    )
    rows = (
        _visible(reminders, scope)
        .values("medium")
        .annotate(number=Count("id"))
        .order_by("-number", "medium")
    )
    return [
        Done(row["medium"], str(Reminder(medium=row["medium"]).get_medium_display()), row["number"])
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Reminders that wait for a person, by what they wait for."""

    unknown: int
    to_post: int
    to_do: int


def waiting(scope: Scope) -> Waiting:
    """Deliveries to verify, letters to post, calls to make; one query."""
    status = Reminder.Status
    pending = Reminder.objects.filter(company=scope.company).pending()
    counts = _visible(pending, scope).aggregate(
        unknown=Count("id", filter=Q(status=status.UNKNOWN)),
        to_post=Count("id", filter=Q(status=status.PRINTED)),
        to_do=Count("id", filter=Q(status=status.TO_DO)),
    )
    return Waiting(**counts)


def _visible(reminders: QuerySet[Reminder], scope: Scope) -> QuerySet[Reminder]:
    if scope.sales_reps is None:
        return reminders
    return reminders.filter(scope.customers("customer__"))
