"""The home page over HTTP."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.collection.models import CustomerFollowUp
from encaisse.insights.activity import (
    done_lately,
    received,
    received_a_year_before,
    received_since,
)
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.scope import Scope
from tests.builders import (
    company,
    credit_note,
    customer,
    hold,
    invoice,
    member,
    payment,
    reminder,
    settled,
    synced,
)
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def morel():
    return company("Ateliers Morel", slug="morel", fiscal_year_month=1)


@pytest.fixture
def reader(client, morel):
    client.force_login(member(morel, "reader", first_name="Claire"))
    synced(morel, at=timezone.now())
    return client


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

    response = reader.get("/s/morel/")
    text = words_of(response)

    assert "1 envoi dont on ne sait pas" in text
    assert "1 écriture sans date d’échéance" in text
    assert "5,00 €" in text
    assert [notice.url for notice in response.context["page"].notices] == [
        "/s/morel/activites/?statut=unknown",
        "/s/morel/echeances/?tranche=sans",
    ]


def test_the_first_alerts_are_shown_and_the_others_one_click_away(reader, morel, today):
    someone = customer(morel)
    invoice(someone, euros=5, due=None, on=today)
    invoice(someone, euros=100, due=today - timedelta(days=9), match_code="AB")
    hold(someone, on=today - timedelta(days=91))
    reminder(someone, on=today, status="unknown", effective_on=None)
    reminder(someone, on=today, status="bounced")
    reminder(someone, on=today, medium="letter", status="printed", effective_on=None)

    page = reader.get("/s/morel/").context["page"]

    assert [notice.icon for notice in page.first_notices] == [
        "question-mark-circle", "envelope", "document-text", "scale",
    ]  # fmt: skip
    assert [notice.icon for notice in page.more_notices] == ["calendar", "no-symbol"]


def test_each_alert_leads_to_the_rows_it_counts(reader, morel, today):
    someone = customer(morel, "Dupont")
    invoice(someone, euros=100, due=today - timedelta(days=9), match_code="AB")
    hold(someone, on=today - timedelta(days=91), reason="Procédure collective")

    stops, groups = (
        words_of(reader.get(f"/s/morel/alertes/{kind}/")) for kind in ("stops", "lettrages")
    )

    for words in ("Dupont", "Procédure collective", "(91 j)", "100,00 €"):
        assert words in stops
    for words in ("Dupont", "AB", "100,00 €"):
        assert words in groups
    assert reader.get("/s/morel/alertes/autre/").status_code == 404


def test_who_limits_alerts_to_a_portfolio_limits_their_rows(client, morel, today):
    client.force_login(member(morel, "reader", sales_reps="Durant"))
    for name, rep in (("Dupont", "Durant"), ("Petit", "Guérin")):
        someone = customer(morel, name, sales_rep=rep)
        invoice(someone, euros=100, due=today - timedelta(days=9), match_code="AB")
        hold(someone, on=today - timedelta(days=91))

    for kind in ("stops", "lettrages"):
        text = client.get(f"/s/morel/alertes/{kind}/").text
        assert "Dupont" in text
        assert "Petit" not in text


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


def test_what_was_received_is_compared_with_the_year_before_where_it_is_all_known(morel):
    someone, on = customer(morel), date(2026, 6, 30)
    payment(someone, euros=70, on=date(2025, 6, 30))
    payment(someone, euros=5, on=date(2025, 7, 1))
    invoice(someone, euros=9, due=None, on=date(2025, 4, 3))
    unknown = received_a_year_before(Scope(morel), on=on)
    invoice(someone, euros=9, due=None, on=date(2025, 4, 2))

    known = received_a_year_before(Scope(morel), on=on)

    assert unknown == []
    assert [(one.minor, one.count) for one in known] == [(7000, 1)]


def test_flagged_customers_have_their_timeline(reader, morel, today):
    invoice(customer(morel, "Petit"), euros=3, due=today, on=today)
    assert "Aucun client ne porte de drapeau" in reader.get("/s/morel/").text
    flagged = customer(morel, "Dupont")
    CustomerFollowUp.objects.create(customer=flagged, company=morel, is_flagged=True)
    invoice(flagged, euros="1234.50", due=today + timedelta(days=2), on=today)

    response = reader.get("/s/morel/")

    assert "Aucun client ne porte" not in response.text
    (moment,) = response.context["page"].timeline.soon.moments
    assert (moment.name, moment.minor) == ("Dupont", 123_450)


def test_bars_of_payment_methods_lead_to_the_list_that_has_their_amount(reader, morel, today):
    for label, euros in (("Virement", 100), ("Chèque", 40)):
        method = PaymentMethod.objects.create(company=morel, code=label, label=label)
        someone = customer(morel, payment_method=method)
        invoice(someone, euros=euros, due=today - timedelta(days=9))

    card = reader.get("/s/morel/comment-paye/").context["card"]
    methods = card.breakdowns[0]
    behind = [reader.get(bar.url).context["list"].totals[0].total for bar in methods.bars]

    assert [bar.label for bar in methods.bars] == ["Virement", "Chèque"]
    assert [bar.way.amounts.balance for bar in methods.bars] == [10_000, 4000]
    assert [total.amounts.balance for total in behind] == [10_000, 4000]
    assert max(part.x + part.width for part in methods.bars[1].parts) < 500


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


@pytest.mark.parametrize(
    ("role", "fields", "count"),
    [
        ("administrator", {}, 1),
        ("reader", {}, 0),
        ("collector", {"sales_reps": "Durant"}, 0),
    ],
)
def test_only_who_can_mend_the_mailbox_is_told_that_it_does_not_open(
    client, morel, role, fields, count
):
    morel.imap_error = "Le serveur 127.0.0.1 ne répond pas."
    morel.save()
    client.force_login(member(morel, role, **fields))

    assert words_of(client.get("/s/morel/")).count("boîte de réception n’a pas pu") == count
