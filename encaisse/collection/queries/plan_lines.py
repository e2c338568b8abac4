"""What a page of the plan needs to know of its customers and entries, and of nobody else."""

from collections.abc import Collection

from encaisse.collection.models import Note, Reminder
from encaisse.core.text import fold
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.tenancy.scope import Scope


def customers_of(scope: Scope, ids: Collection[int]) -> dict[int, Customer]:
    """Some customers by id, those that the scope may see."""
    return Customer.objects.visible_in(scope).in_bulk(list(ids))


def customers_matching(scope: Scope, text: str) -> frozenset[int]:
    """The customers whose name or code holds every word of a text."""
    found = Customer.objects.visible_in(scope)
    for word in fold(text).split():
        found = found.filter(search_text__contains=word)
    return frozenset(found.values_list("pk", flat=True))


def entries_of(scope: Scope, ids: Collection[int]) -> dict[int, LedgerEntry]:
    """Some entries by id, those of customers that the scope may see."""
    visible = LedgerEntry.objects.filter(scope.customers("customer__"))
    return visible.in_bulk(list(ids))


def open_entries(customer: Customer) -> list[LedgerEntry]:
    """What is open on a customer's account, the oldest due first."""
    entries = customer.entries.exclude(remaining_minor=0)
    return sorted(entries, key=lambda entry: (entry.due_date or entry.document_date, entry.pk))


def phones_of(customer: Customer) -> list[tuple[str, str]]:
    """The numbers to call: whose, and the number; each number once."""
    found = dict.fromkeys((customer.phone, customer.mobile), customer.contact_name)
    for contact in Contact.objects.filter(customer=customer).order_by("id"):
        for number in (contact.phone, contact.mobile):
            found[number] = " · ".join(part for part in (contact.name, contact.role) if part)
    return [(name, number) for number, name in found.items() if number]


def past_reminders(customer: Customer, *, most: int = 8) -> list[Reminder]:
    """The latest reminders of a customer that took effect or failed, the newest first."""
    done = (*Reminder.EFFECTIVE, Reminder.Status.FAILED, Reminder.Status.BOUNCED)
    return list(customer.reminders.filter(status__in=done).order_by("-created_at", "-id")[:most])


def latest_notes(customer: Customer, *, most: int = 5) -> list[Note]:
    """The latest notes about a customer, the newest first."""
    return list(customer.notes.order_by("-at", "-id")[:most])
