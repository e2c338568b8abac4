"""Who a mail that came in is from, and which reminder it is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Max
from django.db.models.functions import Lower

from encaisse.collection.models import Reminder
from encaisse.ledger.models import Contact, Customer
from encaisse.messaging.rules.incoming import Incoming
from encaisse.tenancy.models import Company

# A server says within this time that it gives up (RFC 5321 4.5.4.1: four or five days).
_GIVES_UP_AFTER = timedelta(days=6)
_LATEST = 20


class Correspondents:
    """The reminders and customers of some mails; three queries, however many mails."""

    def __init__(self, company: Company, mails: Sequence[Incoming]) -> None:
        identities = {identity for mail in mails for identity in _referred(mail)}
        # A service may have given the mail its own Message-ID.
        reminders = Reminder.objects.filter(company=company).named(identities, identities)
        self._reminders = {
            identity: reminder
            for reminder in reminders.select_related("company", "customer", "created_by")
            for identity in (reminder.service_message_id, reminder.message_id)
        }
        addresses = {address for mail in mails for address in _writers(mail)}
        self._customers = _customers(company, addresses)
        self._own = {company.sender_email.lower(), company.reply_to.lower()} - {""}

    def is_own(self, mail: Incoming) -> bool:
        """True for a copy of what the company wrote itself; a return may come from anywhere."""
        return mail.returned is None and mail.from_address in self._own

    def reminder_of(self, mail: Incoming) -> Reminder | None:
        """The reminder that the mail names, the nearest first."""
        found = (self._reminders.get(identity) for identity in _referred(mail))
        return next(filter(None, found), None)

    def customer_of(self, mail: Incoming) -> Customer | None:
        """The customer of its writer, or of the address that it came back from."""
        found = (self._customers.get(address) for address in _writers(mail))
        return next(filter(None, found), None)


def _referred(mail: Incoming) -> tuple[str, ...]:
    if mail.returned is not None:
        return (mail.returned.message_id,) if mail.returned.message_id else ()
    return mail.answers


def _writers(mail: Incoming) -> tuple[str, ...]:
    if mail.returned is not None:
        return mail.returned.addresses
    return (mail.from_address,) if mail.from_address else ()


def _customers(company: Company, addresses: Iterable[str]) -> dict[str, Customer]:
    """The customer of each address; of several, the one who was written to last."""
    contacts = Contact.objects.filter(company=company).alias(low=Lower("email"))
    rows = (
        contacts.filter(low__in=list(addresses))
        .annotate(written_at=Max("customer__reminders__created_at"))
        .order_by(F("written_at").asc(nulls_first=True), "-id")
    )
    chosen = {email.lower(): key for email, key in rows.values_list("email", "customer_id")}
    customers = Customer.objects.in_bulk(chosen.values())
    return {address: customers[key] for address, key in chosen.items()}


def sent_lately_to(
    company: Company, addresses: Sequence[str], *, before: datetime
) -> Reminder | None:
    """The last mail to one of some addresses (lower case), within the days a server tries."""
    customers = _customers(company, addresses)
    latest = Reminder.objects.filter(
        company=company,
        customer__in=customers.values(),
        medium="email",
        status__in=(Reminder.Status.SENT, Reminder.Status.UNKNOWN),
        status_at__gt=before - _GIVES_UP_AFTER,
    ).select_related("company", "customer", "created_by")
    for reminder in latest.order_by("-created_at", "-id")[:_LATEST]:
        written = {email.lower() for email in (*reminder.recipients, *reminder.copies)}
        if written.intersection(addresses):
            return reminder
    return None
