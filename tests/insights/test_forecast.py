"""The forecast and the cash objective, on figures that can be added by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from encaisse.collection.models import CashTarget
from encaisse.collection.operations.cash_targets import Aims, CashTargetsRefused, set_cash_targets
from encaisse.collection.operations.followup import reposition, reposition_entries
from encaisse.collection.operations.promises import cancel_promise, record_promise
from encaisse.collection.rules.forecast import (
    LATE,
    LATER,
    Ground,
    Window,
    expected_parts,
    first_of_month,
)
from encaisse.collection.rules.promises import Covered
from encaisse.insights.cash_objective import cash_objective
from encaisse.insights.criteria import Criteria
from encaisse.insights.forecast import Forecast
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from encaisse.tenancy.scope import Scope
from tests.builders import (
    credit_note,
    customer,
    dispute,
    has_profile,
    invoice,
    payment,
    profile,
    settled,
)

pytestmark = pytest.mark.django_db

# A Thursday, in the week of Monday the 16th.
ON = date(2026, 3, 19)
NOW = datetime(2026, 3, 19, 9, tzinfo=UTC)
DONE = {"author": COMMAND_LINE, "now": NOW}
THIS_WEEK, NEXT_WEEK, THIRD_WEEK = "2026-03-16", "2026-03-23", "2026-03-30"


def days(number: int) -> date:
    return ON + timedelta(days=number)


def forecast(of, **options):
    scope = Scope(of, options.pop("sales_reps", None))
    return Forecast(scope, ON, options.pop("currency", "EUR"), **options)


def columns(of, *, window=None, **options):
    """What each column holds, those that hold nothing left out."""
    figures = forecast(of, **options).figures(window or Window.starting(ON)).columns
    return {one.column: one.minor for one in figures if one.minor or one.count}


def owed(of, **fields):
    return invoice(of, on=days(-120), **fields)


def promised(entry, euros, day):
    return record_promise(
        entry.customer, [entry], amount_minor=euros * 100, promised_date=day, today=ON, **DONE
    )


# -- which day, which week ---------------------------------------------------------------------


def covered(minor, day, then=100_00):
    return Covered(minor, then, ON, day)


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({"due": days(-3)}, [(None, 100_00, Ground.LATE)]),
        ({"due": ON}, [(ON, 100_00, Ground.DUE)]),
        ({"due": None}, [(None, 100_00, Ground.UNDATED)]),
        (
            {"due": days(-3), "promises": [covered(40_01, days(9))]},
            [(days(9), 40_01, Ground.PROMISE), (None, 59_99, Ground.LATE)],
        ),
        # the strongest wins over the whole entry
        (
            {"due": days(-3), "promises": [covered(40_01, days(9))], "expected": days(2)},
            [(days(2), 100_00, Ground.EXPECTED)],
        ),
        # a day that has passed says nothing any more
        ({"due": days(5), "expected": days(-1)}, [(days(5), 100_00, Ground.DUE)]),
        (
            {"due": days(-30), "promises": [Covered(100_00, 100_00, days(-9), days(-1))]},
            [(None, 100_00, Ground.LATE)],
        ),
        # two promises never expect more than what remains
        (
            {"due": None, "promises": [covered(70_00, days(1)), covered(70_00, days(8))]},
            [(days(1), 70_00, Ground.PROMISE), (days(8), 30_00, Ground.PROMISE)],
        ),
        # what came in since was the first promise's
        (
            {
                "due": days(-3),
                "promises": [covered(50_00, days(1), 150_00), covered(60_00, days(8), 150_00)],
            },
            [(days(8), 60_00, Ground.PROMISE), (None, 40_00, Ground.LATE)],
        ),
    ],
)
def test_the_strongest_word_says_when_each_part_is_expected(given, parts):
    found = expected_parts(100_00, today=ON, **given)

    assert [(part.day, part.minor, part.ground) for part in found] == parts


def test_what_is_moved_to_a_week_is_expected_on_its_last_working_day(morel):
    window, calendar = Window.starting(ON), morel.calendar

    assert window.landing_day(NEXT_WEEK, calendar) == date(2026, 3, 27)
    assert window.landing_day(LATER, calendar) == date(2026, 5, 22)
    assert window.landing_day(LATE, calendar) is None
    # Monday the 6th of April is Easter, Friday the 1st of May is a holiday.
    assert window.landing_day("2026-04-27", calendar) == date(2026, 4, 30)
    on_sunday = Window.starting(date(2026, 3, 22))
    assert on_sunday.landing_day(THIS_WEEK, calendar) == date(2026, 3, 22)


# -- the board ---------------------------------------------------------------------------------


@pytest.mark.parametrize("with_later_movements", [False, True])
def test_columns_add_up_to_the_balance_to_the_cent(morel, dupont, with_later_movements):
    if with_later_movements:  # the ledger knows the days after: figures are computed as of today
        invoice(dupont, euros=1000, due=days(3), on=days(1))
        settled(owed(dupont, euros="100.01", due=days(-40)), on=days(2))
    else:
        owed(dupont, euros="100.01", due=days(-40))
    owed(dupont, euros="20.02", due=ON)
    owed(dupont, euros="30.03", due=date(2026, 3, 22))
    owed(dupont, euros="40.04", due=date(2026, 3, 23))
    owed(dupont, euros="50.05", due=date(2026, 5, 17), remaining="10.05")
    owed(dupont, euros="60.06", due=date(2026, 5, 18))
    owed(dupont, euros="70.07", due=None)
    credit_note(dupont, euros="5.55", on=days(-2))
    settled(owed(dupont, euros=999, due=days(5)), on=days(-1))

    figures = forecast(morel).figures(Window.starting(ON))

    assert columns(morel) == {
        LATE: 10001,
        THIS_WEEK: 5005,
        NEXT_WEEK: 4004,
        "2026-05-11": 1005,
        LATER: 13013,
    }
    assert (figures.credits, figures.credit_count, figures.undated) == (-555, 1, 7007)
    assert figures.columns[0].cumulated == 10001 - 555
    assert figures.columns[1].cumulated == 10001 - 555 + 5005
    assert figures.total == 10001 + 5005 + 4004 + 1005 + 13013 - 555
    assert figures.count == 7


def test_a_promise_for_a_part_moves_that_part_alone(morel, dupont):
    late = owed(dupont, euros=500, due=days(-40))
    promise = promised(late, 200, days(6))

    assert columns(morel) == {LATE: 300_00, NEXT_WEEK: 200_00}

    cancel_promise(promise, author=COMMAND_LINE, today=ON, now=NOW)
    assert columns(morel) == {LATE: 500_00}


def test_an_expected_date_beats_a_promise_and_taking_it_away_brings_the_promise_back(morel, dupont):
    late = owed(dupont, euros=500, due=days(-40))
    promised(late, 200, days(6))

    reposition(dupont, [late], expected_date=days(13), **DONE)
    assert columns(morel) == {THIRD_WEEK: 500_00}

    reposition(dupont, [late], expected_date=None, **DONE)
    assert columns(morel) == {LATE: 300_00, NEXT_WEEK: 200_00}


def test_cards_are_the_largest_first_with_what_was_dated_among_them(morel, dupont):
    for euros in (10, 30, 20, 50):
        owed(dupont, euros=euros, due=date(2026, 3, 25))
    away = owed(dupont, euros=40, due=date(2026, 3, 25))
    here = owed(dupont, euros=45, due=days(-90))
    reposition(dupont, [away], expected_date=days(60), **DONE)
    reposition(dupont, [here], expected_date=date(2026, 3, 24), **DONE)
    window = Window.starting(ON)

    first = forecast(morel).cards(window, [NEXT_WEEK, LATE], limit=3)
    others = forecast(morel).cards(window, [NEXT_WEEK], offset=3, limit=3)

    assert [card.part.minor for card in first[NEXT_WEEK]] == [5000, 4500, 3000]
    assert [card.part.minor for card in others[NEXT_WEEK]] == [2000, 1000]
    assert first[LATE] == []
    moved = first[NEXT_WEEK][1]
    assert (moved.entry, moved.days_late, moved.part.ground) == (here, 90, Ground.EXPECTED)


def test_a_later_window_says_what_comes_before_it(morel, dupont):
    owed(dupont, euros=10, due=days(-1))
    owed(dupont, euros=20, due=days(7))
    owed(dupont, euros=40, due=days(90))
    window = Window.starting(ON, days(90))

    figures = forecast(morel).figures(window)

    assert figures.before.minor == 2000
    assert columns(morel, window=window) == {LATE: 1000, window.columns[1]: 4000}
    assert [one.cumulated for one in figures.columns[:2]] == [1000, 7000]


def test_currencies_are_never_added(morel, dupont):
    owed(dupont, euros=100, due=days(5))
    owed(dupont, euros=5000, due=days(5), currency="XOF")

    assert columns(morel) == {NEXT_WEEK: 100_00}
    assert columns(morel, currency="XOF") == {NEXT_WEEK: 5000}


def test_filters_keep_customers_and_a_portfolio_sees_its_own_only(morel, dupont):
    petit = customer(morel, "Petit", sales_rep="Lefort")
    has_profile(petit, given := profile(morel, "Grand compte"))
    reposition(dupont, [owed(dupont, euros=1, due=days(-5))], expected_date=days(5), **DONE)
    owed(dupont, euros=2, due=days(6))
    owed(petit, euros=4, due=days(6))
    payment(petit, euros=1, on=days(-1))

    assert columns(morel) == {NEXT_WEEK: 700}
    assert columns(morel, criteria=Criteria(search="dup")) == {NEXT_WEEK: 300}
    assert columns(morel, criteria=Criteria(profile_id=given.pk)) == {NEXT_WEEK: 400}
    mine = forecast(morel, sales_reps=frozenset({"Durant"}))
    window = Window.starting(ON)
    assert mine.figures(window).total == 300
    cards = mine.cards(window, window.columns, limit=9)[NEXT_WEEK]
    assert {card.entry.customer for card in cards} == {dupont}
    assert {line.name for line in mine.lines()} == {"Dupont"}


def test_disputes_can_be_left_out_for_an_account_or_for_entries(morel, dupont):
    petit = customer(morel, "Petit")
    contested = owed(dupont, euros=1, due=days(5))
    owed(dupont, euros=2, due=days(5))
    owed(petit, euros=4, due=days(5))
    dispute(dupont, on=days(-1)).lines.create(entry=contested, amount_minor=50)
    dispute(petit, on=days(-1))

    assert columns(morel) == {NEXT_WEEK: 700}
    assert columns(morel, with_disputes=False) == {NEXT_WEEK: 200}


def test_an_export_adds_up_to_the_total(morel, dupont):
    promised(owed(dupont, euros=500, due=days(-40), document_number="A"), 200, days(6))
    owed(dupont, euros=70, due=days(3), document_number="B")
    payment(dupont, euros=30, on=days(-2), document_number="C")

    lines = forecast(morel).lines()

    assert [(line.document, line.part.minor) for line in lines] == [
        ("C", -30_00),
        ("A", 300_00),
        ("B", 70_00),
        ("A", 200_00),
    ]
    assert sum(line.part.minor for line in lines) == 540_00


# -- moving ------------------------------------------------------------------------------------


def test_entries_of_several_customers_move_at_once_and_back(morel, dupont):
    petit = customer(morel, "Petit")
    first, second = (owed(dupont, euros=1, due=days(-5)) for _ in range(2))
    third = owed(petit, euros=1, due=days(-5))
    reposition(petit, [third], expected_date=days(20), **DONE)
    revision = type(morel).objects.get().facts_revision
    last = Event.objects.latest("id").pk

    before = reposition_entries(dict.fromkeys((first, second, third), days(6)), **DONE)

    assert before == {first.pk: None, second.pk: None, third.pk: days(20)}
    assert columns(morel) == {NEXT_WEEK: 300}
    written = Event.objects.filter(pk__gt=last).order_by("id")
    lines = written.values_list("kind", "customer_code", "data__entries")
    assert [*lines] == [
        ("entry.repositioned", "411DUPONT", [first.pk, second.pk]),
        ("entry.repositioned", "411PETIT", [third.pk]),
    ]
    assert reposition_entries({first: days(6)}, **DONE) == {}
    assert type(morel).objects.get().facts_revision == revision  # reminders do not look at it

    entries = {entry.pk: entry for entry in (first, second, third)}
    reposition_entries({entries[pk]: day for pk, day in before.items()}, **DONE)
    assert columns(morel) == {LATE: 200, "2026-04-06": 100}


# -- the cash objective ------------------------------------------------------------------------


def objective(of, sales_reps=None):
    first = first_of_month(ON, -6)
    return cash_objective(Scope(of, sales_reps), on=ON, currency="EUR", first=first)


def test_months_hold_what_came_in_and_what_is_expected(morel, dupont):
    owed(dupont, euros=700, due=days(-40))
    reposition(dupont, [owed(dupont, euros=50, due=days(-9))], expected_date=days(30), **DONE)
    owed(dupont, euros=20, due=date(2026, 3, 31))
    owed(dupont, euros=8, due=date(2026, 4, 1))
    owed(dupont, euros=4, due=date(2026, 9, 1))
    owed(dupont, euros=2, due=None)
    settled(payment(dupont, euros=300, on=date(2026, 2, 28)), on=days(-1))
    payment(dupont, euros=100, on=date(2026, 3, 2), kind="down_payment")
    credit_note(dupont, euros=10, on=date(2026, 3, 2))
    payment(dupont, euros=999, on=date(2025, 8, 31))

    found = objective(morel)
    by_month = {month.first: month for month in found.months}
    february, march, april = (by_month[date(2026, number, 1)] for number in (2, 3, 4))

    assert len(found.months) == 12
    assert found.months[0].first == date(2025, 9, 1)
    assert (february.received, february.receipts.unmatched, february.expected) == (300_00, 0, 0)
    assert (march.received, march.receipts.unmatched) == (100_00, 100_00)
    # What is late, less every unmatched credit: 700 − 100 − 10 − 999.
    assert (march.overdue, march.coming) == (-409_00, 20_00)
    assert (april.overdue, april.coming) == (50_00, 8_00)
    assert (found.later, found.undated, found.credits) == (4_00, 2_00, -1109_00)
    assert found.current == march


def test_a_rejected_payment_is_taken_off_the_month_in_which_the_bank_rejected_it(morel, dupont):
    settled(payment(dupont, euros=300, on=date(2026, 2, 10)), on=date(2026, 2, 10))
    settled(payment(dupont, euros=100, on=date(2026, 3, 2)), on=date(2026, 3, 2))
    payment(dupont, euros=-300, on=date(2026, 3, 3), kind="rejected_payment")

    by_month = {month.first: month for month in objective(morel).months}

    assert by_month[date(2026, 2, 1)].received == 300_00
    assert by_month[date(2026, 3, 1)].received == -200_00


def test_targets_are_written_once_and_belong_to_the_whole_company(morel):
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    aims = {march: Aims(100, 200, 300), april: Aims(None, 200, None)}

    assert set_cash_targets(morel, aims, currency="EUR", **DONE)
    assert not set_cash_targets(morel, aims, currency="EUR", **DONE)
    assert set_cash_targets(morel, {march: Aims(), april: Aims(1, 2)}, currency="EUR", **DONE)

    shown = {month.first: month.aims for month in objective(morel).months}
    assert (shown[march], shown[april]) == (Aims(), Aims(1, 2))
    assert CashTarget.objects.count() == 1
    assert Event.objects.filter(kind="cash_targets.set").count() == 2
    assert not objective(morel, sales_reps=frozenset({"Durant"})).has_aims


def test_targets_that_contradict_each_other_are_refused(morel):
    with pytest.raises(CashTargetsRefused, match="pessimiste"):
        set_cash_targets(morel, {date(2026, 3, 1): Aims(300, 200)}, currency="EUR", **DONE)

    assert not CashTarget.objects.exists()
