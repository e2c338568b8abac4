"""Writing an e-mail in a real browser: entries, text, placeholder, file, and what arrives."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from encaisse.collection.models import Reminder
from tests.builders import member
from tests.support.smtp import SmtpServer
from tests.web.browsing import enter, violations
from tests.web.plan_desk import Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser_page: Page, settings, tmp_path, smtp_server: SmtpServer) -> Desk:
    settings.UNDO_SECONDS = 0
    settings.DATA = settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = tmp_path
    made = make_desk(tmp_path)
    company = made.company
    company.mail_mode, company.smtp_security = "live", "none"
    company.smtp_host, company.smtp_port = smtp_server.host, smtp_server.port
    company.save(update_fields=["mail_mode", "smtp_security", "smtp_host", "smtp_port"])
    member(company, email="karim@morel.example", first_name="Karim", last_name="Benali")
    return made


@pytest.fixture
def dupont(desk: Desk):
    made = desk.mail("Dupont", 100)
    desk.late(made, 50, days=40, document_number="FAC2")
    desk.late(made, 25, days=60, document_number="FAC3")
    return made


@pytest.fixture
def page(browser_page: Page, dupont) -> Page:
    enter(browser_page, "karim@morel.example", f"/s/morel/clients/{dupont.pk}/")
    return browser_page


def test_an_email_about_two_entries_arrives_with_its_file(
    page: Page, desk: Desk, smtp_server: SmtpServer, tmp_path: Path
):
    for name in ("FAC2", "FAC3"):
        page.get_by_label(f"Choisir {name}").check()
    page.locator("[data-selection]").get_by_role("link", name="E-mail").click()
    expect(page.locator("#write-amount")).to_contain_text(re.compile(r"75,00"))

    page.locator(".rich-area").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("Bonjour, votre compte ")
    page.get_by_text("Voir la liste des balises").click()
    page.get_by_label("Chercher une balise").fill("code du client")
    page.get_by_role("button", name="Code du client").click()
    page.keyboard.press("Control+B")
    page.keyboard.type(" est en retard")
    content = page.frame_locator(".write-frames iframe:not(.preview-coming)")
    expect(content.locator("body")).to_contain_text("votre compte 411DUPONT est en retard")

    copies = page.get_by_label("Copie à")
    copies.fill("Le Chef <chef@dupont.example>;")
    page.get_by_label("Objet").click()
    expect(page.get_by_role("button", name="Retirer chef@dupont.example")).to_be_visible()
    file = tmp_path / "facture.pdf"
    file.write_bytes(b"%PDF-1.7 une facture")
    page.get_by_label("Joindre des fichiers").set_input_files(file)
    expect(page.locator("#write-files")).to_contain_text("facture.pdf")

    page.get_by_role("button", name="Envoyer l’e-mail").click()
    expect(page.get_by_role("status").get_by_text("Votre e-mail part.")).to_be_visible()
    desk.work()

    (received,) = smtp_server.received
    assert received.recipients == ("dupont@dupont.example", "chef@dupont.example")
    plain = received.message.get_body(("plain",))
    html = received.message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "votre compte 411DUPONT est en retard" in plain.get_content().replace("\xa0", " ")
    assert re.search(r"411DUPONT\s*<strong>\s*est en retard", html.get_content())
    (joined,) = received.message.iter_attachments()
    assert (joined.get_filename(), joined.get_content()) == ("facture.pdf", file.read_bytes())
    page.reload()
    page.locator("#history").get_by_role("link", name="Relance 1").click()
    expect(page.get_by_role("link", name="facture.pdf")).to_be_visible()
    assert Reminder.objects.get().amount_minor == 7_500


@pytest.mark.parametrize(
    ("width", "scheme", "way"),
    [(1440, "light", "email"), (1024, "dark", "courrier"), (390, "light", "telephone")],
)
def test_nothing_is_cut_and_axe_finds_nothing(
    page: Page, dupont, width: int, scheme: str, way: str
):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/s/morel/clients/{dupont.pk}/ecrire/{way}/", wait_until="networkidle")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
