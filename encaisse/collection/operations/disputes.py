"""Disputes: what a customer contests, and what it suspends."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Dispute, DisputeEntry, EntryFollowUp, LevelChange
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author, facts_changed, record_event

# None as an amount: the whole of what remains.
Contested = Mapping[LedgerEntry, int | None]


class DisputeRefused(Exception):
    """The dispute cannot be opened so; the message is fit to show to the user."""


@transaction.atomic
def open_dispute(
    customer: Customer,
    *,
    reason: str,
    author: Author,
    today: date,
    now: datetime,
    entries: Contested | None = None,
    suspends: bool = True,
    comment: str = "",
) -> Dispute:
    """Open a dispute on entries, on parts of them, or on the whole account when none is named.

    Raises DisputeRefused.
    """
    if not reason.strip():
        raise DisputeRefused(_("Indiquez le motif du litige."))
    contested = entries or {}
    for entry, amount in contested.items():
        _check(customer, entry, amount)
    dispute = Dispute.objects.create(
        company_id=customer.company_id,
        customer=customer,
        reason=reason.strip(),
        comment=comment.strip(),
        suspends=suspends,
        opened_on=today,
        opened_by=author.user,
    )
    DisputeEntry.objects.bulk_create(
        DisputeEntry(dispute=dispute, entry=entry, amount_minor=amount)
        for entry, amount in contested.items()
    )
    _journal("dispute.opened", dispute, author, now)
    return dispute


def _check(customer: Customer, entry: LedgerEntry, amount: int | None) -> None:
    if entry.customer_id != customer.pk:
        raise DisputeRefused(_("Cette pièce appartient à un autre client."))
    if amount is not None and not 0 < amount <= entry.remaining_minor:
        raise DisputeRefused(_("Le montant contesté dépasse ce qui reste dû sur la pièce."))


@transaction.atomic
def close_dispute(
    dispute: Dispute, *, outcome: str, author: Author, today: date, now: datetime
) -> bool:
    """Close a dispute; what it froze resumes at its own level, its clock restarted today.

    False when someone else just closed it.
    """
    if not Dispute.objects.filter(pk=dispute.pk, closed_on=None).update(
        closed_on=today, outcome=outcome.strip()
    ):
        return False
    if dispute.suspends:
        _restart_clock(dispute, today)
    _journal("dispute.closed", dispute, author, now)
    return True


@transaction.atomic
def set_suspension(
    dispute: Dispute, *, suspends: bool, author: Author, today: date, now: datetime
) -> bool:
    """Suspend the reminders of an open dispute, or let them go again, their clock restarted today.

    False when it is closed, or already so.
    """
    changing = Dispute.objects.filter(pk=dispute.pk, closed_on=None, suspends=not suspends)
    if not changing.update(suspends=suspends):
        return False
    dispute.suspends = suspends
    if not suspends:
        _restart_clock(dispute, today)
    _journal("dispute.suspended" if suspends else "dispute.resumed", dispute, author, now)
    return True


@transaction.atomic
def edit_dispute(
    dispute: Dispute, *, reason: str, comment: str, author: Author, now: datetime
) -> None:
    """Change the reason and the comment of a dispute, open or closed. Raises DisputeRefused."""
    if not reason.strip():
        raise DisputeRefused(_("Indiquez le motif du litige."))
    dispute.reason, dispute.comment = reason.strip(), comment.strip()
    dispute.save(update_fields=["reason", "comment"])
    _journal("dispute.edited", dispute, author, now)


def _restart_clock(dispute: Dispute, today: date) -> None:
    """What was wholly frozen counts from today; the history of levels says it too."""
    if dispute.lines.exists():
        whole = dispute.lines.filter(amount_minor=None).values_list("entry_id", flat=True)
        frozen = EntryFollowUp.objects.filter(entry_id__in=list(whole), level__gt=0)
    else:
        frozen = EntryFollowUp.objects.filter(
            entry__company_id=dispute.company_id, entry__customer=dispute.customer, level__gt=0
        ).exclude(entry__remaining_minor=0)
    LevelChange.objects.bulk_create(
        LevelChange(
            company_id=dispute.company_id,
            entry_id=entry_id,
            kind="reminder",
            level=level,
            on=today,
        )
        for entry_id, level in frozen.values_list("entry_id", "level")
    )
    frozen.update(level_on=today)


def _journal(kind: str, dispute: Dispute, author: Author, now: datetime) -> None:
    record_event(
        kind,
        company=dispute.company,
        author=author,
        customer_code=dispute.customer.account_code,
        at=now,
        dispute=dispute.pk,
        reason=dispute.reason,
        suspends=dispute.suspends,
        entries=list(dispute.lines.values_list("entry_id", flat=True)),
    )
    facts_changed(dispute.company_id)
