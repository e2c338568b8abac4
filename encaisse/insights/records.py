"""Rows as programs read them: page after page, in an order that nothing disturbs.

Each page begins after the key of the last row of the one before, so that it costs the same however
far it is. A row that comes meanwhile never moves the others.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from encaisse.collection.models import Reminder
from encaisse.core.text import fold
from encaisse.ledger.models import Customer, LedgerEntry, PaymentMethod
from encaisse.ledger.rules.finding import document_key
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# Whose source, and its id there: what tells apart the entries of a company.
EntryKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """Which entries; None and "" mean any. Days are compared with the due date, both included."""

    customer_id: int | None = None
    document: str = ""
    source_id: str = ""
    first_due: date | None = None
    last_due: date | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ReminderFilter:
    """Which messages; None and "" mean any. `since`: their state changed at or after a moment."""

    customer_id: int | None = None
    status: str = ""
    kind: str = ""
    medium: str = ""
    since: datetime | None = None


def customers_after(
    scope: Scope, after: int, *, limit: int, search: str = "", sales_rep: str = ""
) -> list[Customer]:
    """Some customers by their ids, with their method and their profile; one query."""
    rows = _customers(scope).filter(pk__gt=after)
    for word in fold(search).split():
        rows = rows.filter(search_text__contains=word)
    if sales_rep:
        rows = rows.filter(sales_rep=sales_rep)
    return list(rows.order_by("pk")[:limit])


def customer_of_code(scope: Scope, code: str) -> Customer | None:
    """A customer in sight by his account code."""
    return _customers(scope).filter(account_code=code).first()


def entries_after(
    scope: Scope, after: EntryKey, wanted: EntryFilter, *, limit: int
) -> list[LedgerEntry]:
    """Some entries that count, with their customer and what people noted; one query."""
    rows = _entries(scope)
    if wanted.customer_id is not None:
        rows = rows.filter(customer_id=wanted.customer_id)
    if wanted.document:
        rows = rows.filter(document_key=document_key(wanted.document), document_key__gt="")
    if wanted.source_id:
        rows = rows.filter(source_id=wanted.source_id)
    if wanted.first_due is not None:
        rows = rows.filter(due_date__gte=wanted.first_due)
    if wanted.last_due is not None:
        rows = rows.filter(due_date__lte=wanted.last_due)
    if wanted.is_open:
        rows = rows.exclude(remaining_minor=0)
    table = LedgerEntry._meta.db_table
    # As a pair, which both databases look up in the index of the source's ids.
    rows = rows.extra(where=[f"({table}.source, {table}.source_id) > (%s, %s)"], params=after)  # noqa: S610
    return list(rows.order_by("source", "source_id")[:limit])


def methods_of(company: Company) -> list[PaymentMethod]:
    """How the customers of a company pay, by label."""
    return list(PaymentMethod.objects.filter(company=company).order_by("label", "pk"))


def entry_of_id(scope: Scope, entry_id: int) -> LedgerEntry | None:
    """An entry of a customer in sight."""
    return _entries(scope).filter(pk=entry_id).first()


def reminders_after(
    scope: Scope, after: int, wanted: ReminderFilter, *, limit: int
) -> list[Reminder]:
    """Some messages by their ids, with their customer and without their texts; one query."""
    rows = Reminder.objects.filter(company=scope.company, pk__gt=after)
    if scope.sales_reps is not None:
        rows = rows.filter(scope.customers("customer__"))
    for name in ("customer_id", "status", "kind", "medium"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.since is not None:
        rows = rows.filter(status_at__gte=wanted.since)
    rows = rows.select_related("customer").defer("content_html", "content_text")
    return list(rows.order_by("pk")[:limit])


def _customers(scope: Scope) -> QuerySet[Customer]:
    rows = Customer.objects.visible_in(scope)
    return rows.select_related("company", "payment_method", "follow_up__profile")


def _entries(scope: Scope) -> QuerySet[LedgerEntry]:
    rows = LedgerEntry.objects.filter(company=scope.company, is_counted=True)
    if scope.sales_reps is not None:
        rows = rows.filter(scope.customers("customer__"))
    return rows.select_related("customer", "payment_method", "follow_up")
