"""« Réponses », what came back on a reminder's page, the mailbox settings, and openings."""

from datetime import UTC, date, datetime

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.collection.models import IncomingMail, Reminder
from encaisse.collection.operations.opening import note_opening, opening_token, with_image
from encaisse.tenancy.models import Event
from encaisse.tenancy.secrets import unseal
from tests.builders import customer, member, reminder

pytestmark = pytest.mark.django_db

ROOT = "/s/morel/"
ANSWERS, MAILBOX = f"{ROOT}suivre/reponses/", f"{ROOT}configurer/expediteur/boite/"
NOON = datetime(2026, 4, 9, 12, tzinfo=UTC)


@pytest.fixture
def desk(client, morel):
    client.force_login(member(morel, "collector", first_name="Claire", last_name="Martin"))
    return client


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont")


@pytest.fixture
def sent(dupont):
    return reminder(dupont, on=date(2026, 4, 8), recipients=["a@dupont.example"])


def mail(of, **fields) -> IncomingMail:
    number = IncomingMail.objects.count()
    values = {
        "kind": "reply",
        "message_id": f"<{number}@dupont.example>",
        "from_address": "a@dupont.example",
        "subject": "Re: Relance",
        "text": "Le virement part <b>vendredi</b>.",
        "received_at": NOON,
    }
    return IncomingMail.objects.create(company_id=of.company_id, customer=of, **(values | fields))


def test_answers_wait_in_a_list_until_somebody_deals_with_them(desk, dupont, sent):
    answer = mail(dupont, reminder=sent)
    mail(dupont, kind="automatic", subject="Absent du bureau")
    mail(dupont, kind="bounce", subject="Undelivered", diagnosis="550 5.1.1", text="")

    page = desk.get(ANSWERS).text
    assert "Le virement part &lt;b&gt;vendredi&lt;/b&gt;." in page
    assert "Absent du bureau" not in page
    assert "550 5.1.1" in desk.get(f"{ANSWERS}?statut=retours").text
    assert "Absent du bureau" in desk.get(f"{ANSWERS}?statut=automatiques").text

    desk.post(f"{ANSWERS}{answer.pk}/traiter/")

    assert "vendredi" not in desk.get(ANSWERS).text
    assert "Claire Martin" in desk.get(f"{ANSWERS}?statut=traitees").text
    desk.post(f"{ANSWERS}{answer.pk}/rouvrir/")
    assert "vendredi" in desk.get(ANSWERS).text
    kinds = Event.objects.filter(kind__startswith="answer.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == ["answer.handled", "answer.reopened"]


def test_the_answers_of_a_tab_are_exported(desk, dupont, sent):
    mail(dupont, reminder=sent)
    mail(dupont, kind="bounce", subject="Undelivered", diagnosis="550 5.1.1", text="")

    lines, returns = (
        b"".join(desk.get(f"{ANSWERS}export.csv{query}")).decode("utf-8-sig").splitlines()
        for query in ("", "?statut=retours")
    )

    assert lines[0].startswith("Reçue le;Heure;Client;Code client;Expéditeur;Objet;Message")
    assert lines[1:] == [
        "09/04/2026;14:00;Dupont;411DUPONT;a@dupont.example;Re: Relance;"
        "Le virement part <b>vendredi</b>.;Relance;1;100,00;EUR;;"
    ]
    assert "Undelivered;550 5.1.1;;;;;;" in returns[1]


def test_an_answer_is_shown_with_what_can_be_done_about_it_and_on_its_reminder(desk, dupont, sent):
    answer = mail(dupont, reminder=sent)

    page = desk.get(f"{ANSWERS}{answer.pk}/").text

    for part in ("Marquer traitée", "promesse/", "litige/", "stop/", f"activites/{sent.pk}/"):
        assert part in page
    assert f"suivre/reponses/{answer.pk}/" in desk.get(f"{ROOT}activites/{sent.pk}/").text


def test_a_portfolio_sees_the_answers_of_its_customers_only(client, morel, dupont):
    other = customer(morel, "Petit", sales_rep="Durant")
    mine, hidden = mail(other, text="la mienne"), mail(dupont, text="pas la mienne")
    user = member(morel, "collector")
    user.memberships.update(limited_to_portfolio=True, portfolio="Durant")
    client.force_login(user)

    page = client.get(ANSWERS).text

    assert "la mienne" in page
    assert "pas la mienne" not in page
    assert client.get(f"{ANSWERS}{mine.pk}/").status_code == 200
    assert client.get(f"{ANSWERS}{hidden.pk}/").status_code == 404
    assert client.post(f"{ANSWERS}{hidden.pk}/traiter/").status_code == 404


def test_the_list_asks_the_same_queries_however_long(desk, dupont, sent):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(ANSWERS).status_code == 200
        return len(queries)

    mail(dupont, reminder=sent)
    count()  # the first visit of the day is written down
    few = count()
    for number in range(20):
        mail(customer(dupont.company, f"Autre {number}"), reminder=sent)
    assert count() == few


def test_a_mailbox_is_saved_sealed_and_a_refusal_is_said(client, morel):
    client.force_login(member(morel, "administrator"))
    settings = {
        "imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "none",
        "imap_username": "compta", "imap_password": "tr3s-discret", "imap_folder": "INBOX",
    }  # fmt: skip

    assert client.post(MAILBOX, settings).status_code == 302
    morel.refresh_from_db()
    assert unseal(morel.imap_password_sealed) == "tr3s-discret"
    response = client.post(MAILBOX, settings | {"imap_password": "", "do": "test"})

    assert response.status_code == 422
    assert "refuse la connexion sur le port 1" in response.text
    assert "tr3s-discret" not in response.text
    morel.refresh_from_db()
    assert unseal(morel.imap_password_sealed) == "tr3s-discret"
    assert client.post(MAILBOX, settings | {"imap_username": ""}).status_code == 422


def test_the_domain_is_checked_from_the_sender_s_page(client, morel):
    client.force_login(member(morel, "administrator"))
    url = f"{ROOT}configurer/expediteur/domaine/"
    assert "Donnez d’abord l’adresse" in client.get(url, headers={"HX-Request": "true"}).text
    morel.sender_email = "compta@nulle-part.invalid"
    morel.save()

    page = client.get(url).text

    assert "nulle-part.invalid" in page
    # « injoignable » where the tests have no network
    assert "Ce domaine n’existe pas" in page or "injoignable" in page


def test_only_the_first_opening_is_noted_and_only_where_it_was_asked(client, morel, sent, settings):
    settings.SITE_URL = "https://encaisse.example"
    url = f"/suivi/{opening_token(sent)}.gif"
    assert client.get(url)["Content-Type"] == "image/gif"
    assert with_image("<body>x</body>", sent, morel) == "<body>x</body>"
    sent.refresh_from_db()
    assert sent.opened_at is None
    morel.tracks_opening = True
    morel.save()

    html = with_image("<body>x</body>", sent, morel)
    response = client.get(url)

    assert html.startswith(f'<body>x<img src="https://encaisse.example{url}"')
    assert not response.cookies
    sent.refresh_from_db()
    first = sent.opened_at
    assert first is not None
    assert not note_opening(opening_token(sent), now=NOON)
    forged = signing.Signer(salt="other").sign(str(sent.pk)).replace(":", "-", 1)
    assert not note_opening(forged, now=NOON)
    assert Event.objects.filter(kind="reminder.opened").count() == 1
    client.force_login(member(morel))
    assert "Ouvert" in client.get(f"{ROOT}activites/").text


def test_nothing_is_added_where_customers_cannot_reach_us(morel, sent, settings):
    settings.SITE_URL = "http://localhost:8000"
    morel.tracks_opening = True

    assert with_image("<p>x</p>", sent, morel) == "<p>x</p>"
    assert Reminder.objects.get().opened_at is None
