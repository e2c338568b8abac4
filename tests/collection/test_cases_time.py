"""The cases of time and levels (1 to 5, 9, 27, 28, 29, 31, 35)."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from encaisse.collection.models import Reminder, Scenario
from encaisse.collection.operations.prepare import PreparationRefused
from encaisse.ledger.models import Customer
from tests.collection.world import FIXTURE, Desk, publish


def test_a_reminder_leaves_on_its_very_day(acme: Desk, dupont: Customer):
    acme.work_through(date(2026, 3, 20), date(2026, 4, 7))
    assert acme.days() == [("2026-03-23", 0)]

    acme.work(date(2026, 4, 8))

    assert acme.days() == [("2026-03-23", 0), ("2026-04-08", 1)]


def test_a_late_start_does_not_jump(acme: Desk):
    acme.invoice(acme.customer(), "F", 1500, due=date(2026, 1, 5))
    acme.sync(date(2026, 4, 8))

    acme.work_through(date(2026, 4, 8), date(2026, 4, 16))

    assert acme.days() == [("2026-04-08", 1), ("2026-04-16", 2)]


def test_the_clock_runs_from_the_day_a_step_took_effect(acme: Desk, dupont: Customer):
    acme.prepare(date(2026, 4, 8))
    acme.deliver(date(2026, 4, 15))

    assert acme.prepare(date(2026, 4, 16)).count == 0
    acme.work_through(date(2026, 4, 17), date(2026, 4, 23))

    assert acme.days() == [("2026-04-15", 1), ("2026-04-23", 2)]


def test_three_runs_on_one_day_send_once(acme: Desk):
    for number in range(12):
        customer = acme.customer(f"C{number}")
        acme.invoice(customer, f"F{number}", 100, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))

    first, second, third = (acme.prepare(date(2026, 4, 8)) for _ in range(3))
    acme.deliver(date(2026, 4, 8))
    after = acme.prepare(date(2026, 4, 8))

    assert (first.count, second.count, third.count, after.count) == (12, 0, 0, 0)
    assert (first.already, second.already, after.already) == (0, 12, 12)
    assert {acme.level(f"F{number}") for number in range(12)} == {1}
    assert len(acme.mails()) == 12


def test_an_unposted_letter_is_replaced_not_stacked(acme: Desk):
    martin = acme.customer("MARTIN", email=False)
    acme.invoice(martin, "F", 1500, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(date(2026, 4, 8))
    acme.print(date(2026, 4, 8))
    acme.payment(martin, "V", 200, on=date(2026, 4, 9))
    acme.match("F", "V", on=date(2026, 4, 9))
    acme.sync(date(2026, 4, 9))

    acme.prepare(date(2026, 4, 9))
    acme.print(date(2026, 4, 9))

    states = Reminder.objects.order_by("id").values_list("status", "amount_minor", "day")
    assert list(states) == [
        ("cancelled", 150_000, date(2026, 4, 8)),
        ("printed", 130_000, date(2026, 4, 9)),
    ]
    assert acme.post(date(2026, 4, 9))[0] == 1


def test_a_letter_that_still_says_what_is_due_is_left_alone(acme: Desk):
    martin = acme.customer("MARTIN", email=False)
    acme.invoice(martin, "F", 1500, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(date(2026, 4, 8))
    acme.print(date(2026, 4, 8))
    acme.invoice(martin, "G", 70, due=date(2026, 4, 1))
    acme.sync(date(2026, 4, 9))

    prepared = acme.prepare(date(2026, 4, 9))

    assert [reminder.amount_minor for reminder in prepared.reminders] == [7_000]
    assert Reminder.objects.filter(status="printed").count() == 1


def test_paid_between_preparation_and_sending_nothing_leaves(acme: Desk, dupont: Customer):
    acme.prepare(date(2026, 4, 8))
    acme.payment(dupont, "V", 1500, on=date(2026, 4, 8))
    acme.match("F", "V", on=date(2026, 4, 8))
    acme.sync(date(2026, 4, 8), hour=10)

    delivered = acme.deliver(date(2026, 4, 8), hour=11)

    assert (delivered.sent, delivered.cancelled) == (0, 1)
    assert acme.mails() == []
    assert "Réglé entre-temps" in Reminder.objects.get().error


def test_of_two_invoices_the_one_paid_meanwhile_is_not_claimed(acme: Desk, dupont: Customer):
    acme.invoice(dupont, "G", 300, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(date(2026, 4, 8))
    acme.payment(dupont, "V", 1500, on=date(2026, 4, 8))
    acme.match("F", "V", on=date(2026, 4, 8))
    acme.sync(date(2026, 4, 8), hour=10)

    acme.deliver(date(2026, 4, 8), hour=11)

    assert acme.done() == [("2026-04-08", 1, "email", Decimal(300))]
    assert (acme.level("F"), acme.level("G")) == (0, 1)


def test_a_posted_letter_never_claims_what_was_paid_since_it_was_printed(acme: Desk):
    martin = acme.customer("MARTIN", email=False)
    acme.invoice(martin, "F", 1500, due=date(2026, 3, 31))
    acme.invoice(martin, "G", 300, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(date(2026, 4, 8))
    acme.print(date(2026, 4, 8))
    acme.payment(martin, "V", 300, on=date(2026, 4, 8))
    acme.match("G", "V", on=date(2026, 4, 8))
    acme.sync(date(2026, 4, 8))

    posted, withdrawn = acme.post(date(2026, 4, 8))

    assert (posted, len(withdrawn)) == (0, 1)
    assert (acme.level("F"), acme.level("G")) == (0, 0)
    assert acme.prepare(date(2026, 4, 8)).reminders[0].amount_minor == 150_000


def test_a_holiday_moves_a_step_and_the_next_one_with_it(acme: Desk):
    acme.invoice(acme.customer(), "F", 1500, due=date(2026, 4, 23))
    acme.sync(date(2026, 4, 24))

    acme.work_through(date(2026, 4, 24), date(2026, 5, 12))

    assert acme.days() == [("2026-05-04", 1), ("2026-05-12", 2)]


def test_a_step_due_on_ascension_day_leaves_on_friday(acme: Desk):
    acme.invoice(acme.customer(), "F", 1500, due=date(2026, 5, 6))
    acme.sync(date(2026, 5, 6))

    acme.work_through(date(2026, 5, 7), date(2026, 5, 20))

    assert acme.days() == [("2026-05-15", 1)]


@pytest.mark.parametrize(
    ("back_on", "next_on"),
    [(date(2026, 4, 20), date(2026, 4, 28)), (date(2026, 5, 18), date(2026, 5, 26))],
)
def test_after_a_break_each_entry_gets_one_step(
    acme: Desk, dupont: Customer, back_on: date, next_on: date
):
    acme.work_through(back_on, next_on)

    assert acme.days() == [(f"{back_on}", 1), (f"{next_on}", 2)]


def test_no_step_is_skipped_when_the_oldest_invoices_are_paid(acme: Desk):
    publish(
        Scenario.objects.get(with_email=True),
        [("reminder", level, "email", "due", days) for level, days in ((1, 5), (2, 7), (3, 11))],
        version=2,
    )
    customer = acme.customer()
    for document, due in (("A", "2026-05-31"), ("B", "2026-05-31"), ("C", "2026-06-02")):
        acme.invoice(customer, document, 100, due=date.fromisoformat(due))
    acme.sync(date(2026, 6, 1))
    acme.payment(customer, "V", 200, on=date(2026, 6, 2))
    acme.match("A", "B", "V", on=date(2026, 6, 2))
    acme.sync(date(2026, 6, 2))

    acme.work_through(date(2026, 6, 2), date(2026, 6, 10))

    # 7 June is a Sunday.
    assert acme.days() == [("2026-06-08", 1), ("2026-06-09", 2)]


def test_half_past_midnight_in_paris_is_the_next_day(acme: Desk, dupont: Customer):
    late_evening_utc = datetime(2026, 4, 7, 22, 30, tzinfo=UTC)

    today = acme.company.local_day(late_evening_utc)

    assert [action.step.level for action in acme.plan(today).actions] == [1]
    assert acme.plan(date(2026, 4, 7)).actions == []


@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_night_the_clock_changes_sends_once(acme: Desk, change: date):
    publish(Scenario.objects.get(with_email=True), FIXTURE[1:], version=2)
    acme.invoice(acme.customer(), "F", 1500, due=date(2026, 1, 1))
    acme.sync(date(2026, 1, 1))

    for hour in (1, 2, 3, 23):
        acme.prepare(change)
        acme.deliver(change, hour=hour)

    assert len(acme.mails()) == 1


def test_a_run_dated_before_the_last_one_is_refused(acme: Desk, dupont: Customer):
    acme.work(date(2026, 4, 8))

    with pytest.raises(PreparationRefused, match="08/04/2026"):
        acme.prepare(date(2026, 4, 7))


def test_an_entry_whose_due_date_is_put_off_waits_for_it(acme: Desk, dupont: Customer):
    acme.work(date(2026, 4, 8))
    acme.change("F", due_date="2026-06-30")
    acme.sync(date(2026, 4, 9))

    acme.work_through(date(2026, 4, 9), date(2026, 7, 1))

    assert acme.days() == [("2026-04-08", 1), ("2026-07-01", 2)]
