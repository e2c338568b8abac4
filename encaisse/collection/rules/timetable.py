"""Which step an entry is at next, and from which day."""

from collections.abc import Mapping
from datetime import date, timedelta

from encaisse.collection.rules.facts import EntryFacts, ScenarioRule, StepRule
from encaisse.core.dates import end_of_month
from encaisse.core.workdays import WorkingDays

_DAY = timedelta(days=1)

Due = tuple[StepRule, date] | None


class Timetable:
    """The days of the steps, each computed once: many entries share a due date and a level."""

    def __init__(self, scenarios: Mapping[int, ScenarioRule], calendar: WorkingDays) -> None:
        self._scenarios = scenarios
        self._calendar = calendar
        self._next: dict[tuple[int, int], tuple[StepRule, StepRule | None] | None] = {}
        self._days: dict[tuple[int, int, date | None, date, date | None], Due] = {}

    def next_reminder(self, entry: EntryFacts) -> Due:
        """The next reminder of an entry and its working day; None after the last one.

        Levels never jump: the next step is the first active one above the level reached, so a
        step that is switched off is passed over. The entry must have a due date.
        """
        assert entry.scenario_id is not None
        key = (
            entry.scenario_id,
            entry.level,
            entry.due_date,
            entry.document_date,
            entry.level_on,
        )
        if key not in self._days:
            self._days[key] = self._find(entry)
        return self._days[key]

    def pre_due_day(self, step: StepRule, due_date: date) -> date:
        """The day of the prévenance: it moves back to a working day, never towards the due date."""
        return self._calendar.on_or_before(due_date + timedelta(days=step.offset_days))

    def thanks_day(self, step: StepRule, settled_date: date) -> date:
        """The day of the remerciement."""
        return self._calendar.on_or_after(settled_date + timedelta(days=step.offset_days))

    def _find(self, entry: EntryFacts) -> Due:
        steps = self._steps(entry.scenario_id or 0, entry.level)
        if steps is None:
            return None
        step, previous = steps
        day = self._trigger_day(step, entry)
        if entry.level_on is not None:
            day = max(day, self._earliest_after(step, previous, entry))
        return step, self._calendar.on_or_after(day)

    def _steps(self, scenario_id: int, level: int) -> tuple[StepRule, StepRule | None] | None:
        key = (scenario_id, level)
        if key not in self._next:
            active = [step for step in self._scenarios[scenario_id].reminders if step.is_active]
            above = [step for step in active if step.level > level]
            below = [step for step in active if step.level <= level]
            self._next[key] = (above[0], below[-1] if below else None) if above else None
        return self._next[key]

    def _trigger_day(self, step: StepRule, entry: EntryFacts) -> date:
        offset = timedelta(days=step.offset_days)
        assert entry.due_date is not None
        if step.trigger == "invoice":
            return entry.document_date + offset
        if step.trigger == "end_of_month":
            return end_of_month(entry.due_date + offset)
        if step.trigger == "previous" and entry.level_on is not None:
            # An entry whose due date was put off is not claimed before it.
            return max(entry.level_on + offset, entry.due_date + _DAY)
        return entry.due_date + offset

    def _earliest_after(self, step: StepRule, previous: StepRule | None, entry: EntryFacts) -> date:
        """The first day after the previous step really took effect.

        Both counted from the entry's own dates: a previous step that was late pushes this one by
        the same delay, so that a long silence is not followed by a burst.
        """
        assert entry.level_on is not None
        if step.trigger == "previous":
            return entry.level_on
        gap = _DAY
        if previous is not None and previous.trigger == step.trigger:
            planned = self._calendar.on_or_after(self._trigger_day(previous, entry))
            if entry.level_on > planned:
                gap = max(gap, timedelta(days=step.offset_days - previous.offset_days))
        return entry.level_on + gap


class _EveryDay(WorkingDays):
    """A calendar on which every day is worked."""

    def is_working(self, day: date) -> bool:
        """True."""
        return True


# What a step may count from that the due date does not tell.
_ELSEWHERE = ("invoice", "end_of_month")
_ANY_DAY = date(2001, 1, 1)


def days_from_due(scenario: ScenarioRule) -> dict[int, int]:
    """The days from the due date to each reminder, by level, every day worked and none late.

    A customer has one message a day. Steps that are switched off are passed over; one whose day
    the due date does not tell, or that counts from such a one, is absent.
    """
    timetable = Timetable({scenario.id: scenario}, _EveryDay())
    entry = EntryFacts(0, 0, "", _ANY_DAY, _ANY_DAY, 1, scenario_id=scenario.id)
    found: dict[int, int] = {}
    is_told = True
    while due := timetable.next_reminder(entry):
        step, day = due
        day = max(day, entry.level_on + _DAY) if entry.level_on else day
        is_told = step.trigger not in _ELSEWHERE and (is_told or step.trigger != "previous")
        if is_told:
            found[step.level] = (day - _ANY_DAY).days
        entry = entry._replace(level=step.level, level_on=day if is_told else None)
    return found
