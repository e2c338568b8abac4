"""STOP: hold reminders of a customer or of one entry, and lift it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Hold
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author, facts_changed, record_event


class HoldRefused(Exception):
    """The STOP cannot be set so; the message is fit to show to the user."""


@transaction.atomic
def set_hold(
    customer: Customer,
    *,
    author: Author,
    today: date,
    now: datetime,
    reason: str = "",
    until: date | None = None,
    entry: LedgerEntry | None = None,
) -> Hold:
    """Stop reminders from today, until a day included or until lifted; replaces a running STOP.

    Raises HoldRefused when the day is past.
    """
    if until is not None and until < today:
        raise HoldRefused(_("La date de fin est déjà passée."))
    if entry is not None and entry.customer_id != customer.pk:
        raise HoldRefused(_("Cette pièce appartient à un autre client."))
    running = Hold.objects.filter(customer=customer, entry=entry, lifted_on=None)
    running.update(lifted_on=today)
    hold = Hold.objects.create(
        company_id=customer.company_id,
        customer=customer,
        entry=entry,
        reason=reason.strip(),
        set_on=today,
        until=until,
        set_by=author.user,
    )
    _journal("hold.set", hold, author, now)
    return hold


@transaction.atomic
def lift_hold(hold: Hold, *, author: Author, today: date, now: datetime) -> bool:
    """Let reminders go again; False when someone else just did."""
    running = Hold.objects.filter(pk=hold.pk, lifted_on=None)
    if not running.update(lifted_on=today):
        return False
    _journal("hold.lifted", hold, author, now)
    return True


def _journal(kind: str, hold: Hold, author: Author, now: datetime) -> None:
    record_event(
        kind,
        company=hold.company,
        author=author,
        customer_code=hold.customer.account_code,
        at=now,
        hold=hold.pk,
        entry=hold.entry_id,
        reason=hold.reason,
        until=hold.until.isoformat() if hold.until else None,
    )
    facts_changed(hold.company_id)
