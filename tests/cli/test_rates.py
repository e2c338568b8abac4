"""`encaisse rates`: exchange rates from a file, and what is known."""

from datetime import date

import pytest

from tests import builders
from tests.cli.desk import answered, encaisse, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def morel():
    company = builders.company("Ateliers Morel", slug="morel")
    due = date(2026, 10, 1)
    for currency, euros in (("EUR", 100), ("USD", 3120), ("GBP", 70)):
        customer = builders.customer(company, f"Client {currency}")
        builders.invoice(customer, euros=euros, due=due, currency=currency)
    return company


def test_rates_are_imported_and_listed_as_of_a_day(morel, tmp_path):
    file = tmp_path / "eurofxref.csv"
    file.write_text("Date, USD, JPY\n20 November 2025, 1.0842, 163.94\n")

    imported = answered("rates", "import", "--company", "morel", file)
    listed = answered("rates", "list", "--company", "morel", "--on", "2026-11-20")

    assert (imported["added"], imported["currencies"]) == (1, ["USD"])
    assert listed["base"] == "EUR"
    assert listed["currencies"] == [
        {"currency": "GBP", "rate": "", "day": "", "source": "", "open": "70.00", "converted": ""},
        {
            "currency": "USD", "rate": "1.08420000", "day": "2025-11-20", "source": "ecb",
            "open": "3120.00", "converted": "2877.70",
        },
    ]  # fmt: skip
    assert answered("rates", "import", "--company", "morel", file)["same"] == 1
    assert "USD\t1.08420000" in encaisse("rates", "list", "--company", "morel").stdout


def test_a_file_without_rates_is_refused_in_a_sentence(morel, tmp_path):
    (tmp_path / "notes.txt").write_text("rien;ici\n1;2\n")

    for path in (tmp_path / "notes.txt", tmp_path / "absent.csv", tmp_path):
        assert refused("rates", "import", "--company", "morel", path)
