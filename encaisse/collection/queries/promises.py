"""Where promises stand, computed from the ledger for many of them at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from encaisse.collection.models import PaymentPromise, PromiseEntry
from encaisse.collection.rules.promises import (
    Covered,
    PromiseState,
    promise_state,
    received_on,
    still_missing,
    still_promised,
)
from encaisse.ledger.models import Allocation, Customer
from encaisse.tenancy.models import Company

Parts = Sequence[tuple[date, int]]
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise on a day, in minor units of its currency.

    `received` came in for it so far, late or not; `missing` is what is still to be asked for once
    its day has passed. Kept or broken looks at what came in by its day.
    """

    state: PromiseState
    received: int = 0
    missing: int = 0

    @property
    def is_running(self) -> bool:
        """True while it holds reminders back."""
        return self.state == PromiseState.RUNNING

    @property
    def is_late(self) -> bool:
        """True when its day has passed and something is still to be asked for."""
        return self.missing > 0


class Owed(NamedTuple):
    """What an entry owes through time: settled on a day or not, paid in parts."""

    amount: int
    remaining: int
    settled_date: date | None
    parts: Parts = ()

    def left_on(self, day: date) -> int:
        """What it still owed at the end of a day."""
        if self.settled_date is None:
            if not self.parts:
                return self.remaining
            return self.remaining + sum(minor for on, minor in self.parts if on > day)
        if self.settled_date <= day:
            return 0
        return self.amount - sum(minor for on, minor in self.parts if on <= day)


class _Line(NamedTuple):
    promise_id: int
    covered: Covered


@dataclass(slots=True)
class _Sums:
    promised_date: date
    promised: int = 0
    in_time: int = 0
    received: int = 0
    missing: int = 0


def standings(
    company: Company, *, on: date, customer: Customer | None = None
) -> dict[int, Standing]:
    """The promises that were not taken back, of a company or of one customer; two queries."""
    lines = PromiseEntry.objects.filter(promise__company=company, promise__cancelled_on=None)
    if customer is not None:
        lines = lines.filter(promise__customer=customer)
    sums: dict[int, _Sums] = {}
    for _entry_id, some, owed in _by_entry(lines):
        for line, in_time, received, missing in _on_entry(some, owed, on):
            promise_id, covered = line
            one = sums.get(promise_id)
            if one is None:
                one = sums[promise_id] = _Sums(covered.promised_date)
            one.promised += covered.amount
            one.in_time += in_time
            one.received += received
            one.missing += missing
    return {promise_id: _standing(one, on) for promise_id, one in sums.items()}


def promised_days(entry_ids: Collection[int], *, on: date) -> dict[int, date]:
    """The next day promised for each of some entries that a promise still holds; two queries."""
    lines = PromiseEntry.objects.filter(entry_id__in=entry_ids, promise__cancelled_on=None)
    found: dict[int, date] = {}
    for entry_id, some, owed in _by_entry(lines):
        promises = [line.covered for line in some]
        held = still_promised(promises, owed.left_on(on), on)
        days = [one.promised_date for one, minor in zip(promises, held, strict=True) if minor]
        if days:
            found[entry_id] = days[0]
    return found


def _by_entry(lines: QuerySet[PromiseEntry]) -> Iterator[tuple[int, list[_Line], Owed]]:
    found: dict[int, list[_Line]] = {}
    owed: dict[int, Owed] = {}
    parts = parts_paid(lines.values("entry_id"))
    for promise_id, entry_id, covered, amount, then, made, day, remaining, settled in (
        lines.order_by("promise__promised_date", "id")
        .values_list(
            "promise_id",
            "entry_id",
            "amount_minor",
            "entry__amount_minor",
            "remaining_then_minor",
            "promise__made_on",
            "promise__promised_date",
            "entry__remaining_minor",
            "entry__settled_date",
        )
        .iterator(chunk_size=_CHUNK)
    ):
        line = _Line(promise_id, Covered(covered, then, made, day))
        if entry_id in found:
            found[entry_id].append(line)
        else:
            found[entry_id] = [line]
            owed[entry_id] = Owed(amount, remaining, settled, parts.get(entry_id, ()))
    return ((entry_id, some, owed[entry_id]) for entry_id, some in found.items())


def parts_paid(entry_ids: QuerySet[Any, Any]) -> dict[int, Parts]:
    """The partial payments of some entries: days and amounts; one query."""
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    parts = Allocation.objects.filter(debit_id__in=entry_ids)
    for entry_id, on, minor in parts.values_list("debit_id", "on", "amount_minor"):
        found[entry_id].append((on, minor))
    return dict(found)


def _on_entry(
    lines: Sequence[_Line], owed: Owed, on: date
) -> Iterator[tuple[_Line, int, int, int]]:
    """Each promise on an entry: what came in by its day, by now, and what is missing."""
    promises = [line.covered for line in lines]
    left = owed.left_on(on)
    received = received_on(promises, left)
    missing = still_missing(promises, received, left, on)
    for rank, line in enumerate(lines):
        day = line.covered.promised_date
        in_time = received[rank] if day >= on else _by(day, promises, rank, owed)
        yield line, in_time, received[rank], missing[rank]


def _by(day: date, promises: Sequence[Covered], rank: int, owed: Owed) -> int:
    """What came in for a promise by its day: a payment that came later kept no promise."""
    if len(promises) == 1:
        return received_on(promises, owed.left_on(day))[0]
    known = [one for one in promises if one.made_on <= day]
    place = sum(1 for one in promises[:rank] if one.made_on <= day)
    return received_on(known, owed.left_on(day))[place]


def _standing(sums: _Sums, on: date) -> Standing:
    state = promise_state(
        promised=sums.promised, received=sums.in_time, promised_date=sums.promised_date, today=on
    )
    return Standing(state, sums.received, sums.missing)


class Place(NamedTuple):
    """The place of an instalment in its series: « 2/3 »."""

    number: int
    of: int


def places(promises: QuerySet[PaymentPromise]) -> dict[int, Place]:
    """The place of each instalment among those of its series that were not taken back."""
    series: dict[int, list[int]] = defaultdict(list)
    first_ids = promises.exclude(first=None).values("first_id")
    instalments = promises.filter(Q(pk__in=first_ids) | ~Q(first=None))
    running = instalments.filter(cancelled_on=None).order_by("promised_date", "id")
    for promise_id, first_id in running.values_list("id", "first_id"):
        series[first_id or promise_id].append(promise_id)
    return {
        promise_id: Place(rank, len(some))
        for some in series.values()
        if len(some) > 1
        for rank, promise_id in enumerate(some, start=1)
    }
