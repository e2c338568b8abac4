"""Matching: the tables are the specification."""

import pytest

from encaisse.ledger.rules.matching import settle
from tests.ledger.accounts import account, opened, remaining

INSIDE_ONE_YEAR = {
    "a group that balances settles all its lines": (
        """
        F1 2026-01-10  1000 A
        V1 2026-02-01 -1000 A
        F2 2026-02-10   500 .
        """,
        {"F2": 500},
    ),
    "several invoices and payments may make one group": (
        """
        F1 2026-01-10  1000 A
        F2 2026-01-20   500 A
        V1 2026-02-01  -700 A
        V2 2026-02-15  -800 A
        """,
        {},
    ),
    "in a partial group credits pay the oldest due debits first": (
        """
        F1 2026-01-10  1000 A due=2026-03-31
        F2 2026-01-20   500 A due=2026-02-28
        V1 2026-02-01  -700 A
        """,
        {"F1": 800},
    ),
    "a partial group may leave a credit": (
        """
        F1 2026-01-10   500 A
        V1 2026-02-01  -700 A
        """,
        {"V1": -200},
    ),
    "lines without a letter stay open": (
        """
        F1 2026-01-10  1000 .
        V1 2026-02-01 -1000 .
        """,
        {"F1": 1000, "V1": -1000},
    ),
    "an orphan payment pays the opening entries, oldest first": (
        """
        AN1 2026-01-01   300 . AN due=2025-10-31
        AN2 2026-01-01   400 . AN due=2025-11-30
        F1  2026-01-10  1000 .
        V1  2026-02-01  -500 A
        """,
        {"AN2": 200, "F1": 1000},
    ),
    "an orphan invoice takes the opening credit": (
        """
        AN1 2026-01-01  -300 . AN
        F1  2026-01-10  1000 A
        """,
        {"F1": 700},
    ),
    "an orphan payment never pays an invoice of the year that it does not name": (
        """
        F1  2026-01-10  1000 .
        V1  2026-02-01  -500 A
        """,
        {"F1": 1000, "V1": -500},
    ),
    "the same letter on two accounts makes two groups": (
        """
        F1 2026-01-10  1000 A acct=411000
        V1 2026-02-01 -1000 A acct=416000
        """,
        {"F1": 1000, "V1": -1000},
    ),
    "letters are compared exactly": (
        """
        F1 2026-01-10  1000 a
        V1 2026-02-01 -1000 A
        """,
        {"F1": 1000, "V1": -1000},
    ),
}


@pytest.mark.parametrize(
    ("table", "expected"), INSIDE_ONE_YEAR.values(), ids=INSIDE_ONE_YEAR.keys()
)
def test_inside_one_year(table: str, expected: dict[str, int]):
    assert remaining(account(table)) == expected


OVER_TWO_YEARS = {
    "a letter used again the next year is another group": (
        """
        F1 2025-03-10  1000 A
        V1 2025-04-01  -600 A
        F2 2026-03-10  5000 A
        V2 2026-04-01 -5000 A
        """,
        (),
        {"F1": 400},
    ),
    "a letter used again for another partial group does not pay last year's": (
        """
        F1 2025-03-10  1000 A
        V1 2025-04-01  -600 A
        AN 2026-01-01   400 . AN
        F2 2026-03-10  5000 A
        V2 2026-04-01 -2000 A
        """,
        (2026,),
        {"F1": 400, "F2": 3000},
    ),
    "a provisional file without opening entries settles last year's invoice": (
        """
        F1 2025-12-10  1000 B
        V1 2026-01-15 -1000 B
        """,
        (),
        {},
    ),
    "opening entries that agree keep last year's detail": (
        """
        F1 2025-11-10   300 .
        F2 2025-12-10   200 .
        AN 2026-01-01   500 . AN
        """,
        (2026,),
        {"F1": 300, "F2": 200},
    ),
    "the letter of an opening entry settles the line it restates": (
        """
        F1  2025-11-10   300 .
        F2  2025-12-10   200 .
        AN1 2026-01-01   300 A AN doc=F1
        AN2 2026-01-01   200 . AN doc=F2
        V1  2026-02-01  -300 A
        """,
        (2026,),
        {"F2": 200},
    ),
    "a letter is handed down by amount when documents differ": (
        """
        F1  2025-11-10   300 .
        F2  2025-12-10   200 .
        AN1 2026-01-01   300 . AN doc=RAN
        AN2 2026-01-01   200 A AN doc=RAN
        V1  2026-02-01  -200 A
        """,
        (2026,),
        {"F1": 300},
    ),
    "a payment of a single opening balance pays the oldest of last year's invoices": (
        """
        F1 2025-11-10   300 .
        F2 2025-12-10   200 .
        AN 2026-01-01   500 A AN
        V1 2026-02-01  -400 A
        """,
        (2026,),
        {"F2": 100},
    ),
    "opening entries that disagree win": (
        """
        F1 2025-11-10   300 .
        F2 2025-12-10   200 .
        AN 2026-01-01   450 . AN
        """,
        (2026,),
        {"AN": 450},
    ),
    "no opening entry in a file that has some means that nothing was carried over": (
        """
        F1 2025-11-10   300 .
        F2 2026-02-10   200 .
        """,
        (2026,),
        {"F2": 200},
    ),
    "last year's leftover letter does not catch an unmatched payment of this year": (
        """
        F1 2025-03-10  1000 A
        V1 2025-04-01  -600 A
        V2 2026-02-01  -400 .
        """,
        (),
        {"F1": 400, "V2": -400},
    ),
}


@pytest.mark.parametrize(
    ("table", "years", "expected"), OVER_TWO_YEARS.values(), ids=OVER_TWO_YEARS.keys()
)
def test_over_two_years(table: str, years: tuple[int, ...], expected: dict[str, int]):
    assert remaining(account(table), *years) == expected


def test_an_account_absent_from_a_file_with_openings_owes_nothing_any_more():
    lines = account("F1 2025-11-10 300 .")

    assert remaining(lines, 2026) == {}
    assert lines[0].settled_date == "2026-01-01"


def test_opening_entries_that_agree_count_for_nothing():
    lines = account(
        """
        F1 2025-11-10 300 .
        AN 2026-01-01 300 . AN
        """
    )
    settle(lines, opened=opened(2026))

    assert [line.is_counted for line in lines] == [True, False]
    assert lines[1].remaining == 0


CURRENCIES = {
    "a letter does not balance over two currencies": (
        """
        F1 2026-01-10  1000 A USD base=900
        V1 2026-02-01 -1000 A EUR
        """,
        {"F1": 1000, "V1": -1000},
    ),
    "an exchange difference closes the group that balances in the company's currency": (
        """
        F1 2026-01-10  1000 A USD base=900
        V1 2026-02-01 -1000 A USD base=-880
        X1 2026-02-01   -20 A EUR
        """,
        {},
    ),
    "an orphan payment never pays an opening entry of another currency": (
        """
        AN1 2026-01-01   300 . AN USD
        V1  2026-02-01  -300 A EUR
        """,
        {"AN1": 300, "V1": -300},
    ),
}


@pytest.mark.parametrize(("table", "expected"), CURRENCIES.values(), ids=CURRENCIES.keys())
def test_currencies_never_pay_one_another(table: str, expected: dict[str, int]):
    assert remaining(account(table)) == expected


def test_opening_entries_are_compared_currency_by_currency():
    lines = account(
        """
        F1 2025-11-10  100 . EUR
        F2 2025-11-10  200 . USD
        A1 2026-01-01  200 . AN EUR
        A2 2026-01-01  100 . AN USD
        """
    )

    assert remaining(lines, 2026) == {"A1": 200, "A2": 100}


def test_a_line_is_settled_on_the_day_of_its_letter():
    lines = account(
        """
        F1 2026-01-10  1000 A on=2026-03-05
        V1 2026-02-01 -1000 A on=2026-03-05
        """
    )
    settle(lines)

    assert {line.settled_date for line in lines} == {"2026-03-05"}


def test_without_the_day_of_the_letter_a_group_is_settled_with_its_last_line():
    lines = account(
        """
        F1 2026-01-10  1000 A
        V1 2026-02-01 -1000 A on=2026-01-20
        """
    )
    settle(lines)

    assert {line.settled_date for line in lines} == {"2026-02-01"}


def test_what_the_source_says_is_left_is_not_computed():
    lines = account(
        """
        F1 2026-01-10  1000 A
        F2 2026-01-10   500 A
        """
    )
    lines[0].given_remaining, lines[1].given_remaining = 250, 0

    assert remaining(lines) == {"F1": 250}


def test_partial_payments_tell_who_paid_what_and_when():
    lines = account(
        """
        F1 2026-01-10  1000 A due=2026-02-10
        F2 2026-01-20   500 A due=2026-02-20
        V1 2026-02-01  -700 A
        V2 2026-02-15  -500 A
        """
    )
    paid = settle(lines)

    assert [(part.credit, part.debit, part.amount, part.on) for part in paid] == [
        ("V1", "F1", 700, "2026-02-01"),
        ("V2", "F1", 300, "2026-02-15"),
        ("V2", "F2", 200, "2026-02-15"),
    ]
    assert lines[0].settled_date == "2026-02-15"
