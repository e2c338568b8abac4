"""Late-payment interest against worked results (the oracles of the law's formulas)."""

from datetime import date
from decimal import Decimal

import pytest

from encaisse.ledger.rules.charges import (
    Debt,
    LateRate,
    RateUnknown,
    half_year,
    interest_a_day,
    interest_of,
    late_interest,
)

ECB = LateRate()


@pytest.mark.parametrize(
    ("euros", "due", "on", "rate", "cents", "days"),
    [
        (10_000, date(2026, 5, 31), date(2026, 7, 31), ECB, 205_18, 61),
        (12_000, date(2023, 12, 15), date(2024, 3, 15), ECB, 431_17, 91),
        (1_200, date(2026, 9, 30), date(2026, 11, 21), ECB, 21_20, 52),
        (5_000, date(2024, 12, 31), date(2026, 6, 30), ECB, 933_55, 546),
        (1_500, date(2026, 3, 31), date(2026, 5, 15), LateRate(Decimal(12)), 22_19, 45),
        (1_000, date(2026, 6, 30), date(2026, 7, 1), ECB, 34, 1),
        (1_000, date(2026, 6, 30), date(2026, 6, 30), ECB, 0, 0),
    ],
)
def test_interest_is_that_of_the_worked_results(euros, due, on, rate, cents, days):
    stretches = late_interest(Debt(euros * 100, due), on, rate)

    assert sum(stretch.interest for stretch in stretches) == cents
    assert sum(stretch.days for stretch in stretches) == days


def test_what_was_paid_on_the_way_counts_until_it_was_received():
    debt = Debt(600_000, date(2026, 5, 31), [(date(2026, 6, 30), 400_000)])

    stretches = late_interest(debt, date(2026, 7, 31), ECB)

    assert [(one.principal, one.days, one.interest) for one in stretches] == [
        (1_000_000, 30, 99_86),
        (600_000, 31, 63_19),
    ]


def test_the_invoices_of_a_customer_are_added_after_each_was_rounded():
    on = date(2026, 11, 21)
    debts = [
        Debt(120_000, date(2026, 9, 30)),
        Debt(85_000, date(2026, 10, 14)),
        Debt(30_000, date(2026, 11, 14)),
    ]

    assert interest_of(debts, on, ECB) == 32_88
    assert interest_a_day(debts, on, ECB) == 80  # 2 350,00 € × 12,40 % / 365


def test_an_unknown_half_year_is_named_and_never_guessed():
    with pytest.raises(RateUnknown) as refusal:
        interest_of([Debt(100, date(2026, 12, 1))], date(2027, 1, 2), ECB)

    assert refusal.value.half == half_year(date(2027, 1, 2)) == "2027-S1"


def test_a_day_on_which_nothing_is_late_adds_nothing():
    assert interest_a_day([Debt(100_000, date(2026, 12, 1))], date(2026, 11, 21), ECB) == 0
