"""Passkeys in a real browser, which plays the device that keeps them."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Page, expect

from tests.builders import PASSWORD, company, member
from tests.web.browsing import violations
from tests.web.reading import events

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EMAIL = "luc@morel.example"


@pytest.fixture
def page(browser_page: Page) -> Page:
    cache.clear()
    member(company("Ateliers Morel", slug="morel"), "collector", EMAIL, first_name="Luc")
    device = browser_page.context.new_cdp_session(browser_page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    return browser_page


def type_password(page: Page) -> None:
    page.get_by_label("Adresse e-mail").fill(EMAIL)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def log_out(page: Page) -> None:
    page.goto("/deconnexion/")
    page.get_by_role("button", name="Se déconnecter").click()


def test_a_passkey_is_made_comes_in_alone_and_is_the_second_step_of_a_password(page: Page):
    page.goto("/connexion/?next=/moi/deux-etapes/")
    assert violations(page) == []
    type_password(page)
    page.get_by_role("link", name="Ajouter une clé").click()
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_label("Nom de cet appareil").fill("Portable de Luc")
    assert violations(page) == []
    page.get_by_role("button", name="Créer la clé").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    page.get_by_role("link", name="C’est noté").click()
    expect(page.get_by_text("Portable de Luc")).to_be_visible()
    assert violations(page) == []
    assert "account.passkey_added" in events()

    log_out(page)
    page.goto("/connexion/?next=/moi/sessions/")
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    expect(page.get_by_role("heading", name="Mon compte")).to_be_visible()
    assert page.url.endswith("/moi/sessions/")

    log_out(page)
    type_password(page)
    expect(page.get_by_role("heading", name="Deuxième étape")).to_be_visible()
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_role("heading", name="Deuxième étape")).to_be_hidden()

    page.goto("/moi/deux-etapes/")
    page.get_by_role("link", name="Retirer Portable de Luc").click()
    page.get_by_role("link", name="Utiliser plutôt une clé d’accès").click()
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    page.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("Portable de Luc")).to_be_hidden()
    assert not Authenticator.objects.exists()

    log_out(page)
    page.get_by_role("button", name="Entrer avec une clé d’accès").click()
    expect(page.get_by_text("Cette clé d’accès n’est pas connue ici.")).to_be_visible()
