"""What holds whatever the order of imports, runs, payments, clock jumps and decisions."""

from collections import Counter
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from encaisse.collection.models import LevelChange, Reminder, ReminderLine, Scenario
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.queries.simulation import simulate
from encaisse.collection.rules.plan import Plan
from encaisse.ledger.models import LedgerEntry
from tests.collection.story import HAPPENINGS, Event, Story
from tests.collection.world import BY_POST, FIXTURE, Desk, Steps, publish

LADDERS: dict[str, Steps] = {
    "fixture": FIXTURE[:4],
    "calls": [
        ("reminder", 1, "phone", "due", 0),
        ("reminder", 2, "email", "previous", 0),
        ("reminder", 3, "phone", "previous", 3),
    ],
    "from the due date": [
        ("pre_due", 0, "email", "due", 0),
        *(("reminder", level, "email", "due", days) for level, days in ((1, 5), (2, 5), (3, 30))),
    ],
    "mixed": [
        ("pre_due", 0, "email", "due", -20),
        ("reminder", 1, "email", "invoice", 10),
        ("reminder", 2, "email", "end_of_month", 8),
        ("reminder", 4, "letter", "due", 20),
        ("thanks", 0, "email", "match", 2),
    ],
    "by post": BY_POST,
}
HOW = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
EVENTS = st.lists(
    st.tuples(st.sampled_from(HAPPENINGS), st.integers(0, 5), st.integers(0, 60)),
    min_size=4,
    max_size=16,
)


class _Undo(Exception):
    pass


def play(acme: Desk, ladder: str, grouping: str, events: list[Event], check) -> None:
    """Play a story from an empty desk, checking after each event; leave nothing behind."""
    try:
        with transaction.atomic():
            desk = replace(acme, folder=acme.folder / uuid4().hex, rows={}, owners={})
            Scenario.objects.filter(with_email=True).update(grouping=grouping)
            publish(Scenario.objects.get(with_email=True), LADDERS[ladder], version=2)
            customers = [desk.customer(f"C{n}", email=n != 2, town=n != 1) for n in range(3)]
            story = Story(desk, customers)
            for event in events:
                story.play(event)
                check(story)
            raise _Undo
    except _Undo:
        pass


@HOW
@given(st.sampled_from(list(LADDERS)), st.sampled_from(("statement", "level")), EVENTS)
def test_a_step_is_taken_once_and_levels_never_jump(acme: Desk, ladder, grouping, events):
    play(acme, ladder, grouping, events, levels_climb_one_step_at_a_time)


def levels_climb_one_step_at_a_time(story: Story) -> None:
    books = scenario_book(story.desk.company).rules
    ladders = [[step.level for step in rule.reminders] for rule in books.values()]
    level: dict[int, int] = {}
    for change in LevelChange.objects.filter(kind="reminder").order_by("id"):
        before, after = level.get(change.entry_id, 0), change.level
        if change.reminder_id is not None:
            nexts = {next((n for n in ladder if n > before), None) for ladder in ladders}
            assert after in nexts, (before, after)
        level[change.entry_id] = after


@HOW
@given(st.sampled_from(list(LADDERS)), st.sampled_from(("statement", "level")), EVENTS)
def test_a_message_claims_what_is_due(acme: Desk, ladder, grouping, events):
    play(acme, ladder, grouping, events, claims_are_what_is_due)


def claims_are_what_is_due(story: Story) -> None:
    for reminder in story.prepared:
        lines = list(ReminderLine.objects.filter(reminder=reminder).select_related("entry"))
        claimed = [line for line in lines if line.kind == reminder.kind]
        assert sum(line.claimed_minor for line in claimed) == reminder.amount_minor > 0
        for line in claimed:
            assert abs(line.claimed_minor) <= abs(line.entry.amount_minor)
            if reminder.kind != "thanks":
                assert abs(line.claimed_minor) <= abs(line.entry.remaining_minor)
                assert line.entry.currency == reminder.currency
    story.prepared.clear()


@HOW
@given(st.sampled_from(list(LADDERS)), EVENTS)
def test_a_customer_gets_one_mail_a_day_in_each_currency(acme: Desk, ladder, events):
    play(acme, ladder, "statement", events, one_mail_a_day)


def one_mail_a_day(story: Story) -> None:
    sent = Reminder.objects.filter(status="sent", medium="email")
    counts = Counter(sent.values_list("customer_id", "currency", "effective_on"))
    assert all(count == 1 for count in counts.values()), counts
    assert len(story.desk.mails()) == sent.count()


@HOW
@example("from the due date", "statement", [("invoice", 0, 3), ("next_day", 0, 0)])
@given(st.sampled_from(list(LADDERS)), st.sampled_from(("statement", "level")), EVENTS)
def test_what_the_database_hands_over_is_enough(acme: Desk, ladder, grouping, events):
    play(acme, ladder, grouping, events, the_narrow_plan_is_the_whole_plan)


def the_narrow_plan_is_the_whole_plan(story: Story) -> None:
    """Today, and on the very days on which the next steps begin."""
    whole = story.desk.plan(story.today)
    assert story.desk.plan(story.today, explain=False).actions == whole.actions
    coming = sorted({left.day for left in whole.left_out if left.day and left.day > story.today})
    for day in coming[:2]:
        actions = story.desk.plan(day).actions
        assert story.desk.plan(day, explain=False).actions == actions


@HOW
@given(st.sampled_from(list(LADDERS)), st.sampled_from(("statement", "level")), EVENTS)
def test_every_open_debit_is_claimed_or_has_a_reason(acme: Desk, ladder, grouping, events):
    play(acme, ladder, grouping, events, nothing_is_forgotten)


def nothing_is_forgotten(story: Story) -> None:
    plan = story.desk.plan(story.today)
    debits = LedgerEntry.objects.filter(remaining_minor__gt=0, posting_date__lte=story.today)
    assert set(debits.values_list("pk", flat=True)) <= mentioned(plan)
    for action in plan.actions:
        assert sum(claim.amount for claim in action.claims) == action.amount > 0


def mentioned(plan: Plan) -> set[int]:
    claims = {claim.entry_id for a in plan.actions for claim in (*a.claims, *a.pre_due)}
    return claims | {left.entry_id for left in plan.left_out}


@HOW
@given(st.sampled_from(list(LADDERS)), st.sampled_from(("statement", "level")), EVENTS)
def test_a_simulated_day_is_the_plan_of_that_day(acme: Desk, ladder, grouping, events):
    play(acme, ladder, grouping, events, the_simulation_begins_with_today)


def the_simulation_begins_with_today(story: Story) -> None:
    if story.desk.company.calendar.is_working(story.today):
        first = next(simulate(story.desk.scope, story.today, story.today))
        assert first.actions == story.desk.plan(story.today, explain=False).actions


@pytest.mark.parametrize("ladder", LADDERS)
def test_a_desk_where_nothing_happens_has_nothing_to_do(acme: Desk, ladder: str):
    publish(Scenario.objects.get(with_email=True), LADDERS[ladder], version=2)

    assert acme.prepare(Story(acme, []).today).count == 0
