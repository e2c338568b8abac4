"""Several payments promised together: each holds its part until its own day."""

from datetime import date

import pytest

from encaisse.collection.models import PaymentPromise
from encaisse.collection.operations.disputes import open_dispute, set_suspension
from encaisse.collection.operations.promises import (
    PromiseRefused,
    cancel_instalments,
    postpone_promise,
    record_instalments,
)
from encaisse.collection.queries.commitments import commitments_of
from encaisse.collection.queries.promises import promised_days, standings
from encaisse.collection.rules.promises import Instalment
from encaisse.insights.due_items import DueCriteria, DueItems
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from tests.collection.world import Desk, cents

APRIL_8 = date(2026, 4, 8)
MAY_5, JUNE_5, JULY_6 = date(2026, 5, 5), date(2026, 6, 5), date(2026, 7, 6)


def acting(acme: Desk, day: date) -> dict:
    return {"author": COMMAND_LINE, "today": day, "now": acme.at(day)}


def schedule(*days: date, euros: int = 500) -> list[Instalment]:
    return [Instalment(day, cents(euros)) for day in days]


@pytest.fixture
def series(acme: Desk, dupont: Customer) -> list[PaymentPromise]:
    """F, 1 500,00, promised in three payments."""
    acme.sync(APRIL_8)
    return record_instalments(
        dupont, [acme.entry("F")], instalments=schedule(MAY_5, JUNE_5, JULY_6),
        **acting(acme, APRIL_8),
    )  # fmt: skip


def received(acme: Desk, customer: Customer, euros: int, on: date) -> None:
    number = f"V{on:%m%d}"
    acme.payment(customer, number, euros, on=on)
    acme.match("F", *(row for row in acme.rows if row.startswith("V")), on=on)
    acme.sync(on)


def held(acme: Desk, day: date) -> int:
    return sum(left.amount for left in acme.plan(day).left_out if left.reason == "promise")


def claimed(acme: Desk, day: date) -> int:
    return sum(action.amount for action in acme.plan(day).actions)


def states(acme: Desk, series: list[PaymentPromise], day: date) -> list[str]:
    found = standings(acme.company, on=day)
    return [found[promise.pk].state.value for promise in series]


def test_a_series_is_linked_and_leaves_one_line_in_the_journal(acme, series):
    assert [promise.first_id for promise in series] == [None, series[0].pk, series[0].pk]
    event = Event.objects.get(kind="promise.scheduled")
    assert event.data["amount_minor"] == cents(1500)
    assert event.data["instalments"] == [
        ["2026-05-05", 50_000], ["2026-06-05", 50_000], ["2026-07-06", 50_000],
    ]  # fmt: skip


def test_each_instalment_holds_until_the_day_after_its_own(acme, series):
    assert [held(acme, day) for day in (MAY_5, date(2026, 5, 6), date(2026, 6, 8))] == [
        cents(1500), cents(1000), cents(500),
    ]  # fmt: skip
    assert claimed(acme, date(2026, 5, 6)) == cents(500)
    assert held(acme, date(2026, 7, 7)) == 0


def test_an_instalment_paid_in_time_leaves_the_others_held(acme, dupont, series):
    received(acme, dupont, 500, date(2026, 5, 4))

    assert held(acme, date(2026, 5, 6)) == cents(1000)
    assert claimed(acme, date(2026, 5, 6)) == 0
    assert states(acme, series, date(2026, 5, 6)) == ["kept", "running", "running"]
    entry_id = acme.entry("F").pk
    assert promised_days([entry_id], on=date(2026, 5, 6)) == {entry_id: JUNE_5}
    promised = DueItems(acme.scope, date(2026, 5, 6)).rows(DueCriteria(is_promised=True))
    assert [row.entry.pk for row in promised] == [entry_id]


def test_an_instalment_paid_late_was_not_kept_but_is_not_asked_for_again(acme, dupont, series):
    received(acme, dupont, 500, date(2026, 5, 12))

    assert states(acme, series, date(2026, 5, 12)) == ["broken", "running", "running"]
    assert [standings(acme.company, on=date(2026, 5, 12))[one.pk].missing for one in series] == [
        0, 0, 0,
    ]  # fmt: skip
    assert held(acme, date(2026, 5, 12)) == cents(1000)
    assert claimed(acme, date(2026, 5, 12)) == 0


def test_a_payment_of_two_instalments_keeps_both(acme, dupont, series):
    received(acme, dupont, 1000, date(2026, 5, 4))

    assert states(acme, series, date(2026, 5, 6)) == ["kept", "kept", "running"]
    assert held(acme, date(2026, 5, 6)) == cents(500)


def test_the_first_instalments_cover_the_oldest_entries(acme, dupont):
    acme.invoice(dupont, "G", 300, due=date(2026, 4, 2))
    acme.sync(APRIL_8)

    made = record_instalments(
        dupont, [acme.entry("G"), acme.entry("F")], instalments=schedule(MAY_5, JUNE_5, euros=900),
        **acting(acme, APRIL_8),
    )  # fmt: skip

    covered = [
        [(line.entry.source_id, line.amount_minor) for line in promise.lines.order_by("id")]
        for promise in made
    ]
    assert covered == [[("F", 90_000)], [("F", 60_000), ("G", 30_000)]]


def test_the_customers_page_numbers_them(acme, dupont, series):
    promises = commitments_of(dupont, on=APRIL_8).promises

    assert [tuple(found.place) for found in promises] == [(1, 3), (2, 3), (3, 3)]
    assert [found.leads_series for found in promises] == [True, False, False]


def test_a_series_is_taken_back_from_today_on(acme, series):
    day = date(2026, 5, 20)

    assert cancel_instalments(series[2], **acting(acme, day)) == 2
    assert cancel_instalments(series[0], **acting(acme, day)) == 0
    assert held(acme, day) == 0
    assert Event.objects.filter(kind="promise.schedule_cancelled").count() == 1


def test_a_promise_moves_with_what_came_in_for_it_and_stays_in_its_series(acme, dupont, series):
    received(acme, dupont, 200, date(2026, 5, 4))
    moved = postpone_promise(
        series[0], promised_date=date(2026, 5, 20), **acting(acme, date(2026, 5, 6))
    )

    assert (moved.amount_minor, moved.first_id) == (cents(500), series[0].pk)
    assert standings(acme.company, on=date(2026, 5, 7))[moved.pk].received == cents(200)
    assert held(acme, date(2026, 5, 7)) == cents(1300)
    series[0].refresh_from_db()
    assert series[0].cancelled_on == date(2026, 5, 6)
    event = Event.objects.get(kind="promise.postponed")
    assert (event.data["before"], event.data["promised_date"]) == ("2026-05-05", "2026-05-20")


@pytest.mark.parametrize(
    ("instalments", "says"),
    [
        ([], "au plus"),
        (schedule(MAY_5, MAY_5), "même date"),
        (schedule(date(2026, 4, 7), MAY_5), "passée"),
        (schedule(MAY_5, JUNE_5, euros=800), "dépasse"),
        (schedule(MAY_5, JUNE_5, euros=0), "positif"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_whole(acme, dupont, instalments, says):
    acme.sync(APRIL_8)

    with pytest.raises(PromiseRefused, match=says):
        record_instalments(
            dupont, [acme.entry("F")], instalments=instalments, **acting(acme, APRIL_8)
        )
    assert not PaymentPromise.objects.exists()


@pytest.mark.parametrize(
    ("day", "says"), [(MAY_5, "déjà la date"), (date(2026, 4, 7), "est passée")]
)
def test_a_promise_does_not_move_to_the_same_day_nor_to_the_past(acme, series, day, says):
    with pytest.raises(PromiseRefused, match=says):
        postpone_promise(series[0], promised_date=day, **acting(acme, APRIL_8))


def test_a_promise_that_was_kept_does_not_move(acme, dupont, series):
    received(acme, dupont, 500, date(2026, 5, 4))

    with pytest.raises(PromiseRefused, match="arrivé"):
        postpone_promise(series[0], promised_date=JULY_6, **acting(acme, MAY_5))


def test_a_dispute_stops_suspending_and_its_clock_starts_again(acme, dupont):
    acme.work_through(date(2026, 4, 1), APRIL_8)
    dispute = open_dispute(
        dupont, reason="Prix", entries={acme.entry("F"): None}, **acting(acme, date(2026, 4, 9))
    )
    day = date(2026, 4, 20)
    assert acme.reasons(day) == {"F": "dispute"}

    assert set_suspension(dispute, suspends=False, **acting(acme, day))
    assert not set_suspension(dispute, suspends=False, **acting(acme, day))

    assert acme.reasons(day) == {"F": "waiting"}
    assert acme.plan(date(2026, 4, 28)).actions[0].step.level == 2
    assert Event.objects.filter(kind__startswith="dispute.").count() == 2
