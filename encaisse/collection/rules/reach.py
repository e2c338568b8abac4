"""How far a day's plan can reach: bounds outside which no step of any scenario is due.

They let the database hand over few entries; the rules then decide on each. A bound may be too
wide, never too narrow: a property test compares the plans with and without them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.core.workdays import WorkingDays

_DAY = timedelta(days=1)


class Reach(NamedTuple):
    """Latest days for a step to be due today; None where no scenario has such a step.

    `first_due` and `first_invoice`: due and invoice dates of entries not yet reminded;
    `next_level_on`: day of the last step of those reminded, below `top_level`;
    `pre_due`: due dates of those to announce.
    """

    first_due: date
    first_invoice: date | None
    next_level_on: date | None
    top_level: int
    pre_due: date | None


def reach(scenarios: Sequence[ScenarioRule], calendar: WorkingDays, today: date) -> Reach:
    """The bounds of a day over all the active scenarios."""
    by_due: list[int] = []
    by_invoice: list[int] = []
    gaps: list[int] = []
    top = 0
    for scenario in scenarios:
        active = [step for step in scenario.reminders if step.is_active]
        for number, step in enumerate(active):
            top = max(top, step.level)
            (by_invoice if step.trigger == "invoice" else by_due).append(step.offset_days)
            if number or step.level > 1:
                gaps.append(step.offset_days if step.trigger == "previous" else 1)
    return Reach(
        first_due=_before(today, by_due) or date.min,
        first_invoice=_before(today, by_invoice),
        next_level_on=_before(today, gaps),
        top_level=top,
        pre_due=_latest_announced(scenarios, calendar, today),
    )


def _before(today: date, offsets: Sequence[int]) -> date | None:
    return today - timedelta(days=min(offsets)) if offsets else None


def _latest_announced(
    scenarios: Sequence[ScenarioRule], calendar: WorkingDays, today: date
) -> date | None:
    steps = [rule.pre_due for rule in scenarios if rule.pre_due and rule.pre_due.is_active]
    return max((_announced(step, calendar, today) for step in steps), default=None)


def _announced(step: StepRule, calendar: WorkingDays, today: date) -> date:
    """The last due date whose prévenance, moved back to a working day, is due by today."""
    planned = today
    while calendar.on_or_before(planned + _DAY) <= today:
        planned += _DAY
    return planned - timedelta(days=step.offset_days)
