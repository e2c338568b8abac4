"""« Qui vous doit quoi ? » over HTTP."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import at_level, customer, dispute, hold, invoice, member, payment
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

URL = "/s/morel/qui-vous-doit-quoi/"


@pytest.fixture
def two(morel, today):
    dupont, petit = customer(morel, "Dupont", sales_rep="Durant"), customer(morel, "Petit")
    at_level(invoice(dupont, euros="1200.50", due=today - timedelta(days=70)), 3, on=today)
    payment(dupont, euros=200, on=today)
    invoice(petit, euros=99, due=today + timedelta(days=5), on=today)
    dispute(dupont, on=today)
    hold(petit, on=today)


def test_the_list_says_who_owes_what(reader, two):
    response = reader.get(URL)
    text = text_of(response)

    assert response.status_code == 200
    for words in ("Dupont", "411DUPONT", "1 200,50", "-200,00", "1 000,50", "R3", "litige", "stop"):
        assert words in text
    assert "De 1 à 2 sur 2" in text
    assert "1 099,50" in text  # the total row


def test_htmx_gets_only_what_a_filter_changes(reader, two):
    headers = {"HX-Request": "true", "HX-Target": "list"}

    response = reader.get(f"{URL}?relance=stop&q=&profil=", headers=headers)

    assert "<html" not in response.text
    assert "Petit" in response.text
    assert "Dupont" not in response.text
    assert response["HX-Push-Url"] == f"{URL}?relance=stop"
    assert "HX-Request" in response["Vary"]


def test_going_back_in_history_gives_the_whole_page(reader, two):
    headers = {"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"}

    assert "<html" in reader.get(URL, headers=headers).text


def test_a_list_without_result_says_why_and_what_next(reader, two):
    response = reader.get(f"{URL}?q=zzz")

    assert "Rien ne répond à ces filtres" in response.text
    assert f'href="{URL}"' in response.text


def test_an_empty_ledger_says_where_to_begin(reader, morel):
    assert "Aucune écriture pour l’instant" in reader.get(URL).text


def test_ageing_periods_that_make_no_sense_are_said(reader, two):
    response = reader.get(f"{URL}?tranches=60,30")

    assert response.status_code == 200
    assert "doivent aller en croissant" in response.text
    assert "Plus de 60" in response.text


def test_other_ageing_periods_change_the_columns(reader, two):
    text = text_of(reader.get(f"{URL}?tranches=15,45,90"))

    assert "46–90 j" in text
    assert "Plus de 90 j" in text


@pytest.mark.parametrize("query", ["", "?tri=name", "?tri=-level&niveau=1", "?litige=1"])
def test_as_many_queries_for_three_rows_as_for_thirty(reader, morel, today, query):
    def fill(number: int) -> None:
        for _ in range(number):
            someone = customer(morel)
            at_level(invoice(someone, euros=10, due=today - timedelta(days=9)), 1, on=today)
            dispute(someone, on=today)

    fill(3)
    reader.get(URL + query)
    with CaptureQueriesContext(
        connection,
    ) as few:
        assert reader.get(URL + query).context["list"].count == 3
    fill(22)
    with CaptureQueriesContext(connection) as many:
        assert len(reader.get(URL + query).context["list"].rows) == 25
    # A short list by name is looked for among the first customers, then among all of them.
    assert len(many) <= len(few)


def test_an_export_holds_what_the_list_shows_and_every_row(reader, morel, today):
    for number in range(30):
        late = today - timedelta(days=40)
        invoice(customer(morel, f"Client {number:02}"), euros=number + 1, due=late)

    query = "?tri=name&colonnes=name,overdue,balance&par=10&q=client"
    content = b"".join(reader.get(f"{URL}export.csv{query}").streaming_content)
    lines = content.decode("utf-8-sig").splitlines()

    assert lines[0] == "Client;Code client;En retard;Total"
    assert lines[1] == "Client 00;411CLIENT00;1,00;1,00"
    assert len(lines) == 31


def test_an_export_to_a_workbook_is_a_file(reader, two):
    response = reader.get(f"{URL}export.xlsx")

    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"PK")


def test_a_portfolio_sees_its_customers_only_in_pages_and_files(client, morel, two):
    client.force_login(member(morel, "reader", sales_reps="Durant"))

    page = client.get(URL).text
    file = b"".join(client.get(f"{URL}export.csv").streaming_content).decode()
    found = client.get("/s/morel/recherche/?q=pet", headers={"HX-Request": "true"}).text

    assert "Dupont" in page
    assert "Petit" not in page + file + found
