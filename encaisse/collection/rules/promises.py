"""Whether a promise was kept: computed from the ledger, never typed."""

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
