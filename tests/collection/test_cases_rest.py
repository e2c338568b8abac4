"""The remaining cases: retries, ageing, cancelled invoices, simulations (8, 32, 33, 36, 37)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.collection.models import EntryFollowUp, LevelChange, Reminder, Scenario, Step
from encaisse.collection.operations.effects import ReminderRefused, mark_posted
from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
from encaisse.collection.queries.simulation import simulate
from encaisse.collection.tasks import send_automatic
from encaisse.insights.aging import AgedBalance
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import AUTOMATIC, COMMAND_LINE
from encaisse.tenancy.models import Event
from tests.collection.world import Desk, open_desk

APRIL_8 = date(2026, 4, 8)


def test_effects_are_counted_once_whatever_is_run_afterwards(acme: Desk, dupont: Customer):
    acme.work(APRIL_8)
    for hour in range(10, 20):
        acme.prepare(APRIL_8)
        acme.deliver(APRIL_8, hour=hour)

    follow_up = EntryFollowUp.objects.get()
    assert (follow_up.level, follow_up.reminder_count) == (1, 1)
    assert LevelChange.objects.count() == 1
    assert Event.objects.filter(kind="reminder.sent").count() == 1
    assert len(acme.mails()) == 1


def test_without_a_due_date_nothing_leaves_and_the_entry_is_listed(acme: Desk):
    acme.invoice(acme.customer(), "F", 1500, due=None)
    acme.sync(APRIL_8)

    assert acme.work(date(2026, 12, 1)) == 0
    assert acme.reasons(date(2026, 12, 1)) == {"F": "no_due_date"}


def test_not_due_and_buckets_and_credits_make_the_balance(acme: Desk):
    customer = acme.customer()
    for number, (euros, days) in enumerate([(100, -400), (33, -61), (7, -31), (5, -1), (250, 90)]):
        due = APRIL_8 + timedelta(days=days)
        acme.invoice(customer, f"F{number}", f"{euros}.37", due=due, on=date(2025, 1, 2))
    acme.credit_note(customer, "A", "40.01", on=date(2026, 1, 3))
    acme.invoice(customer, "G", 12, due=date(2026, 9, 9), on=date(2026, 9, 1))
    acme.sync(APRIL_8)

    total = AgedBalance(acme.scope, APRIL_8).totals()[0].amounts

    posted = LedgerEntry.objects.filter(posting_date__lte=APRIL_8)
    assert total.not_due + sum(total.late) + total.credits == total.balance
    assert total.balance == sum(posted.values_list("amount_minor", flat=True)) == 35_684


def test_a_cancelled_invoice_drops_its_letter_and_keeps_its_history(acme: Desk):
    martin = acme.customer("MARTIN", email=False)
    acme.invoice(martin, "F", 1500, due=date(2026, 3, 31))
    acme.invoice(martin, "G", 70, due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    acme.work(APRIL_8)
    acme.prepare(date(2026, 4, 16))
    acme.print(date(2026, 4, 16))
    acme.remove("F")
    acme.sync(date(2026, 4, 17))

    acme.prepare(date(2026, 4, 17))

    states = Reminder.objects.order_by("id").values_list("status", "amount_minor")
    assert list(states) == [("posted", 157_000), ("cancelled", 157_000), ("waiting", 7_000)]
    assert acme.level("F") == 1


def test_a_simulation_writes_nothing_and_equals_the_real_runs(acme: Desk, dupont: Customer):
    martin = acme.customer("MARTIN")
    acme.invoice(martin, "G", 70, due=date(2026, 5, 4))
    acme.invoice(martin, "H", 30, due=date(2026, 4, 2))
    acme.credit_note(martin, "K", 10, on=date(2026, 4, 20))
    acme.payment(dupont, "V", 400, on=date(2026, 4, 21))
    acme.match("F", "V", on=date(2026, 4, 21))
    acme.sync(date(2026, 3, 20))
    first, last = date(2026, 3, 20), date(2026, 6, 1)

    foretold = {plan.on: plan.actions for plan in simulate(acme.scope, first, last) if plan.actions}
    assert not Reminder.objects.exists()
    real = {}
    for day in acme.working_days(first, last):
        if actions := acme.plan(day, explain=False).actions:
            real[day] = actions
        acme.work(day)

    assert foretold == real
    assert len(real) >= 8


def test_a_simulated_first_day_knows_what_is_under_way(acme: Desk, dupont: Customer):
    acme.invoice(acme.customer("MARTIN"), "G", 70, due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    only_dupont = Selection(customer_ids=frozenset({dupont.pk}))
    acme.prepare(APRIL_8, only_dupont)

    plans = {plan.on: plan for plan in simulate(acme.scope, APRIL_8, date(2026, 4, 16))}

    assert plans[APRIL_8].actions == acme.plan(APRIL_8).actions
    assert len(plans[APRIL_8].actions) == 1
    assert [action.step.level for action in plans[date(2026, 4, 16)].actions] == [2, 2]


def test_a_remerciement_leaves_once_and_not_while_he_owes(acme: Desk, dupont: Customer):
    scenario = Scenario.objects.get(with_email=True)
    Step.objects.create(
        scenario=scenario, kind="thanks", medium="email", trigger="match", offset_days=2,
        template_code="thanks_email",
    )  # fmt: skip
    acme.invoice(dupont, "G", 70, due=date(2026, 4, 20))
    acme.sync(APRIL_8)
    acme.work(APRIL_8)
    acme.payment(dupont, "V", 1500, on=date(2026, 4, 10))
    acme.match("F", "V", on=date(2026, 4, 10))
    acme.sync(date(2026, 4, 10))

    acme.work_through(date(2026, 4, 10), date(2026, 4, 27))

    assert ("2026-04-13", 0) in acme.days()
    assert sum(1 for reminder in Reminder.objects.all() if reminder.kind == "thanks") == 1


def test_nobody_is_thanked_for_an_invoice_that_was_cancelled(acme: Desk, dupont: Customer):
    Step.objects.create(
        scenario=Scenario.objects.get(with_email=True), kind="thanks", medium="email",
        trigger="match", offset_days=2, template_code="thanks_email",
    )  # fmt: skip
    acme.work(APRIL_8)
    acme.credit_note(dupont, "A", 1500, on=date(2026, 4, 10))
    acme.match("F", "A", on=date(2026, 4, 10))
    acme.sync(date(2026, 4, 10))

    acme.work_through(date(2026, 4, 10), date(2026, 4, 27))

    assert acme.days() == [("2026-04-08", 1)]


def test_data_too_old_stop_automatic_steps_only(acme: Desk, dupont: Customer):
    Step.objects.filter(level=1).update(is_automatic=True)
    day = APRIL_8 + timedelta(days=8)  # the books came on 1 March and live a week

    automatic = prepare_reminders(
        acme.scope,
        Moment(day, acme.at(day)),
        author=AUTOMATIC,
        selection=Selection(automatic_only=True),
    )
    assert automatic.count == 0

    acme.sync(day)
    assert acme.prepare(day, Selection(automatic_only=True)).count == 1


def test_an_automatic_run_leaves_the_work_of_people_alone(acme: Desk):
    """A call to make for an amount that has changed stays until a person prepares its successor."""
    Step.objects.filter(level=1).update(medium="phone")
    customer = acme.customer()
    acme.invoice(customer, "F", 1500, due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    acme.prepare(APRIL_8)
    acme.payment(customer, "V", 200, on=date(2026, 4, 9))
    acme.match("F", "V", on=date(2026, 4, 9))
    acme.sync(date(2026, 4, 9))

    acme.prepare(date(2026, 4, 9), Selection(automatic_only=True))
    assert [reminder.status for reminder in Reminder.objects.all()] == ["to_do"]
    acme.prepare(date(2026, 4, 9))

    states = Reminder.objects.order_by("id").values_list("status", "amount_minor")
    assert list(states) == [("cancelled", 150_000), ("to_do", 130_000)]


def test_a_second_run_of_the_day_keeps_yesterday_s_letters(acme: Desk):
    martin = acme.customer("MARTIN", email=False)
    acme.invoice(martin, "F", 1500, due=date(2026, 3, 31))
    acme.invoice(martin, "G", 70, due=date(2026, 4, 1), on=date(2026, 3, 20))
    acme.sync(APRIL_8)
    acme.prepare(APRIL_8)
    acme.print(APRIL_8)
    acme.prepare(date(2026, 4, 9))

    acme.prepare(date(2026, 4, 9))
    acme.print(date(2026, 4, 9))

    assert acme.post(date(2026, 4, 9))[0] == 2
    assert (acme.level("F"), acme.level("G")) == (1, 1)


def test_nothing_is_posted_on_a_day_to_come(acme: Desk):
    """It would hold back everybody's steps until then."""
    acme.invoice(acme.customer("MARTIN", email=False), "F", 1500, due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    acme.prepare(APRIL_8)
    acme.print(APRIL_8)
    printed = Reminder.objects.get()
    now, tomorrow = acme.at(APRIL_8), date(2026, 4, 9)

    with pytest.raises(ReminderRefused):
        mark_posted(acme.scope, [printed.pk], on=tomorrow, now=now, author=COMMAND_LINE)


def test_a_pile_of_letters_is_posted_in_as_many_queries_as_two(acme: Desk):
    def queries(*codes: str) -> int:
        for code in codes:
            acme.invoice(acme.customer(code, email=False), f"F{code}", 1500, due=date(2026, 3, 31))
        acme.sync(APRIL_8)
        acme.prepare(APRIL_8)
        acme.print(APRIL_8)
        with CaptureQueriesContext(connection) as context:
            assert acme.post(APRIL_8)[0] == len(codes)
        return len(context)

    assert queries("A", "B") == queries(*(f"C{number}" for number in range(12)))
    assert LevelChange.objects.count() == 14


def test_the_clock_that_goes_back_stops_one_company_and_not_the_others(
    acme: Desk, dupont: Customer, tmp_path: Path
):
    Step.objects.update(is_automatic=True)
    acme.work(date(2026, 4, 10))
    other = open_desk(tmp_path / "other", slug="other", mail_mode="capture")
    Step.objects.update(is_automatic=True)
    other.invoice(other.customer(), "G", 70, due=date(2026, 3, 31))
    other.sync(date(2026, 4, 9))

    send_automatic(acme.at(date(2026, 4, 9), 11))

    assert Reminder.objects.filter(company=other.company, status="waiting").count() == 1


@pytest.mark.parametrize(
    ("day", "hour", "leaves"),
    [
        (date(2026, 4, 8), 8, False),
        (date(2026, 4, 8), 9, True),
        (date(2026, 4, 8), 17, False),
        (date(2026, 4, 11), 10, False),
        (date(2026, 5, 1), 10, False),
        (date(2026, 5, 4), 10, True),
    ],
)
def test_automatic_steps_leave_on_working_days_within_hours(
    acme: Desk, dupont: Customer, day: date, hour: int, leaves: bool
):
    Step.objects.update(is_automatic=True)
    acme.company.mail_mode = "capture"
    acme.company.save(update_fields=["mail_mode"])
    acme.sync(day, hour=7)

    send_automatic(acme.at(day, hour))

    assert Reminder.objects.filter(status="waiting").count() == int(leaves)
