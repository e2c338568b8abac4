"""The score: each payment of the fiscal year against the due date of what it settled."""

from datetime import date
from fractions import Fraction

import pytest

from encaisse.insights.payments import PaymentRecord, overdue_now
from encaisse.insights.rules.score import Credit, Debit, grade_of, pair, score_of
from encaisse.ledger.models import Allocation, LedgerEntry
from tests.builders import credit_note, customer, invoice, payment

TODAY = date(2026, 6, 30)


# -- the rule ------------------------------------------------------------------------------------


def test_the_average_is_weighted_by_the_amounts():
    score = score_of([(100_00, 10), (300_00, 50)])

    assert (score.days, score.grade, score.weight) == (40, "D", 400_00)


def test_an_early_payment_does_not_make_up_for_a_late_one():
    assert score_of([(100, -60), (100, 20)]).days == 10


def test_without_payment_there_is_no_score():
    assert score_of([]) is None


@pytest.mark.parametrize(
    ("days", "grade"),
    [("0", "A"), ("5", "A"), ("5.1", "B"), ("15", "B"), ("30", "C"), ("60", "D"), ("60.01", "E")],
)
def test_a_grade_ends_with_its_last_day(days, grade):
    assert grade_of(Fraction(days)) == grade


def test_tenths_are_rounded_half_up():
    assert score_of([(4, 0), (4, 1), (12, 0)]).tenths == 2  # 0.2
    assert score_of([(19, 0), (1, 1)]).tenths == 1  # 0.05


def test_the_oldest_payment_pays_the_oldest_debt_of_its_group():
    debits = [
        Debit(1, 100, date(2026, 2, 1), "A"),
        Debit(2, 50, date(2026, 1, 1), "A"),
        Debit(3, 70, date(2026, 1, 1), "B"),
    ]
    credits = [
        Credit(9, 90, date(2026, 3, 9), "A"),
        Credit(8, 60, date(2026, 3, 8), "A"),
        Credit(7, 70, date(2026, 3, 1), "B"),
    ]

    assert sorted(pair(debits, credits)) == [(1, 8, 10), (1, 9, 90), (2, 8, 50), (3, 7, 70)]


# -- over a ledger -------------------------------------------------------------------------------


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont")


def matched(*entries: LedgerEntry, on: date, letter: str = "A") -> None:
    """One group that balances, lettered on a day."""
    for entry in entries:
        entry.remaining_minor = 0
        entry.settled_date = entry.match_date = on
        entry.match_code = letter
        entry.save()


def shown(of) -> list[tuple[str, str, int, int]]:
    return [
        (one.document, one.by, one.amount, one.days) for one in PaymentRecord(of, TODAY).of_the_year
    ]


def test_days_are_counted_to_the_payment_not_to_the_matching(dupont):
    bill = invoice(dupont, euros=1000, due=date(2026, 3, 1), document_number="F1")
    paid = payment(dupont, euros=1000, on=date(2026, 3, 21), document_number="V1")
    matched(bill, paid, on=date(2026, 5, 31))

    assert shown(dupont) == [("F1", "V1", 1000_00, 20)]
    assert PaymentRecord(dupont, TODAY).score.grade == "C"


def test_what_a_credit_note_settled_was_not_paid(dupont):
    bill = invoice(dupont, euros=1000, due=date(2026, 3, 1), document_number="F1")
    note = credit_note(dupont, euros=400, on=date(2026, 3, 2))
    paid = payment(dupont, euros=600, on=date(2026, 3, 11), document_number="V1")
    matched(bill, note, paid, on=date(2026, 3, 11))

    assert shown(dupont) == [("F1", "V1", 600_00, 10)]


def test_a_part_payment_counts_on_its_own_day(morel, dupont):
    bill = invoice(dupont, euros=1000, due=date(2026, 3, 1), remaining=400, document_number="F1")
    first = payment(dupont, euros=600, on=date(2026, 2, 27), remaining=0, document_number="V1")
    Allocation.objects.create(
        company=morel, debit=bill, credit=first, amount_minor=600_00, on=first.posting_date
    )
    last = payment(dupont, euros=400, on=date(2026, 4, 30), document_number="V2")

    assert shown(dupont) == [("F1", "V1", 600_00, -2)]

    matched(bill, last, on=date(2026, 4, 30))
    assert shown(dupont) == [("F1", "V2", 400_00, 60), ("F1", "V1", 600_00, -2)]
    assert PaymentRecord(dupont, TODAY).score.days == 24


def test_only_the_payments_of_the_fiscal_year_are_scored(morel, dupont):
    morel.fiscal_year_month = 4
    morel.save()
    for number, on in enumerate((date(2026, 3, 31), date(2026, 4, 1))):
        due = date(2026, 3, 1)
        bill = invoice(dupont, euros=100, due=due, document_number=f"F{number}")
        paid = payment(dupont, euros=100, on=on)
        matched(bill, paid, on=date(2026, 5, 2), letter=f"A{number}")
    record = PaymentRecord(dupont, TODAY)

    assert [one.document for one in record.of_the_year] == ["F1"]
    assert [one.document for one in record.payments] == ["F1", "F0"]


def test_amounts_of_several_currencies_weigh_what_they_are_worth_here(dupont):
    for currency, base, on in (("EUR", 100_00, date(2026, 3, 1)), ("USD", 300_00, None)):
        due = date(2026, 3, 1)
        fields = {"currency": currency, "base_minor": base}
        bill = invoice(dupont, euros=100, due=due, **fields)
        paid = payment(dupont, euros=100, on=on or date(2026, 4, 10), currency=currency)
        matched(bill, paid, on=date(2026, 5, 2), letter=currency)
    record = PaymentRecord(dupont, TODAY)

    assert record.score.days == 30  # 40 days over three quarters of the worth
    assert [(one.currency, one.amount, one.late) for one in record.totals(record.payments)] == [
        ("EUR", 100_00, 0),
        ("USD", 100_00, 100_00),
    ]


def test_what_was_settled_in_another_currency_counts_on_the_day_it_was_matched(dupont):
    bill = invoice(dupont, euros=100, due=date(2026, 3, 1), document_number="F1")
    paid = payment(dupont, euros=110, on=date(2026, 3, 11), currency="USD")
    matched(bill, paid, on=date(2026, 3, 11))

    assert shown(dupont) == [("F1", "", 100_00, 10)]


def test_nothing_is_said_of_what_is_not_paid_but_beside(dupont):
    invoice(dupont, euros=100, due=date(2026, 3, 1))

    record = PaymentRecord(dupont, TODAY)
    assert (record.payments, record.score) == ([], None)
    assert overdue_now(dupont, on=TODAY) == {"EUR": 100_00}


def test_it_takes_two_queries_however_much_was_paid(dupont, django_assert_num_queries):
    for number in range(5):
        bill = invoice(dupont, euros=100, due=date(2026, 3, 1))
        matched(bill, payment(dupont, euros=100, on=date(2026, 3, 2)), on=TODAY, letter=f"{number}")

    with django_assert_num_queries(2):
        assert len(PaymentRecord(dupont, TODAY).payments) == 5
