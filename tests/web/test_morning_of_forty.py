"""Forty customers due today, handled in a real browser from « Par scénario » and what it opens.

Real parts: the web, two workers' processes, an SMTP server, an IMAP server.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from encaisse.collection.models import (
    Dispute,
    EntryFollowUp,
    IncomingMail,
    PaymentPromise,
    Reminder,
)
from encaisse.jobs.models import Schedule
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.operations import configure_company
from tests.builders import member
from tests.support.imap import PASSWORD as MAILBOX_PASSWORD
from tests.support.imap import ImapServer
from tests.support.incoming import answer, returned
from tests.support.processes import Processes
from tests.support.smtp import SmtpServer
from tests.web.browsing import enter
from tests.web.plan_desk import ROOT, Desk, make_desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 60_000
MAILS, LETTERS, CALLS = 24, 8, 8


@dataclass
class Morning:
    """The controller's browser, and the data behind."""

    page: Page
    desk: Desk

    def open(self, name: str) -> None:
        """Back to the actions of the day, then a link of it."""
        self.page.goto(ROOT)
        self.page.get_by_role("link", name=re.compile(name)).first.click()

    def confirm(self, label: str) -> None:
        """A button, and the same one in the dialog that it opens."""
        self.page.get_by_role("button", name=label).click()
        self.page.locator("#dialog[open]").get_by_role("button", name=label).click()

    def note(self, outcome: str, **fields: str) -> None:
        """What came of the call on screen."""
        name = self.page.locator("h1").inner_text()
        self.page.get_by_role("radio", name=outcome).check()
        for label, value in fields.items():
            self.page.get_by_label(label.replace("_", " ")).fill(value)
        self.page.get_by_role("button", name=re.compile("^Noter")).click()
        expect(self.page.locator("h1")).not_to_have_text(name)


@pytest.fixture
def morning(
    browser_page: Page,
    settings,
    tmp_path,
    smtp_server: SmtpServer,
    mailbox: ImapServer,
    processes: Processes,
) -> Morning:
    settings.UNDO_SECONDS = 0
    settings.DATA, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "data" / "files"
    desk = make_desk(tmp_path)
    configure_company(
        desk.company,
        author=COMMAND_LINE,
        mail_mode="live",
        **smtp_server.settings,
        imap_host=mailbox.host,
        imap_port=mailbox.port,
        imap_security="none",
        imap_username=mailbox.user,
        imap_password=MAILBOX_PASSWORD,
    )
    for number in range(1, MAILS + 1):
        desk.mail(
            f"Mail{number:02}", 100 + number,
            address="1 rue de la Paix", postal_code="69001", city="Lyon",
        )  # fmt: skip
    for number in range(1, LETTERS + 1):
        desk.letter(f"Lettre{number}", 200 + number)
    for number in range(1, CALLS + 1):
        desk.call(f"Appel{number}", 300 + number, phone="04 78 00 00 00")
    member(desk.company, email="karim@morel.example", first_name="Karim", last_name="Benali")
    # The same key: what is sealed here (the mailbox's password) is read there.
    processes.start("worker", ENCAISSE_SECRET_KEY=settings.SECRET_KEY)
    enter(browser_page, "karim@morel.example", "/s/morel/")
    return Morning(browser_page, desk)


def test_forty_customers_before_noon(
    morning: Morning, smtp_server: SmtpServer, mailbox: ImapServer
):
    send_the_mails(morning, smtp_server)
    print_and_post_the_letters(morning)
    call_the_others(morning)
    read_what_comes_back(morning, mailbox)

    levels = EntryFollowUp.objects.values_list("entry__customer__legal_name", "level")
    reached = {name: level for name, level in levels if level}
    assert len(reached) == MAILS + LETTERS + CALLS
    assert reached.pop("Appel8") == 1  # absent: to be called again
    assert {level for name, level in reached.items() if name.startswith("Appel")} == {2}
    assert {level for name, level in reached.items() if not name.startswith("Appel")} == {1}
    assert (PaymentPromise.objects.count(), Dispute.objects.count()) == (1, 2)
    expect_nothing_left(morning)


def send_the_mails(morning: Morning, smtp_server: SmtpServer) -> None:
    morning.open("Voir tous les clients – E-mails")
    morning.confirm(f"Envoyer {MAILS} e-mails")
    expect(morning.page.locator("#run")).to_contain_text(
        f"{MAILS} e-mails envoyés", timeout=PATIENCE
    )
    recipients = {received.recipients for received in smtp_server.received}
    assert len(recipients) == len(smtp_server.received) == MAILS


def print_and_post_the_letters(morning: Morning) -> None:
    page = morning.page
    morning.open("Voir tous les clients – Courriers")
    morning.confirm(f"Imprimer {LETTERS} courriers")
    print_it = page.get_by_role("link", name=f"Télécharger le PDF ({LETTERS} courriers)")
    expect(print_it).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as download:
        print_it.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("link", name="Marquer comme postés").click()
    page.get_by_role("button", name="Marquer comme postés").click()
    expect(page.get_by_text(f"{LETTERS} courriers postés.")).to_be_visible()


def call_the_others(morning: Morning) -> None:
    page, friday = morning.page, morning.desk.today + timedelta(days=5)
    morning.open("Voir tous les clients – Appels")
    morning.confirm(f"Mettre {CALLS} appels dans la liste")
    page.get_by_role("link", name="Commencer").click()
    morning.note("Absent, à rappeler")
    morning.note("Promesse", Date_promise=friday.isoformat())
    morning.note("Litige", Motif_du_litige="Prix")
    morning.note("Litige", Motif_du_litige="Quantité")
    for _rest in range(CALLS - 4):
        morning.note("Joint")


def read_what_comes_back(morning: Morning, mailbox: ImapServer) -> None:
    page = morning.page
    back, answered = (
        Reminder.objects.get(customer__legal_name=name) for name in ("Mail01", "Mail02")
    )
    mailbox.put(returned(back.message_id, address="mail01@mail01.example"))
    mailbox.put(answer(answered.message_id, sender="mail02@mail02.example"))
    Schedule.objects.filter(name="collection.mailbox").update(next_run_at=timezone.now())
    until_seen(page, page.get_by_role("link", name="1 réponse à traiter"))

    page.get_by_role("link", name="1 réponse à traiter").click()
    page.get_by_role("link", name="Re: Relance").click()
    expect(page.get_by_text("Le virement part vendredi.")).to_be_visible()
    page.get_by_role("button", name="Marquer traitée").click()
    expect(page.get_by_text("traitée").first).to_be_visible()
    assert IncomingMail.objects.get(kind="reply").handled_by is not None

    # The return gave the level back and proposes the letter instead.
    assert EntryFollowUp.objects.get(entry__customer__legal_name="Mail01").level == 0
    morning.open("Voir tous les clients – Courriers")
    expect(page.get_by_role("link", name="Aperçu Mail01")).to_be_visible()
    morning.confirm("Imprimer 1 courrier")
    page.get_by_role("link", name="Marquer comme postés").click(timeout=PATIENCE)
    page.get_by_role("button", name="Marquer comme postés").click()
    expect(page.get_by_text("1 courrier posté.")).to_be_visible()


def until_seen(page: Page, what: Locator) -> None:
    """Look at the screen again until the workers did what is awaited."""
    for _attempt in range(30):
        page.goto(ROOT)
        if what.is_visible():
            return
        page.wait_for_timeout(500)
    expect(what).to_be_visible()


def expect_nothing_left(morning: Morning) -> None:
    morning.page.goto(ROOT)
    expect(morning.page.get_by_text("Rien à faire aujourd’hui")).to_be_visible()
    expect(morning.page.get_by_role("link", name="1 appel à faire")).to_be_visible()
