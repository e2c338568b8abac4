"""The first day in a real browser: from nothing to the first reminder, every click counted."""

import re
from pathlib import Path
from typing import Literal

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from tests.builders import company, member
from tests.support.processes import Processes
from tests.support.smtp import SmtpServer
from tests.web.browsing import enter, violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FEC = "fec/neolegal_0000000001FEC20220831.txt"
PATIENCE = 60_000
# From the demonstration to the first reminder sent, as a person who knows where things are.
MOST_CLICKS = 25
# Each click, each choice in a list, and two for a file: the button and the file itself.
COUNT = """
const add = (many) => sessionStorage.setItem("acts", Number(sessionStorage.getItem("acts")) + many);
addEventListener("click", () => add(1), true);
addEventListener("change", (event) => {
  if (event.target.matches("select")) add(2);
  if (event.target.matches("[type=file]")) add(2);
}, true);
"""
SECTIONS = [
    "",
    "expediteur/",
    "repetition/",
    "regles/",
    "scenarios/",
    "modeles/",
    "reglements/",
    "utilisateurs/",
]


@pytest.fixture
def worker(processes: Processes) -> None:
    """A real worker on the database of the test."""
    processes.start("worker")


@pytest.fixture
def page(browser_page: Page) -> Page:
    demo = company("Ateliers Morel", slug="morel", is_demo=True)
    member(demo, "administrator", "claire@morel.fr", first_name="Claire", last_name="Martin")
    enter(browser_page, "claire@morel.fr", "/s/morel/")
    return browser_page


def check(page: Page) -> None:
    """Nothing that axe refuses, nothing cut at the width of a phone."""
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 800})


def create_company(page: Page) -> None:
    page.get_by_role("link", name="Créer ma société").click()
    page.get_by_label("Raison sociale").fill("Héron & Fils")
    page.get_by_label("Conditions de règlement habituelles").fill("45 jours fin de mois")
    expect(page.get_by_text("sera due le 30 avril")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Créer la société").click()
    page.wait_for_url("**/s/heron-fils/importer/")
    check(page)


def give(page: Page, path: Path) -> None:
    page.get_by_label("Choisir un fichier").set_input_files(path)
    expect(page.get_by_role("heading", name=path.name)).to_be_visible()


def read_and_import(page: Page) -> None:
    page.get_by_role("button", name="Lire le fichier").click()
    heading = page.get_by_role("heading", name="Ce que contient le fichier")
    expect(heading).to_be_visible(timeout=PATIENCE)
    check(page)
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_text("C’est importé.")).to_be_visible(timeout=PATIENCE)
    check(page)


@pytest.mark.usefixtures("worker")
def test_from_nothing_to_the_first_reminder(
    page: Page, samples: Path, smtp_server: SmtpServer, tmp_path: Path, settings: LazySettings
):
    settings.UNDO_SECONDS = 1
    page.add_init_script(COUNT)
    page.reload()
    create_company(page)
    give(page, samples / FEC)
    expect(page.get_by_text("Les accents sont-ils justes")).to_be_visible()
    check(page)
    read_and_import(page)
    expect(page.get_by_text("Identique à la comptabilité")).to_be_visible()
    expect(page.locator(".figure")).to_have_text("52 517,24 €")

    code = page.context.request.get("/s/heron-fils/qui-vous-doit-quoi/export.csv").text()
    some = code.splitlines()[1].split(";")[1]
    customers = tmp_path / "clients.csv"
    customers.write_text(f"Code;Raison sociale;E-mail\n{some};Étude Noël;a@noel.example\n")
    page.get_by_role("link", name="Importer les adresses e-mail").click()
    give(page, customers)
    expect(page.get_by_label("Nom obligatoire")).to_have_value("1")
    expect(page.locator("[data-column='2']")).to_have_text("E-mail")
    check(page)
    read_and_import(page)

    page.get_by_role("link", name="Régler l’expéditeur").click()
    page.get_by_label("Adresse de l’expéditeur").fill("compta@heron.example")
    page.get_by_label("Serveur SMTP").fill(smtp_server.host)
    sending = page.get_by_role("region", name="Serveur d’envoi")
    sending.get_by_label("Port").fill(str(smtp_server.port))
    sending.get_by_label("Chiffrement").select_option("none")
    page.get_by_role("button", name="Tester l’envoi").click()
    expect(page.get_by_text("Message d’essai accepté")).to_be_visible()
    check(page)

    page.get_by_role("link", name="Voir qui relancer").click()
    page.get_by_role("link", name=re.compile("Relance 1")).first.click()
    page.get_by_role("button", name="Envoyer 1 e-mail").click()
    page.locator("#dialog[open]").get_by_role("button", name="Envoyer 1 e-mail").click()
    expect(page.locator("#run")).to_contain_text("1 e-mail envoyé", timeout=PATIENCE)

    trial, first = smtp_server.received
    assert trial.recipients == ("claire@morel.fr",)
    assert first.recipients == ("a@noel.example",)
    assert int(page.evaluate("sessionStorage.getItem('acts')")) <= MOST_CLICKS
    page.goto("/s/heron-fils/demarrer/")
    expect(page.get_by_text("La première relance est décidée")).to_be_visible()
    check(page)


def test_a_refused_file_is_said_where_it_was_dropped(page: Page, tmp_path: Path):
    picture = tmp_path / "photo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    page.goto("/s/morel/importer/")

    page.get_by_label("Choisir un fichier").set_input_files(picture)

    expect(page.get_by_text("Ce fichier est une image")).to_be_visible()
    check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_settings_can_be_read_by_everyone(page: Page, scheme: Literal["light", "dark"]):
    page.emulate_media(color_scheme=scheme)
    for section in SECTIONS:
        page.goto(f"/s/morel/configurer/{section}")
        check(page)


def test_help_opens_at_the_page_of_the_screen(page: Page):
    page.goto("/s/morel/importer/")
    page.get_by_role("link", name="Aide", exact=True).first.click()
    page.wait_for_url("**/aide/importer/")
    check(page)
