"""Adding a webhook in a real browser: its secret is copied, a trial says what was answered."""

import pytest
from playwright.sync_api import Page, expect

from tests.builders import company, member
from tests.support.webhooks import listening
from tests.web.browsing import enter, ragged_tables, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_webhook_is_added_copied_and_tried(browser_page: Page, settings):
    settings.WEBHOOKS_PRIVATE = True
    page = browser_page
    member(company("Ateliers Morel", slug="morel"), "administrator", "claire@morel.example")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with listening() as listener:
        enter(page, "claire@morel.example", "/s/morel/configurer/webhooks/")
        assert violations(page) == []
        page.get_by_role("link", name="Ajouter un webhook").click()
        page.get_by_role("textbox", name="Adresse").fill(listener.url)
        page.get_by_label("Promesse non tenue").check()
        assert violations(page) == []
        page.get_by_role("button", name="Ajouter").click()

        secret = page.get_by_label("À ranger dans le logiciel qui reçoit")
        page.get_by_role("button", name="Copier").click()
        expect(page.get_by_role("button", name="Copié")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == secret.input_value()
        assert violations(page) == []

        page.get_by_role("link", name="C’est noté").click()
        page.get_by_role("button", name="Envoyer un essai").click()
        expect(page.get_by_text("réponse 200")).to_be_visible()
        assert len(listener.heard) == 1
    assert violations(page) == []
    assert ragged_tables(page) == []
    page.get_by_role("row", name="Essai").get_by_role("link").click()
    expect(page.get_by_text("entendu")).to_be_visible()
    assert violations(page) == []
