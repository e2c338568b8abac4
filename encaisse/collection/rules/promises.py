"""Whether a promise was kept: computed from the ledger, never typed."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum


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


def still_promised(promises: Sequence[tuple[int, int]], remaining: int) -> list[int]:
    """What each promise on an entry still holds; what came in since pays the earliest first.

    `promises`: the amount promised and what the entry owed when it was, the earliest day first.
    """
    held = []
    for number, (amount, then) in enumerate(promises):
        for_others = sum(
            _paid(earlier, owed, remaining) - _paid(earlier, owed, then)
            for earlier, owed in promises[:number]
        )
        held.append(amount - min(amount, max(0, then - remaining - for_others)))
    return held


def _paid(amount: int, then: int, remaining: int) -> int:
    return min(amount, max(0, then - remaining))
