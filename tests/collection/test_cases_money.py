"""The cases of money (10 to 14, 17, 18) and what one message holds (15, 16)."""

from datetime import date
from decimal import Decimal

import pytest

from encaisse.collection.models import Reminder, Scenario, Threshold
from encaisse.collection.operations.prepare import Selection
from encaisse.ledger.models import Customer
from tests import builders
from tests.collection.world import Desk, cents, open_desk, publish, write_scenario


def test_a_partial_payment_keeps_the_level_and_is_shown(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "F", 1500, due=date(2026, 4, 14))
    acme.sync(date(2026, 4, 14))
    acme.work_through(date(2026, 4, 15), date(2026, 4, 24))
    acme.payment(customer, "V", 1000, on=date(2026, 4, 25))
    acme.match("F", "V", on=date(2026, 4, 25))
    acme.sync(date(2026, 4, 27))

    acme.work(date(2026, 4, 30))

    assert acme.done()[-1] == ("2026-04-30", 2, "email", Decimal(500))
    text = acme.mails()[-1].get_body(("plain",)).get_content().replace("\u202f", " ")
    for amount in ("1 500,00", "1 000,00", "500,00"):
        assert amount in text.replace("\u00a0", " ")


def test_instalments_are_claimed_each_at_its_own_level(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "F/1", 450, due=date(2026, 3, 15))
    acme.invoice(customer, "F/2", 1050, due=date(2026, 4, 30))
    acme.payment(customer, "V", 300, on=date(2026, 3, 10))
    acme.match("F/1", "V", on=date(2026, 3, 10))
    acme.sync(date(2026, 3, 10))

    for day in (date(2026, 3, 31), date(2026, 4, 29), date(2026, 5, 29)):
        acme.work(day)

    assert [amount for *_rest, amount in acme.done()] == [150, 150, 1200]
    assert (acme.level("F/1"), acme.level("F/2")) == (3, 1)


@pytest.mark.parametrize("euros", [1500, 600])
def test_a_credit_note_and_its_cancellation(acme: Desk, dupont: Customer, euros: int):
    acme.work_through(date(2026, 4, 1), date(2026, 4, 16))
    acme.credit_note(dupont, "A", euros, on=date(2026, 4, 17))
    acme.match("F", "A", on=date(2026, 4, 17))
    acme.sync(date(2026, 4, 17))
    claimed = [action.amount for action in acme.plan(date(2026, 4, 24)).actions]
    assert claimed == ([] if euros == 1500 else [cents(900)])

    acme.unmatch("F", "A")
    acme.remove("A")
    acme.sync(date(2026, 4, 18))

    assert acme.level("F") == 2
    acme.work_through(date(2026, 4, 17), date(2026, 4, 24))
    assert acme.days()[-1] == ("2026-04-24", 3)


def test_unmatched_credits_are_shown_and_deducted(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "F", 1000, due=date(2026, 3, 31))
    acme.credit_note(customer, "A", 250, on=date(2026, 4, 2))
    acme.invoice(acme.customer("MARTIN"), "G", 80, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 2))

    acme.work(date(2026, 4, 8))

    assert [amount for *_rest, amount in acme.done()] == [750, 80]
    assert (acme.level("F"), acme.level("A")) == (1, 0)


def test_credits_beyond_the_debt_make_a_task_and_no_message(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "F", 1000, due=date(2026, 3, 31))
    acme.credit_note(customer, "A", 250, on=date(2026, 4, 2))
    acme.payment(customer, "V", 750, on=date(2026, 4, 3))
    acme.sync(date(2026, 4, 3))

    assert acme.work(date(2026, 4, 8)) == 0
    assert acme.reasons(date(2026, 4, 8)) == {"F": "to_match"}


def test_credits_of_another_currency_or_company_are_not_used(acme: Desk, tmp_path):
    customer = acme.customer()
    acme.invoice(customer, "F", 1000, due=date(2026, 3, 31))
    acme.credit_note(customer, "A", 250, on=date(2026, 4, 2), currency="USD")
    acme.sync(date(2026, 4, 2))
    other = open_desk(tmp_path / "other", slug="other")
    other.payment(other.customer(), "V", 900, on=date(2026, 4, 2))
    other.sync(date(2026, 4, 2))

    acme.work(date(2026, 4, 8))

    assert [amount for *_rest, amount in acme.done()] == [1000]
    assert other.work(date(2026, 4, 8)) == 0


def test_a_payment_that_comes_back_resumes_where_the_invoice_stood(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "F", "249.95", due=date(2026, 3, 31))
    acme.payment(customer, "V", "249.95", on=date(2026, 4, 1))
    acme.match("F", "V", on=date(2026, 4, 1))
    acme.sync(date(2026, 4, 1))
    acme.work_through(date(2026, 4, 2), date(2026, 5, 4))
    acme.unmatch("F", "V")
    acme.remove("V")
    acme.sync(date(2026, 5, 5))

    acme.work_through(date(2026, 5, 5), date(2026, 5, 13))

    assert acme.days() == [("2026-05-05", 1), ("2026-05-13", 2)]


def test_mixed_due_dates_make_one_message_at_the_highest_level(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "A", 800, due=date(2026, 3, 30))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 7), on=date(2026, 4, 1))
    acme.invoice(customer, "C", 450, due=date(2026, 4, 11), on=date(2026, 4, 1))
    acme.invoice(customer, "D", 1000, due=date(2026, 5, 30), on=date(2026, 4, 1))
    acme.sync(date(2026, 4, 7))
    acme.work(date(2026, 4, 7))

    assert acme.work(date(2026, 4, 15)) == 1

    assert acme.done()[-1] == ("2026-04-15", 2, "email", Decimal(1100))
    assert [acme.level(document) for document in "ABCD"] == [2, 1, 0, 0]
    text = acme.mails()[-1].get_body(("plain",)).get_content()
    assert "450,00" in text.replace("\u202f", " ")


def test_one_message_a_level_where_the_scenario_says_so(acme: Desk):
    Scenario.objects.update(grouping="level")
    customer = acme.customer()
    acme.invoice(customer, "A", 800, due=date(2026, 3, 30))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 7), on=date(2026, 4, 1))
    acme.credit_note(customer, "K", 50, on=date(2026, 4, 2))
    acme.sync(date(2026, 4, 7))
    acme.work(date(2026, 4, 7))

    assert acme.work(date(2026, 4, 15)) == 2

    assert sorted(acme.done()[-2:]) == [
        ("2026-04-15", 1, "email", Decimal(300)),
        ("2026-04-15", 2, "email", Decimal(750)),
    ]


def test_a_sibling_message_that_left_first_does_not_stop_the_other(acme: Desk):
    """Two messages of one day to one customer, sent by two workers one after the other."""
    Scenario.objects.update(grouping="level")
    customer = acme.customer()
    acme.invoice(customer, "A", 800, due=date(2026, 3, 30))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 7), on=date(2026, 4, 1))
    acme.credit_note(customer, "K", 50, on=date(2026, 4, 2))
    acme.sync(date(2026, 4, 7))
    acme.work(date(2026, 4, 7))
    acme.prepare(date(2026, 4, 15))
    later = Reminder.objects.get(level=2, status="waiting")
    Reminder.objects.filter(pk=later.pk).update(not_before=acme.at(date(2026, 4, 15), 11))
    acme.deliver(date(2026, 4, 15), hour=10)

    acme.deliver(date(2026, 4, 15), hour=12)

    assert [amount for *_rest, amount in acme.done()[-2:]] == [750, 300]


def test_one_manual_reminder_does_not_mute_the_rest(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "A", 800, due=date(2026, 3, 31))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 1), on=date(2026, 3, 20))
    acme.sync(date(2026, 4, 1))
    without_b = Selection(excluded_entries=frozenset({acme.entry("B").pk}))
    acme.prepare(date(2026, 4, 9), without_b)
    acme.deliver(date(2026, 4, 9))
    assert acme.reasons(date(2026, 4, 9))["B"] == "already_today"

    acme.work(date(2026, 4, 10))

    assert acme.done() == [
        ("2026-04-09", 1, "email", Decimal(800)),
        ("2026-04-10", 1, "email", Decimal(300)),
    ]


@pytest.mark.parametrize("sent_first", [True, False])
def test_a_mail_that_leaves_late_is_the_message_of_that_day(acme: Desk, sent_first: bool):
    customer = acme.customer()
    acme.invoice(customer, "A", 800, due=date(2026, 3, 31))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 1), on=date(2026, 3, 20))
    acme.sync(date(2026, 4, 1))
    acme.prepare(date(2026, 4, 8))
    if sent_first:
        acme.deliver(date(2026, 4, 9), hour=8)

    assert acme.prepare(date(2026, 4, 9)).count == 0
    acme.deliver(date(2026, 4, 9))
    acme.work(date(2026, 4, 10))

    assert acme.done() == [
        ("2026-04-09", 1, "email", Decimal(800)),
        ("2026-04-10", 1, "email", Decimal(300)),
    ]


def test_unticking_the_highest_invoice_leaves_the_step_of_the_others(acme: Desk):
    customer = acme.customer()
    acme.invoice(customer, "A", 800, due=date(2026, 3, 30))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 7), on=date(2026, 4, 1))
    acme.sync(date(2026, 4, 7))
    acme.work(date(2026, 4, 7))

    acme.prepare(date(2026, 4, 15), Selection(excluded_entries=frozenset({acme.entry("A").pk})))
    acme.deliver(date(2026, 4, 15))

    assert acme.done()[-1] == ("2026-04-15", 1, "email", Decimal(300))
    assert (acme.level("A"), acme.level("B")) == (1, 1)


@pytest.mark.parametrize(
    ("amounts", "is_reminded"),
    [
        (["2.00", "2.50", "1.50"], True),
        (["0.09"], False),
        (["5.00"], True),
        (["4.99"], False),
        (["0.09", "1000"], True),
    ],
)
def test_the_minimum_is_per_customer(acme: Desk, amounts: list[str], is_reminded: bool):
    customer = acme.customer()
    for number, euros in enumerate(amounts):
        acme.invoice(customer, f"F{number}", euros, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))

    acme.work(date(2026, 4, 8))

    reminded = [amount for *_rest, amount in acme.done()]
    assert reminded == ([sum(map(Decimal, amounts))] if is_reminded else [])
    if not is_reminded:
        assert set(acme.reasons(date(2026, 4, 8)).values()) == {"below_total_minimum"}


def test_currencies_are_independent(acme: Desk):
    scenario = Scenario.objects.get(with_email=True)
    steps = [("reminder", 1, "email", "due", 2), ("reminder", 2, "email", "previous", 3)]
    publish(scenario, steps, version=2)
    Threshold.objects.filter(scenario=scenario).update(total_minimum_minor=cents(150))
    Threshold.objects.create(scenario=scenario, currency="USD", total_minimum_minor=cents(100))
    customer = acme.customer()
    acme.invoice(customer, "E", 149, due=date(2026, 6, 1))
    acme.invoice(customer, "U", 120, due=date(2026, 6, 1), currency="USD")
    acme.sync(date(2026, 6, 1))
    acme.work_through(date(2026, 6, 2), date(2026, 6, 5))
    acme.invoice(customer, "E2", 10, due=date(2026, 6, 5), on=date(2026, 6, 5))
    acme.sync(date(2026, 6, 6))

    acme.work_through(date(2026, 6, 6), date(2026, 7, 1))

    sent = Reminder.objects.order_by("effective_on", "currency")
    assert list(sent.values_list("effective_on", "currency", "level", "amount_minor")) == [
        (date(2026, 6, 3), "USD", 1, 12_000),
        (date(2026, 6, 8), "EUR", 1, 15_900),
        (date(2026, 6, 8), "USD", 2, 12_000),
        (date(2026, 6, 11), "EUR", 2, 15_900),
    ]


def test_amounts_beyond_the_ceiling_are_left_to_people(acme: Desk, dupont: Customer):
    Threshold.objects.update(total_maximum_minor=cents("1499.99"))

    assert acme.work(date(2026, 4, 8)) == 0
    assert acme.reasons(date(2026, 4, 8)) == {"F": "above_total_maximum"}


def test_a_small_invoice_is_left_out_by_the_minimum_of_an_entry(acme: Desk, dupont: Customer):
    Threshold.objects.update(entry_minimum_minor=cents(10))
    acme.invoice(dupont, "G", "9.99", due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))

    acme.work(date(2026, 4, 8))

    assert [amount for *_rest, amount in acme.done()] == [1500]
    assert acme.reasons(date(2026, 4, 7))["G"] == "waiting"


def test_a_blocked_level_keeps_its_credits_for_the_messages_that_leave(acme: Desk):
    """The letter cannot leave by itself without an address; the e-mail deducts the credit."""
    scenario = Scenario.objects.get(with_email=True)
    Scenario.objects.update(grouping="level")
    steps = [("reminder", 1, "email", "due", 8), ("reminder", 2, "letter", "previous", 8)]
    publish(scenario, steps, version=2, is_automatic=True)
    customer = acme.customer(town=False)
    acme.invoice(customer, "A", 800, due=date(2026, 3, 30))
    acme.invoice(customer, "B", 300, due=date(2026, 4, 7), on=date(2026, 4, 1))
    acme.sync(date(2026, 4, 7))
    acme.work(date(2026, 4, 7))
    acme.credit_note(customer, "K", 50, on=date(2026, 4, 8))
    acme.sync(date(2026, 4, 14))

    acme.work(date(2026, 4, 15))

    assert acme.done()[-1] == ("2026-04-15", 1, "email", Decimal(250))
    assert acme.reasons(date(2026, 4, 16))["A"] == "no_address"


def test_a_customer_without_scenario_is_named(acme: Desk, dupont: Customer):
    """The profile « Interne » has no scenario."""
    interne = builders.profile(acme.company, "Interne")
    builders.has_profile(dupont, interne)

    assert acme.work(date(2026, 4, 8)) == 0
    assert acme.reasons(date(2026, 4, 8)) == {"F": "no_scenario"}
    write_scenario(acme.company, [("reminder", 1, "email", "due", 8)], profile=interne)
    assert acme.work(date(2026, 4, 8)) == 1
