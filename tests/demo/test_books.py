"""The invented accounting: the same each time, and as an accountant would have kept it."""

from datetime import date

import pytest
from stdnum.fr import siren, siret, tva

from encaisse.demo.books import Account, Books
from encaisse.demo.operations import make_stage
from encaisse.ledger.rules.terms import PaymentTerms

TODAY = date(2027, 5, 17)
METHODS: dict[str, int] = {}


def rows(books: Books) -> list[object]:
    return [row for account in books.accounts for row in account.rows(TODAY, METHODS)]


@pytest.fixture(scope="module")
def books() -> Books:
    return make_stage(TODAY).books


@pytest.fixture
def account() -> Account:
    return Account("411DUPONT", "Dupont", "Commerce", "Durant", PaymentTerms(30), "Virement")


def test_a_seed_and_a_day_always_give_the_same_books(books):
    assert rows(make_stage(TODAY).books) == rows(books)
    assert rows(make_stage(TODAY, seed=1).books) != rows(books)


def test_invoices_and_credit_notes_are_numbered_without_gaps(books):
    numbers = sorted(
        posting.document.rpartition("-")[2]
        for account in books.accounts
        for posting in account.postings
        if posting.document.startswith("FA")
    )

    assert numbers == [f"{number:05d}" for number in range(1, len(numbers) + 1)]


def test_codes_and_sources_are_unique(books):
    codes = [account.code for account in books.accounts]
    sources = [posting.source_id for account in books.accounts for posting in account.postings]

    assert len(codes) == len(set(codes))
    assert len(sources) == len(set(sources))


def test_numbers_of_companies_are_valid_and_were_never_given(books):
    french = [account for account in books.accounts if account.country == "France"]

    assert french
    for account in french:
        assert siren.is_valid(account.siren)
        assert siret.is_valid(account.siret)
        assert tva.is_valid(account.vat_number)
        assert account.siren.startswith("000")


def test_every_address_ends_where_nobody_can_own_it(books):
    emails = [person.email for account in books.accounts for person in account.people]

    assert all(email == "" or email.endswith(".example") for email in emails)
    assert any(emails)


def test_a_payment_shows_its_letter_from_its_day_on(account):
    invoice = account.invoice(date(2027, 1, 4), 120_000)
    account.pay([invoice], date(2027, 3, 1))
    Books([account]).close()

    before = account.rows(date(2027, 2, 28), METHODS)
    after = account.rows(date(2027, 3, 1), METHODS)

    assert [(row.amount_minor, row.match_code) for row in before] == [(120_000, "")]
    assert [(row.amount_minor, row.match_code) for row in after] == [
        (120_000, "AAA"),
        (-120_000, "AAA"),
    ]


def test_payments_in_two_times_share_the_letter(account):
    invoice = account.invoice(date(2027, 1, 4), 120_000)
    account.pay([invoice], date(2027, 2, 8), 50_000)
    account.pay([invoice], date(2027, 3, 1), 70_000)
    Books([account]).close()

    assert {row.match_code for row in account.rows(TODAY, METHODS)} == {"AAA"}
    assert account.balance() == 0


def test_what_is_to_come_is_not_late(account):
    account.invoice(date(2027, 5, 10), 60_000)
    account.invoice(date(2027, 4, 1), 90_000)

    assert (account.balance(), account.coming(TODAY)) == (150_000, 60_000)


def test_a_partial_match_bears_small_letters_until_it_balances(account):
    invoice = account.invoice(date(2027, 1, 4), 100_00)
    account.pay([invoice], date(2027, 2, 1), 40_00)
    account.match([invoice, account.receive(date(2027, 3, 1), 60_00)], date(2027, 3, 1))

    letters = {
        day: {row.match_code for row in account.rows(day, METHODS)}
        for day in (date(2027, 1, 31), date(2027, 2, 1), date(2027, 3, 1))
    }

    assert list(letters.values()) == [{""}, {"aaa"}, {"AAA"}]
