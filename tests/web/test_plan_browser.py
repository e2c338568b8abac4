"""A morning's sending in a real browser: choose, look, send, watch, done."""

import re

import pytest
from playwright.sync_api import Page, expect

from encaisse.collection.models import Reminder
from tests.builders import hold, member
from tests.support.processes import Processes
from tests.support.smtp import SmtpServer
from tests.web.browsing import enter, violations
from tests.web.plan_desk import ROOT, Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser_page: Page, settings, tmp_path) -> Desk:
    settings.UNDO_SECONDS = 3
    settings.DATA = settings.MEDIA_ROOT = tmp_path
    made = make_desk(tmp_path)
    member(made.company, email="karim@morel.example", first_name="Karim", last_name="Benali")
    return made


@pytest.fixture
def smtp(desk: Desk, smtp_server: SmtpServer) -> SmtpServer:
    company = desk.company
    company.mail_mode, company.smtp_security = "live", "none"
    company.smtp_host, company.smtp_port = smtp_server.host, smtp_server.port
    company.save(update_fields=["mail_mode", "smtp_security", "smtp_host", "smtp_port"])
    return smtp_server


@pytest.fixture
def page(browser_page: Page, desk: Desk) -> Page:
    for number in range(1, 13):
        desk.mail(f"Client{number:02}", 100 * number)
    hold(desk.mail("Lemoine"), on=desk.today)
    enter(browser_page, "karim@morel.example", ROOT)
    return browser_page


def test_a_morning_of_sending(page: Page, desk: Desk, smtp: SmtpServer, processes: Processes):
    processes.start("worker")
    page.get_by_role("link", name=re.compile("Relance 1")).click()
    expect(page.get_by_role("button", name="Envoyer 12 e-mails")).to_be_visible()
    page.get_by_role("checkbox", name="Client12").uncheck()
    expect(page.locator("#plan-bar")).to_contain_text("11 clients choisis")

    page.get_by_role("link", name="Aperçu Client11").click()
    mail = page.frame_locator("iframe[title='Contenu du message']")
    expect(mail.locator("body")).to_contain_text(re.compile(r"1\s100,00"))
    page.get_by_role("button", name="Fermer").click()

    page.get_by_role("button", name="Envoyer 11 e-mails").click()
    dialog = page.locator("#dialog[open]")
    expect(dialog).to_contain_text("Client en STOP")
    expect(dialog).to_contain_text("Décochés par vous")
    dialog.get_by_role("button", name="Envoyer 11 e-mails").click()

    expect(page.locator("#run")).to_contain_text("Départ dans")
    page.reload()
    expect(page.locator("#run")).to_contain_text("11 e-mails envoyés", timeout=30_000)
    recipients = {received.recipients[0] for received in smtp.received}
    assert len(smtp.received) == len(recipients) == 11
    assert "client12@client12.example" not in recipients
    assert set(Reminder.objects.values_list("status", flat=True)) == {"sent"}


def test_undo_before_anything_leaves(page: Page, desk: Desk, settings):
    settings.UNDO_SECONDS = 60
    page.goto(f"{ROOT}etape/emails/")
    page.get_by_role("button", name="Envoyer 12 e-mails").click()
    page.locator("#dialog").get_by_role("button", name="Envoyer 12 e-mails").click()

    page.locator("#run").get_by_role("button", name="Annuler").click()

    expect(page.locator("#run")).to_contain_text("12 annulés, qui restent à faire")
    assert set(Reminder.objects.values_list("status", flat=True)) == {"cancelled"}


def test_ticks_follow_pages_search_and_entries(page: Page, desk: Desk):
    desk.late(desk.entries["Client12"].customer, 50)
    page.goto(f"{ROOT}etape/emails/?par=10")
    page.get_by_role("checkbox", name="Client11").uncheck()
    expect(page.locator("#plan-bar")).to_contain_text("11 clients choisis")

    page.get_by_role("link", name="Page suivante").click()
    page.get_by_role("checkbox", name="Client01").uncheck()
    expect(page.locator("#plan-bar")).to_contain_text("10 clients choisis")
    page.get_by_role("searchbox", name="Nom ou code du client").fill("client12")
    expect(page.locator("tbody [name=coche]")).to_have_count(1)
    expect(page.locator("#plan-bar")).to_contain_text("10 clients choisis")

    page.locator(".unfold").click()
    page.locator("[name=p]").last.uncheck()
    expect(page.locator("[id^=sum-]").first).to_have_text(re.compile(r"^\s*1\s200,00"))
    page.get_by_role("button", name="Ne rien sélectionner").click()
    expect(page.locator("#plan-bar")).to_contain_text("0 client choisi")
    expect(page.locator("#plan-bar .button-main")).to_be_disabled()


@pytest.mark.parametrize("width", [1440, 390])
def test_its_screens_are_accessible(page: Page, desk: Desk, width: int):
    desk.letter("Rivet")
    desk.call("Moulin", phone="04 78 00 00 00")
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for path in ("", "etape/emails/", "etape/appels/", "laisses-de-cote/", "courriers-a-poster/"):
        page.goto(f"{ROOT}{path}")
        found[path] = violations(page)
    page.goto(f"{ROOT}etape/emails/")
    page.locator("#plan-bar .button-main").click()
    page.locator("#dialog[open] .button-main").wait_for()
    found["dialog"] = violations(page)

    assert {path: ids for path, ids in found.items() if ids} == {}
    assert page.evaluate("document.documentElement.scrollWidth") <= width
