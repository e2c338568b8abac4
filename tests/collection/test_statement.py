"""The statement of account: what it lists, what it adds up, and the paper."""

from datetime import date

import pytest

from encaisse.collection.queries.statement import statement_of, statement_pdf
from encaisse.ledger.queries.open_items import Matching
from tests.builders import company, credit_note, customer, invoice, payment, settled
from tests.support.paper import needs_pdftotext, text_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)


@pytest.fixture
def morel():
    return company("Ateliers Morel", city="Lyon", iban="FR1420041010050500013M02606")


@pytest.fixture
def dupont(morel):
    made = customer(morel, "Dupont", city="Lille", postal_code="59000")
    invoice(made, euros=100, due=date(2026, 7, 15), on=date(2026, 6, 15), document_number="A")
    invoice(made, euros=200, due=date(2026, 6, 1), document_number="B", remaining=150)
    invoice(made, euros=400, due=date(2026, 4, 1), document_number="C")
    credit_note(made, euros=30, on=date(2026, 6, 2), document_number="AV")
    settled(invoice(made, euros=55, due=date(2026, 3, 1), document_number="P"), on=TODAY)
    return made


@pytest.mark.parametrize(
    ("matching", "documents"),
    [
        (Matching.OPEN, ["C", "B", "AV", "A"]),
        (Matching.MATCHED, ["P"]),
        (Matching.ALL, ["P", "C", "B", "AV", "A"]),
    ],
)
def test_the_balance_is_that_of_the_account_whatever_is_listed(dupont, matching, documents):
    (account,) = statement_of(dupont, on=TODAY, matching=matching).accounts

    assert [row.document for row in account.rows] == documents
    assert (account.not_due, account.late, account.credits) == (10000, (15000, 0, 40000), -3000)
    assert account.balance == 62000


def test_the_balance_of_a_past_day_is_that_of_the_day(dupont):
    (account,) = statement_of(dupont, on=date(2026, 3, 31)).accounts

    assert [row.document for row in account.rows] == ["P"]
    assert account.balance == 5500


def test_currencies_stand_apart_the_base_currency_first(dupont):
    invoice(dupont, euros=10, due=TODAY, currency="CHF")

    accounts = statement_of(dupont, on=TODAY).accounts

    assert [(one.currency, one.balance) for one in accounts] == [("EUR", 62000), ("CHF", 1000)]


@needs_pdftotext
def test_everything_is_on_the_paper(dupont):
    text = text_of(statement_pdf(dupont, on=TODAY))

    for shown in ("Relevé de compte au 30 juin 2026", "411DUPONT", "59000 Lille", "Total dû",
                  "620,00 €", "29 j", "Plus de 60 j", "FR14 2004 1010"):  # fmt: skip
        assert shown in text


@needs_pdftotext
def test_it_speaks_the_language_of_the_customer(dupont):
    dupont.language = "en"

    text = text_of(statement_pdf(dupont, on=TODAY))

    assert "Statement of account as of 30 June 2026" in text
    assert "€620.00" in text


@needs_pdftotext
def test_someone_in_credit_is_not_asked_to_pay(morel):
    petit = customer(morel, "Petit")
    payment(petit, euros=80, on=TODAY)

    text = text_of(statement_pdf(petit, on=TODAY))

    assert "Solde en votre faveur" in text
    assert "IBAN" not in text


@needs_pdftotext
def test_an_account_that_never_served_makes_a_statement_too(morel):
    assert "Aucune écriture." in text_of(statement_pdf(customer(morel, "Neuf"), on=TODAY))


@needs_pdftotext
def test_the_columns_add_up_what_was_paid_of_an_invoice_included(dupont):
    text = text_of(statement_pdf(dupont, on=TODAY))

    total = next(line for line in text.splitlines() if line.split()[:1] == ["Total"])
    assert "Déjà réglé" in text
    # 700 − 30 − 50 = 620.
    assert total.split()[1::2] == ["700,00", "30,00", "50,00", "620,00"]
