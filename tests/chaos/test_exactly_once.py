"""A thousand customers, workers killed at every point: each gets his message, none gets two."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from django.utils import timezone

from encaisse.collection.models import EntryFollowUp, Reminder, Scenario
from encaisse.collection.operations.effects import resolve_unknown
from encaisse.collection.operations.sweep import sweep_reminders
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from tests.chaos.crew import Crew, Post, connect_to, crowd, open_post
from tests.collection.world import Desk, publish
from tests.support.mail_api import connect_to_service

pytestmark = pytest.mark.chaos
CUSTOMERS = 1_000
# Point and the messages (or batches) after which the worker dies; three times each.
DEATHS = [
    *(("claimed", 1), ("checked", 1), ("claimed", 1), ("checked", 2), ("claimed", 2)),
    *(("sending", 1), ("accepted", 1), ("sending", 17), ("accepted", 30), ("checked", 1)),
    *(("sending", 45), ("accepted", 60)),
]
BY_SERVICE = 100
DEATHS_BY_SERVICE = [("checked", 1), ("sending", 1), ("accepted", 1), ("sending", 7)]


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    """A thousand customers, each with a message that waits."""
    wait(desk, CUSTOMERS)
    return desk


def wait(desk: Desk, customers: int) -> None:
    """So many customers, each with a message that waits."""
    publish(Scenario.objects.get(with_email=True), [("reminder", 1, "email", "due", 8)], version=2)
    crowd(desk, customers, date(2026, 3, 31))
    today = desk.company.local_day(timezone.now())
    assert desk.prepare(today).count == customers


def test_a_thousand_messages_and_twelve_killed_workers(waiting: Desk, crew: Crew):
    post = open_post(crew)
    connect_to(waiting, post.port)

    deaths = work_with_two(waiting, crew, DEATHS)
    settle_the_unknown(waiting, crew, post)

    assert deaths == len(DEATHS)
    accepted = Counter(post.accepted())
    assert len(accepted) == CUSTOMERS
    assert set(accepted.values()) == {1}
    assert set(accepted) == set(Reminder.objects.values_list("message_id", flat=True))
    everything_is_recorded_once(CUSTOMERS)


def test_an_e_mail_service_and_four_killed_workers(desk: Desk, crew: Crew):
    wait(desk, BY_SERVICE)
    post = open_post(crew, "mail_api")
    connect_to_service(desk.company, f"http://127.0.0.1:{post.port}/v3/")

    deaths = work_with_two(desk, crew, DEATHS_BY_SERVICE)
    settle_the_unknown(desk, crew, post)

    assert deaths == len(DEATHS_BY_SERVICE)
    accepted = Counter(post.accepted())
    assert set(accepted.values()) == {1}
    assert set(accepted) == set(Reminder.objects.values_list("message_id", flat=True))
    everything_is_recorded_once(BY_SERVICE)


def work_with_two(desk: Desk, crew: Crew, planned: Sequence[tuple[str, int]]) -> int:
    """Let two workers at a time work until nothing waits; returns how many were killed."""
    deaths = [f"{point}:{count}" for point, count in planned]
    workers = crew.start("workers", desk.company.slug, *deaths)
    end = time.monotonic() + 240
    while workers.poll() is None:
        assert time.monotonic() < end, crew.errors()
        sweep_reminders(timezone.now())
        time.sleep(0.1)
    assert workers.returncode == 0, crew.errors()
    assert workers.stdout is not None
    return int(workers.stdout.read())


def settle_the_unknown(desk: Desk, crew: Crew, post: Post) -> None:
    """A person looks whether each uncertain message arrived; those that did not leave again."""
    received = set(post.accepted())
    unknown = list(Reminder.objects.filter(status="unknown"))
    assert 2 <= len(unknown) <= 6  # those killed while « sending », accepted or not
    now = timezone.now()
    for reminder in unknown:
        resolve_unknown(
            reminder,
            has_left=reminder.message_id in received,
            on=desk.company.local_day(now),
            now=now,
            author=COMMAND_LINE,
        )
    worker = crew.start("workers", desk.company.slug)
    assert worker.wait(60) == 0, crew.errors()


def everything_is_recorded_once(customers: int) -> None:
    assert set(Reminder.objects.values_list("status", flat=True)) == {"sent"}
    follow_ups = EntryFollowUp.objects.values_list("level", "reminder_count")
    assert Counter(follow_ups) == {(1, 1): customers}
    assert Event.objects.filter(kind="reminder.sent").count() == customers
