"""The addresses that customers are given: a page of their own, and the invoices of a message.

An address names what it opens, the day on which it was written and how often the customer's
addresses were renewed until then, signed. Nothing is stored for it, and of who opens it nothing is
kept (CNIL). It is short, in small letters: people copy it from a letter.
"""

import re
from base64 import b32encode
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from encaisse.collection.models import CustomerFollowUp, Reminder
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company

# How long an address works, counted from the day on which it was written.
LINK_DAYS = 90
# Where they are served, below the public address.
PAGE_PATH, INVOICES_PATH = "c/", "f/"
_NAMED = re.compile(r"([0-9]{1,18})-([0-9]{1,9})-([0-9]{6})")
_SIGNATURE_BYTES = 15


class _ShortSigner(Signer):
    """Signs with 120 bits, as small letters and digits."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        """The signature of a value."""
        secret = self.key if key is None else key
        made = salted_hmac(self.salt, value, secret, algorithm="sha256").digest()
        return b32encode(made[:_SIGNATURE_BYTES]).decode().lower()


_PAGE = _ShortSigner(sep=".", salt="encaisse.customer-page")
_INVOICES = _ShortSigner(sep=".", salt="encaisse.message-invoices")


class LinkGone(Exception):
    """The address opens nothing: forged, too old, renewed since, or the page was switched off."""


def is_reachable() -> bool:
    """True when customers can load something from the public address: it is not this machine."""
    return urlsplit(settings.SITE_URL).hostname not in ("localhost", "127.0.0.1", "::1", None)


def gives_addresses(company: Company) -> bool:
    """True when the addresses lead somewhere for those who will read them.

    Those of this machine do while nothing reaches a customer: in a demonstration or a rehearsal.
    """
    is_rehearsing = company.is_demo or company.mail_mode != Company.MailMode.LIVE
    return is_reachable() or is_rehearsing


def page_address(customer_id: int, *, renewed: int, on: date) -> str:
    """The address of a customer's page, written on a day."""
    return f"{settings.SITE_URL}/{PAGE_PATH}{_token(_PAGE, customer_id, renewed, on)}"


def invoices_address(reminder_id: int, *, renewed: int, on: date) -> str:
    """The address of the invoices of a message, written on a day; 0 for one not prepared yet."""
    return f"{settings.SITE_URL}/{INVOICES_PATH}{_token(_INVOICES, reminder_id, renewed, on)}"


def own_address(customer: Customer, *, on: date) -> str:
    """The address of a customer's page as a message of that day gives it; one query."""
    return page_address(customer.pk, renewed=_renewed(customer.pk), on=on)


def open_page(token: str, *, now: datetime) -> Customer:
    """The customer whose page it is, with his company. Raises LinkGone."""
    customer_id, renewed, written_on = _named(_PAGE, token)
    customer = Customer.objects.select_related("company").filter(pk=customer_id).first()
    if customer is None or not customer.company.customer_pages:
        raise LinkGone
    _check(customer, renewed, written_on, now)
    return customer


def open_invoices(token: str, *, now: datetime) -> Reminder:
    """The message whose invoices they are, with its customer and company. Raises LinkGone."""
    reminder_id, renewed, written_on = _named(_INVOICES, token)
    known = Reminder.objects.select_related("customer__company").defer(
        "content_html", "content_text"
    )
    reminder = known.filter(pk=reminder_id).first()
    if reminder is None:
        raise LinkGone
    _check(reminder.customer, renewed, written_on, now)
    return reminder


def _token(signer: Signer, object_id: int, renewed: int, on: date) -> str:
    return signer.sign(f"{object_id}-{renewed}-{on.toordinal()}")


def _named(signer: Signer, token: str) -> tuple[int, int, int]:
    """What a token names: the object, the renewals, the day. Raises LinkGone."""
    try:
        named = _NAMED.fullmatch(signer.unsign(token.lower()))
    except BadSignature as forged:
        raise LinkGone from forged
    if named is None:
        raise LinkGone
    return int(named[1]), int(named[2]), int(named[3])


def _check(customer: Customer, renewed: int, written_on: int, now: datetime) -> None:
    """Raises LinkGone for an address that was renewed, or is too old."""
    last = date.fromordinal(written_on) + timedelta(days=LINK_DAYS)
    if customer.company.local_day(now) > last or renewed != _renewed(customer.pk):
        raise LinkGone


def _renewed(customer_id: int) -> int:
    known = CustomerFollowUp.objects.filter(customer_id=customer_id)
    return known.values_list("links_renewed", flat=True).first() or 0
