"""Regular work runs when due, on one worker, and a failure does not stop the rest."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.module_loading import import_string

from encaisse.jobs import schedule
from encaisse.jobs.models import Schedule
from encaisse.jobs.schedule import Regular, run_due

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
calls: list[datetime] = []


def note(now: datetime) -> None:
    calls.append(now)


def fail(now: datetime) -> None:
    raise RuntimeError("broken")


@pytest.fixture(autouse=True)
def hourly(db, monkeypatch):
    calls.clear()
    every = timedelta(hours=1)
    monkeypatch.setattr(
        schedule,
        "REGULAR",
        (Regular("broken", f"{__name__}.fail", every), Regular("noted", f"{__name__}.note", every)),
    )


def test_everything_runs_at_the_first_look_and_a_failure_stops_nothing():
    assert run_due(NOON) == ["broken", "noted"]
    assert calls == [NOON]


def test_nothing_runs_again_before_its_time():
    run_due(NOON)

    assert run_due(NOON + timedelta(minutes=59)) == []


def test_it_runs_again_once_its_time_has_come():
    run_due(NOON)

    assert "noted" in run_due(NOON + timedelta(minutes=60))


def test_what_another_worker_has_claimed_is_left_to_it():
    Schedule.objects.create(name="noted", next_run_at=NOON + timedelta(minutes=30))

    assert run_due(NOON) == ["broken"]


@pytest.mark.parametrize("regular", schedule.REGULAR, ids=lambda regular: regular.name)
def test_what_is_regular_can_be_imported(regular):
    assert callable(import_string(regular.function))
