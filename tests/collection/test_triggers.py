"""Triggers as the configuration file writes them, and the days that they give."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from encaisse.collection.rules.facts import DayFacts, EntryFacts, ScenarioRule, StepRule
from encaisse.collection.rules.plan import decide
from encaisse.collection.rules.timetable import Timetable, days_from_due
from encaisse.collection.rules.triggers import (
    TriggerError,
    check_trigger,
    format_trigger,
    parse_trigger,
)
from encaisse.core.workdays import WorkingDays, working_days


@pytest.mark.parametrize(
    ("text", "kind", "days"),
    [
        ("due + 8", "due", 8),
        ("due - 8", "due", -8),
        ("invoice + 45", "invoice", 45),
        ("previous + 10", "previous", 10),
        ("match + 2", "match", 2),
        ("end_of_month(due + 30)", "end_of_month", 30),
        ("end_of_month(due - 1)", "end_of_month", -1),
        ("due + 0", "due", 0),
    ],
)
def test_a_trigger_is_read_and_written_back(text, kind, days):
    assert parse_trigger(text) == (kind, days)
    assert format_trigger(kind, days) == text


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("  DUE+8 ", "due + 8"),
        ("due -08", "due - 8"),
        ("End_Of_Month( due+30 )", "end_of_month(due + 30)"),
        ("due - 0", "due + 0"),
    ],
)
def test_a_trigger_typed_loosely_is_written_in_one_way(typed, written):
    assert format_trigger(*parse_trigger(typed)) == written


@pytest.mark.parametrize(
    "text",
    [
        "", "due", "8", "due 8", "due + ", "due + 1000", "due + 1,5", "due + -8", "facture + 8",
        "end_of_month(invoice + 30)", "end_of_month(due) + 30", "due + 8; drop", "due + ٣",
        "due + 8\nmatch + 2",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_examples(text):
    with pytest.raises(TriggerError, match="n’est pas un déclencheur") as refusal:
        parse_trigger(text)

    assert "« end_of_month(due + 30) »" in str(refusal.value).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("step", "trigger"),
    [
        ("pre_due", "due - 8"), ("pre_due", "due + 0"), ("reminder", "due + 8"),
        ("reminder", "due - 3"), ("reminder", "end_of_month(due + 30)"),
        ("reminder", "invoice + 45"), ("reminder", "previous + 8"), ("thanks", "match + 2"),
    ],
)  # fmt: skip
def test_each_step_has_its_triggers(step, trigger):
    check_trigger(step, *parse_trigger(trigger))


@pytest.mark.parametrize(
    ("step", "trigger", "why"),
    [
        ("pre_due", "due + 8", "avant l’échéance"),
        ("pre_due", "invoice - 8", "avant l’échéance"),
        ("pre_due", "match - 8", "avant l’échéance"),
        ("thanks", "due + 2", "après le lettrage"),
        ("thanks", "match - 2", "après le lettrage"),
        ("reminder", "match + 2", "pas par le lettrage"),
        ("reminder", "previous - 1", "positif"),
        ("reminder", "invoice - 1", "positif"),
    ],
)
def test_a_step_has_no_other_trigger(step, trigger, why):
    with pytest.raises(TriggerError, match=why):
        check_trigger(step, *parse_trigger(trigger))


# An invoice of Thursday 8 January 2026, due on Saturday 7 February.
@pytest.mark.parametrize(
    ("trigger", "day"),
    [
        ("due + 8", date(2026, 2, 16)),  # Sunday the 15th moves to Monday
        ("due - 1", date(2026, 2, 6)),
        ("end_of_month(due + 8)", date(2026, 3, 2)),  # 28 February is a Saturday
        ("end_of_month(due + 30)", date(2026, 3, 31)),
        ("invoice + 45", date(2026, 2, 23)),  # 22 February is a Sunday
        ("previous + 8", date(2026, 2, 16)),  # nothing before it: counted from the due date
    ],
)
def test_the_first_reminder_falls_on_the_day_that_its_trigger_says(trigger, day):
    kind, days = parse_trigger(trigger)
    step = StepRule(1, "reminder", 1, "email", kind, days)
    rule = ScenarioRule(id=1, name="Standard", reminders=(step,))
    entry = EntryFacts(
        7, 3, "EUR", date(2026, 2, 7), date(2026, 1, 8), 120_000, scenario_id=1, has_email=True
    )

    assert Timetable({1: rule}, working_days()).next_reminder(entry) == (step, day)


class EveryDay(WorkingDays):
    """Nobody rests."""

    def is_working(self, day: date) -> bool:
        return True


STEPS = st.tuples(st.sampled_from(["due", "previous"]), st.integers(0, 20), st.booleans())


EVERY_DAY = EveryDay()


@settings(max_examples=50, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=6))
@example([("due", 8, True), ("previous", 8, False), ("previous", 8, True), ("previous", 8, True)])
@example([("previous", 20, True), ("due", 10, True), ("due", 12, True)])
def test_the_days_of_a_scenario_are_those_on_which_the_plan_reminds(ladder):
    steps = [
        StepRule(level, "reminder", level, "email", trigger, days, is_active=is_active)
        for level, (trigger, days, is_active) in enumerate(ladder, start=1)
    ]
    scenario = ScenarioRule(1, "", reminders=tuple(steps))
    due = date(2026, 3, 2)
    entry = EntryFacts(1, 1, "EUR", due, due, 100, scenario_id=1, has_email=True)
    seen = {}
    for days in range(140):
        today = due + timedelta(days=days)
        for action in decide(DayFacts(today, [entry], {1: scenario}), EVERY_DAY).actions:
            seen[action.step.level] = days
            entry = entry._replace(level=action.step.level, level_on=today)

    assert days_from_due(scenario) == seen


def test_what_the_due_date_does_not_tell_has_no_day():
    ladder = [("end_of_month", 8), ("previous", 8), ("due", 60), ("previous", 8)]
    steps = [
        StepRule(level, "reminder", level, "email", trigger, days)
        for level, (trigger, days) in enumerate(ladder, start=1)
    ]
    assert days_from_due(ScenarioRule(1, "", reminders=tuple(steps))) == {3: 60, 4: 68}
