"""Promises to pay: an amount, a day, the entries it covers."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import PaymentPromise, PromiseEntry
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author, facts_changed, record_event


class PromiseRefused(Exception):
    """The promise cannot be recorded; the message is fit to show to the user."""


@transaction.atomic
def record_promise(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    *,
    amount_minor: int,
    promised_date: date,
    author: Author,
    today: date,
    now: datetime,
    comment: str = "",
) -> PaymentPromise:
    """Record what the customer promised to pay; it holds the oldest entries up to the amount.

    A second promise does not erase the first. Raises PromiseRefused.
    """
    _check(customer, entries, amount_minor, promised_date, today)
    promise = PaymentPromise.objects.create(
        company_id=customer.company_id,
        customer=customer,
        amount_minor=amount_minor,
        currency=entries[0].currency,
        promised_date=promised_date,
        made_on=today,
        made_by=author.user,
        comment=comment.strip(),
    )
    PromiseEntry.objects.bulk_create(_cover(promise, entries))
    _journal("promise.recorded", promise, author, now)
    return promise


def _check(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    amount_minor: int,
    promised_date: date,
    today: date,
) -> None:
    if promised_date < today:
        raise PromiseRefused(_("La date promise est passée."))
    if amount_minor <= 0:
        raise PromiseRefused(_("Indiquez un montant positif."))
    if not entries or any(entry.customer_id != customer.pk for entry in entries):
        raise PromiseRefused(_("Choisissez les pièces que le client a promis de payer."))
    if len({entry.currency for entry in entries}) > 1:
        raise PromiseRefused(_("Une promesse porte sur une seule devise."))
    if amount_minor > sum(max(0, entry.remaining_minor) for entry in entries):
        raise PromiseRefused(_("Le montant promis dépasse ce qui reste dû sur ces pièces."))


def _cover(promise: PaymentPromise, entries: Sequence[LedgerEntry]) -> list[PromiseEntry]:
    left = promise.amount_minor
    lines = []
    for entry in sorted(entries, key=lambda e: (e.due_date or e.document_date, e.pk)):
        part = min(left, max(0, entry.remaining_minor))
        if part:
            lines.append(
                PromiseEntry(
                    promise=promise,
                    entry=entry,
                    amount_minor=part,
                    remaining_then_minor=entry.remaining_minor,
                )
            )
            left -= part
    return lines


@transaction.atomic
def cancel_promise(promise: PaymentPromise, *, author: Author, today: date, now: datetime) -> bool:
    """Take a promise back; it stays in the history. False when someone else just did."""
    running = PaymentPromise.objects.filter(pk=promise.pk, cancelled_on=None)
    if not running.update(cancelled_on=today):
        return False
    _journal("promise.cancelled", promise, author, now)
    return True


def _journal(kind: str, promise: PaymentPromise, author: Author, now: datetime) -> None:
    record_event(
        kind,
        company=promise.company,
        author=author,
        customer_code=promise.customer.account_code,
        at=now,
        promise=promise.pk,
        amount_minor=promise.amount_minor,
        currency=promise.currency,
        promised_date=promise.promised_date.isoformat(),
    )
    facts_changed(promise.company_id)
