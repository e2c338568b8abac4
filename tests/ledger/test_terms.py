"""Payment terms: from an invoice date to a due date, as French companies write them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encaisse.core.dates import end_of_month
from encaisse.ledger.rules.terms import PaymentTerms, TermsError, parse_terms


@pytest.mark.parametrize(
    ("text", "invoice_date", "due_date"),
    [
        ("comptant", date(2026, 1, 20), date(2026, 1, 20)),
        ("à réception", date(2026, 1, 20), date(2026, 1, 20)),
        ("30 jours", date(2026, 1, 31), date(2026, 3, 2)),
        ("30 jours nets", date(2026, 1, 31), date(2026, 3, 2)),
        ("30j", date(2028, 1, 30), date(2028, 2, 29)),
        ("60 jours", date(2026, 12, 15), date(2027, 2, 13)),
        # The two lawful readings of « 45 jours fin de mois » (C. com. L441-10).
        ("45 jours fin de mois", date(2026, 1, 20), date(2026, 3, 31)),
        ("fin de mois + 45 jours", date(2026, 1, 20), date(2026, 3, 17)),
        ("45 jours fin de mois", date(2026, 1, 1), date(2026, 2, 28)),
        ("fin de mois + 45 jours", date(2026, 1, 1), date(2026, 3, 17)),
        ("45 jours FDM", date(2026, 12, 20), date(2027, 2, 28)),
        ("fin de mois", date(2026, 2, 3), date(2026, 2, 28)),
        ("30 jours fin de mois le 10", date(2026, 1, 20), date(2026, 3, 10)),
        ("30 jours fin de mois le 31", date(2026, 1, 20), date(2026, 2, 28)),
        ("30 jours le 10", date(2026, 1, 11), date(2026, 2, 10)),
        ("30 jours le 10", date(2026, 1, 12), date(2026, 3, 10)),
        ("30 jours le 31", date(2026, 1, 30), date(2026, 3, 31)),
        ("30 jours le 30", date(2026, 1, 20), date(2026, 2, 28)),
        ("30 jours le 10 et le 25", date(2026, 1, 12), date(2026, 2, 25)),
        ("30 jours le 10, 25", date(2026, 1, 12), date(2026, 2, 25)),
        ("30 jours les 10 et 25", date(2026, 1, 12), date(2026, 2, 25)),
    ],
)
def test_due_dates(text: str, invoice_date: date, due_date: date):
    assert parse_terms(text).due_date(invoice_date) == due_date


@pytest.mark.parametrize("text", ["", "bientôt", "le 10", "30 jours le 45", "12 mois"])
def test_what_is_not_payment_terms_is_refused_with_a_sentence(text: str):
    with pytest.raises(TermsError, match=r"\."):
        parse_terms(text)


TERMS = st.builds(
    PaymentTerms,
    net_days=st.integers(0, 120),
    end_of_month=st.booleans(),
    on_days=st.lists(st.integers(1, 31), max_size=2, unique=True).map(tuple),
) | st.builds(
    PaymentTerms,
    net_days=st.integers(0, 120),
    from_end_of_month=st.just(value=True),
    on_days=st.lists(st.integers(1, 31), max_size=2, unique=True).map(tuple),
)


@given(TERMS)
def test_terms_are_read_back_as_they_are_written(terms: PaymentTerms):
    assert parse_terms(str(terms)) == terms


@given(TERMS, st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_due_date_is_never_before_the_days_are_over(terms: PaymentTerms, day: date):
    due = terms.due_date(day)

    assert due >= day + timedelta(days=terms.net_days)
    if terms.on_days:
        last = end_of_month(due).day
        assert due.day in {min(number, last) for number in terms.on_days}
