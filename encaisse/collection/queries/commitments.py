"""What a customer and the desk agreed or disagree on: STOPs, disputes, promises, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from encaisse.collection.models import Dispute, Hold, PaymentPromise
from encaisse.collection.queries.obstacles import running_holds
from encaisse.collection.rules.promises import PromiseState, promise_state
from encaisse.ledger.models import Customer, LedgerEntry

_PROMISES = 12


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute with its entries; none of them means the whole account."""

    dispute: Dispute
    entries: tuple[LedgerEntry, ...]
    # The contested amount where it is known; None when the whole account is contested.
    amounts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise with its entries, what has come in on them since, and where it stands."""

    promise: PaymentPromise
    entries: tuple[LedgerEntry, ...]
    received: int
    state: PromiseState

    @property
    def is_running(self) -> bool:
        """True while it holds reminders back."""
        return self.state == PromiseState.RUNNING


@dataclass(frozen=True, slots=True)
class Commitments:
    """Everything that concerns one customer on a day."""

    holds: tuple[Hold, ...]
    disputes: tuple[OpenDispute, ...]
    promises: tuple[Promised, ...]

    @property
    def stop(self) -> Hold | None:
        """The STOP of the whole customer."""
        return next((hold for hold in self.holds if hold.entry_id is None), None)

    @property
    def entry_stops(self) -> tuple[Hold, ...]:
        """The STOPs of single entries."""
        return tuple(hold for hold in self.holds if hold.entry_id is not None)

    @property
    def running_promises(self) -> tuple[Promised, ...]:
        """The promises whose day has not passed."""
        return tuple(promise for promise in self.promises if promise.is_running)

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to show."""
        return not (self.holds or self.disputes or self.promises)

    def stopped_entries(self) -> dict[int, Hold]:
        """Entries under a STOP of their own."""
        return {hold.entry_id: hold for hold in self.holds if hold.entry_id is not None}

    def disputed_entries(self) -> dict[int, OpenDispute]:
        """Entries contested by name."""
        return {entry.pk: found for found in self.disputes for entry in found.entries}

    def promised_entries(self) -> dict[int, Promised]:
        """Entries that a running promise covers."""
        return {entry.pk: found for found in self.running_promises for entry in found.entries}


def commitments_of(customer: Customer, *, on: date) -> Commitments:
    """The running STOPs, the open disputes and the latest promises; seven queries at most."""
    holds = Hold.objects.filter(running_holds(customer.company, on), customer=customer)
    disputes = Dispute.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=on), customer=customer, opened_on__lte=on
    )
    promises = PaymentPromise.objects.filter(customer=customer, cancelled_on=None)
    return Commitments(
        holds=tuple(holds.select_related("entry", "set_by").order_by("entry_id", "-id")),
        disputes=tuple(
            _open_dispute(dispute)
            for dispute in disputes.select_related("opened_by")
            .prefetch_related("lines__entry")
            .order_by("-opened_on", "-id")
        ),
        promises=tuple(
            _promised(promise, on)
            for promise in promises.select_related("made_by")
            .prefetch_related("lines__entry__received")
            .order_by("-promised_date", "-id")[:_PROMISES]
        ),
    )


def _open_dispute(dispute: Dispute) -> OpenDispute:
    amounts: dict[str, int] = {}
    lines = list(dispute.lines.all())
    for line in lines:
        whole = max(0, line.entry.remaining_minor)
        contested = whole if line.amount_minor is None else min(whole, line.amount_minor)
        amounts[line.entry.currency] = amounts.get(line.entry.currency, 0) + contested
    return OpenDispute(dispute, _by_due_date(line.entry for line in lines), (*amounts.items(),))


def _promised(promise: PaymentPromise, on: date) -> Promised:
    lines = list(promise.lines.all())
    until = min(on, promise.promised_date)
    received = sum(
        min(line.amount_minor, max(0, line.remaining_then_minor - _left_on(line.entry, until)))
        for line in lines
    )
    state = promise_state(
        promised=promise.amount_minor,
        received=received,
        promised_date=promise.promised_date,
        today=on,
    )
    return Promised(promise, _by_due_date(line.entry for line in lines), received, state)


def _left_on(entry: LedgerEntry, day: date) -> int:
    """What an entry still owed at the end of a day: a payment that came later kept no promise."""
    if entry.settled_date is not None and entry.settled_date <= day:
        return 0
    parts = list(entry.received.all())
    if entry.settled_date is not None:
        return entry.amount_minor - sum(part.amount_minor for part in parts if part.on <= day)
    return entry.remaining_minor + sum(part.amount_minor for part in parts if part.on > day)


def _by_due_date(entries: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    return tuple(sorted(entries, key=lambda one: (one.due_date or one.document_date, one.pk)))
