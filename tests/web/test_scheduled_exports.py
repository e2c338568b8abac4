"""The file of a list by mail at regular times: planned, sent once, stopped when it must."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from encaisse.insights.models import ScheduledExport
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.jobs.models import Job
from encaisse.jobs.operations import run_job
from encaisse.tenancy.models import Event, Membership
from encaisse.web import asked_file
from encaisse.web.frame import MENU
from encaisse.web.tasks import send_due_exports
from tests.builders import company, customer, invoice, member
from tests.web.browsing import enter, violations

pytestmark = pytest.mark.django_db

PAGE = "/s/morel/exports-planifies/"
NEW = f"{PAGE}aging/nouveau/"
TYPED = {
    "name": "Point du lundi",
    "format": "csv",
    "rhythm": "week",
    "weekdays": ["1", "4"],
    "month_day": "1",
    "hour": "7",
    "recipients": "claire@morel.fr\ndirecteur@ailleurs.example",
}
MONDAY = date(2026, 11, 23)
WEEKLY = Rhythm(frozenset({1, 4}), None, 7)
MONTHLY = Rhythm(frozenset(), 5, 7)


@pytest.fixture
def morel(smtp_server):
    return company(
        "Ateliers Morel",
        slug="morel",
        sender_email="compta@morel.fr",
        **smtp_server.settings,
    )


@pytest.fixture
def claire(morel):
    return member(morel, email="claire@morel.fr", first_name="Claire", last_name="Martin")


@pytest.fixture
def desk(client, claire):
    client.force_login(claire)
    return client


@pytest.fixture
def ledger(morel):
    today = morel.local_day(timezone.now())
    for name, rep in (("Dupont", "Durant"), ("Petit", "Guérin")):
        late = today - timedelta(days=10)
        invoice(customer(morel, name, sales_rep=rep), euros=100, due=late)


@pytest.fixture
def export(morel, claire, ledger) -> ScheduledExport:
    """An export of every day, from midnight on."""
    return export_of(claire, morel)


def export_of(owner, morel, **fields) -> ScheduledExport:
    values = {
        "screen": "aging",
        "query": "tri=name&colonnes=name,overdue",
        "name": "Point du jour",
        "format": "csv",
        "recipients": "claire@morel.fr\ndirecteur@ailleurs.example",
        "weekdays": "1234567",
        "hour": 0,
    }
    return ScheduledExport.objects.create(company=morel, owner=owner, **values | fields)


def run_jobs() -> None:
    for job in Job.objects.filter(status=Job.Status.QUEUED):
        run_job.call(job_id=job.pk)


def run_day() -> None:
    send_due_exports(timezone.now())
    run_jobs()


def rows_of(received) -> list[list[str]]:
    (attachment,) = received.message.iter_attachments()
    text = attachment.get_payload(decode=True).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize(
    ("rhythm", "day", "hour", "last_day", "is_due", "following"),
    [
        (WEEKLY, MONDAY, 7, None, True, MONDAY),
        (WEEKLY, MONDAY, 6, None, False, MONDAY),
        (WEEKLY, MONDAY, 23, date(2026, 11, 19), True, MONDAY),
        (WEEKLY, MONDAY, 8, MONDAY, False, date(2026, 11, 26)),
        (WEEKLY, date(2026, 11, 24), 8, date(2026, 11, 19), False, date(2026, 11, 26)),
        (MONTHLY, date(2026, 12, 5), 7, None, True, date(2026, 12, 5)),
        (MONTHLY, date(2026, 12, 5), 7, date(2026, 12, 5), False, date(2027, 1, 5)),
        (MONTHLY, date(2026, 12, 6), 7, None, False, date(2027, 1, 5)),
    ],
)
def test_when_it_leaves(rhythm, day, hour, last_day, is_due, following):
    moment = datetime(day.year, day.month, day.day, hour, 30)  # noqa: DTZ001 -- local time

    assert rhythm.is_due(moment, last_day) is is_due
    assert rhythm.next_day(day, last_day) == following


def test_an_export_is_planned_with_the_list_on_screen(desk, claire):
    shown = desk.get(f"{NEW}?requete=%3Ftri%3Dname%26page%3D3%26par%3D50")
    assert "claire@morel.fr" in shown.text

    response = desk.post(f"{NEW}?requete=%3Ftri%3Dname%26page%3D3%26par%3D50", TYPED)

    export = ScheduledExport.objects.get()
    assert response.url == PAGE
    assert (export.screen, export.query, export.owner) == ("aging", "tri=name", claire)
    assert (export.weekdays, export.month_day, export.hour) == ("14", None, 7)
    event = Event.objects.get()
    assert (event.kind, event.data["outside"]) == (
        "export.scheduled", ["directeur@ailleurs.example"],
    )  # fmt: skip
    assert "Le lundi et le jeudi à 7 h" in desk.get(PAGE).text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"recipients": "claire@morel.fr, faux"}, "À corriger\xa0: faux"),
        ({"recipients": " "}, "obligatoire"),
        ({"weekdays": []}, "Choisissez au moins un jour"),
        ({"name": ""}, "obligatoire"),
    ],
)
def test_what_cannot_be_planned_is_said_beside_its_field(desk, typed, words):
    response = desk.post(NEW, TYPED | typed)

    assert response.status_code == 422
    assert words in response.text
    assert not ScheduledExport.objects.exists()


def test_what_is_planned_after_its_hour_begins_another_day(desk, morel, smtp_server):
    desk.post(NEW, TYPED | {"weekdays": list("1234567"), "hour": "0"})
    run_day()

    assert ScheduledExport.objects.get().last_day == morel.local_day(timezone.now())
    assert smtp_server.received == []


def test_the_file_leaves_once_a_day_whatever_the_number_of_workers(export, smtp_server):
    send_due_exports(timezone.now())
    Job.objects.create(company=export.company, function=Job.objects.get().function,
                       label="x", payload=Job.objects.get().payload)  # fmt: skip
    run_jobs()
    run_day()

    (received,) = smtp_server.received
    assert received.recipients == ("claire@morel.fr", "directeur@ailleurs.example")
    assert received.message["Reply-To"] == "Claire Martin <claire@morel.fr>"
    assert rows_of(received) == [
        ["Client", "Code client", "En retard"],
        ["Dupont", "411DUPONT", "100,00"],
        ["Petit", "411PETIT", "100,00"],
    ]
    export.refresh_from_db()
    assert export.sent_at
    assert export.last_error == ""
    event = Event.objects.get()
    assert (event.kind, event.data["outside"]) == ("export.sent", ["directeur@ailleurs.example"])


def test_the_file_holds_what_its_owner_sees_that_day(morel, export, smtp_server):
    Membership.objects.update(limited_to_portfolio=True, portfolio="Durant")
    export.format = "xlsx"
    export.save()
    run_day()

    (attachment,) = smtp_server.received[0].message.iter_attachments()
    assert attachment.get_filename().endswith(".xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(attachment.get_content()))
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == ["Client", "Dupont"]


def has_export(screen: str) -> bool:
    try:
        return bool(reverse(f"web:{screen}_export", args=("x", "csv")))
    except NoReverseMatch:
        return False


SCREENS = [entry.name for _group, menu in MENU for entry in menu if has_export(entry.name)]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_file_of_any_list_of_the_menu_can_be_asked_for_in_absence(morel, claire, screen):
    membership = Membership.objects.select_related("user", "company").get()

    file = asked_file.file_of_list(membership, screen, "", kind="csv", today=MONDAY)

    assert file.filename.endswith(".csv")
    assert file.content


def test_an_owner_who_left_stops_his_exports(export, smtp_server):
    Membership.objects.all().delete()
    run_day()

    export.refresh_from_db()
    assert not export.is_active
    assert export.last_error == "Claire Martin n’est plus membre de la société."
    assert smtp_server.received == []
    assert Event.objects.get().kind == "export.stopped"


def test_a_list_that_is_gone_stops_its_exports(export, smtp_server):
    ScheduledExport.objects.update(screen="ancienne")
    run_day()

    export.refresh_from_db()
    assert (export.is_active, export.last_error) == (False, "Cette liste n’existe plus.")


def test_a_server_that_is_down_is_tried_again_later(export, morel, smtp_server):
    morel.smtp_port, port = 1, morel.smtp_port
    morel.save()
    run_day()
    export.refresh_from_db()
    assert export.last_day is None
    assert "refuse la connexion" in export.last_error

    morel.smtp_port = port
    morel.save()
    run_day()
    assert smtp_server.received == []  # not yet: the last failure is a moment old
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    run_day()
    assert len(smtp_server.received) == 1


def test_what_may_have_left_is_not_sent_again(export, smtp_server):
    smtp_server.hang_up_after_data = True
    run_day()
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    run_day()

    export.refresh_from_db()
    assert len(smtp_server.received) == 1
    assert export.last_error.startswith("Envoi incertain")


def test_a_file_that_is_too_heavy_is_told_and_not_joined(export, smtp_server, monkeypatch):
    monkeypatch.setattr(asked_file, "HEAVIEST", 10)
    run_day()

    message = smtp_server.received[0].message
    assert not message.is_multipart() or not list(message.iter_attachments())
    text = message.get_body(("plain",)).get_content()
    assert "dépasse 20 Mo" in text
    assert "/s/morel/qui-vous-doit-quoi/?tri=name" in text


def test_a_company_without_sender_says_so(export, morel):
    morel.sender_email = ""
    morel.save()
    run_day()

    export.refresh_from_db()
    assert "adresse d’expédition" in export.last_error
    assert export.last_day is None


def test_it_can_be_sent_at_once_besides_its_days(desk, export, smtp_server):
    ScheduledExport.objects.update(weekdays="", month_day=28, is_active=False)
    desk.post(f"{PAGE}{export.pk}/envoyer/")
    run_jobs()

    assert len(smtp_server.received) == 1
    export.refresh_from_db()
    assert export.last_day is None
    assert Event.objects.get().actor_name == "Claire Martin"


def test_it_is_held_back_let_go_changed_and_forgotten(desk, export, smtp_server):
    url = f"{PAGE}{export.pk}/"
    desk.post(f"{url}pause/")
    run_day()
    assert smtp_server.received == []
    assert "en pause" in desk.get(PAGE).text

    desk.post(f"{url}pause/")
    desk.post(url, TYPED | {"rhythm": "month", "month_day": "5"})
    export.refresh_from_db()
    assert (export.is_active, export.weekdays, export.month_day) == (True, "", 5)
    assert "Le 5 de chaque mois à 7 h" in desk.get(PAGE).text

    desk.post(f"{url}supprimer/")
    assert "Aucun export planifié" in desk.get(PAGE).text
    kinds = [event.kind for event in Event.objects.order_by("id")]
    assert kinds == ["export.paused", "export.resumed", "export.changed", "export.deleted"]


@pytest.mark.parametrize(
    ("role", "fields", "status"),
    [
        ("reader", {}, 404),
        ("administrator", {}, 200),
        ("administrator", {"sales_reps": "Durant"}, 404),
    ],
)
def test_exports_of_others_belong_to_who_configures_the_whole_company(
    client, morel, export, role, fields, status
):
    client.force_login(member(morel, role, **fields))

    assert ("Point du jour" in client.get(PAGE).text) == (status == 200)
    assert client.get(f"{PAGE}{export.pk}/").status_code == status


def test_a_page_costs_as_much_for_many_exports(desk, morel, claire, django_assert_max_num_queries):
    for number in range(30):
        export_of(claire, morel, name=f"Export {number}")

    with django_assert_max_num_queries(12):
        assert desk.get(PAGE).text.count("Envoyer maintenant") == 30


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_export_is_planned_in_a_dialog_and_everyone_can_read_it(
    browser_page: Page, morel, claire, ledger
):
    page = browser_page
    enter(page, "claire@morel.fr", "/s/morel/qui-vous-doit-quoi/")
    page.locator(".page-actions summary").click()
    page.get_by_role("link", name="Recevoir ce fichier par e-mail…").click()
    dialog = page.locator("#dialog[open]")

    expect(dialog.locator(".addresses")).to_be_visible()
    addresses = dialog.get_by_label("Destinataires")
    addresses.press_sequentially("directeur@ailleurs.example,")
    addresses.press_sequentially("chef@morel")
    dialog.get_by_label("Nom de l’envoi").fill("Point du mois")
    expect(dialog.locator(".address-wrong")).to_have_count(0)
    dialog.get_by_role("button", name="Planifier").click()
    expect(dialog.get_by_text("À corriger : chef@morel.")).to_be_visible()
    dialog.get_by_role("button", name="Retirer chef@morel", exact=True).click()
    dialog.get_by_label("Une fois par mois").check()
    expect(dialog.get_by_role("checkbox").first).to_be_hidden()
    assert violations(page) == []
    dialog.get_by_role("button", name="Planifier").click()
    expect(page.get_by_role("status").get_by_text("Export planifié")).to_be_visible()

    page.set_viewport_size({"width": 390, "height": 900})
    page.emulate_media(color_scheme="dark")
    page.goto(PAGE)
    expect(page.get_by_text("claire@morel.fr, directeur@ailleurs.example")).to_be_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
