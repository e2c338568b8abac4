"""The cases of people: disputes, holds, promises, profiles, addresses (22 to 26)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from encaisse.collection.models import Reminder, Scenario
from encaisse.collection.operations.disputes import close_dispute, open_dispute
from encaisse.collection.operations.followup import set_level, set_profile
from encaisse.collection.operations.holds import lift_hold, set_hold
from encaisse.collection.operations.promises import cancel_promise, record_promise
from encaisse.collection.queries.commitments import commitments_of
from encaisse.collection.queries.situation import situation_of
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import COMMAND_LINE
from tests import builders
from tests.collection.world import FIXTURE, Desk, cents, publish, write_scenario

APRIL_8 = date(2026, 4, 8)


def acting(acme: Desk, day: date) -> dict:
    """Who acts, and when."""
    return {"author": COMMAND_LINE, "today": day, "now": acme.at(day)}


# -- disputes ----------------------------------------------------------------------------------


def test_the_disputed_part_is_frozen_and_the_rest_goes_on(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "F", 8000, due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    open_dispute(
        customer, reason="Prix", entries={acme.entry("F"): cents(1200)}, **acting(acme, APRIL_8)
    )

    acme.work(APRIL_8)
    acme.work(date(2026, 4, 16))

    assert [amount for *_rest, amount in acme.done()] == [6800, 6800]
    frozen = [left for left in acme.plan(date(2026, 4, 24)).left_out if left.reason == "dispute"]
    assert [left.amount for left in frozen] == [cents(1200)]


@pytest.mark.parametrize("whole_account", [True, False])
def test_a_disputed_invoice_waits_then_resumes_with_a_new_clock(
    acme: Desk, dupont: Customer, whole_account: bool
):
    acme.work(APRIL_8)
    dispute = open_dispute(
        dupont,
        reason="Prix",
        entries=None if whole_account else {acme.entry("F"): None},
        **acting(acme, date(2026, 4, 9)),
    )
    acme.work_through(date(2026, 4, 9), date(2026, 5, 11))
    assert acme.days() == [("2026-04-08", 1)]
    close_dispute(dispute, outcome="Rejeté", **acting(acme, date(2026, 5, 11)))

    acme.work_through(date(2026, 5, 11), date(2026, 5, 19))

    assert acme.days() == [("2026-04-08", 1), ("2026-05-19", 2)]


def test_the_clock_of_a_closed_dispute_is_not_a_reminder(acme: Desk, dupont: Customer):
    acme.work(APRIL_8)
    dispute = open_dispute(dupont, reason="Prix", **acting(acme, date(2026, 4, 9)))
    close_dispute(dispute, outcome="Rejeté", **acting(acme, date(2026, 5, 11)))

    acme.work(date(2026, 5, 19))

    text = acme.mails()[-1].get_body(("plain",)).get_content()
    assert "8 avril 2026" in text.replace("\u00a0", " ")
    assert "11 mai 2026" not in text.replace("\u00a0", " ")


def test_a_dispute_that_does_not_suspend_holds_nothing(acme: Desk, dupont: Customer):
    open_dispute(dupont, reason="Prix", suspends=False, **acting(acme, APRIL_8))

    assert acme.work(APRIL_8) == 1


# -- holds -------------------------------------------------------------------------------------


def test_a_dated_hold_ends_after_its_day(acme: Desk, dupont: Customer):
    acme.work(APRIL_8)
    set_hold(dupont, until=date(2026, 4, 30), **acting(acme, date(2026, 4, 10)))
    assert acme.reasons(date(2026, 4, 30)) == {"F": "hold_until"}

    acme.work_through(date(2026, 4, 10), date(2026, 5, 6))

    # The first of May is a holiday, then comes a week-end.
    assert acme.days() == [("2026-04-08", 1), ("2026-05-04", 2)]


def test_a_stop_never_ends_by_itself_and_its_end_counts_at_once(acme: Desk, dupont: Customer):
    hold = set_hold(dupont, reason="Décès", **acting(acme, APRIL_8))
    acme.work_through(APRIL_8, date(2026, 5, 29))
    assert acme.days() == []
    assert acme.reasons(date(2026, 5, 29)) == {"F": "customer_stop"}

    lift_hold(hold, **acting(acme, date(2026, 5, 29)))

    assert acme.work(date(2026, 5, 29)) == 1


def held(acme: Desk, how: str, day: date) -> None:
    """F is stopped, disputed, promised or suspended; the last two until the first of June."""
    entry, until = acme.entry("F"), date(2026, 6, 1)
    who = acting(acme, day)
    if how == "dispute":
        open_dispute(entry.customer, reason="Prix", entries={entry: None}, **who)
    elif how == "promise":
        whole = entry.remaining_minor
        record_promise(entry.customer, [entry], amount_minor=whole, promised_date=until, **who)
    else:
        set_hold(entry.customer, entry=entry, until=until if how == "hold_until" else None, **who)


@pytest.mark.parametrize("how", ["entry_stop", "dispute", "promise", "hold_until"])
def test_what_holds_an_entry_back_is_told_whatever_the_day_of_its_step(
    acme: Desk, dupont: Customer, how: str
):
    acme.invoice(dupont, "G", 200, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    held(acme, how, date(2026, 4, 1))

    assert acme.reasons(date(2026, 4, 7)) == {"F": how, "G": "waiting"}
    assert acme.reasons(APRIL_8) == {"F": how}
    acme.work(APRIL_8)
    assert acme.reasons(APRIL_8)["F"] == how  # although he was written to today
    assert acme.reasons(date(2026, 4, 9)) == {"F": how, "G": "waiting"}


def test_the_next_step_is_the_first_one_of_what_nothing_holds(acme: Desk, dupont: Customer):
    acme.work(APRIL_8)
    acme.invoice(dupont, "G", 200, due=date(2026, 4, 10))
    acme.sync(date(2026, 4, 10))
    held(acme, "entry_stop", date(2026, 4, 10))

    found = situation_of(acme.scope, dupont, None, on=date(2026, 4, 10)).next_step

    # Without the STOP, the second step of F would come first, on the 16th.
    assert found is not None
    assert (found.step.level, found.day) == (1, date(2026, 4, 20))


def test_a_write_off_tag_is_a_stop_on_the_entry_and_gives_its_level_back(
    acme: Desk, dupont: Customer
):
    acme.invoice(dupont, "G", 70, due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    acme.work(APRIL_8)
    tag = set_hold(dupont, entry=acme.entry("F"), **acting(acme, date(2026, 4, 9)))

    assert acme.reasons(date(2026, 4, 16))["F"] == "entry_stop"
    acme.work(date(2026, 4, 16))
    assert acme.done()[-1] == ("2026-04-16", 2, "email", Decimal(70))
    lift_hold(tag, **acting(acme, date(2026, 4, 20)))
    acme.work(date(2026, 4, 20))

    assert acme.done()[-1] == ("2026-04-20", 2, "email", Decimal(1500))


# -- promises ----------------------------------------------------------------------------------


def promised(acme: Desk, customer: Customer, euros: int, until: date) -> None:
    record_promise(
        customer,
        [acme.entry("A")],
        amount_minor=cents(euros),
        promised_date=until,
        **acting(acme, APRIL_8),
    )


@pytest.fixture
def debtor(acme: Desk) -> Customer:
    """Owes 9 755,95 overdue, has promised 7 000 for 11 May."""
    customer = acme.customer()
    acme.invoice(customer, "A", 8000, due=date(2026, 3, 31))
    acme.invoice(customer, "B", "1755.95", due=date(2026, 3, 31))
    acme.sync(APRIL_8)
    promised(acme, customer, 7000, date(2026, 5, 11))
    return customer


def received(acme: Desk, customer: Customer, euros: int, on: date) -> None:
    acme.payment(customer, f"V{euros}", euros, on=on)
    acme.match("A", f"V{euros}", on=on, letter=f"L{euros}")
    acme.sync(on)


def test_a_promise_holds_what_it_covers_and_the_rest_follows(acme: Desk, debtor: Customer):
    acme.work(APRIL_8)

    assert acme.done() == [("2026-04-08", 1, "email", Decimal("2755.95"))]
    assert acme.reasons(date(2026, 5, 11))["A"] == "promise"


def test_a_broken_promise_makes_the_next_level_available(acme: Desk, debtor: Customer):
    acme.work(APRIL_8)

    acme.work(date(2026, 5, 12))

    assert acme.done()[-1] == ("2026-05-12", 2, "email", Decimal("9755.95"))
    assert state(debtor, date(2026, 5, 11)) == "running"
    assert state(debtor, date(2026, 5, 12)) == "broken"


@pytest.mark.parametrize(
    ("euros", "outcome", "still_held"), [(7000, "kept", 0), (5000, "partly_kept", 2000)]
)
def test_what_comes_in_counts_for_the_promise(
    acme: Desk, debtor: Customer, euros: int, outcome: str, still_held: int
):
    received(acme, debtor, euros, date(2026, 5, 7))

    held = [
        left.amount for left in acme.plan(date(2026, 5, 8)).left_out if left.reason == "promise"
    ]
    assert held == [cents(still_held)] * bool(still_held)
    assert state(debtor, date(2026, 5, 12)) == outcome


def test_a_past_day_is_seen_as_it_was_although_the_promise_was_kept_since(
    acme: Desk, debtor: Customer
):
    then = acme.plan(date(2026, 4, 9))

    received(acme, debtor, 7000, date(2026, 5, 7))

    assert acme.plan(date(2026, 4, 9)).left_out == then.left_out
    assert acme.plan(date(2026, 4, 9)).actions == then.actions


def test_a_second_promise_does_not_erase_the_first(acme: Desk, debtor: Customer):
    promised(acme, debtor, 500, date(2026, 4, 20))

    assert len(commitments_of(debtor, on=APRIL_8).running_promises) == 2
    assert [action.amount for action in acme.plan(APRIL_8).actions] == [cents("2255.95")]


def test_a_cancelled_promise_holds_nothing(acme: Desk, debtor: Customer):
    promise = commitments_of(debtor, on=APRIL_8).promises[0].promise
    cancel_promise(promise, **acting(acme, APRIL_8))

    assert [action.amount for action in acme.plan(APRIL_8).actions] == [cents("9755.95")]


def state(customer: Customer, on: date) -> str:
    return commitments_of(customer, on=on).promises[0].state.value


# -- policy changed mid-way --------------------------------------------------------------------


def later(days: int) -> list:
    """The fixture, R3 so many days after R2."""
    return [step if step[1] != 3 else (*step[:4], days) for step in FIXTURE]


def test_future_days_follow_the_new_version_and_nothing_is_sent_again(acme: Desk, dupont: Customer):
    acme.work_through(date(2026, 4, 1), date(2026, 4, 16))
    publish(Scenario.objects.get(with_email=True), later(15), version=2)

    acme.work_through(date(2026, 4, 20), date(2026, 5, 4))

    assert acme.days() == [("2026-04-08", 1), ("2026-04-16", 2), ("2026-05-04", 3)]
    versions = Reminder.objects.order_by("id").values_list("scenario_version", flat=True)
    assert list(versions) == [1, 1, 2]


def test_fewer_steps_then_more_again_go_on_where_they_were(acme: Desk, dupont: Customer):
    acme.work_through(date(2026, 4, 1), date(2026, 4, 24))
    assert acme.level("F") == 3
    scenario = Scenario.objects.get(with_email=True)
    publish(scenario, FIXTURE[:3], version=2)
    assert acme.reasons(date(2026, 5, 20)) == {"F": "last_step_done"}

    publish(scenario, FIXTURE, version=3)

    assert [action.step.level for action in acme.plan(date(2026, 5, 20)).actions] == [4]


def test_a_customer_moved_to_another_profile_keeps_his_rank(acme: Desk, dupont: Customer):
    acme.work_through(date(2026, 4, 1), date(2026, 4, 16))
    vip = builders.profile(acme.company, "VIP")
    steps = [("reminder", level, "email", "due", 10 * level) for level in (1, 2, 3)]
    write_scenario(acme.company, steps, profile=vip)

    set_profile(dupont, vip, author=COMMAND_LINE, now=acme.at(date(2026, 4, 17)))

    acme.work_through(date(2026, 4, 17), date(2026, 5, 12))
    assert acme.days()[-1] == ("2026-04-30", 3)
    assert acme.reasons(date(2026, 5, 12)) == {"F": "last_step_done"}


@pytest.mark.parametrize("off", [1, 2])
def test_a_step_switched_off_is_passed_over(acme: Desk, dupont: Customer, off: int):
    scenario = Scenario.objects.get(with_email=True)
    scenario.steps.filter(level=off).update(is_active=False)

    acme.work_through(date(2026, 4, 1), date(2026, 4, 16))

    assert acme.days()[0] == ("2026-04-08", 2 if off == 1 else 1)
    assert acme.days()[1] == ("2026-04-16", 3)


def test_a_level_set_back_by_hand_takes_the_step_once_more(acme: Desk, dupont: Customer):
    acme.work_through(date(2026, 4, 1), date(2026, 4, 16))
    set_level(
        dupont,
        [acme.entry("F")],
        to_level=1,
        on=date(2026, 4, 17),
        author=COMMAND_LINE,
        now=acme.at(date(2026, 4, 17)),
    )

    acme.work_through(date(2026, 4, 17), date(2026, 5, 5))

    assert acme.days() == [
        ("2026-04-08", 1), ("2026-04-16", 2), ("2026-04-27", 2), ("2026-05-05", 3),
    ]  # fmt: skip


# -- addresses ---------------------------------------------------------------------------------


def test_a_customer_without_e_mail_gets_a_letter_at_the_same_level(acme: Desk, dupont: Customer):
    acme.invoice(acme.customer("MARTIN", email=False), "G", 70, due=date(2026, 3, 31))
    acme.sync(APRIL_8)

    acme.work(APRIL_8)

    assert sorted((level, medium) for _day, level, medium, _amount in acme.done()) == [
        (1, "email"), (1, "letter"),
    ]  # fmt: skip


def test_without_any_address_the_letter_waits_for_a_person(acme: Desk):
    acme.invoice(acme.customer("MARTIN", email=False, town=False), "G", 70, due=date(2026, 3, 31))
    acme.sync(APRIL_8)

    assert [action.lacks_address for action in acme.plan(APRIL_8).actions] == [True]


def test_an_automatic_payment_method_is_never_reminded(acme: Desk, dupont: Customer):
    method = acme.company.paymentmethod_set.create(code="prlv", label="Prlv", is_automatic=True)
    dupont.payment_method = method
    dupont.save(update_fields=["payment_method"])

    assert acme.work(APRIL_8) == 0
    assert acme.reasons(APRIL_8) == {"F": "automatic_method"}
    assert acme.reasons(APRIL_8 - timedelta(days=1)) == {"F": "automatic_method"}
