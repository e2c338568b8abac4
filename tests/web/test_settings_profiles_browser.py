"""Rules of profiles in a real browser: the effect as one types, then customers who have moved."""

import pytest
from playwright.sync_api import Page, expect

from encaisse.collection.models import CustomerFollowUp
from encaisse.collection.operations.setup import install_defaults
from encaisse.tenancy.models import Company
from tests import builders
from tests.web.browsing import enter, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SETTINGS = "/s/morel/configurer/"


def test_a_rule_is_written_its_effect_seen_and_the_customers_move(browser_page: Page):
    morel = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(morel)
    morel.paymentmethod_set.create(code="lcr", label="LCR", is_new=True)
    builders.customer(morel, "Brasserie", country="Belgique")
    builders.customer(morel, "Dupont", country="France")
    builders.member(morel, "administrator", "claire@morel.example")
    page = browser_page
    enter(page, "claire@morel.example", f"{SETTINGS}profils/regles/")
    effect = page.locator("#effect")
    expect(effect).to_contain_text("Aucun client ne changerait de profil.")

    page.get_by_role("button", name="Ajouter une règle").click()
    page.get_by_label("Critère").select_option("country")
    expect(page.get_by_label("Valeur")).to_have_attribute("list", "values-country")
    page.get_by_label("Comparaison").select_option("is_not")
    page.get_by_label("Valeur").fill("France")
    page.get_by_label("Profil").select_option("export")
    expect(effect).to_contain_text("1 client changerait de profil.")
    expect(effect.get_by_role("row", name="Standard Export")).to_contain_text("Brasserie")
    assert violations(page) == []
    page.get_by_role("button", name="Enregistrer et appliquer").click()

    expect(page.get_by_text("Règles enregistrées : 1 client a changé de profil.")).to_be_visible()
    assert CustomerFollowUp.objects.get().profile.code == "export"
    export = CustomerFollowUp.objects.get().profile_id
    for part in ("profils/", f"profils/{export}/", "reglements/", "champs/"):
        page.goto(f"{SETTINGS}{part}")
        assert violations(page) == [], part
