"""The search of the top bar and its page of results, over HTTP and in a browser."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.builders import company, customer, invoice, member, settled
from tests.web.browsing import enter, violations
from tests.web.reading import text_of

URL = "/s/morel/recherche/"
BOX = {"HX-Request": "true", "HX-Target": "found"}


@pytest.fixture
def dupont(morel, today):
    made = customer(morel, "Dupont", contact_name="Zoé Kern")
    invoice(made, euros=1200, due=today - timedelta(days=70), document_number="FAC19207")
    paid = invoice(made, euros=80, due=today, document_number="FAC18000")
    settled(paid, on=today)
    customer(morel, "Petit")
    return made


def test_the_box_suggests_customers_and_entries_with_what_is_owed(reader, dupont):
    def suggested(text):
        return text_of(reader.get(URL, {"q": text}, headers=BOX))

    by_name, by_number = suggested("dupnot"), suggested("19207")
    for words in ("Clients", "Dupont", "411DUPONT", "1 200,00 €", "70 j de retard"):
        assert words in by_name
    assert "<html" not in by_name
    for words in ("Pièces", "FAC19207", "Dupont", "1 200,00 €", "70 j de retard"):
        assert words in by_number
    assert f'href="/s/morel/clients/{dupont.pk}/?q=FAC19207"' in by_number
    assert f'clients/{dupont.pk}/?ecritures=toutes&amp;q=FAC18000"' in suggested("18000")
    assert "réglée" in suggested("18000")
    assert "Zoé Kern" in suggested("kern")
    assert "ne doit rien" in suggested("petit")


def test_the_box_says_when_nothing_answers_and_nothing_when_it_is_empty(reader, dupont):
    assert "Rien ne répond à « <b>zzz »" in text_of(
        reader.get(URL, {"q": "<b>zzz"}, headers=BOX)
    ).replace("&lt;", "<").replace("&gt;", ">")
    assert "deux caractères" in reader.get(URL, {"q": "d"}, headers=BOX).text
    assert reader.get(URL, headers=BOX).text.strip() == ""
    assert reader.get(URL, {"q": "\x00"}, headers=BOX).text.strip() == ""


def test_the_page_shows_all_results_and_keeps_what_was_asked(reader, morel, dupont, today):
    for number in range(60):
        invoice(customer(morel, f"Dupont {number}"), euros=5, due=today)

    page = text_of(reader.get(URL, {"q": "dupont"}))
    assert "Les 50 clients les plus proches" in page
    assert 'value="dupont"' in page
    assert "1 pièce" in text_of(reader.get(URL, {"q": "1200,00"}))
    assert "Rien ne répond" in reader.get(URL, {"q": "zzz"}).text
    assert reader.get(URL).status_code == 200


def test_a_portfolio_finds_its_own_customers_and_their_entries_only(client, morel, dupont):
    client.force_login(member(morel, "reader", sales_reps="Durant"))

    for text in ("dupont", "dupnot", "411DUPONT", "19207", "1200,00", "kern"):
        assert "Rien ne répond" in client.get(URL, {"q": text}, headers=BOX).text
        assert "1 200,00" not in text_of(client.get(URL, {"q": text}))


def test_the_box_costs_as_many_queries_for_thirty_rows_as_for_three(reader, morel, dupont, today):
    with CaptureQueriesContext(connection) as few:
        reader.get(URL, {"q": "dupont"}, headers=BOX)
    for number in range(30):
        late = today - timedelta(days=number)
        invoice(customer(morel, f"Dupont {number}"), euros=5, due=late)
    with CaptureQueriesContext(connection) as many:
        reader.get(URL, {"q": "dupont"}, headers=BOX)
    assert len(many) <= len(few)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_customer_and_a_document_are_found_with_the_keyboard_alone(browser_page: Page):
    morel = company("Ateliers Morel", slug="morel")
    member(morel, email="claire@morel.fr", first_name="Claire", last_name="Martin")
    today = morel.local_day(timezone.now())
    dupont = customer(morel, "Dupont")
    invoice(dupont, euros=1200, due=today - timedelta(days=70), document_number="FAC19207")
    page = browser_page
    enter(page, "claire@morel.fr", "/s/morel/")

    page.keyboard.press("Control+k")
    page.keyboard.type("dupond")
    link = page.get_by_role("list", name="Clients").get_by_role("link", name="Dupont")
    expect(link).to_be_visible()
    expect(page.locator("#live")).to_have_text("1 résultat")
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    expect(link).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"/s/morel/clients/{dupont.pk}/")

    page.keyboard.press("/")
    page.keyboard.type("19207")
    piece = page.get_by_role("list", name="Pièces").get_by_role("link", name="FAC19207")
    expect(piece).to_be_visible()
    page.keyboard.press("Escape")
    expect(piece).to_have_count(0)
    page.keyboard.press("Enter")
    page.wait_for_url("/s/morel/recherche/?q=19207")
    page.get_by_role("link", name="FAC19207").click()
    expect(page.locator("#list .entry-number")).to_have_text("FAC19207")
