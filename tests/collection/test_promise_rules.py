"""Promises: whether they were kept, and what they still hold."""

from datetime import date

import pytest

from encaisse.collection.rules.promises import promise_state, still_promised

MAY_11 = date(2026, 5, 11)


@pytest.mark.parametrize(
    ("received", "today", "state"),
    [
        (7000, date(2026, 5, 8), "kept"),
        (5000, date(2026, 5, 8), "running"),
        (5000, MAY_11, "running"),
        (5000, date(2026, 5, 12), "partly_kept"),
        (0, MAY_11, "running"),
        (0, date(2026, 5, 12), "broken"),
    ],
)
def test_a_promise_breaks_on_the_day_after_its_day(received: int, today: date, state: str):
    found = promise_state(promised=7000, received=received, promised_date=MAY_11, today=today)

    assert found == state


def test_a_promise_taken_back_is_neither_kept_nor_broken():
    state = promise_state(
        promised=7000, received=0, promised_date=MAY_11, today=MAY_11, cancelled=True
    )

    assert state == "cancelled"


@pytest.mark.parametrize(
    ("promises", "remaining", "held"),
    [
        ([(1000, 8000)], 8000, [1000]),
        ([(1000, 8000)], 7400, [400]),
        ([(1000, 8000)], 6000, [0]),
        # What came in pays the first promise, then the second.
        ([(1000, 8000), (500, 8000)], 7400, [400, 500]),
        ([(1000, 8000), (500, 8000)], 6900, [0, 400]),
        # The second was made after 600 had come in for the first.
        ([(1000, 8000), (500, 7400)], 7400, [400, 500]),
        ([(1000, 8000), (500, 7400)], 6900, [0, 400]),
    ],
)
def test_what_comes_in_pays_the_earliest_promise_first(promises, remaining, held):
    assert still_promised(promises, remaining) == held
