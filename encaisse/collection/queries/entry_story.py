"""What happened to one entry: reminders, levels, STOPs, disputes, promises, payments."""

from dataclasses import dataclass

from encaisse.collection.models import (
    DisputeEntry,
    Hold,
    LevelChange,
    PromiseEntry,
    ReminderLine,
)
from encaisse.ledger.models import Allocation, Customer, LedgerEntry
from encaisse.tenancy.models import Event

_LIGHT = ("reminder__content_html", "reminder__content_text")


@dataclass(frozen=True, slots=True)
class EntryStory:
    """Everything that concerns one entry; its notes stand apart.

    `levels` are those set without a reminder: by hand, or by the end of a dispute.
    """

    reminders: tuple[ReminderLine, ...]
    levels: tuple[LevelChange, ...]
    holds: tuple[Hold, ...]
    disputes: tuple[DisputeEntry, ...]
    promises: tuple[PromiseEntry, ...]
    repositioned: tuple[Event, ...]
    payments: tuple[Allocation, ...]


def get_entry(customer: Customer, entry_id: int) -> LedgerEntry:
    """An entry of the customer. Raises LedgerEntry.DoesNotExist."""
    entries = LedgerEntry.objects.select_related("payment_method")
    return entries.get(customer=customer, is_counted=True, pk=entry_id)


def story_of(entry: LedgerEntry) -> EntryStory:
    """The story of an entry; seven queries."""
    lines = ReminderLine.objects.filter(entry=entry).select_related("reminder").defer(*_LIGHT)
    levels = LevelChange.objects.filter(entry=entry, reminder=None, kind="reminder")
    holds = Hold.objects.filter(entry=entry).select_related("set_by")
    disputes = DisputeEntry.objects.filter(entry=entry).select_related("dispute__opened_by")
    promises = PromiseEntry.objects.filter(entry=entry).select_related("promise__made_by")
    moved = Event.objects.filter(
        company_id=entry.company_id,
        customer_code=entry.customer.account_code,
        kind="entry.repositioned",
    )
    payments = Allocation.objects.filter(debit=entry).select_related("credit")
    return EntryStory(
        reminders=tuple(lines.order_by("id")),
        levels=tuple(levels.select_related("actor").order_by("id")),
        holds=tuple(holds.order_by("id")),
        disputes=tuple(disputes.order_by("id")),
        promises=tuple(promises.order_by("id")),
        repositioned=tuple(
            event
            for event in moved.order_by("at", "id")
            if entry.pk in event.data.get("entries", ())
        ),
        payments=tuple(payments.order_by("on", "id")),
    )
