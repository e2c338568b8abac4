"""The indicators of credit management: the published examples, and one whole ledger."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encaisse.insights.aging import AgedBalance
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.insights.kpi import key_figures
from encaisse.insights.rules.kpi import (
    Month,
    collection_index,
    count_back,
    in_days_of_sales,
    indicators,
    percentage,
    ratio,
)
from encaisse.ledger.operations.synchronise import Coverage, SourceRow, Synchroniser
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope
from tests import builders
from tests.cli.desk import answered

JUNE = date(2026, 6, 30)
# Document, customer, amount, issued, due, paid on, amount paid (law.md 7.1).
DATA_SET = """
F01 A 12000 2026-01-10 2026-02-09 2026-02-09 12000
F02 A  8000 2026-02-15 2026-03-17 2026-03-27  8000
F03 B 20000 2026-03-05 2026-04-04 2026-05-04 20000
F04 B 10000 2026-03-20 2026-04-19 2026-05-19  4000
F05 C 15000 2026-04-08 2026-05-08
F06 C 25000 2026-04-25 2026-06-24
F07 A 30000 2026-05-12 2026-06-11 2026-06-11 30000
F08 D 18000 2026-05-20 2026-07-19
F09 D 22000 2026-06-02 2026-07-02
F10 A 14000 2026-06-18 2026-07-18
F11 E  5000 2025-12-01 2025-12-31
A01 D -2000 2026-06-20 2026-06-20
"""


def days(text: str) -> Decimal:
    return Decimal(text)


# -- the rules alone -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("receivable", "sales", "length", "expected"),
    [
        (103_000, 122_000, 91, "76.83"),
        (30_000, 60_000, 90, "45.00"),
        (20_000, 45_000, 90, "40.00"),
        (4720, 28_704, 365, "60.02"),
        (54_000, 122_000, 91, "40.28"),
        (49_000, 122_000, 91, "36.55"),
    ],
)
def test_an_amount_is_worth_days_of_sales(receivable, sales, length, expected):
    assert in_days_of_sales(receivable, sales, length) == days(expected)


def test_without_sales_there_is_no_dso():
    assert in_days_of_sales(1, 0, 30) is None
    assert in_days_of_sales(1, -5, 30) is None


@pytest.mark.parametrize(
    ("receivable", "sales", "expected"),
    [
        (103_000, [(30, 34_000), (31, 48_000), (30, 40_000)], "76.75"),
        (2500, [(30, 1200), (31, 800), (30, 700)], "82.43"),
        (20_000, [(30, 12_500), (31, 10_000), (30, 6000)], "53.25"),
        (1000, [(30, 1000), (31, 500)], "30.00"),
        (-50, [(30, 1000)], "0.00"),
        (600, [(30, -400), (31, 1000)], "61.00"),
    ],
)
def test_counting_back_uses_up_the_newest_sales_first(receivable, sales, expected):
    found = count_back(receivable, sales)

    assert (found.days, found.is_beyond) == (days(expected), False)


def test_counting_back_says_when_the_sales_run_out():
    found = count_back(5000, [(30, 1000), (31, 500)])

    assert (found.days, found.is_beyond) == (61, True)


@pytest.mark.parametrize(
    ("opening", "sales", "receivable", "not_due", "expected"),
    [
        (35_000, 122_000, 103_000, 54_000, "52.43"),
        (100_000, 1_000_000, 120_000, 100_000, "98.00"),
    ],
)
def test_the_collection_index_is_what_was_collected_of_what_could_be(
    opening, sales, receivable, not_due, expected
):
    assert collection_index(opening, sales, receivable, not_due) == days(expected)


def test_the_collection_index_needs_an_opening_amount():
    assert collection_index(None, 1, 1, 0) is None


def test_half_a_hundredth_is_rounded_up():
    assert ratio(1, 200) == days("0.01")
    assert ratio(-1, 200) == days("-0.01")
    assert ratio(1, 201) == days("0.00")
    assert percentage(49_000, 103_000) == days("47.57")


def test_a_period_begins_with_the_ledger_when_that_is_younger():
    months = [Month(date(2026, 1, 31), 100, 50), Month(date(2026, 2, 28), 100, 50)]

    found = indicators(months, length=3, on=date(2026, 3, 5))

    assert (found.first, found.days, found.opening) == (date(2026, 1, 1), 59, None)
    assert found.dso == days("14.75")


# -- a ledger ------------------------------------------------------------------------------------


def rows_of(table: str) -> dict[str, list[SourceRow]]:
    """Ledger lines by customer: each document, and its payment with the same letter."""
    found: dict[str, list[SourceRow]] = {}
    for letter, line in enumerate(table.strip().splitlines()):
        document, who, amount, issued, due, *paid = line.split()
        code = f"{chr(65 + letter)}" if paid else ""
        kind = "invoice" if int(amount) > 0 else "credit_note"
        matched = max(paid[0], issued) if paid else ""
        lines = found.setdefault(who, [])
        lines.append(source_row(document, kind, issued, due, int(amount), code, matched))
        if paid:
            day, part = paid
            lines.append(source_row(f"P{document}", "payment", day, day, -int(part), code, matched))
    return found


def source_row(number, kind, day, due, euros, letter, matched) -> SourceRow:
    return SourceRow(
        number, kind, "411000", "VE", number, number, day, day, due, "given", "", "EUR",
        euros * 100, euros * 100, letter, matched,
    )  # fmt: skip


def write(company: Company, accounts: dict[str, list[SourceRow]], **fields: str) -> None:
    customers = {name: builders.customer(company, name, **fields) for name in accounts}
    whole = Coverage("test", "", "", 20260101, is_whole=True)
    Synchroniser(company, whole, write=True).add(
        {customers[name].pk: rows for name, rows in accounts.items()}
    )


@pytest.fixture
def morel(db):
    of = builders.company()
    write(of, rows_of(DATA_SET))
    return of


def test_the_indicators_of_a_quarter(morel):
    found = key_figures(Scope(morel), on=JUNE, length=3).last

    assert (found.first, found.end, found.days) == (date(2026, 4, 1), JUNE, 91)
    assert (found.sales, found.opening) == (12_200_000, 3_500_000)
    assert (found.receivable, found.not_due, found.overdue) == (10_300_000, 5_400_000, 4_900_000)
    assert (found.dso, found.dso_count_back) == (days("76.83"), days("76.75"))
    assert (found.best_dso, found.delinquent_days) == (days("40.28"), days("36.55"))
    assert found.collection_index == days("52.43")
    assert found.late_rate == days("47.57")
    assert found.late_age == days("44.75")
    assert not found.counted_back.is_beyond


def test_how_long_paid_invoices_took(morel):
    found = key_figures(Scope(morel), on=JUNE, length=6).last

    assert (found.payment_days, found.payment_days_weighted) == (days("40.00"), days("39.71"))
    assert (found.payment_delay, found.payment_delay_weighted) == (days("10.00"), days("9.71"))
    assert (found.paid_late, found.paid_late_weighted) == (days("50.00"), days("40.00"))


def test_what_was_recovered_of_what_fell_due(morel):
    at_once, known = (
        next(one for one in key_figures(Scope(morel), on=on).months if one.end.month == 3)
        for on in (date(2026, 4, 1), JUNE)
    )

    # F01 and F02 fell due from January to March; F04 in part, later.
    assert (known.recovered_on_time, known.recovered_in_grace) == (days("60.00"), days("100.00"))
    assert at_once.recovered_in_grace is None


def test_a_part_payment_within_the_grace_counts_as_recovered(db):
    of = builders.company()
    write(of, rows_of("F1 A 1000 2026-01-05 2026-01-20 2026-02-10 250"))

    found = key_figures(Scope(of), on=JUNE, length=1).months[0]

    assert (found.recovered_on_time, found.recovered_in_grace) == (days("0.00"), days("25.00"))


def test_sales_and_receivables_of_each_month(morel):
    found = key_figures(Scope(morel), on=JUNE, length=1)

    sales = {month.end.month: month.sales // 100_000 for month in found.months}
    assert sales == {12: 5, 1: 12, 2: 8, 3: 30, 4: 40, 5: 48, 6: 34}
    assert found.months[0].opening is None


def test_a_month_that_is_not_over_is_left_out(morel):
    assert key_figures(Scope(morel), on=date(2026, 6, 29)).last.end == date(2026, 5, 31)


def test_other_currencies_are_left_out_and_named(morel):
    someone = builders.customer(morel, "Smith")
    builders.invoice(someone, euros=900, due=JUNE, on=date(2026, 6, 1), currency="USD")

    found = key_figures(Scope(morel), on=JUNE)

    assert found.last.receivable == 10_300_000
    assert found.left_out == ("USD",)


def test_a_portfolio_has_its_own_indicators(morel):
    write(morel, {"Z": [source_row("Z1", "invoice", "2026-06-01", "2026-07-01", 7, "", "")]},
          sales_rep="Durant")  # fmt: skip

    found = key_figures(Scope(morel, frozenset({"Durant"})), on=JUNE)

    assert [month.receivable for month in found.months] == [700]
    assert key_figures(Scope(morel, frozenset()), on=JUNE).months == ()


def test_an_empty_ledger_has_no_indicators(db):
    found = key_figures(Scope(builders.company()), on=JUNE)

    assert (found.months, found.last) == ((), None)


def test_a_program_reads_them_on_the_command_line(morel):
    said = answered("kpi", "--company", morel.slug, "--on", "30/06/2026", "--months", "2")

    assert (said["currency"], said["period_months"], said["currencies_left_out"]) == ("EUR", 3, [])
    (may, june) = said["months"]
    assert (may["end"], june["end"], june["period_first"]) == (
        "2026-05-31", "2026-06-30", "2026-04-01",
    )  # fmt: skip
    assert (june["receivable"], june["dso_count_back"], june["collection_index"]) == (
        "103000.00", "76.75", "52.43",
    )  # fmt: skip
    assert june["recovered_in_grace"] is None


_LINES = st.tuples(
    st.sampled_from("AB"),
    st.integers(0, 150),
    st.integers(-20, 60),
    st.integers(-300, 500).filter(bool),
    st.sampled_from(["", "A", "B"]),
    st.integers(0, 40),
)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(_LINES, min_size=1, max_size=12))
def test_each_month_says_what_the_aged_balance_of_its_last_day_says(lines):
    of = builders.company(slug=f"c{Company.objects.count()}")
    accounts: dict[str, list[SourceRow]] = {}
    for number, (who, posted, due, euros, letter, matched) in enumerate(lines):
        day = date(2026, 1, 1) + timedelta(days=posted)
        accounts.setdefault(who, []).append(
            source_row(
                f"L{number}", "invoice" if euros > 0 else "payment", f"{day}",
                f"{day + timedelta(days=due)}", euros, letter,
                f"{day + timedelta(days=matched)}" if letter else "",
            )
        )  # fmt: skip
    write(of, accounts)

    for month in key_figures(Scope(of), on=JUNE).months:
        totals = AgedBalance(Scope(of), month.end).totals(Criteria(accounts=Accounts.ALL))
        amounts = totals[0].amounts if totals else None
        expected = (
            (amounts.balance, amounts.not_due, amounts.overdue_debits) if amounts else (0,) * 3
        )
        assert (month.receivable, month.not_due, month.late) == expected
