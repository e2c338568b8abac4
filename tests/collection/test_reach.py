"""The bounds of what the database hands over: never too narrow for what the rules decide."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from encaisse.collection.rules.facts import EntryFacts, ScenarioRule, StepRule
from encaisse.collection.rules.reach import Reach, reach
from encaisse.collection.rules.timetable import Timetable
from encaisse.core.workdays import working_days

CALENDAR = working_days()
TODAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@st.composite
def scenarios(draw: st.DrawFn) -> ScenarioRule:
    """A scenario with steps of any trigger, some switched off."""
    levels = sorted(draw(st.sets(st.integers(1, 5), min_size=1)))
    steps = [
        StepRule(
            level,
            "reminder",
            level,
            "email",
            draw(st.sampled_from(("due", "end_of_month", "invoice", "previous"))),
            draw(st.integers(-3, 40)),
            is_active=draw(st.booleans()),
        )
        for level in levels
    ]
    ahead = draw(st.none() | st.integers(-20, 0))
    pre_due = None if ahead is None else StepRule(9, "pre_due", 0, "email", "due", ahead)
    return ScenarioRule(1, "Essai", reminders=tuple(steps), pre_due=pre_due)


@st.composite
def entries(draw: st.DrawFn, today: date) -> EntryFacts:
    """An entry near the edges: its dates are within two months of today."""
    day = st.integers(-60, 30).map(lambda days: today + timedelta(days=days))
    level = draw(st.integers(0, 5))
    past = st.integers(-45, 0).map(lambda days: today + timedelta(days=days))
    return EntryFacts(
        1, 1, "EUR", draw(day), draw(day), 100, level, draw(past) if level else None, scenario_id=1
    )


def is_within(entry: EntryFacts, bounds: Reach, today: date) -> bool:
    """The condition that queries.facts writes in SQL."""
    due = entry.due_date
    assert due is not None
    fresh = entry.level == 0 and due <= bounds.first_due
    invoiced = entry.level == 0 and bounds.first_invoice is not None
    invoiced = invoiced and entry.document_date <= bounds.first_invoice
    followed = 0 < entry.level < bounds.top_level and bounds.next_level_on is not None
    followed = followed and entry.level_on <= bounds.next_level_on
    announced = bounds.pre_due is not None and today < due <= bounds.pre_due
    if bounds.first_invoice is None and due > max(today, bounds.first_due, bounds.pre_due or today):
        return False
    return bool(fresh or invoiced or followed or announced)


@settings(max_examples=400, deadline=None)
@given(st.data(), scenarios(), TODAYS)
def test_every_entry_whose_step_is_due_is_within_reach(data, scenario: ScenarioRule, today: date):
    entry = data.draw(entries(today))
    found = Timetable({1: scenario}, CALENDAR).next_reminder(entry)
    if found is not None and found[1] <= today:
        assert is_within(entry, reach([scenario], CALENDAR, today), today)


@settings(max_examples=400, deadline=None)
@given(st.data(), scenarios(), TODAYS)
def test_every_entry_to_announce_is_within_reach(data, scenario: ScenarioRule, today: date):
    entry = data.draw(entries(today))
    step = scenario.pre_due
    if step is None or entry.level or entry.due_date is None or entry.due_date <= today:
        return
    if Timetable({1: scenario}, CALENDAR).pre_due_day(step, entry.due_date) <= today:
        assert is_within(entry, reach([scenario], CALENDAR, today), today)


@settings(max_examples=400, deadline=None)
@given(st.data(), scenarios(), TODAYS)
def test_a_step_never_leaves_before_the_previous_one_nor_on_its_day(
    data, scenario: ScenarioRule, today: date
):
    entry = data.draw(entries(today))
    found = Timetable({1: scenario}, CALENDAR).next_reminder(entry)
    if found is None:
        return
    step, day = found
    active = [other.level for other in scenario.reminders if other.is_active]
    assert step.level == min(level for level in active if level > entry.level)
    assert CALENDAR.is_working(day)
    if entry.level_on is not None:
        assert day >= entry.level_on
        if step.trigger != "previous":
            assert day > entry.level_on
