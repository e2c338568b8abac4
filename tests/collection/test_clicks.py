"""Links of mails, where the company asked to know whether they are followed."""

from datetime import date

import pytest
from django.core import signing

from encaisse.collection.models import Reminder
from encaisse.collection.operations.clicks import link_token, note_click, read_link, with_links
from encaisse.ledger.models import Customer
from encaisse.tenancy.models import Company, Event
from tests.collection.world import Desk

TODAY = date(2026, 4, 8)
HTML = '<p><a href="{}">ici</a></p>'
SITE = "https://www.acme.example/payer?facture=F&client=D%C3%A9"


@pytest.fixture
def sent(acme: Desk, dupont: Customer, settings) -> Reminder:
    """The first reminder to Dupont, sent by a company that follows clicks."""
    settings.SITE_URL = "https://encaisse.example"
    Company.objects.filter(pk=acme.company.pk).update(tracks_clicks=True)
    acme.work(TODAY)
    return Reminder.objects.select_related("company").get()


def rewritten(reminder: Reminder, address: str) -> str:
    html = with_links(HTML.format(address), reminder, reminder.company)
    return html.removeprefix('<p><a href="').partition('"')[0]


def test_a_link_leads_through_ours_to_the_very_address_of_the_message(sent: Reminder, client):
    ours = rewritten(sent, SITE.replace("&", "&amp;"))
    assert ours.startswith("https://encaisse.example/l/")

    response = client.get(ours.removeprefix("https://encaisse.example"))

    assert (response.status_code, response["Location"]) == (302, SITE)
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    sent.refresh_from_db()
    assert sent.clicked_at is not None
    assert Event.objects.filter(kind="reminder.clicked").count() == 1


@pytest.mark.parametrize(
    "address",
    [
        "mailto:compta@acme.example", "tel:+33478000000", "#bas", "/relatif", "javascript:alert(1)",
        "data:text/html,x", "{{ lien }}", "https://{{ lien }}/", "https://banque.example@mal.example/",
        "http://[mal", "https:///rien", "ftp://acme.example/f", "https:\\\\mal.example",
        "https://encaisse.example/l/deja.la",
    ],
)  # fmt: skip
def test_what_is_not_plainly_a_website_is_left_alone(sent: Reminder, address: str):
    assert rewritten(sent, address) == address


def test_nothing_is_rewritten_unless_it_was_asked_and_can_be_reached(sent: Reminder, settings):
    settings.SITE_URL = "http://localhost:8000"
    assert rewritten(sent, SITE) == SITE
    settings.SITE_URL = "https://encaisse.example"
    sent.company.tracks_clicks = False
    assert rewritten(sent, SITE) == SITE


def test_only_addresses_that_we_signed_are_led_to(sent: Reminder, client):
    forged = signing.Signer(sep=".", salt="other").sign_object([sent.pk, "https://mal.example"])
    token = link_token(sent, SITE)

    for wrong in (forged, token[:-1], token + "x", "x", "https://mal.example", "%00"):
        assert client.get(f"/l/{wrong}").status_code == 404
    assert client.post(f"/l/{token}").status_code == 405
    sent.refresh_from_db()
    assert sent.clicked_at is None


def test_only_the_first_click_of_a_reader_counts(
    sent: Reminder, client, acme: Desk, django_user_model
):
    url = f"/l/{link_token(sent, SITE)}"
    looking = {"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Dest": "iframe"}
    for headers in looking:
        assert client.get(url, headers=headers)["Location"] == SITE
    assert client.head(url)["Location"] == SITE
    client.force_login(django_user_model.objects.create_user("claire@acme.example", "x"))
    client.get(url)
    client.logout()
    sent.refresh_from_db()
    assert sent.clicked_at is None

    client.get(url)
    sent.refresh_from_db()
    first = sent.clicked_at
    followed = read_link(link_token(sent, SITE))
    assert followed is not None
    assert not note_click(followed, now=acme.at(date(2026, 5, 1)))
    sent.refresh_from_db()
    assert sent.clicked_at == first is not None


def test_an_old_link_still_leads_where_clicks_are_no_longer_followed(sent: Reminder, client):
    Company.objects.update(tracks_clicks=False)

    response = client.get(f"/l/{link_token(sent, SITE)}")

    assert response["Location"] == SITE
    sent.refresh_from_db()
    assert sent.clicked_at is None


def test_the_links_of_a_reminder_leave_rewritten_in_its_html_alone(
    acme: Desk, dupont: Customer, settings
):
    settings.SITE_URL = "https://encaisse.example"
    Company.objects.filter(pk=acme.company.pk).update(tracks_clicks=True)
    text = acme.company.messagetemplate_set.get(code="reminder_1_email", language="fr")
    text.body += '<p><a href="https://www.acme.example/">Notre site</a></p>'
    text.body += '<p><a href="mailto:a@acme.example">Écrire</a></p>'
    text.save(update_fields=["body"])

    acme.work(TODAY)

    sent = Reminder.objects.get()
    assert sent.status == "sent"
    assert sent.content_html.count('href="https://encaisse.example/l/') == 1
    assert 'href="mailto:a@acme.example"' in sent.content_html
    assert "encaisse.example" not in sent.content_text
    assert "https://www.acme.example/" in sent.content_text
