"""The people that reminders are written to."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from encaisse.ledger.models import Contact, Customer
from encaisse.tenancy.journal import AUTOMATIC, Author, facts_changed, record_event
from encaisse.tenancy.models import Company


@transaction.atomic
def mark_invalid(company: Company, emails: Sequence[str], *, now: datetime) -> None:
    """Addresses that a server refused for good are not written to any more."""
    contacts = Contact.objects.filter(company=company, email__in=emails, is_invalid=False)
    customers = set(contacts.values_list("customer_id", flat=True))
    if contacts.update(is_invalid=True):
        refresh_has_email(company, customers)
        record_event(
            "contact.refused", company=company, author=AUTOMATIC, at=now, emails=list(emails)
        )
        facts_changed(company.pk)


@transaction.atomic
def add_contact(
    customer: Customer, *, email: str, name: str = "", role: str = "", author: Author, now: datetime
) -> Contact:
    """Write down an address here; a synchronisation leaves it alone. An invalid one is revived."""
    contact, _created = Contact.objects.update_or_create(
        customer=customer,
        email=email.strip().lower(),
        defaults={
            "company_id": customer.company_id,
            "name": name,
            "role": role,
            "is_local": True,
            "is_invalid": False,
            "is_reminder_recipient": True,
        },
    )
    refresh_has_email(customer.company, [customer.pk])
    record_event(
        "contact.added",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        email=contact.email,
        name=name,
    )
    facts_changed(customer.company_id)
    return contact


def refresh_has_email(company: Company, customer_ids: Iterable[int] | None = None) -> None:
    """Note which customers can be written to; all of them when none are named."""
    customers = Customer.objects.of(company)
    if customer_ids is not None:
        customers = customers.filter(pk__in=list(customer_ids))
    writable = Contact.objects.filter(customer_id=OuterRef("pk")).writable()
    customers.update(has_email=Exists(writable))
