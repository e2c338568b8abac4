"""Reminders as people look them up: one of them, a customer's, everybody's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.models.reminder import ReminderQuerySet
from encaisse.core.text import fold
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope

# What a person is asked to verify at once; the rest follows when these are done.
MOST_UNKNOWN = 50
# The texts are only read where one message is shown.
_LIGHT = ("content_html", "content_text")
_STREAM = 2_000


@dataclass(frozen=True, slots=True)
class ReminderCriteria:
    """Filters of the activities; empty or None means any. Days are those of the company."""

    search: str = ""
    kind: str = ""
    medium: str = ""
    status: str = ""
    is_opened: bool = False
    actor_id: int | None = None
    is_automatic: bool = False
    has_file: bool = False
    first: date | None = None
    last: date | None = None
    customer_id: int | None = None


def get_reminder(scope: Scope, reminder_id: int) -> Reminder:
    """A reminder of a customer in sight. Raises Reminder.DoesNotExist."""
    reminders = Reminder.objects.select_related("company", "customer", "created_by")
    return reminders.get(scope.customers("customer__"), pk=reminder_id)


def lines_of(reminder: Reminder) -> list[ReminderLine]:
    """The entries of a reminder, the oldest due date first, credits last."""
    lines = reminder.lines.select_related("entry")
    return list(lines.order_by("is_credit", "entry__due_date", "entry_id", "id"))


def reminders_page(
    scope: Scope, criteria: ReminderCriteria, *, newest_first: bool = True, offset: int, limit: int
) -> list[Reminder]:
    """Some reminders by the moment they were written, without their texts; three queries.

    Their ids first: an index alone gives them, however deep the page is.
    """
    ids = _sorted(scope, criteria, newest_first).values_list("pk", flat=True)
    wanted = list(ids[offset : offset + limit])
    found = Reminder.objects.defer(*_LIGHT).prefetch_related("customer").in_bulk(wanted)
    return [found[key] for key in wanted]


def all_reminders(
    scope: Scope, criteria: ReminderCriteria, *, newest_first: bool = True
) -> Iterator[Reminder]:
    """Every reminder of the result, for an export; streamed."""
    found = _sorted(scope, criteria, newest_first).select_related("customer").defer(*_LIGHT)
    return found.iterator(chunk_size=_STREAM)


def unknown_reminders(scope: Scope, customer_id: int | None = None) -> list[Reminder]:
    """Messages that may or may not have left, the oldest first; read from a partial index."""
    found = _seen(scope).pending().filter(status=Reminder.Status.UNKNOWN)
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    return list(found.select_related("customer").defer(*_LIGHT).order_by("id")[:MOST_UNKNOWN])


def latest_of(customer: Customer, *, limit: int) -> list[Reminder]:
    """The customer's latest reminders, the newest first, without their texts; one query."""
    reminders = Reminder.objects.filter(customer=customer).defer(*_LIGHT)
    return list(reminders.order_by("-created_at", "-id")[:limit])


def actors(scope: Scope) -> list[User]:
    """The people of the company, by name: those who may have acted."""
    members = User.objects.filter(memberships__company=scope.company)
    return list(members.order_by("first_name", "last_name", "email"))


def reminders_matching(scope: Scope, criteria: ReminderCriteria) -> ReminderQuerySet:
    """The reminders that the criteria keep, among those of customers in sight."""
    found = _seen(scope)
    for key in ("kind", "medium", "status", "customer_id"):
        if value := getattr(criteria, key):
            found = found.filter(**{key: value})
    if criteria.status in Reminder.PENDING:
        found = found.pending()
    if criteria.is_opened:
        found = found.filter(opened_at__isnull=False)
    if criteria.actor_id is not None:
        found = found.filter(created_by_id=criteria.actor_id)
    if criteria.is_automatic:
        found = found.filter(created_by=None)
    if criteria.has_file:
        found = found.exclude(file="")
    found = found.filter(_between(scope, criteria))
    if words := fold(criteria.search).split():
        customers = Customer.objects.visible_in(scope)
        for word in words:
            customers = customers.filter(search_text__contains=word)
        found = found.filter(customer__in=customers.values("pk"))
    return found


def _sorted(
    scope: Scope,
    criteria: ReminderCriteria,
    newest_first: bool,  # noqa: FBT001 -- private
) -> ReminderQuerySet:
    order = ("-created_at", "-id") if newest_first else ("created_at", "id")
    return reminders_matching(scope, criteria).order_by(*order)


def _between(scope: Scope, criteria: ReminderCriteria) -> Q:
    zone, condition = scope.company.zone, Q()
    if criteria.first is not None:
        condition &= Q(created_at__gte=datetime.combine(criteria.first, time(), zone))
    if criteria.last is not None:
        after = criteria.last + timedelta(days=1)
        condition &= Q(created_at__lt=datetime.combine(after, time(), zone))
    return condition


def _seen(scope: Scope) -> ReminderQuerySet:
    reminders = Reminder.objects.filter(company=scope.company)
    if scope.sales_reps is None:
        return reminders
    return reminders.filter(scope.customers("customer__"))
