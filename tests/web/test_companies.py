"""The company picker, « Toutes mes sociétés », and the customer in the other companies."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import company, customer, invoice, member
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

URL = "/societes/clients/"


@pytest.fixture
def petit():
    return company("Petit Frères", slug="petit")


@pytest.fixture
def claire(morel, petit):
    return member(petit, email=member(morel, "reader", email="claire@morel.fr").email)


@pytest.fixture
def both(morel, petit, today):
    late = today - timedelta(days=30)
    here = customer(morel, "Dupont", siren="732829320", sales_rep="Durant")
    there = customer(petit, "Dupont SA", account_code="X9", siren="732829320")
    invoice(here, euros=100, due=late)
    invoice(there, euros=40, due=late)
    return here, there


def test_the_picker_sums_the_companies_and_leads_to_their_customers(client, claire, both):
    client.force_login(claire)

    text = text_of(client.get("/societes/"))

    for words in ("Ateliers Morel", "Petit Frères", "100,00 €", "40,00 €", "140,00 €", URL):
        assert words in text


def test_a_demonstration_is_not_added_to_real_companies(client, claire, both, petit):
    petit.is_demo = True
    petit.save(update_fields=["is_demo"])
    client.force_login(claire)

    picker, everywhere = text_of(client.get("/societes/")), text_of(client.get(URL))

    assert "40,00 €" in picker
    assert "140,00" not in picker
    assert "hors démonstration" in picker
    assert "140,00" not in everywhere
    assert "X9" not in everywhere


def test_the_list_has_one_row_a_customer_and_leads_to_each_company(client, claire, both):
    client.force_login(claire)
    here, there = both

    text = text_of(client.get(URL))

    for words in ("SIREN 732829320", "140,00", "X9 · 40,00 €", "De 1 à 1 sur 1"):
        assert words in text
    for url in (f"/s/morel/clients/{here.pk}/", f"/s/petit/clients/{there.pk}/"):
        assert f'href="{url}"' in text


def test_a_filter_of_the_list_is_in_the_address_and_in_the_file(client, claire, both, morel):
    client.force_login(claire)
    invoice(customer(morel, "=Martin"), euros=5, due=None, on=morel.local_day(timezone.now()))
    headers = {"HX-Request": "true", "HX-Target": "list"}

    part = client.get(f"{URL}?commun=1&q=dup&societe=petit", headers=headers)
    file = b"".join(client.get(f"{URL}export.csv?tri=name").streaming_content)

    assert part["HX-Push-Url"] == f"{URL}?q=dup&societe=petit&commun=1"
    assert "Martin" not in part.text
    assert file.decode("utf-8-sig").splitlines() == [
        "Client;SIREN;Sociétés;Codes client;En retard;À venir;Total",
        "Dupont;732829320;Ateliers Morel, Petit Frères;411DUPONT, X9;140,00;0,00;140,00",
        "'=Martin;;Ateliers Morel;411MARTIN;0,00;5,00;5,00",
    ]
    assert client.get(f"{URL}export.pdf").status_code == 404


def test_a_visitor_logs_in_and_a_stranger_sees_nothing(client, both):
    for url in (URL, f"{URL}export.csv"):
        assert client.get(url).url.startswith("/connexion/")
    client.force_login(member(company("Ailleurs", slug="ailleurs"), "reader"))

    assert "Dupont" not in client.get(URL).text
    assert "Personne ne doit rien" in client.get(URL).text


def test_the_customer_page_shows_what_he_owes_elsewhere(client, claire, both):
    client.force_login(claire)
    here, there = both

    assert (
        f"/s/morel/clients/{here.pk}/ailleurs/" in client.get(f"/s/morel/clients/{here.pk}/").text
    )
    url = f"/s/morel/clients/{here.pk}/ailleurs/"
    block = text_of(client.get(url, headers={"HX-Request": "true"}))
    for words in ("Dans vos autres sociétés", "Petit Frères", "Dupont SA · X9", "40,00 €"):
        assert words in block
    assert f'href="/s/petit/clients/{there.pk}/"' in block
    assert "<html" in client.get(url).text


def test_what_one_may_not_see_elsewhere_is_not_shown(client, morel, petit, both, today):
    here, there = both
    limited = member(petit, email="bob@petit.fr", sales_reps="Personne")
    member(morel, email="bob@petit.fr")
    client.force_login(limited)
    url = f"/s/morel/clients/{here.pk}/ailleurs/"

    assert client.get(url, headers={"HX-Request": "true"}).text.strip() == ""
    assert client.get(f"/s/petit/clients/{there.pk}/ailleurs/").status_code == 404
    assert "Dupont SA" not in client.get(URL).text
    assert "Rien ne répond" in client.get(f"{URL}?commun=1").text

    client.force_login(member(morel))
    assert "ailleurs/" not in client.get(f"/s/morel/clients/{here.pk}/").text
    assert client.get(url, headers={"HX-Request": "true"}).text.strip() == ""


@pytest.mark.parametrize("url", ["/societes/", URL, f"{URL}?q=411&tri=name"])
def test_as_many_queries_for_eight_companies_as_for_two(client, claire, both, today, url):
    client.force_login(claire)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(6):
        of = company(f"Société {number}")
        member(of, email=claire.email)
        invoice(customer(of, f"Socle {number}"), euros=3, due=today)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
