"""The PDF files of invoices on screen, in messages, and the letters in one archive."""

import zipfile
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from encaisse.collection.models import Reminder, Step
from encaisse.collection.operations import joined_invoices
from encaisse.collection.operations.prepare import Selection
from encaisse.collection.ordering import order_reminders
from encaisse.collection.queries.configuration import configuration
from encaisse.ledger.models import Contact, InvoiceFile
from encaisse.ledger.operations.contacts import choose_main, opt_out
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import User
from encaisse.tenancy.scope import Scope
from tests.builders import company, customer, invoice, member
from tests.web.browsing import enter, violations
from tests.web.plan_desk import Desk, text_of, told
from tests.web.plan_fixtures import desk, karim
from tests.web.test_write import address, filled

__all__ = ["desk", "karim"]

PDF = b"%PDF-1.7\n"
ROOT = "/s/morel/importer/factures/"


def dropped(client: Client, desk: Desk, **files: bytes):
    """Files dropped on the screen and filed, as a worker does."""
    sent = []
    for name, content in files.items():
        file = BytesIO(content)
        file.name = f"{name}.pdf"
        sent.append(file)
    answer = client.post(f"{ROOT}deposer/", {"file": sent})
    desk.work()
    return answer


@pytest.fixture
def dupont(desk: Desk):
    """One invoice three weeks late, FA1."""
    made = desk.mail("Dupont")
    desk.entries["Dupont"].document_number, desk.entries["Dupont"].document_key = "FA1", "1 fa"
    desk.entries["Dupont"].save()
    desk.entries["FA2"] = desk.late(made, 50, document_number="FA2")
    return made


def pdf_of(entry) -> str:
    return f"/s/morel/clients/{entry.customer_id}/pieces/{entry.pk}/facture.pdf"


# -- dropped and read ----------------------------------------------------------------------------


def test_a_dropped_invoice_is_found_on_its_entry_wherever_it_is_shown(karim, desk, dupont):
    entry = desk.entries["Dupont"]

    answer = dropped(karim, desk, FA1=PDF, scan=PDF + b"2")
    page = karim.get(ROOT)
    shown = karim.get(pdf_of(entry))

    assert answer.url == ROOT
    assert "1 facture rattachée · 1 à rattacher" in text_of(page)
    assert b"".join(shown.streaming_content) == PDF
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert "private" in shown["Cache-Control"]
    for url in (f"/s/morel/clients/{dupont.pk}/", "/s/morel/echeances/",
                f"/s/morel/clients/{dupont.pk}/pieces/{entry.pk}/"):  # fmt: skip
        text = karim.get(url).content.decode()
        assert pdf_of(entry) in text
        assert pdf_of(desk.entries["FA2"]) not in text


def test_an_invoice_is_bound_by_hand_or_dropped(karim, desk, dupont):
    dropped(karim, desk, scan=PDF, other=PDF + b"2")
    scan, other = InvoiceFile.objects.order_by("name").reverse()

    wrong = karim.post(f"{ROOT}{scan.pk}/rattacher/", {"numero": "FA99"})
    karim.post(f"{ROOT}{scan.pk}/rattacher/", {"numero": "FA2"})
    karim.post(f"{ROOT}{other.pk}/abandonner/")

    assert wrong.status_code == 422
    assert "Aucune pièce de ce numéro" in text_of(wrong)
    assert karim.get(pdf_of(desk.entries["FA2"])).status_code == 200
    assert InvoiceFile.objects.count() == 1


def test_a_wrong_pdf_is_taken_off(karim, desk, dupont):
    dropped(karim, desk, FA1=PDF)
    entry = desk.entries["Dupont"]

    karim.post(f"/s/morel/clients/{dupont.pk}/pieces/{entry.pk}/facture/detacher/")

    assert karim.get(pdf_of(entry)).status_code == 404


def test_nobody_reads_the_invoice_of_a_customer_out_of_his_sight(karim, desk, dupont):
    dropped(karim, desk, FA1=PDF)
    entry = desk.entries["Dupont"]
    abroad = customer(company("Autre", slug="autre"), "Dupont")
    same_number = invoice(abroad, euros=10, due=desk.today, document_number="FA1")
    limited, stranger = Client(), Client()
    limited.force_login(member(desk.company, sales_reps="Durant"))
    stranger.force_login(member(abroad.company))

    assert limited.get(pdf_of(entry)).status_code == 404
    assert limited.get(ROOT).status_code == 403
    assert stranger.get(pdf_of(entry)).status_code == 404
    there = f"/s/autre/clients/{abroad.pk}/pieces/{same_number.pk}/facture.pdf"
    assert stranger.get(there).status_code == 404
    assert Client().get(pdf_of(entry)).status_code == 302


def test_nothing_but_files_is_refused_with_a_reason(karim, desk):
    assert karim.post(f"{ROOT}deposer/", {}).status_code == 422


# -- in messages ---------------------------------------------------------------------------------


def mails(desk: Desk):
    found = sorted((desk.folder / "outbox" / "morel").rglob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in found]


def joined_names(mail) -> list[str]:
    return [part.get_filename() for part in mail.iter_attachments()]


def test_the_invoices_known_go_along_with_a_handwritten_mail(karim, desk, dupont):
    dropped(karim, desk, FA1=PDF)
    url = address(dupont)

    offered = karim.get(url).context["page"].invoices
    karim.post(url, filled(karim, url, invoices="on"))
    desk.work()

    assert (offered.words, offered.missing) == ("1 sur 2, 1\N{NO-BREAK SPACE}Ko", "FA2")
    assert joined_names(mails(desk)[0]) == ["FA1.pdf"]
    assert [row["name"] for row in Reminder.objects.get().attachments] == ["FA1.pdf"]


def send_plan(client: Client, desk: Desk, step: Step) -> None:
    order_reminders(
        Scope(desk.company), today=desk.today, now=timezone.now(),
        user=User.objects.first(), selection=Selection(step_ids=frozenset({step.pk})),
    )  # fmt: skip
    desk.work()


def test_a_step_takes_the_invoices_along_and_says_which_are_missing(karim, desk, dupont):
    dropped(karim, desk, FA1=PDF)
    step = desk.step(1)
    Step.objects.filter(pk=step.pk).update(attach_invoices=True)

    send_plan(karim, desk, step)

    reminder = Reminder.objects.get()
    assert joined_names(mails(desk)[0]) == ["FA1.pdf"]
    assert "FA2" in reminder.comment
    scenarios = configuration(desk.company)["scenarios"]
    asked = [one["invoices"] for scenario in scenarios for one in scenario["steps"]]
    assert asked.count(True) == 1


def test_a_preview_names_the_invoices_that_will_go_along_and_those_without_a_file(
    karim, desk, dupont
):
    dropped(karim, desk, FA1=PDF)
    by_scenario = f"/s/morel/agir/scenarios/etape/emails/{dupont.pk}/apercu/"
    by_criteria = (
        f"/s/morel/agir/criteres/relancer/{dupont.pk}/EUR/apercu/"
        "?medium=email&template=&counts=oui&to_level=3"
    )
    assert "FA1.pdf" not in karim.get(by_scenario).text
    Step.objects.update(attach_invoices=True)
    url = address(dupont)

    by_hand = karim.post(f"{url}apercu/", filled(karim, url, invoices="on"))
    for shown in (karim.get(by_scenario), karim.get(by_criteria), by_hand):
        words = text_of(shown)
        assert "Joints FA1.pdf" in words
        assert "sans PDF : FA2" in words


def test_invoices_that_are_too_much_stay_and_the_history_says_so(karim, desk, dupont, monkeypatch):
    dropped(karim, desk, FA1=PDF, FA2=PDF + b"2")
    step = desk.step(1)
    Step.objects.filter(pk=step.pk).update(attach_invoices=True)
    monkeypatch.setattr(joined_invoices, "MOST_FILES", 1)

    send_plan(karim, desk, step)

    reminder = Reminder.objects.get()
    assert reminder.status == "sent"
    assert joined_names(mails(desk)[0]) == []
    assert "Parti sans les PDF" in reminder.comment


# -- who receives what, under which name ---------------------------------------------------------


@pytest.fixture
def people(desk, dupont):
    """Beside the customer's own address: accounting, management, one who wants no more mail."""
    made = {}
    for name, role in (("Lea", "Compta, Achats"), ("Max", "Direction"), ("Out", "Comptabilité")):
        made[name] = Contact.objects.create(
            company=desk.company, customer=dupont, name=name, role=role,
            email=f"{name.lower()}@dupont.example",
        )  # fmt: skip
    opt_out(made["Out"], on=desk.today, author=COMMAND_LINE, now=timezone.now())
    return made


def asks(desk: Desk, **fields: object) -> None:
    Step.objects.filter(pk=desk.step(1).pk).update(**fields)


def test_the_services_of_the_step_and_its_copies_fill_the_form(karim, desk, dupont, people):
    asks(desk, recipient_roles="comptabilité", copies="chef@morel.example")

    page = karim.get(address(dupont)).context["page"]

    assert page.form["recipients"].value() == "lea@dupont.example"
    assert page.form["copies"].value() == "chef@morel.example"
    asks(desk, copies="commercial")
    assert karim.get(address(dupont)).context["page"].form["copies"].value() == ""
    reasons = {person.contact.name: person.can_be_added for person in page.others}
    assert reasons == {"": True, "Max": True, "Out": False}


def test_without_anybody_of_the_service_the_principal_contact_is_written_to(
    karim, desk, dupont, people
):
    asks(desk, recipient_roles="juridique")
    own = karim.get(address(dupont)).context["page"].form["recipients"].value()
    choose_main(people["Max"], author=COMMAND_LINE, now=timezone.now())
    principal = karim.get(address(dupont)).context["page"].form["recipients"].value()

    assert own == "dupont@dupont.example"
    assert principal == "max@dupont.example"


def test_who_asked_for_no_more_mail_gets_none(karim, desk, dupont, people):
    url = address(dupont)

    refused = karim.post(url, filled(karim, url, recipients="Out@dupont.example"))
    send_plan(karim, desk, desk.step(1))

    assert refused.status_code == 422
    assert "a demandé qu’on ne lui écrive plus" in text_of(refused)
    assert "out@dupont.example" not in str(mails(desk)[0]["To"])


def test_the_sender_is_oneself_before_the_companys_address(karim, desk, dupont):
    url = address(dupont)

    karim.post(url, filled(karim, url, answers_to_me="on"))
    desk.work()

    mail, reminder = mails(desk)[0], Reminder.objects.get()
    assert str(mail["From"]) == '"Karim Benali (Ateliers Morel)" <compta@morel.example>'
    assert "@" in str(mail["Reply-To"])
    assert reminder.sender == "Karim Benali (Ateliers Morel) <compta@morel.example>"


def test_the_sender_may_be_the_company(karim, desk, dupont):
    url = address(dupont)

    karim.post(url, filled(karim, url, sender="societe", answers_to_me=""))
    desk.work()

    assert str(mails(desk)[0]["From"]) == "Ateliers Morel <compta@morel.example>"


# -- letters, one file each ------------------------------------------------------------------------


def test_letters_come_in_one_archive_named_after_their_customers(karim, desk):
    desk.letter("Martin"), desk.letter("O/ccitane: SA")
    step = desk.step(1, "letter")
    send_plan(karim, desk, step)

    ticked = karim.get("/s/morel/agir/scenarios/courriers-a-poster/courriers.zip")
    listed = karim.get("/s/morel/activites/courriers.zip?q=martin")
    nothing = karim.get("/s/morel/activites/courriers.zip?q=personne")

    with zipfile.ZipFile(BytesIO(b"".join(ticked.streaming_content))) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == [
            "411MARTIN – Martin – Relance 1.pdf",
            "411OCCITANESA – O ccitane SA – Relance 1.pdf",
        ]
        assert archive.read("411MARTIN – Martin – Relance 1.pdf").startswith(b"%PDF")
    with zipfile.ZipFile(BytesIO(b"".join(listed.streaming_content))) as archive:
        assert len(archive.namelist()) == 1
    assert told(nothing) == ["Aucun courrier imprimé dans cette liste."]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_files_are_dropped_in_a_browser_and_another_contact_is_added_with_a_click(
    browser_page, desk, dupont
):
    Contact.objects.create(
        company=desk.company, customer=dupont, name="Max", role="Direction",
        email="max@dupont.example", is_reminder_recipient=False,
    )  # fmt: skip
    member(desk.company, email="karim@morel.example")
    enter(browser_page, "karim@morel.example", "/s/morel/importer/")
    files = [
        {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF + name.encode()}
        for name in ("FA1", "scan")
    ]
    browser_page.set_input_files("#drop-invoices input[type=file]", files)
    browser_page.wait_for_url(f"**{ROOT}")
    desk.work()
    browser_page.reload()

    expect(browser_page.get_by_text("1 facture rattachée")).to_be_visible()
    assert violations(browser_page) == []
    browser_page.set_viewport_size({"width": 390, "height": 800})
    expect(browser_page.get_by_role("link", name="scan.pdf")).to_be_visible()

    browser_page.set_viewport_size({"width": 1280, "height": 800})
    browser_page.goto(address(dupont))
    browser_page.get_by_role("button", name="Max, Direction").click()

    assert browser_page.locator("[name=recipients]").input_value().split() == [
        "dupont@dupont.example",
        "max@dupont.example",
    ]
    assert violations(browser_page) == []
