"""Triggers as the configuration file writes them, and the days that they give."""

from datetime import date

import pytest

from encaisse.collection.rules.facts import EntryFacts, ScenarioRule, StepRule
from encaisse.collection.rules.timetable import Timetable
from encaisse.collection.rules.triggers import (
    TriggerError,
    check_trigger,
    format_trigger,
    parse_trigger,
)
from encaisse.core.workdays import working_days


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
