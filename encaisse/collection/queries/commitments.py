"""What a customer and the desk agreed or disagree on: STOPs, disputes, promises, one by one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from encaisse.collection.models import Dispute, Hold, PaymentPromise
from encaisse.collection.queries.obstacles import running_holds
from encaisse.collection.queries.promises import Place, Standing, places, standings
from encaisse.collection.rules.promises import PromiseState
from encaisse.ledger.models import Customer, LedgerEntry

_PROMISES = 60
_PAST_PROMISES = 12


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute with its entries; none of them means the whole account."""

    dispute: Dispute
    entries: tuple[LedgerEntry, ...]
    # The contested amount where it is known; None when the whole account is contested.
    amounts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise with its entries, where it stands, and its place in a series of instalments."""

    promise: PaymentPromise
    entries: tuple[LedgerEntry, ...]
    standing: Standing
    place: Place | None = None
    # True for the next payment of a series that still runs.
    leads_series: bool = False

    @property
    def state(self) -> PromiseState:
        """Running, kept, partly kept or broken."""
        return self.standing.state

    @property
    def is_running(self) -> bool:
        """True while it holds reminders back."""
        return self.standing.is_running


@dataclass(frozen=True, slots=True)
class Commitments:
    """Everything that concerns one customer on a day.

    `promises`: those late or to come, the earliest first, then the others, the latest first.
    """

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
        """Entries that a running promise covers; of several, the one that comes first."""
        return {
            entry.pk: found for found in reversed(self.running_promises) for entry in found.entries
        }


def commitments_of(customer: Customer, *, on: date) -> Commitments:
    """The running STOPs, the open disputes and the latest promises; nine queries at most."""
    holds = Hold.objects.filter(running_holds(customer.company, on), customer=customer)
    disputes = Dispute.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=on), customer=customer, opened_on__lte=on
    )
    return Commitments(
        holds=tuple(holds.select_related("entry", "set_by").order_by("entry_id", "-id")),
        disputes=tuple(
            _open_dispute(dispute)
            for dispute in disputes.select_related("opened_by")
            .prefetch_related("lines__entry")
            .order_by("-opened_on", "-id")
        ),
        promises=_promises(customer, on),
    )


def _promises(customer: Customer, on: date) -> tuple[Promised, ...]:
    promises = PaymentPromise.objects.filter(customer=customer, cancelled_on=None)
    latest = list(
        promises.select_related("made_by")
        .prefetch_related("lines__entry")
        .order_by("-promised_date", "-id")[:_PROMISES]
    )
    if not latest:
        return ()
    found = standings(customer.company, on=on, customer=customer)
    series = places(promises)
    leads: set[int] = set()
    alive: list[Promised] = []
    past: list[Promised] = []
    for promise in reversed(latest):
        standing, place = found[promise.pk], series.get(promise.pk)
        first_id = promise.first_id or promise.pk
        leads_series = place is not None and standing.is_running and first_id not in leads
        if leads_series:
            leads.add(first_id)
        entries = _by_due_date(line.entry for line in promise.lines.all())
        told = Promised(promise, entries, standing, place, leads_series)
        (alive if standing.is_running or standing.is_late else past).append(told)
    return (*alive, *past[: -_PAST_PROMISES - 1 : -1])


def _open_dispute(dispute: Dispute) -> OpenDispute:
    amounts: dict[str, int] = {}
    lines = list(dispute.lines.all())
    for line in lines:
        whole = max(0, line.entry.remaining_minor)
        contested = whole if line.amount_minor is None else min(whole, line.amount_minor)
        amounts[line.entry.currency] = amounts.get(line.entry.currency, 0) + contested
    return OpenDispute(dispute, _by_due_date(line.entry for line in lines), (*amounts.items(),))


def _by_due_date(entries: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    return tuple(sorted(entries, key=lambda one: (one.due_date or one.document_date, one.pk)))
