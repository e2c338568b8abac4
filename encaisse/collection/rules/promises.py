"""Promises: whether they were kept, what they still hold, and series of instalments."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class PromiseState(StrEnum):
    """Where a promise stands."""

    RUNNING = "running"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


def promise_state(
    *, promised: int, received: int, promised_date: date, today: date, cancelled: bool = False
) -> PromiseState:
    """Kept as soon as the amount is in; after its day, partly kept or broken (minor units).

    The promised day itself still runs: a promise breaks on the day after.
    """
    if cancelled:
        return PromiseState.CANCELLED
    if received >= promised:
        return PromiseState.KEPT
    if today <= promised_date:
        return PromiseState.RUNNING
    return PromiseState.PARTLY_KEPT if received > 0 else PromiseState.BROKEN


# -- several promises on one entry ---------------------------------------------------------------


class Covered(NamedTuple):
    """What a promise covers of one entry, and what that entry still owed when it was made."""

    amount: int
    remaining_then: int
    made_on: date
    promised_date: date


def received_on(promises: Sequence[Covered], remaining: int) -> list[int]:
    """What came in on an entry for each of its promises, once it owes `remaining`.

    What comes in pays the earliest day first, among the promises made by then. A promise whose
    day had passed when a newer one was made comes after it: the newer one took its place. What was
    matched and then undone never came in. `promises`: the earliest day first.
    """
    if len(promises) == 1:
        return [min(promises[0].amount, max(0, promises[0].remaining_then - remaining))]
    got = [0] * len(promises)
    by_making = sorted(
        range(len(promises)), key=lambda i: (promises[i].made_on, -promises[i].remaining_then)
    )
    owed = _never_rising([*(promises[i].remaining_then for i in by_making), remaining])
    for rank, newest in enumerate(by_making):
        came_in = owed[rank] - owed[rank + 1]
        if came_in:
            since = promises[newest].made_on
            for i in _in_turn(promises, by_making[: rank + 1], since):
                part = min(came_in, promises[i].amount - got[i])
                got[i] += part
                came_in -= part
    return got


def _never_rising(owed: list[int]) -> list[int]:
    """What was owed at each moment, as if what was undone later had never been paid."""
    for rank in range(len(owed) - 2, -1, -1):
        owed[rank] = max(owed[rank], owed[rank + 1])
    return owed


def _in_turn(promises: Sequence[Covered], known: Sequence[int], since: date) -> list[int]:
    return sorted(known, key=lambda i: (promises[i].promised_date < since, i))


def still_promised(promises: Sequence[Covered], remaining: int, today: date) -> list[int]:
    """What each promise on an entry still holds: nothing from the day after its day on."""
    return _running(promises, received_on(promises, remaining), today)


def still_missing(
    promises: Sequence[Covered], received: Sequence[int], remaining: int, today: date
) -> list[int]:
    """What is to be asked for of each promise whose day has passed (`received`: `received_on`).

    Never what a running promise holds, nor twice the same: the newest promises come first.
    """
    if len(promises) == 1:
        is_over = promises[0].promised_date < today
        part = min(max(0, remaining), promises[0].amount - received[0])
        return [part if is_over else 0]
    free = max(0, remaining - sum(_running(promises, received, today)))
    missing = [0] * len(promises)
    for i in sorted(range(len(promises)), key=lambda i: promises[i].made_on, reverse=True):
        if promises[i].promised_date < today:
            missing[i] = min(free, promises[i].amount - received[i])
            free -= missing[i]
    return missing


def _running(promises: Sequence[Covered], received: Sequence[int], today: date) -> list[int]:
    return [
        promise.amount - came_in if promise.promised_date >= today else 0
        for promise, came_in in zip(promises, received, strict=True)
    ]


# -- instalments ---------------------------------------------------------------------------------


class Instalment(NamedTuple):
    """One payment of a series, in minor units."""

    promised_date: date
    amount_minor: int


class Period(StrEnum):
    """How far apart the payments of a series are."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


def equal_instalments(
    total_minor: int, *, start: date, count: int, period: Period
) -> list[Instalment]:
    """`count` equal payments from `start` on; the last one balances.

    Monthly payments keep the day of the month, or take the last day of a shorter month.
    """
    part = total_minor // count
    amounts = [part] * (count - 1) + [total_minor - part * (count - 1)]
    return [Instalment(_after(start, rank, period), amount) for rank, amount in enumerate(amounts)]


def _after(start: date, rank: int, period: Period) -> date:
    if period != Period.MONTH:
        return start + timedelta(days=rank * (7 if period == Period.WEEK else 14))
    years, month = divmod(start.month - 1 + rank, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
