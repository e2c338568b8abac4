"""Reminders that a person orders for many customers at once, whatever the days of the steps.

Everything else that holds a reminder back holds these back as well: STOPs, disputes, promises,
thresholds, automatic methods, what is under way, and one message a day.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from encaisse.collection.rules.facts import (
    LETTERS,
    TOP_LEVEL,
    DayFacts,
    EntryFacts,
    ScenarioRule,
    StepRule,
)
from encaisse.collection.rules.plan import Plan, decide
from encaisse.collection.rules.timetable import Timetable
from encaisse.core.workdays import WorkingDays


@dataclass(frozen=True, slots=True)
class Wish:
    """How to remind: by which medium, and up to which level (None: the next step of each entry)."""

    medium: str
    to_level: int | None = None


def remind_at_once(facts: DayFacts, calendar: WorkingDays, wish: Wish) -> Plan:
    """One message per customer and currency about all that is overdue, and what is left out."""
    rules = {key: _rule(rule, wish) for key, rule in facts.scenarios.items()}
    now = replace(facts, scenarios=rules)
    return decide(now, calendar, timetable=_Now(rules, calendar, facts.today, wish))


def _rule(rule: ScenarioRule, wish: Wish) -> ScenarioRule:
    """The scenario with its steps by one medium, in a single message, without its other kinds."""
    steps = tuple(_step(step, wish) for step in rule.reminders)
    return replace(rule, by_level=False, pre_due=None, thanks=None, reminders=steps)


def _step(step: StepRule, wish: Wish) -> StepRule:
    # Nobody looks at each letter of a large order: like an automatic one, it needs its address.
    return step._replace(medium=wish.medium, is_automatic=wish.medium in LETTERS)


class _Now(Timetable):
    """Every overdue entry is at its next step today; after the last one, at one level more."""

    def __init__(
        self, rules: dict[int, ScenarioRule], calendar: WorkingDays, today: date, wish: Wish
    ) -> None:
        super().__init__(rules, calendar)
        self._rules = rules
        self._today = today
        self._wish = wish
        self._found: dict[tuple[int, int], StepRule] = {}

    def next_reminder(self, entry: EntryFacts) -> tuple[StepRule, date]:
        """The step, and today or the first day late."""
        assert entry.due_date is not None
        key = (entry.scenario_id or 0, entry.level)
        if key not in self._found:
            self._found[key] = self._above(*key)
        return self._found[key], max(self._today, entry.due_date + timedelta(days=1))

    def _above(self, scenario_id: int, level: int) -> StepRule:
        steps = self._rules[scenario_id].reminders
        above = (step.level for step in steps if step.is_active and step.level > level)
        following = next(above, level + 1)
        reached = min(TOP_LEVEL, max(level, self._wish.to_level or following))
        # The scenario's own step says who receives it.
        own = next((step for step in steps if step.level == reached), None)
        return own or _step(StepRule(0, "reminder", reached, "", "due", 0), self._wish)
