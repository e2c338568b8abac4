"""The people that reminders are written to."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from encaisse.ledger.models import Contact, Customer
from encaisse.ledger.operations.finding import index_customers
from encaisse.tenancy.journal import AUTOMATIC, Author, facts_changed, record_event
from encaisse.tenancy.models import Company

# What a person may change of a contact; his address only where it was typed here.
_DETAILS = frozenset({"name", "role", "phone", "mobile", "email", "language"})


class ContactRefused(Exception):
    """The contact cannot be changed so; the message is fit to show to the user."""


@transaction.atomic
def mark_invalid(company: Company, emails: Sequence[str], *, now: datetime) -> None:
    """Addresses that a server refused for good are not written to any more, however written."""
    refused = {email.lower() for email in emails}
    known = Contact.objects.filter(company=company, is_invalid=False)
    contacts = known.alias(low=Lower("email")).filter(low__in=refused)
    customers = set(contacts.values_list("customer_id", flat=True))
    if contacts.update(is_invalid=True):
        refresh_has_email(company, customers)
        record_event(
            "contact.refused", company=company, author=AUTOMATIC, at=now, emails=list(emails)
        )
        facts_changed(company.pk)


@transaction.atomic
def add_contact(
    customer: Customer,
    *,
    email: str,
    author: Author,
    now: datetime,
    **details: str,
) -> Contact:
    """Write down an address here; a synchronisation leaves it alone. An invalid one is revived.

    `details` are those that `edit_contact` takes.

    Raises ContactRefused for the address of someone who asked not to be written to any more.
    """
    _check_names(details)
    opted_out = customer.contacts.filter(email=email.strip().lower()).exclude(opted_out_on=None)
    if opted_out.exists():
        raise ContactRefused(_("Cette personne a demandé qu’on ne lui écrive plus."))
    contact, _created = Contact.objects.update_or_create(
        customer=customer,
        email=email.strip().lower(),
        defaults={
            "company_id": customer.company_id,
            # What is not said here erases nothing of an address known already.
            **{key: text for key, text in details.items() if text},
            "is_local": True,
            "is_invalid": False,
            "is_reminder_recipient": True,
        },
    )
    refresh_has_email(customer.company, [customer.pk])
    index_customers(customer.company, [customer.pk])
    record_event(
        "contact.added",
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        email=contact.email,
        name=details.get("name", ""),
    )
    facts_changed(customer.company_id)
    return contact


@transaction.atomic
def edit_contact(contact: Contact, *, author: Author, now: datetime, **details: str) -> bool:
    """Change who someone is and how to reach him; a synchronisation leaves him alone from then on.

    The accounting's own address cannot be changed here: the next file would bring it back. False
    when nothing differs. Raises ContactRefused.
    """
    _check_names(details)
    wanted = {name: text.strip() for name, text in details.items()}
    if wanted.get("email", "").lower() == contact.email.lower():
        wanted.pop("email", None)
    elif "email" in wanted:
        wanted["email"] = wanted["email"].lower()
    changed = {name: text for name, text in wanted.items() if getattr(contact, name) != text}
    if not changed:
        return False
    _check_details(contact, changed)
    before = {name: getattr(contact, name) for name in changed}
    for name, text in changed.items():
        setattr(contact, name, text)
    contact.is_local = True
    # A new address may be good where the old one was not.
    contact.is_invalid = contact.is_invalid and "email" not in changed
    try:
        with transaction.atomic():
            contact.save(update_fields=[*changed, "is_local", "is_invalid"])
    except IntegrityError:
        raise ContactRefused(_("Ce client a déjà un contact à cette adresse.")) from None
    _changed(contact, "contact.changed", author, now, before=before, after=changed)
    return True


def _check_names(details: Iterable[str]) -> None:
    if unknown := set(details) - _DETAILS:
        raise KeyError(", ".join(sorted(unknown)))


def _check_details(contact: Contact, changed: dict[str, str]) -> None:
    if "email" in changed and is_of_the_accounting(contact):
        raise ContactRefused(
            _("Cette adresse vient de la comptabilité : ajoutez-en une autre, et retirez celle-ci.")
        )
    after = {name: changed.get(name, getattr(contact, name)) for name in _DETAILS}
    if not any(after[name] for name in ("email", "phone", "mobile")):
        raise ContactRefused(_("Donnez une adresse e-mail ou un numéro de téléphone."))


def is_of_the_accounting(contact: Contact) -> bool:
    """True for an address that an import brought: the next one would bring it again."""
    given = contact.customer.email.lower().split(", ")
    return bool(contact.email) and (not contact.is_local or contact.email.lower() in given)


@transaction.atomic
def choose_recipient(contact: Contact, *, receives: bool, author: Author, now: datetime) -> bool:
    """Say whether someone receives reminders; False when it was so already.

    The choice outlives synchronisations.
    """
    same = Contact.objects.filter(pk=contact.pk, is_reminder_recipient=not receives)
    if not same.update(is_reminder_recipient=receives):
        return False
    kind = "contact.chosen" if receives else "contact.left_out"
    _changed(contact, kind, author, now, email=contact.email)
    return True


@transaction.atomic
def opt_out(contact: Contact, *, on: date | None, author: Author, now: datetime) -> bool:
    """Note the day on which someone asked not to be written to any more; None takes it back.

    No message is addressed to him from then on, whatever else is said of him, by a file or here.
    False when it was so already.
    """
    same = Contact.objects.filter(pk=contact.pk, opted_out_on__isnull=on is not None)
    if not same.update(opted_out_on=on):
        return False
    kind = "contact.opted_out" if on else "contact.opted_in"
    _changed(contact, kind, author, now, email=contact.email)
    return True


@transaction.atomic
def choose_main(contact: Contact, *, author: Author, now: datetime) -> bool:
    """Make someone the customer's principal contact, in place of another; False when he was."""
    contacts = Contact.objects.filter(customer_id=contact.customer_id)
    others = contacts.exclude(pk=contact.pk).filter(is_main=True)
    others.update(is_main=False)
    if not contacts.filter(pk=contact.pk, is_main=False).update(is_main=True):
        return False
    _changed(contact, "contact.main", author, now, name=contact.known_as)
    return True


@transaction.atomic
def judge_address(contact: Contact, *, is_valid: bool, author: Author, now: datetime) -> bool:
    """Say that an address works again, or that it does not; False when it was so already."""
    same = Contact.objects.filter(pk=contact.pk, is_invalid=is_valid)
    if not same.update(is_invalid=not is_valid):
        return False
    kind = "contact.validated" if is_valid else "contact.invalidated"
    _changed(contact, kind, author, now, email=contact.email)
    return True


def _changed(contact: Contact, kind: str, author: Author, now: datetime, **data: Any) -> None:
    """Note who can be written to now, say it in the journal, and tell the senders."""
    customer = contact.customer
    refresh_has_email(customer.company, [customer.pk])
    index_customers(customer.company, [customer.pk])
    record_event(
        kind,
        company=customer.company,
        author=author,
        customer_code=customer.account_code,
        at=now,
        contact=contact.pk,
        **data,
    )
    facts_changed(customer.company_id)


def refresh_has_email(company: Company, customer_ids: Iterable[int] | None = None) -> None:
    """Note which customers can be written to; all of them when none are named."""
    customers = Customer.objects.of(company)
    if customer_ids is not None:
        customers = customers.filter(pk__in=list(customer_ids))
    writable = Contact.objects.filter(customer_id=OuterRef("pk")).writable()
    customers.update(has_email=Exists(writable))
