"""Changing a scenario in a real browser: the effect as one types, then the plan that follows."""

import pytest
from playwright.sync_api import Page, expect

from encaisse.collection.models import Scenario
from encaisse.collection.queries.configuration import scenario_document
from tests.builders import member
from tests.web.browsing import enter, violations
from tests.web.plan_desk import Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser_page: Page, settings, tmp_path) -> Desk:
    settings.DATA = settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    made = make_desk(tmp_path)
    made.mail("Dupont")
    made.mail("Martin")
    member(made.company, "administrator", "claire@morel.example", first_name="Claire")
    return made


def test_a_step_is_changed_its_effect_seen_and_the_plan_follows(browser_page: Page, desk: Desk):
    page = browser_page
    scenario = Scenario.objects.get(profile__is_default=True, with_email=True)
    address = f"/s/morel/configurer/scenarios/{scenario.profile_id}/avec-email/"
    enter(page, "claire@morel.example", address)
    effect = page.locator("#effect")
    expect(effect).to_contain_text("2 clients seraient relancés")
    assert violations(page) == []

    first = page.locator(".step-reminder").first
    first.get_by_label("Jours").fill("60")
    expect(effect).to_contain_text("personne ne serait relancé")
    expect(effect).to_contain_text("J + 60")
    first.get_by_label("Jours").fill("10")
    first.get_by_label("Média").select_option("letter")
    expect(first.get_by_label("Modèle")).to_have_value("reminder_1_letter")
    expect(effect.get_by_role("row", name="Relance 1 Courrier")).to_contain_text("2")
    page.get_by_role("button", name="Supprimer Prévenance").click()
    expect(page.locator(".step-pre_due")).to_have_count(0)
    expect(first.get_by_label("Jours")).to_have_value("10")

    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").get_by_text("Scénario enregistré")).to_be_visible()
    scenario.refresh_from_db()
    steps = scenario_document(scenario)["steps"]
    assert (steps[0]["medium"], steps[0]["trigger"]) == ("letter", "due + 10")
    for other in (f"{address}versions/", f"{address}douze-mois/", "/s/morel/configurer/niveaux/"):
        page.goto(other)
        assert violations(page) == [], other
    page.goto("/s/morel/agir/scenarios/")
    letters = page.get_by_role("region", name="Courriers")
    expect(letters.get_by_role("link", name="Relance 1 10 jours après l’échéance")).to_be_visible()
