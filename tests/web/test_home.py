"""The home page over HTTP."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.insights.activity import done_lately, received, received_since
from encaisse.tenancy.scope import Scope
from tests.builders import (
    company,
    credit_note,
    customer,
    invoice,
    member,
    payment,
    reminder,
    settled,
    synced,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def morel():
    return company("Ateliers Morel", slug="morel", fiscal_year_month=1)


@pytest.fixture
def today(morel):
    return morel.local_day(timezone.now())


@pytest.fixture
def reader(client, morel):
    client.force_login(member(morel, "reader", first_name="Claire"))
    synced(morel, at=timezone.now())
    return client


def text_of(response) -> str:
    return " ".join(response.text.replace("\u202f", " ").replace("\xa0", " ").split())


def test_the_home_page_says_what_is_owed_and_by_how_many(reader, morel, today):
    late, coming = customer(morel, "Dupont"), customer(morel, "Petit")
    invoice(late, euros=500, due=today - timedelta(days=3))
    invoice(late, euros=100, due=today + timedelta(days=3), on=today)
    invoice(coming, euros=40, due=today + timedelta(days=3), on=today)
    payment(customer(morel, "Lemoine"), euros=1000, on=today)

    page = reader.get("/s/morel/").context["page"]
    (owed,) = page.owed

    assert owed.total.amounts.balance == 64000
    assert (owed.total.amounts.overdue, owed.total.overdue_count) == (50000, 1)
    assert (owed.total.amounts.not_due, owed.total.not_due_count) == (14000, 2)
    assert [line.row.name for line in page.top] == ["Dupont"]


def test_an_empty_company_is_told_to_import(client, morel):
    client.force_login(member(morel))

    assert "Tout commence par vos écritures" in client.get("/s/morel/").text


def test_what_asks_for_a_person_is_said_first(reader, morel, today):
    someone = customer(morel)
    invoice(someone, euros=5, due=None, on=today)
    reminder(someone, on=today, status="unknown", effective_on=None)

    text = text_of(reader.get("/s/morel/"))

    assert "1 écriture sans date d’échéance" in text
    assert "1 envoi dont on ne sait pas" in text


def test_what_was_received_is_every_credit_of_the_last_ninety_days_of_the_year(morel):
    someone, first = customer(morel), date(2026, 4, 2)
    settled(payment(someone, euros=100, on=date(2026, 6, 30)), on=date(2026, 6, 30))
    credit_note(someone, euros=20, on=first)
    payment(someone, euros=7000, on=first - timedelta(days=1))
    payment(someone, euros=500, on=first, kind="opening")

    (found,) = received(Scope(morel), on=date(2026, 6, 30))

    assert (found.currency, found.minor, found.count) == ("EUR", 12000, 2)


def test_the_fiscal_year_cuts_the_ninety_days(morel):
    assert received_since(Scope(morel), on=date(2026, 1, 20)) == date(2026, 1, 1)


def test_what_was_done_counts_what_took_effect_in_thirty_days(morel, today):
    someone = customer(morel)
    for days in (0, 29, 30):
        reminder(someone, on=today - timedelta(days=days))
    reminder(someone, on=today, medium="letter", status="printed", effective_on=None)
    reminder(someone, on=today, medium="phone", status="noted")

    found = {(one.medium, one.count) for one in done_lately(Scope(morel), on=today)}

    assert found == {("email", 2), ("phone", 1)}


def test_as_many_queries_for_three_customers_as_for_thirty(reader, morel, today):
    def fill(number: int) -> None:
        for _ in range(number):
            invoice(customer(morel), euros=10, due=today - timedelta(days=9))

    fill(3)
    reader.get("/s/morel/")
    with CaptureQueriesContext(connection) as few:
        assert len(reader.get("/s/morel/").context["page"].top) == 3
    fill(27)
    with CaptureQueriesContext(connection) as many:
        assert len(reader.get("/s/morel/").context["page"].top) == 10
    assert len(many) == len(few)
