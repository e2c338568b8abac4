"""What a customer's page leads to: his entries, payments, history, notes, contacts, statement."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.collection.models import EntryFollowUp, Note, NoteMention, ReminderLine
from encaisse.collection.operations.setup import install_defaults
from encaisse.ledger.models import Contact
from encaisse.tenancy.models import Company
from tests.builders import (
    at_level,
    customer,
    invoice,
    member,
    payment,
    reminder,
    settled,
)
from tests.web.reading import events, text_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def morel():
    of = Company.objects.create(slug="morel", name="Ateliers Morel", mail_mode="capture")
    install_defaults(of)
    return of


@pytest.fixture
def claire(morel):
    return member(morel, "collector", first_name="Claire", last_name="Martin")


@pytest.fixture
def collector(client, claire):
    client.force_login(claire)
    return client


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont", sales_rep="Durant", email="compta@dupont.example")


@pytest.fixture
def url(dupont):
    return f"/s/morel/clients/{dupont.pk}/"


def paid_late(of, *, days: int, on) -> None:
    """An invoice paid so many days late on a day."""
    bill = invoice(of, euros=100, due=on - timedelta(days=days), document_number="PAYEE")
    for entry in (bill, payment(of, euros=100, on=on, document_number="VIR1")):
        settled(entry, on=on)


# -- how he pays ---------------------------------------------------------------------------------


def test_the_score_stands_beside_the_name_with_its_payments_behind(collector, url, dupont, today):
    assert "pas de note" in collector.get(url).text
    paid_late(dupont, days=40, on=today)

    page, dialog = collector.get(url), collector.get(f"{url}reglements/", headers=HTMX)

    assert "<b>D</b> 40,0 j" in page.text
    assert "<html" not in dialog.text
    for shown in ("40,0 jours de retard en moyenne", "PAYEE", "par VIR1", "40 jours de retard"):
        assert shown in text_of(dialog)


def test_what_is_overdue_stands_beside_the_score(collector, url, late):
    text = text_of(collector.get(f"{url}reglements/"))

    assert "Pas de note" in text
    assert "1 200,50 €" in text


def test_payments_are_drawn_with_their_figures_one_click_away(collector, url, dupont, today):
    paid_late(dupont, days=40, on=today - timedelta(days=400))

    page, figures = collector.get(url), collector.get(f"{url}reglements/?periode=24mois")

    assert page.text.count('class="picture-mark') == 1
    assert "PAYEE" in page.text
    assert "PAYEE" in figures.text
    assert "PAYEE" not in collector.get(f"{url}reglements/").text


# -- one entry -----------------------------------------------------------------------------------


def test_an_entry_tells_why_it_is_reminded_and_all_that_happened(collector, url, late, today):
    at_level(late, 1, on=today - timedelta(days=30))
    sent = reminder(late.customer, on=today - timedelta(days=30))
    ReminderLine.objects.create(
        reminder=sent, entry=late, kind="reminder", level_before=0, level_after=1, claimed_minor=1
    )
    until = today + timedelta(days=9)
    collector.post(
        f"{url}repositionner/", {"entries": [late.pk], "expected_date": until.isoformat()}
    )
    text = text_of(collector.get(f"{url}pieces/{late.pk}/"))

    for shown in ("Relance 2", "à faire", "Relance 1, e-mail", f"attendu le {until:%d/%m/%Y}"):
        assert shown in text

    collector.post(f"{url}stop/", {"target": "entries", "entries": [late.pk], "reason": "Avoir"})
    text = text_of(collector.get(f"{url}pieces/{late.pk}/", headers=HTMX))
    for shown in ("Pièce en STOP", "STOP – Avoir", "Lever le STOP"):
        assert shown in text


def test_an_entry_that_was_paid_is_still_found(collector, url, dupont, today):
    paid = settled(invoice(dupont, euros=10, due=today), on=today)

    text = text_of(collector.get(f"{url}pieces/{paid.pk}/"))

    assert "elle n’est plus relancée" in text
    assert "lettre A" in text


def test_an_entry_of_another_customer_is_not_found_here(collector, url, morel, today):
    other = invoice(customer(morel, "Petit"), euros=10, due=today)

    assert collector.get(f"{url}pieces/{other.pk}/").status_code == 404


def test_an_entry_is_repositioned_without_touching_its_level(collector, url, late, today):
    day = today + timedelta(days=9)

    collector.post(f"{url}repositionner/", {"entries": [late.pk], "expected_date": day.isoformat()})

    follow_up = EntryFollowUp.objects.get(entry=late)
    assert (follow_up.expected_date, follow_up.level) == (day, 0)
    assert events() == ["entry.repositioned"]
    assert f"attendu le {day:%d/%m/%Y}" in text_of(collector.get(url))
    collector.post(f"{url}repositionner/", {"entries": [late.pk]})
    follow_up.refresh_from_db()
    assert follow_up.expected_date is None


def test_a_day_that_is_past_is_refused_beside_its_field(collector, url, late):
    data = {"entries": [late.pk], "expected_date": "2020-01-01"}

    response = collector.post(f"{url}repositionner/", data)

    assert response.status_code == 422
    assert "déjà passée" in text_of(response)
    assert events() == []


# -- notes ---------------------------------------------------------------------------------------


def test_a_note_on_an_entry_shows_on_its_line_and_in_the_export(collector, url, late):
    data = {"target": "entries", "entries": [late.pk], "text": "Colis abîmé"}

    collector.post(f"{url}note/pieces/", data)

    assert Note.objects.get().entry == late
    assert collector.get(url, headers={**HTMX, "HX-Target": "list"}).text.count("Colis abîmé") == 2
    assert "Colis abîmé" in collector.get(f"{url}pieces/{late.pk}/").text
    export = b"".join(collector.get(f"{url}export.csv").streaming_content).decode()
    assert "Colis abîmé" in export


def test_a_note_is_answered_in_its_thread(collector, url, dupont):
    collector.post(f"{url}note/", {"text": "Rappeler mardi"})
    note = Note.objects.get()
    answer = f"/s/morel/notes/{note.pk}/repondre/"

    refused = collector.post(answer, {"text": " "}, headers=HTMX)
    collector.post(answer, {"text": "C’est fait"}, headers=HTMX)

    assert refused.status_code == 422
    assert refused.text.count("La note est vide") == 1
    assert [one.text for one in note.answers.all()] == ["C’est fait"]


def test_who_is_named_sees_it_until_he_has_read_it(client, url, morel, claire, dupont):
    karim = member(morel, "reader", first_name="Karim", last_name="Benali")
    client.force_login(claire)
    client.post(f"{url}note/", {"text": "@karim tu le connais ?"})

    assert "vous a nommé" not in client.get(url).text
    client.force_login(karim)
    text = client.get(url).text
    assert "vous a nommé" in text
    assert '<b class="mention">@karim</b>' in text
    assert client.post(f"{url}mentions/vues/", headers=HTMX).status_code == 204
    assert "vous a nommé" not in client.get(url).text
    assert NoteMention.objects.get().seen_at is not None


@pytest.mark.parametrize("path", ["note/", "note/pieces/"])
def test_a_name_that_nobody_bears_is_told_before_the_note_is_saved(collector, url, path):
    data = {"text": "@Zorro tu le connais ?", "target": "customer"}

    refused = collector.post(f"{url}{path}", data)

    assert refused.status_code == 422
    assert "aucun collègue de ce nom" in refused.text
    assert 'name="as_is"' in refused.text
    assert not Note.objects.exists()

    collector.post(f"{url}{path}", data | {"as_is": "on"})
    assert Note.objects.get().text == "@Zorro tu le connais ?"


def test_a_text_that_looks_like_html_is_only_a_text(collector, url):
    collector.post(f"{url}note/", {"text": "<b>@claire</b>"})

    assert "&lt;b&gt;" in collector.get(url).text


# -- history and statement -----------------------------------------------------------------------


def test_the_history_tells_messages_decisions_and_notes(collector, url, dupont, late, today):
    sent = reminder(dupont, on=today, medium="letter", file="letters/x.pdf")
    ReminderLine.objects.create(
        reminder=sent, entry=late, kind="reminder", level_before=0, level_after=1, claimed_minor=1
    )
    collector.post(f"{url}note/", {"text": "Rappeler mardi"})
    collector.post(f"{url}stop/", {"target": "customer", "reason": "Avocat"})

    text = text_of(collector.get(f"{url}historique/"))

    for shown in ("STOP sur le client · Avocat", "Rappeler mardi", "Relance 1", str(late)):
        assert shown in text
    assert f"/s/morel/activites/{sent.pk}/" in text
    only_notes = text_of(collector.get(f"{url}historique/?type=note", headers=HTMX))
    assert "Rappeler mardi" in only_notes
    assert "Avocat" not in only_notes


def test_the_counts_of_the_activity_lead_to_what_they_count(collector, url, dupont, late, today):
    sent = reminder(dupont, on=today)
    ReminderLine.objects.create(
        reminder=sent, entry=late, kind="reminder", level_before=0, level_after=1, claimed_minor=1
    )

    text = collector.get(url).text

    assert f"{url}historique/?type=reminder&amp;dues=1" in text
    shown = text_of(collector.get(f"{url}historique/?type=reminder&dues=1"))
    assert "De 1 à 1 sur 1" in shown


def test_the_statement_is_a_pdf_of_what_is_shown(collector, url, late):
    response = collector.get(f"{url}releve.pdf?ecritures=toutes")

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert f"{url}releve.pdf" in collector.get(url).text


# -- contacts ------------------------------------------------------------------------------------


@pytest.fixture
def contact(dupont):
    return Contact.objects.create(
        company=dupont.company, customer=dupont, email="compta@dupont.example", name="Léa Roy"
    )


def test_a_contact_is_corrected(collector, dupont, contact):
    address = f"/s/morel/contacts/{contact.pk}/"

    assert "vient de la comptabilité" in collector.get(address).text
    collector.post(address, {"name": "Mme Roy", "phone": "04 78 00 00 00", "email": "x@y.fr"})

    contact.refresh_from_db()
    assert (contact.name, contact.phone) == ("Mme Roy", "04 78 00 00 00")
    assert contact.email == "compta@dupont.example"
    assert events() == ["contact.changed"]


def test_who_receives_reminders_is_chosen(collector, url, dupont, contact):
    for said, receives in (("non", False), ("oui", True)):
        collector.post(f"/s/morel/contacts/{contact.pk}/relances/", {"recoit": said})
        contact.refresh_from_db()
        dupont.refresh_from_db()
        assert contact.is_reminder_recipient == dupont.has_email == receives
    assert events() == ["contact.left_out", "contact.chosen"]


def test_an_address_is_marked_wrong_then_good_again(collector, url, dupont, contact):
    for said, is_valid in (("non", False), ("oui", True)):
        collector.post(f"/s/morel/contacts/{contact.pk}/adresse/", {"valide": said})
        contact.refresh_from_db()
        assert contact.is_invalid != is_valid
    assert events() == ["contact.invalidated", "contact.validated"]


def test_a_decision_that_says_nothing_changes_nothing(collector, contact):
    for action in ("relances", "adresse"):
        response = collector.post(f"/s/morel/contacts/{contact.pk}/{action}/")
        assert response.status_code == 400
    assert events() == []


# -- where a portfolio ends, and what it costs ---------------------------------------------------


def test_nothing_of_another_portfolio_exists(client, morel, url, late, contact):
    note = Note.objects.create(
        company=morel, customer=late.customer, text="x", author_name="x", at=timezone.now()
    )
    client.force_login(member(morel, "administrator", sales_reps="Guérin"))

    reads = ["historique/", "reglements/", f"pieces/{late.pk}/", "releve.pdf", "repositionner/"]
    assert {client.get(url + page).status_code for page in reads} == {404}
    writes = [
        f"{url}mentions/vues/",
        f"/s/morel/notes/{note.pk}/repondre/",
        f"/s/morel/contacts/{contact.pk}/",
        f"/s/morel/contacts/{contact.pk}/relances/",
        f"/s/morel/contacts/{contact.pk}/adresse/",
    ]
    assert {client.post(address).status_code for address in writes} == {404}


def test_a_reader_decides_nothing(client, morel, url, late, contact):
    client.force_login(member(morel, "reader"))

    text = client.get(url).text + client.get(f"{url}pieces/{late.pk}/").text

    for action in ("repositionner/", "note/pieces/", "/contacts/", "stop/?", "repondre/"):
        assert action not in text


def test_the_pages_make_the_same_queries_for_little_as_for_much(
    collector, url, dupont, late, today
):
    def queries() -> list[int]:
        counts = []
        for page in ("", "historique/", "reglements/", f"pieces/{late.pk}/"):
            with CaptureQueriesContext(connection) as made:
                collector.get(url + page)
            counts.append(len(made))
        return counts

    def live() -> None:
        """A day's work: notes with answers, a payment, a reminder."""
        collector.post(f"{url}note/", {"text": "Vu"})
        note = Note.objects.latest("id")
        collector.post(f"/s/morel/notes/{note.pk}/repondre/", {"text": "Bien"})
        data = {"target": "entries", "entries": [late.pk], "text": "Colis"}
        collector.post(f"{url}note/pieces/", data)
        paid_late(dupont, days=3, on=today)
        reminder(dupont, on=today)

    live()
    few = queries()
    for _number in range(5):
        live()

    assert queries() == few


def test_a_credit_limit_that_is_exceeded_is_said(collector, url, dupont, late):
    dupont.credit_limit_minor = 120_000
    dupont.save(update_fields=["credit_limit_minor"])
    assert "dépassé de 0,50 €" in text_of(collector.get(url))

    dupont.credit_limit_minor = 120_050
    dupont.save(update_fields=["credit_limit_minor"])
    assert "dépassé" not in text_of(collector.get(url))
