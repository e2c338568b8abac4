"""Promises to pay: an amount, a day, the entries it covers; or several payments in a row."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from encaisse.collection.models import PaymentPromise, PromiseEntry
from encaisse.collection.queries.promises import standings
from encaisse.collection.rules.promises import Instalment
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Event

# More payments than this are a loan: it belongs to the accounting.
MOST_INSTALMENTS = 36


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
    series = [Instalment(promised_date, amount_minor)]
    (promise,) = _record(customer, entries, series, author=author, today=today, comment=comment)
    _journal("promise.recorded", promise, author, now)
    return promise


@transaction.atomic
def record_instalments(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    *,
    instalments: Sequence[Instalment],
    author: Author,
    today: date,
    now: datetime,
    comment: str = "",
) -> list[PaymentPromise]:
    """Record several payments promised together; the first ones hold the oldest entries.

    Each holds its part until its own day. Raises PromiseRefused.
    """
    series = sorted(instalments)
    if len({promised_date for promised_date, _minor in series}) < len(series):
        raise PromiseRefused(_("Deux versements portent la même date."))
    made = _record(customer, entries, series, author=author, today=today, comment=comment)
    _journal_series("promise.scheduled", made, author, now)
    return made


def _record(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    series: Sequence[Instalment],
    *,
    author: Author,
    today: date,
    comment: str,
) -> list[PaymentPromise]:
    _check(customer, entries, series, today)
    left = {entry: max(0, entry.remaining_minor) for entry in _oldest_first(entries)}
    made: list[PaymentPromise] = []
    for promised_date, amount_minor in series:
        promise = PaymentPromise.objects.create(
            company_id=customer.company_id,
            customer=customer,
            first=made[0] if made else None,
            amount_minor=amount_minor,
            currency=entries[0].currency,
            promised_date=promised_date,
            made_on=today,
            made_by=author.user,
            comment=comment.strip(),
        )
        PromiseEntry.objects.bulk_create(_cover(promise, left))
        made.append(promise)
    return made


def _check(
    customer: Customer,
    entries: Sequence[LedgerEntry],
    series: Sequence[Instalment],
    today: date,
) -> None:
    if not 1 <= len(series) <= MOST_INSTALMENTS:
        raise PromiseRefused(
            _("Un échéancier a %(most)d versements au plus.") % {"most": MOST_INSTALMENTS}
        )
    if any(promised_date < today for promised_date, _minor in series):
        raise PromiseRefused(_("La date promise est passée."))
    if any(amount_minor <= 0 for _day, amount_minor in series):
        raise PromiseRefused(_("Indiquez un montant positif."))
    if not entries or any(entry.customer_id != customer.pk for entry in entries):
        raise PromiseRefused(_("Choisissez les pièces que le client a promis de payer."))
    if len({entry.currency for entry in entries}) > 1:
        raise PromiseRefused(_("Une promesse porte sur une seule devise."))
    owed = sum(max(0, entry.remaining_minor) for entry in entries)
    if sum(amount_minor for _day, amount_minor in series) > owed:
        raise PromiseRefused(_("Le montant promis dépasse ce qui reste dû sur ces pièces."))


def _oldest_first(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    return sorted(entries, key=lambda entry: (entry.due_date or entry.document_date, entry.pk))


def _cover(promise: PaymentPromise, left: dict[LedgerEntry, int]) -> list[PromiseEntry]:
    """Take the amount from what the series leaves uncovered so far, the first entries first."""
    to_cover = promise.amount_minor
    lines = []
    for entry, uncovered in left.items():
        part = min(to_cover, uncovered)
        if part:
            lines.append(
                PromiseEntry(
                    promise=promise,
                    entry=entry,
                    amount_minor=part,
                    remaining_then_minor=entry.remaining_minor,
                )
            )
            left[entry] -= part
            to_cover -= part
    return lines


@transaction.atomic
def cancel_promise(promise: PaymentPromise, *, author: Author, today: date, now: datetime) -> bool:
    """Take a promise back; it stays in the history. False when someone else just did."""
    running = PaymentPromise.objects.filter(pk=promise.pk, cancelled_on=None)
    if not running.update(cancelled_on=today):
        return False
    _journal("promise.cancelled", promise, author, now)
    return True


@transaction.atomic
def cancel_instalments(
    promise: PaymentPromise, *, author: Author, today: date, now: datetime
) -> int:
    """Take back what a series of instalments still has to come, from today on; how many."""
    first_id = promise.first_id or promise.pk
    series = PaymentPromise.objects.filter(Q(pk=first_id) | Q(first=first_id), cancelled_on=None)
    coming = series.filter(promised_date__gte=today).order_by("promised_date", "id")
    cancelled = list(coming.select_for_update().select_related("company", "customer"))
    if cancelled:
        PaymentPromise.objects.filter(pk__in=[one.pk for one in cancelled]).update(
            cancelled_on=today
        )
        _journal_series("promise.schedule_cancelled", cancelled, author, now)
    return len(cancelled)


@transaction.atomic
def postpone_promise(
    promise: PaymentPromise, *, promised_date: date, author: Author, today: date, now: datetime
) -> PaymentPromise:
    """Move a promise to another day; what came in for it so far counts for the new one.

    The old one stays in the history, taken back. Raises PromiseRefused.
    """
    if promised_date < today:
        raise PromiseRefused(_("La date promise est passée."))
    if promised_date == promise.promised_date:
        raise PromiseRefused(_("C’est déjà la date promise."))
    standing = standings(promise.company, on=today, customer=promise.customer).get(promise.pk)
    if standing is not None and standing.received >= promise.amount_minor:
        raise PromiseRefused(_("Tout ce qui était promis est arrivé : rien à reporter."))
    running = PaymentPromise.objects.filter(pk=promise.pk, cancelled_on=None)
    if not running.update(cancelled_on=today):
        raise PromiseRefused(_("Cette promesse est déjà annulée."))
    moved = PaymentPromise.objects.create(
        company_id=promise.company_id,
        customer=promise.customer,
        first_id=_series_of(promise),
        amount_minor=promise.amount_minor,
        currency=promise.currency,
        promised_date=promised_date,
        made_on=today,
        made_by=author.user,
        comment=promise.comment,
    )
    PromiseEntry.objects.bulk_create(
        PromiseEntry(
            promise=moved,
            entry_id=line.entry_id,
            amount_minor=line.amount_minor,
            remaining_then_minor=line.remaining_then_minor,
        )
        for line in promise.lines.order_by("id")
    )
    before = promise.promised_date.isoformat()
    _journal("promise.postponed", moved, author, now, before=before, replaces=promise.pk)
    return moved


@transaction.atomic
def undo_postponement(moved: PaymentPromise, *, author: Author, today: date, now: datetime) -> bool:
    """Give a postponed promise its former day back; False when nothing is left to undo."""
    postponed = Event.objects.filter(
        company_id=moved.company_id,
        customer_code=moved.customer.account_code,
        kind="promise.postponed",
        data__promise=moved.pk,
    ).first()
    running = PaymentPromise.objects.filter(pk=moved.pk, cancelled_on=None)
    if postponed is None or not running.update(cancelled_on=today):
        return False
    promise = PaymentPromise.objects.get(pk=postponed.data["replaces"])
    PaymentPromise.objects.filter(pk=promise.pk).update(cancelled_on=None)
    before = moved.promised_date.isoformat()
    _journal("promise.put_back", promise, author, now, before=before)
    return True


def _series_of(promise: PaymentPromise) -> int | None:
    """The series that an instalment belongs to, or that it began."""
    return promise.first_id or (promise.pk if promise.following.exists() else None)


def _journal(
    kind: str, promise: PaymentPromise, author: Author, now: datetime, **more: Any
) -> None:
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
        **more,
    )
    facts_changed(promise.company_id)


def _journal_series(
    kind: str, series: Sequence[PaymentPromise], author: Author, now: datetime
) -> None:
    """One line for the whole series: its total, its last day, and each payment."""
    record_event(
        kind,
        company=series[0].company,
        author=author,
        customer_code=series[0].customer.account_code,
        at=now,
        promises=[promise.pk for promise in series],
        amount_minor=sum(promise.amount_minor for promise in series),
        currency=series[0].currency,
        promised_date=series[-1].promised_date.isoformat(),
        instalments=[
            [promise.promised_date.isoformat(), promise.amount_minor] for promise in series
        ],
    )
    facts_changed(series[0].company_id)
