"""A customer's page in a real browser: decisions taken in dialogs, and what they leave behind."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from encaisse.collection.models import Dispute, Hold, PaymentPromise
from encaisse.collection.operations.setup import install_defaults
from encaisse.tenancy.models import Company, Event
from tests.builders import customer, invoice, member, payment, reminder, settled
from tests.web.browsing import enter, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def morel(browser_page):
    of = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(of)
    member(of, email="claire@morel.fr", first_name="Claire", last_name="Martin")
    return of


@pytest.fixture
def dupont(morel, today):
    made = customer(morel, "Dupont", email="compta@dupont.example")
    for number in (1, 2, 3):
        due = today - timedelta(days=80 - number * 20)
        invoice(made, euros=100 * number, due=due, document_number=f"FAC{number}")
    reminder(made, on=today, content_html="<p style='margin:0'>Bonjour Madame</p>")
    return made


@pytest.fixture
def page(browser_page: Page, dupont) -> Page:
    enter(browser_page, "claire@morel.fr", f"/s/morel/clients/{dupont.pk}/")
    return browser_page


def dialog(page: Page, opener: str):
    page.locator(".page-actions").get_by_role("link", name=opener).click()
    opened = page.locator("#dialog[open]")
    opened.wait_for()
    return opened


def test_stop_dispute_and_promise_are_taken_in_dialogs(page, dupont, today):
    promise = dialog(page, "Promesse")
    expect(promise.get_by_label("Montant promis")).to_have_value("600,00")
    promise.get_by_role("checkbox", name="FAC3").uncheck()
    expect(promise.get_by_label("Montant promis")).to_have_value("300,00")
    promise.get_by_role("button", name="Enregistrer").click()
    expect(promise.get_by_text("Ce champ est obligatoire.")).to_be_visible()
    promise.get_by_label("Pour le").fill((today + timedelta(days=7)).isoformat())
    promise.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").get_by_text("Promesse enregistrée")).to_be_visible()
    assert PaymentPromise.objects.get().amount_minor == 30_000

    dispute = dialog(page, "Litige")
    dispute.get_by_label("Motif").fill("Qualité")
    dispute.get_by_label("Seulement les pièces cochées").check()
    dispute.get_by_role("checkbox", name="FAC3").check()
    expect(dispute.get_by_label("Suspendre aussi les relances")).to_be_checked()
    dispute.get_by_role("button", name="Ouvrir le litige").click()
    expect(page.get_by_role("status").get_by_text("Litige ouvert.")).to_be_visible()
    assert Dispute.objects.get().suspends

    stop = dialog(page, "STOP")
    stop.get_by_label("Motif").fill("Procédure collective")
    stop.get_by_role("button", name="Poser le STOP").click()
    expect(page.get_by_text("Ce client ne doit pas être relancé.")).to_be_visible()
    head = page.locator(".page-head")
    for badge in ("STOP", "litige", "promesse"):
        expect(head.locator(".tag", has_text=badge)).to_be_visible()
    assert Event.objects.count() == 3

    page.get_by_role("status").get_by_role("button", name="Annuler").click()
    expect(page.get_by_role("status").get_by_text("STOP levé")).to_be_visible()
    assert Hold.objects.get().lifted_on == today


def test_entries_ticked_in_the_account_come_along(page):
    chosen = page.locator("[data-selection]")
    expect(chosen).to_be_hidden()
    page.get_by_label("Choisir FAC2").check()
    expect(chosen).to_contain_text("Sélection : 1 · 200,00 €")
    chosen.get_by_role("link", name="Promesse").click()
    opened = page.locator("#dialog[open]")

    expect(opened.get_by_role("checkbox", name="FAC2")).to_be_checked()
    expect(opened.get_by_role("checkbox", name="FAC1")).not_to_be_checked()
    expect(opened.get_by_label("Montant promis")).to_have_value("200,00")


def test_one_understands_decides_and_sees_the_trace(page, dupont, today):
    page.locator(".entry-number", has_text="FAC1").click()
    opened = page.locator("#dialog[open]")
    expect(opened.get_by_text("Déjà relancé aujourd’hui.")).to_be_visible()
    opened.get_by_role("button", name="Fermer").click()

    menu = page.get_by_role("row").filter(has_text="FAC1")
    menu.get_by_label("Actions sur FAC1").click()
    menu.get_by_role("link", name="Repositionner").click()
    expect(opened.get_by_role("checkbox", name="FAC1")).to_be_checked()
    day = today + timedelta(days=9)
    opened.get_by_label("Règlement attendu le").fill(day.isoformat())
    opened.get_by_role("button", name="Changer la date attendue").click()
    expect(menu.get_by_text(f"attendu le {day:%d/%m/%Y}")).to_be_visible()

    note = page.get_by_label("Nouvelle note")
    note.press_sequentially("Vu avec @mart")
    page.get_by_role("option", name="Claire Martin").wait_for()
    note.press("Enter")
    note.press_sequentially("hier")
    page.get_by_role("button", name="Ajouter la note").click()
    written = page.locator("#notes .note").first
    expect(written.get_by_text("@Claire Martin")).to_be_visible()
    written.locator("summary").click()
    written.get_by_label("Réponse").fill("Bien")
    written.get_by_role("button", name="Répondre").click()
    expect(page.locator("#notes .answers").get_by_text("Bien")).to_be_visible()

    page.get_by_role("link", name="Tout l’historique").click()
    for done in ("Règlement attendu le", "Vu avec @Claire Martin hier", "Relance 1"):
        expect(page.locator("#list").get_by_text(done)).to_be_visible()


def test_the_message_is_shown_as_it_was_sent(page):
    page.locator("#history").get_by_role("link", name="Relance 1").click()

    expect(page.frame_locator(".message-frame").get_by_text("Bonjour Madame")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1024, "dark"), (390, "light")])
def test_nothing_is_cut_and_axe_finds_nothing(page, dupont, today, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    paid = invoice(dupont, euros=100, due=today - timedelta(days=40))
    for entry in (paid, payment(dupont, euros=100, on=today)):
        settled(entry, on=today)
    own = ("", "promesse/", "historique/", "reglements/", f"pieces/{paid.pk}/")
    for address in (*(f"{page.url}{one}" for one in own), "/s/morel/activites/"):
        page.goto(address)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
