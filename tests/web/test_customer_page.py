"""A customer's page over HTTP: what it shows, what it decides, where a portfolio ends."""

from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.collection.models import (
    CustomerFollowUp,
    Dispute,
    EntryFollowUp,
    Hold,
    Note,
    PaymentPromise,
)
from encaisse.collection.operations.setup import install_defaults
from encaisse.ledger.models import Contact
from encaisse.tenancy.models import Company
from tests.builders import (
    at_level,
    credit_note,
    customer,
    invoice,
    member,
    payment,
    profile,
    reminder,
    settled,
)
from tests.web.reading import events, text_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def morel():
    of = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(of)
    return of


@pytest.fixture
def collector(client, morel):
    client.force_login(member(morel, "collector", first_name="Claire", last_name="Morel"))
    return client


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont", sales_rep="Durant", email="compta@dupont.example")


@pytest.fixture
def coming(dupont, today):
    return invoice(dupont, euros=300, due=today + timedelta(days=12), on=today)


@pytest.fixture
def url(dupont):
    return f"/s/morel/clients/{dupont.pk}/"


def undo_of(response) -> str:
    return [message.extra_tags for message in get_messages(response.wsgi_request)][-1]


# -- what it shows -------------------------------------------------------------------------------


def test_it_says_what_is_owed_late_and_coming(collector, url, dupont, late, coming, today):
    payment(dupont, euros=200, on=today - timedelta(days=5))

    text = text_of(collector.get(url))

    assert "411DUPONT" in text
    assert "1 300" in text  # 1 200,50 + 300 − 200: the sum due
    assert "1 000" in text  # overdue, less the credit
    assert "70 j" in text
    assert "dans 12 j" in text


def test_what_is_already_paid_of_an_invoice_makes_the_totals_add_up(collector, url, late):
    late.remaining_minor = 100_000
    late.save(update_fields=["remaining_minor"])

    text = text_of(collector.get(url))
    file = collector.get(f"{url}export.csv?colonnes=debit,credit,paid")

    assert "Déjà réglé : 200,50 €" in text
    assert "1200,50;;200,50;1000,00" in b"".join(file.streaming_content).decode()


def test_an_entry_in_the_message_of_a_higher_step_takes_its_own(
    collector, url, late, dupont, today
):
    second = invoice(dupont, euros=10, due=today - timedelta(days=60))
    at_level(second, 1, on=today - timedelta(days=40))

    text = text_of(collector.get(url))

    assert "Relance 1, dans la relance 2 : à faire" in text
    assert "Relance 2 par téléphone : à faire" in text


def test_it_says_that_he_may_be_reminded_and_by_what(collector, url, late):
    text = text_of(collector.get(url))

    assert "Ce client peut être relancé." in text
    assert "Relance 1 par e-mail" in text
    assert "Clients « Standard » avec e-mail" in text


def test_it_says_why_he_may_not_be_reminded(collector, url, dupont, late, today):
    credit_note(dupont, euros=5000, on=today)

    text = text_of(collector.get(url))

    assert "Ce client ne peut pas être relancé pour l’instant." in text
    assert "À lettrer" in text


def test_it_says_that_there_is_nothing_to_remind(collector, url, dupont):
    text = text_of(collector.get(url))

    assert "Aucune relance à prévoir." in text
    assert "Ce client ne doit rien" in text


def test_a_stop_is_said_first(collector, url, dupont, late):
    collector.post(f"{url}stop/", {"target": "customer", "reason": "Procédure collective"})

    text = text_of(collector.get(url))

    assert "Ce client ne doit pas être relancé." in text
    assert "Procédure collective" in text


def test_the_account_shows_open_entries_then_others_on_request(collector, url, dupont, today):
    paid = settled(invoice(dupont, euros=10, due=today, document_number="PAYEE"), on=today)
    due = invoice(dupont, euros=20, due=today, document_number="OUVERTE")

    shown = {
        which: [entry for entry in (paid, due) if str(entry) in collector.get(url + which).text]
        for which in ("", "?ecritures=lettrees", "?ecritures=toutes")
    }

    assert shown == {
        "": [due],
        "?ecritures=lettrees": [paid],
        "?ecritures=toutes": [paid, due],
    }


def test_the_totals_are_those_of_the_whole_account(collector, url, dupont, today):
    for number in range(12):
        invoice(dupont, euros=100 + number, due=today - timedelta(days=number))
    payment(dupont, euros=66, on=today)

    text = text_of(collector.get(f"{url}?par=10"))

    assert "Total, 13 pièces" in text
    assert "De 1 à 10 sur 13" in text
    assert "1 266,00" in text  # debits
    assert "1 200,00 €" in text  # the balance


def test_a_computed_due_date_is_marked(collector, url, dupont, late, today):
    assert "calculée" not in collector.get(url).text

    invoice(dupont, euros=5, due=today, due_date_source="computed")

    assert "calculée" in collector.get(url).text


def test_the_level_is_shown_with_its_count_and_the_history(collector, url, dupont, late, today):
    at_level(late, 2, on=today - timedelta(days=3))
    reminder(dupont, on=today - timedelta(days=3), euros="1200.50", level=2, medium="phone")

    text = text_of(collector.get(url))

    assert "R2" in text
    assert "×2" in text
    assert "Relance 2" in text
    assert "Téléphone" in text


def test_htmx_gets_the_account_alone(collector, url, late):
    response = collector.get(f"{url}?retard=1", headers={**HTMX, "HX-Target": "list"})

    assert "<html" not in response.text
    assert str(late) in response.text


def test_a_search_takes_signs_literally(collector, url, dupont, today):
    plain = invoice(dupont, euros=1, due=today, document_number="SIMPLE")
    signed = invoice(dupont, euros=1, due=today, document_number="A_%")

    text = collector.get(f"{url}?q=_%25").text

    assert str(signed) in text
    assert str(plain) not in text


@pytest.mark.parametrize("sort", ["-due", "level", "-remaining", "method", "-credit", "label"])
def test_the_account_can_be_sorted(collector, url, late, coming, sort):
    assert "De 1 à 2 sur 2" in text_of(collector.get(f"{url}?tri={sort}"))


def test_the_export_is_what_is_shown(collector, url, late, coming):
    response = collector.get(f"{url}export.csv?retard=1")
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    assert str(late) in text
    assert str(coming) not in text
    assert "1200,50" in text


def test_it_makes_the_same_number_of_queries_for_one_entry_as_for_thirty(
    collector, url, dupont, late, today
):
    reminder(dupont, on=today)
    collector.get(url)
    with CaptureQueriesContext(connection) as few:
        collector.get(url)
    for number in range(30):
        at_level(invoice(dupont, euros=9, due=today - timedelta(days=number)), 1, on=today)
        reminder(dupont, on=today)

    with CaptureQueriesContext(connection) as many:
        collector.get(f"{url}?par=50")

    assert len(many) == len(few)


# -- what it decides -----------------------------------------------------------------------------


def test_a_stop_is_set_on_the_customer_and_can_be_undone(collector, url, dupont, late):
    response = collector.post(f"{url}stop/", {"target": "customer", "reason": "Avocat"})

    hold = Hold.objects.get(customer=dupont, entry=None, lifted_on=None)
    assert response.url == url
    assert hold.reason == "Avocat"
    assert events() == ["hold.set"]
    collector.post(undo_of(response))
    hold.refresh_from_db()
    assert hold.lifted_on is not None
    assert events() == ["hold.set", "hold.lifted"]


def test_a_stop_is_set_on_one_entry(collector, url, late, coming, today):
    until = today + timedelta(days=9)
    data = {"target": "entries", "entries": [late.pk], "until": until.isoformat()}

    collector.post(f"{url}stop/", data)

    assert Hold.objects.get().entry == late
    assert events() == ["hold.set"]
    assert f"{until:%d/%m/%Y}" in collector.get(url).text


def test_a_dispute_suspends_unless_told_not_to(collector, url, dupont, late):
    data = {"target": "entries", "entries": [late.pk], "reason": "Qualité", "amount": "200,00"}

    response = collector.post(f"{url}litige/", data)

    dispute = Dispute.objects.get(customer=dupont)
    assert not dispute.suspends
    assert dispute.lines.get().amount_minor == 20_000
    assert events() == ["dispute.opened"]
    collector.post(undo_of(response))
    dispute.refresh_from_db()
    assert dispute.closed_on is not None
    assert events() == ["dispute.opened", "dispute.closed"]


def test_the_box_that_suspends_is_ticked_at_first(collector, url, late):
    assert 'name="suspends" id="id_suspends" checked' in collector.get(f"{url}litige/").text


def test_a_promise_is_recorded_and_can_be_taken_back(collector, url, dupont, late, today):
    day = today + timedelta(days=8)
    data = {"entries": [late.pk], "amount": "1 200,50", "promised_date": day.isoformat()}

    response = collector.post(f"{url}promesse/", data)

    promise = PaymentPromise.objects.get(customer=dupont)
    assert (promise.amount_minor, promise.promised_date) == (120_050, day)
    assert events() == ["promise.recorded"]
    assert "promesse" in collector.get(url).text
    collector.post(undo_of(response))
    promise.refresh_from_db()
    assert promise.cancelled_on == today
    assert events() == ["promise.recorded", "promise.cancelled"]


def test_a_promise_begins_with_what_is_late(collector, url, late, coming):
    text = text_of(collector.get(f"{url}promesse/"))

    assert 'value="1 200,50"' in text
    assert f'value="{late.pk}" checked' in text
    assert f'value="{coming.pk}" checked' not in text


def test_a_form_takes_the_entries_that_were_ticked_in_the_account(collector, url, late, coming):
    text = collector.get(f"{url}promesse/?choix={coming.pk}").text
    every = collector.get(f"{url}promesse/?choix=tous&sauf={late.pk}").text

    for shown in (text, every):
        assert f'value="{coming.pk}" checked' in shown
        assert f'value="{late.pk}" checked' not in shown


@pytest.mark.parametrize("query", [f"?choix={'9' * 30}", "?choix=tous&sauf=x", "?choix=-1"])
def test_an_address_that_makes_no_sense_is_no_accident(collector, url, late, query):
    assert collector.get(f"{url}promesse/{query}").status_code == 200


def test_a_level_is_changed_without_sending(collector, url, late):
    collector.post(f"{url}niveau/", {"entries": [late.pk], "level": "3"})

    assert EntryFollowUp.objects.get(entry=late).level == 3
    assert events() == ["level.set"]


def test_a_profile_is_changed(collector, url, morel, dupont):
    export = profile(morel, "Étranger")

    collector.post(f"{url}profil/", {"profile": export.pk})

    assert CustomerFollowUp.objects.get(customer=dupont).profile == export
    assert events() == ["customer.profile_set"]


@pytest.mark.parametrize(
    ("flagged", "kind"), [("1", "customer.flagged"), ("0", "customer.unflagged")]
)
def test_a_customer_is_followed_or_not(collector, url, dupont, flagged, kind):
    collector.post(f"{url}suivi/", {"flagged": flagged})

    assert CustomerFollowUp.objects.get(customer=dupont).is_flagged == (flagged == "1")
    assert events() == [kind]


def test_an_address_is_added(collector, url, dupont):
    collector.post(f"{url}contact/", {"email": "Chef@Dupont.example", "name": "M. Roy"})

    contact = Contact.objects.get(customer=dupont)
    assert (contact.email, contact.is_local) == ("chef@dupont.example", True)
    assert events() == ["contact.added"]


def test_a_postal_address_is_typed_where_the_accounting_has_none(collector, url, dupont):
    collector.post(f"{url}adresse/", {"address": "1 rue Haute\n69001 Lyon"})

    assert events() == ["customer.address_set"]
    assert "69001 Lyon" in collector.get(url).text


def test_a_known_postal_address_is_not_typed_over(collector, morel):
    known = customer(morel, "Petit", city="Lyon", postal_code="69001")

    assert collector.get(f"/s/morel/clients/{known.pk}/adresse/").status_code == 404


def test_a_note_is_written(collector, url, dupont):
    collector.post(f"{url}note/", {"text": "Rappeler mardi"})

    assert Note.objects.get(customer=dupont).text == "Rappeler mardi"
    assert events() == ["note.written"]
    assert "Rappeler mardi" in collector.get(url).text


def test_htmx_refreshes_the_page_once_it_is_done(collector, url, late):
    response = collector.post(f"{url}stop/", {"target": "customer"}, headers=HTMX)

    assert response["HX-Refresh"] == "true"


# -- what it refuses -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "data", "says"),
    [
        ("stop/", {"target": "customer", "until": "2020-01-01"}, "déjà passée"),
        ("stop/", {"target": "entries"}, "Cochez au moins une pièce"),
        ("stop/", {"target": "entries", "entries": [999_999]}, "plus due"),
        ("litige/", {"target": "customer", "reason": " "}, "obligatoire"),
        ("litige/", {"target": "customer", "reason": "Prix", "amount": "5"}, "une seule pièce"),
        ("promesse/", {"amount": "10", "promised_date": "2099-01-01"}, "Cochez les pièces"),
        ("niveau/", {"level": "2"}, "Cochez au moins une pièce"),
        ("profil/", {"profile": "999999"}, "Sélectionnez un choix valide"),
        ("contact/", {"email": "dupont"}, "adresse e-mail valide"),
        ("adresse/", {"address": ""}, "obligatoire"),
        ("note/", {"text": "  "}, "La note est vide"),
    ],
)
def test_a_refusal_stands_beside_the_field_and_changes_nothing(
    collector, url, late, action, data, says
):
    response = collector.post(url + action, data)

    assert response.status_code == 422
    assert says in text_of(response)
    assert "<html" in response.text
    assert events() == []


@pytest.mark.parametrize(
    ("amount", "day", "says"),
    [
        ("2000", "2099-01-01", "dépasse ce qui reste dû"),
        ("100", "2020-01-01", "date promise est passée"),
        ("mille", "2099-01-01", "n’est pas un montant"),
        ("-5", "2099-01-01", "montant positif"),
    ],
)
def test_a_promise_that_cannot_be_keeps_what_was_typed(collector, url, late, amount, day, says):
    data = {"entries": [late.pk], "amount": amount, "promised_date": day, "comment": "Dit Mme A."}

    response = collector.post(f"{url}promesse/", data, headers=HTMX)

    assert response.status_code == 422
    assert "<html" not in response.text
    assert says in text_of(response)
    assert "Dit Mme A." in response.text
    assert f'value="{late.pk}" checked' in response.text
    assert not PaymentPromise.objects.exists()


def test_what_someone_else_lifted_is_not_lifted_twice(collector, url, dupont, late):
    collector.post(f"{url}stop/", {"target": "customer"})
    hold = Hold.objects.get()

    for _time in range(2):
        collector.post(f"/s/morel/stop/{hold.pk}/lever/")

    assert events() == ["hold.set", "hold.lifted"]


def test_an_entry_of_another_customer_is_not_touched(collector, url, morel, late, today):
    other = invoice(customer(morel, "Petit"), euros=50, due=today)

    response = collector.post(f"{url}niveau/", {"entries": [other.pk], "level": "4"})

    assert response.status_code == 422
    assert not EntryFollowUp.objects.filter(entry=other).exists()


# -- where a portfolio ends ----------------------------------------------------------------------

PAGES = [
    "",
    *["export.csv", "stop/", "litige/", "promesse/", "niveau/", "profil/", "contact/", "adresse/"],
]


@pytest.mark.parametrize("page", PAGES)
def test_a_customer_of_another_portfolio_does_not_exist(client, morel, url, late, page):
    client.force_login(member(morel, "administrator", sales_reps="Guérin"))

    assert client.get(url + page).status_code == 404


def test_decisions_of_another_portfolio_cannot_be_ended(client, morel, url, dupont, late, today):
    client.force_login(member(morel, "collector"))
    client.post(f"{url}stop/", {"target": "customer"})
    client.post(f"{url}litige/", {"target": "customer", "reason": "Prix"})
    day = today + timedelta(days=8)
    client.post(
        f"{url}promesse/",
        {"entries": [late.pk], "amount": "10", "promised_date": day.isoformat()},
    )
    addresses = [
        f"/s/morel/stop/{Hold.objects.get().pk}/lever/",
        f"/s/morel/litiges/{Dispute.objects.get().pk}/clore/",
        f"/s/morel/promesses/{PaymentPromise.objects.get().pk}/annuler/",
    ]
    client.force_login(member(morel, "collector", sales_reps="Guérin"))

    assert [client.post(address).status_code for address in addresses] == [404, 404, 404]
    assert len(events()) == 3


def test_a_reader_sees_no_button_that_he_may_not_press(client, morel, url, late):
    client.force_login(member(morel, "reader"))

    text = client.get(url).text

    for action in ("stop/", "litige/", "promesse/", "note/"):
        assert f"{url}{action}" not in text
    assert "data-select" not in text
