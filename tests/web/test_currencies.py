"""Several currencies: converted totals with their dated rates, and « Configurer › Devises »."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.jobs.models import Job
from encaisse.ledger.models import ExchangeRate
from encaisse.ledger.operations.rates import record_rate
from encaisse.ledger.queries.rates import feed_of
from encaisse.ledger.rules.rates import parse_units
from encaisse.tenancy.journal import COMMAND_LINE
from tests import builders
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

ROOT = "/s/morel/configurer/devises/"
LISTS = ("/s/morel/", "/s/morel/qui-vous-doit-quoi/", "/s/morel/echeances/", "/s/morel/clients/")


@pytest.fixture
def finch(morel, late, today):
    """Dupont owes 1 200,50 €, Finch 3 120,00 $ of which 1 000,00 are late."""
    customer = builders.customer(morel, "Finch")
    fields = {"currency": "USD"}
    builders.invoice(customer, euros=1000, due=today - timedelta(days=9), **fields)
    builders.invoice(customer, euros=2120, due=today + timedelta(days=9), on=today, **fields)
    return customer


@pytest.fixture
def dollar(morel, today):
    """1 € was worth 1,25 $ three days ago."""
    return note(morel, today, "1.25", days=3)


def note(company, today, units, *, days=0, currency="USD"):
    return record_rate(
        company,
        currency=currency,
        day=today - timedelta(days=days),
        units=parse_units(units),
        today=today,
        author=COMMAND_LINE,
    )


@pytest.fixture
def administrator(client, morel):
    client.force_login(builders.member(morel, "administrator"))
    return client


@pytest.mark.parametrize("url", [*LISTS, "/societes/", "/societes/clients/"])
def test_totals_over_currencies_are_converted_with_their_rate(reader, finch, dollar, url):
    text = text_of(reader.get(url))

    assert "3 696,50" in text  # 1 200,50 € + 3 120,00 $ at 1,25
    assert "1 EUR = 1,25" in text
    assert f"{dollar.day:%d/%m/%Y}" in text
    assert "≈" in text
    assert "Donner un cours" not in text


@pytest.mark.parametrize("url", LISTS[:2])
def test_what_has_no_rate_is_named_beside_the_total(reader, finch, dollar, morel, today, url):
    pounds = builders.customer(morel, "Oakhurst")
    builders.invoice(pounds, euros=70, due=today, currency="GBP")

    text = text_of(reader.get(url))

    assert "sans 70,00 £GB (pas de cours)" in text
    assert "3 696,50" in text


def test_without_any_rate_nothing_is_added(administrator, finch):
    for url in LISTS:
        text = text_of(administrator.get(url))
        assert "≈" not in text
    assert "sans 3 120,00 $US (pas de cours)" in text_of(administrator.get(LISTS[1]))
    assert ROOT in text_of(administrator.get(LISTS[1]))


def test_one_currency_shows_and_costs_nothing_more(reader, late, dollar):
    for url in LISTS:
        with CaptureQueriesContext(connection) as queries:
            text = text_of(reader.get(url))
        assert "≈" not in text
        assert not [one for one in queries if "exchangerate" in one["sql"]]


def test_parts_of_a_converted_total_add_up_on_every_screen(reader, finch, morel, today):
    note(morel, today, "1.0842")

    text = text_of(reader.get("/s/morel/qui-vous-doit-quoi/"))

    # 3 120,00 $ = 2 877,70 €, of which 922,34 are late and 1 955,36 are not.
    for amount in ("4 078,20", "2 122,84", "1 955,36"):
        assert amount in text
    assert "4 078,20" in text_of(reader.get("/s/morel/clients/"))


def test_a_customer_in_dollars_is_told_in_euros_too(reader, finch, dollar):
    text = text_of(reader.get(f"/s/morel/clients/{finch.pk}/"))

    assert "≈ 2 496,00 €" in text
    assert "dont ≈ 800,00 € en retard" in text


def test_an_export_keeps_a_row_a_currency(reader, finch, dollar):
    file = b"".join(reader.get("/s/morel/qui-vous-doit-quoi/export.csv").streaming_content).decode()

    assert "USD" in file
    assert "3120,00" in file
    assert "3696,50" not in file


# -- Configurer › Devises ------------------------------------------------------------------------


def test_the_currencies_of_the_ledger_and_their_last_rates(administrator, finch, dollar):
    text = text_of(administrator.get(ROOT))

    for words in ("dollar des États-Unis", "3 120,00 $US", "1,2500", "2 496,00 €", "Saisi"):
        assert words in text


def test_a_rate_is_typed_either_way_round(administrator, finch, today):
    typed = {"currency": "USD", "day": today.isoformat()}

    administrator.post(ROOT, {**typed, "value": "1,0842", "way": "base"})
    assert ExchangeRate.objects.get().units == 108_420_000
    text = text_of(
        administrator.post(ROOT, {**typed, "value": "0,8", "way": "inverse"}, follow=True)
    )

    assert ExchangeRate.objects.get().units == 125_000_000
    assert "Cours enregistré : 1 EUR = 1,25" in text
    journal = text_of(administrator.get("/s/morel/configurer/journal/"))
    assert "Cours saisi · 1 EUR = 1,25" in journal
    assert "au lieu de 1 EUR = 1,0842" in journal


@pytest.mark.parametrize(("value", "days"), [("zéro", 0), ("0", 0), ("1,1", 1)])
def test_a_wrong_rate_stays_in_the_form(administrator, finch, today, value, days):
    day = (today + timedelta(days=days)).isoformat()

    response = administrator.post(
        ROOT, {"currency": "USD", "day": day, "value": value, "way": "base"}
    )

    assert response.status_code == 422
    assert f'value="{value}"' in response.content.decode()
    assert not ExchangeRate.objects.exists()


def test_a_file_of_rates_says_what_was_left_of_it(administrator, finch, today):
    lines = f"date;devise;cours\n{today:%d/%m/%Y};USD;1,1\n{today:%d/%m/%Y};USD;beaucoup\n"
    file = SimpleUploadedFile("cours.csv", lines.encode())

    text = text_of(administrator.post(f"{ROOT}fichier/", {"file": file}))

    assert "1 cours ajouté" in text
    assert "ligne 3 : « beaucoup » n’est pas un cours." in text
    refused = administrator.post(f"{ROOT}fichier/", {"file": SimpleUploadedFile("x.csv", b"a")})
    assert refused.status_code == 422


def test_following_the_bank_starts_a_job_and_stops(administrator, morel):
    administrator.post(f"{ROOT}bce/", {"is_on": "1"})
    assert feed_of(morel).is_on
    assert Job.objects.get().function.endswith("fetch_company_rates")

    administrator.post(f"{ROOT}bce/", {"is_on": "0"})
    assert not feed_of(morel).is_on


def test_the_rates_are_listed_exported_and_removed(administrator, finch, dollar, morel, today):
    note(morel, today, "0.87", currency="GBP")

    text = text_of(administrator.get(f"{ROOT}cours/?devise=USD"))
    file = b"".join(administrator.get(f"{ROOT}cours/export.csv").streaming_content).decode()
    administrator.post(f"{ROOT}cours/{dollar.pk}/retirer/")

    assert "1 EUR = 1,2500 USD" in text
    assert "1 USD = 0,8000 EUR" in text
    assert "0,8700" not in text
    assert "1,25000000;0,80000000" in file
    assert [rate.currency for rate in ExchangeRate.objects.all()] == ["GBP"]


def test_a_rate_of_another_company_is_out_of_reach(administrator, today):
    other = builders.company("Petit", slug="petit")
    rate = note(other, today, "1.1")

    administrator.post(f"{ROOT}cours/{rate.pk}/retirer/")

    assert ExchangeRate.objects.filter(pk=rate.pk).exists()
