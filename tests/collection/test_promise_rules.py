"""Promises: whether they were kept, and what they still hold."""

from datetime import date

import pytest

from encaisse.collection.rules.promises import (
    Covered,
    Period,
    equal_instalments,
    promise_state,
    received_on,
    still_missing,
    still_promised,
)

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


APRIL_8, APRIL_20 = date(2026, 4, 8), date(2026, 4, 20)


def covered(amount: int, then: int, made: date = APRIL_8, day: date = MAY_11) -> Covered:
    return Covered(amount, then, made, day)


def missing(promises: list[Covered], remaining: int, today: date) -> list[int]:
    return still_missing(promises, received_on(promises, remaining), remaining, today)


@pytest.mark.parametrize(
    ("promises", "remaining", "held"),
    [
        ([covered(1000, 8000)], 8000, [1000]),
        ([covered(1000, 8000)], 7400, [400]),
        ([covered(1000, 8000)], 6000, [0]),
        # What came in pays the first promise, then the second.
        ([covered(1000, 8000), covered(500, 8000)], 7400, [400, 500]),
        ([covered(1000, 8000), covered(500, 8000)], 6900, [0, 400]),
        # The second was made after 600 had come in for the first.
        ([covered(1000, 8000), covered(500, 7400, APRIL_20)], 7400, [400, 500]),
        ([covered(1000, 8000), covered(500, 7400, APRIL_20)], 6900, [0, 400]),
        # What had come in before the second was undone since.
        ([covered(1000, 8000), covered(500, 7400, APRIL_20)], 8000, [1000, 500]),
    ],
)
def test_what_comes_in_pays_the_earliest_promise_first(promises, remaining, held):
    assert still_promised(promises, remaining, APRIL_20) == held


def test_a_promise_made_after_another_was_broken_is_paid_before_it():
    broken = covered(500, 500, APRIL_8, date(2026, 4, 15))
    again = covered(500, 500, APRIL_20, MAY_11)

    assert received_on([broken, again], 200) == [0, 300]
    assert missing([broken, again], 200, APRIL_20) == [0, 0]
    assert missing([broken, again], 200, date(2026, 5, 12)) == [0, 200]


def test_a_smaller_promise_leaves_the_rest_of_a_broken_one_to_be_asked_for():
    broken = covered(1000, 1000, APRIL_8, date(2026, 4, 15))
    smaller = covered(300, 1000, APRIL_20, MAY_11)

    assert missing([broken, smaller], 1000, APRIL_20) == [700, 0]


def test_a_late_payment_counts_for_the_instalment_that_waited():
    series = [covered(500, 1000, day=day) for day in (date(2026, 4, 15), MAY_11)]

    assert missing(series, 1000, APRIL_20) == [500, 0]
    assert missing(series, 700, APRIL_20) == [200, 0]
    assert missing(series, 500, APRIL_20) == [0, 0]
    assert still_promised(series, 500, APRIL_20) == [0, 500]


def test_equal_instalments_add_up_and_the_last_one_balances():
    series = equal_instalments(100_000, start=date(2027, 1, 31), count=3, period=Period.MONTH)

    assert series == [
        (date(2027, 1, 31), 33_333),
        (date(2027, 2, 28), 33_333),
        (date(2027, 3, 31), 33_334),
    ]


@pytest.mark.parametrize(
    ("period", "second"),
    [(Period.WEEK, date(2027, 1, 5)), (Period.FORTNIGHT, date(2027, 1, 12))],
)
def test_weekly_instalments_cross_the_year(period, second):
    series = equal_instalments(10, start=date(2026, 12, 29), count=2, period=period)

    assert [day for day, _amount in series] == [date(2026, 12, 29), second]
