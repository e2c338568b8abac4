"""What hangs on some entries: STOP, dispute, promise, last reminder; fetched for one page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from encaisse.collection.models import (
    DisputeEntry,
    Hold,
    Reminder,
    ReminderLine,
    Step,
)
from encaisse.collection.queries.obstacles import running_holds
from encaisse.collection.queries.promises import promised_days
from encaisse.insights.customers import open_disputes
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class Marks:
    """What holds an entry back, be it decided for itself or for its whole customer.

    `dispute` is the reason given; `promised_for` the day of a promise that is still running.
    """

    is_customer_stopped: bool = False
    is_stopped: bool = False
    dispute: str = ""
    promised_for: date | None = None

    @property
    def is_empty(self) -> bool:
        """True when nothing holds it back."""
        return self == NO_MARKS


NO_MARKS = Marks()


def marks_of(company: Company, entries: Iterable[LedgerEntry], *, on: date) -> dict[int, Marks]:
    """The marks of some open entries as of a day; five queries. Entries without any are absent."""
    by_id = {entry.pk: entry for entry in entries}
    customers = {entry.customer_id for entry in by_id.values()}
    stopped, stopped_entries = _stopped(company, customers, on)
    disputed, disputed_entries = _disputed(company, customers, by_id, on)
    promised = promised_days(by_id, on=on)
    found = {}
    for entry_id, entry in by_id.items():
        marks = Marks(
            is_customer_stopped=entry.customer_id in stopped,
            is_stopped=entry_id in stopped_entries,
            dispute=disputed_entries.get(entry_id) or disputed.get(entry.customer_id, ""),
            promised_for=promised.get(entry_id),
        )
        if not marks.is_empty:
            found[entry_id] = marks
    return found


def last_reminders(entry_ids: Collection[int]) -> dict[int, date]:
    """The day of the last reminder that each entry was part of; one query."""
    lines = ReminderLine.objects.filter(
        entry_id__in=entry_ids,
        is_credit=False,
        kind=Step.Kind.REMINDER,
        reminder__status__in=Reminder.EFFECTIVE,
    )
    return dict(lines.values_list("entry_id").annotate(last=Max("reminder__effective_on")))


def _stopped(company: Company, customers: set[int], on: date) -> tuple[set[int], set[int]]:
    holds = Hold.objects.filter(running_holds(company, on), customer_id__in=customers)
    rows = list(holds.values_list("customer_id", "entry_id"))
    return (
        {customer for customer, entry in rows if entry is None},
        {entry for _customer, entry in rows if entry is not None},
    )


def _disputed(
    company: Company, customers: set[int], entry_ids: Collection[int], on: date
) -> tuple[dict[int, str], dict[int, str]]:
    """The reasons of the disputes over whole accounts, and of those over some entries."""
    disputes = open_disputes(company, on=on).filter(customer_id__in=customers)
    whole = dict(disputes.filter(lines=None).values_list("customer_id", "reason"))
    lines = DisputeEntry.objects.filter(
        entry_id__in=entry_ids, dispute__closed_on=None, dispute__opened_on__lte=on
    )
    return whole, dict(lines.values_list("entry_id", "dispute__reason"))
