"""Whom and what a day's plan reminds, and what it leaves out, as the lists filter by it."""

from encaisse.collection.models import Step
from encaisse.collection.queries.day_plan import DayPlan
from encaisse.collection.queries.reasons import HELD_BACK
from encaisse.collection.rules.plan import Reason


def customers_to_remind(day: DayPlan) -> frozenset[int]:
    """The customers with something due that day, remerciements left aside."""
    return frozenset(
        action.customer_id for action in day.plan.actions if action.step.kind != Step.Kind.THANKS
    )


def entries_to_remind(day: DayPlan) -> frozenset[int]:
    """The entries that a message of that day claims or announces; credits are not among them."""
    return frozenset(
        claim.entry_id
        for action in day.plan.actions
        if action.step.kind != Step.Kind.THANKS
        for claim in (*action.claims, *action.pre_due)
        if not claim.is_credit
    )


def entries_held_back(day: DayPlan) -> dict[int, Reason]:
    """The entries that would be reminded that day if nothing held them back, and what does.

    The first reason of an entry that has several.
    """
    found: dict[int, Reason] = {}
    for left in day.plan.left_out:
        if left.reason in HELD_BACK:
            found.setdefault(left.entry_id, left.reason)
    return found
