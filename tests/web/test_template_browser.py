"""Writing a text in a real browser: placeholder, preview, source, and what the plan then shows."""

import pytest
from playwright.sync_api import Page, expect

from encaisse.messaging.models import MessageTemplate
from tests.builders import member
from tests.web.browsing import enter, violations
from tests.web.plan_desk import ROOT, Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser_page: Page, settings, tmp_path) -> Desk:
    settings.DATA = settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    made = make_desk(tmp_path)
    made.mail("Dupont")
    made.mail("Martin")
    member(made.company, "administrator", "claire@morel.example", first_name="Claire")
    return made


@pytest.fixture
def page(browser_page: Page, desk: Desk) -> Page:
    text = MessageTemplate.objects.get(code="reminder_1_email", language="fr")
    enter(browser_page, "claire@morel.example", f"/s/morel/configurer/modeles/{text.pk}/")
    return browser_page


def test_a_text_is_written_seen_and_used_by_the_plan(page: Page, desk: Desk):
    content = page.frame_locator(".write-frames iframe:not(.preview-coming)")
    expect(content.locator("body")).to_contain_text("simple oubli")
    assert violations(page) == []

    page.locator(".rich-area").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Votre compte ")
    page.get_by_text("Voir la liste des balises").click()
    page.get_by_label("Chercher une balise").fill("code du client")
    page.get_by_role("button", name="Code du client").click()
    page.get_by_label("Client de l’aperçu").fill("mart")
    expect(content.locator("body")).to_contain_text("Votre compte 411MARTIN")

    page.get_by_role("button", name="Source HTML").click()
    source = page.locator("textarea[data-rich]")
    expect(source).to_have_value("<p>Votre compte {{ client_code }}</p>")
    source.fill("<p>Compte {{ client_code }}</p>{% if b2b %}<p>Professionnel</p>{% endif %}")
    page.get_by_role("button", name="Source HTML").click()
    expect(page.locator(".rich-area")).to_contain_text("{% if b2b %}")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_text("version 2, Claire")).to_be_visible()
    dupont = desk.entries["Dupont"].customer_id
    page.goto(f"{ROOT}etape/emails/{dupont}/apercu/0/")
    expect(page.locator("body")).to_contain_text("Compte 411DUPONT")
    expect(page.locator("body")).to_contain_text("Professionnel")

    page.goto("/s/morel/configurer/courriers/")
    expect(page.locator("#letters-preview img")).to_be_visible()
    assert violations(page) == []
