"""« Mon cash reporting »: asked for on its screen, sent once, shown as it leaves."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page

from encaisse.insights.models import CashReport
from encaisse.jobs.models import Job
from encaisse.jobs.operations import run_job
from encaisse.tenancy.models import Event, Membership, User
from encaisse.web.tasks import send_due_cash_reports
from tests.builders import company, customer, invoice, member, synced
from tests.web.browsing import enter, violations

pytestmark = pytest.mark.django_db

PAGE = "/s/morel/mon-cash-reporting/"
TYPED = {"rhythm": "week", "weekdays": ["1", "4"], "month_day": "5", "hour": "8"}
NBSP = "\u00a0"


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
    fields = {"first_name": "Claire", "last_name": "Martin", "sales_reps": "Durant"}
    return member(morel, "reader", email="claire@morel.fr", **fields)


@pytest.fixture
def desk(client, claire):
    client.force_login(claire)
    return client


@pytest.fixture
def ledger(morel):
    today = morel.local_day(timezone.now())
    for name, rep in (("Dupont & fils", "Durant"), ("Petit", "Guérin")):
        owing = customer(morel, name, sales_rep=rep)
        invoice(owing, euros="1234.50", due=today - timedelta(days=70))
    synced(morel, at=timezone.now())


@pytest.fixture
def report(morel, claire, ledger) -> CashReport:
    """A report of every day, from midnight on."""
    return CashReport.objects.create(company=morel, owner=claire, weekdays="1234567", hour=0)


def run_day() -> None:
    send_due_cash_reports(timezone.now())
    for job in Job.objects.filter(status=Job.Status.QUEUED):
        run_job.call(job_id=job.pk)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({}, (True, "14", None, 8)),
        ({"rhythm": "daily"}, (True, "12345", None, 8)),
        ({"rhythm": "month"}, (True, "", 5, 8)),
        ({"rhythm": "off"}, (False, "", None, 7)),
    ],
)
def test_one_says_when_one_gets_it(desk, claire, typed, stored):
    CashReport.objects.all().delete()
    response = desk.post(PAGE, TYPED | typed)

    assert response.status_code == 302
    found = CashReport.objects.filter(owner=claire).first()
    if found is None:
        assert typed == {"rhythm": "off"}
        return
    assert (found.is_active, found.weekdays, found.month_day, found.hour) == stored
    chosen = TYPED | typed
    assert f'value="{chosen["rhythm"]}" id=' in desk.get(PAGE).text
    assert "Prochain envoi" in desk.get(PAGE).text


def test_days_are_asked_for_when_none_is_chosen(desk):
    response = desk.post(PAGE, TYPED | {"weekdays": []})

    assert response.status_code == 422
    assert "Choisissez au moins un jour" in response.text


def test_it_leaves_once_a_day_with_the_portfolio_of_its_owner(report, smtp_server):
    send_due_cash_reports(timezone.now())
    job = Job.objects.get()
    Job.objects.create(
        company=report.company, function=job.function, label="x", payload=job.payload
    )
    run_day()
    run_day()

    (received,) = smtp_server.received
    assert received.recipients == ("claire@morel.fr",)
    html = received.message.get_body(("html",)).get_content()
    text = received.message.get_body(("plain",)).get_content()
    for body in (html, text):
        assert f"1\u202f234,50{NBSP}€" in body
        assert "Petit" not in body
    assert "Dupont &amp; fils" in html
    assert "/s/morel/qui-vous-doit-quoi/?tranche=2" in html
    assert "portefeuille\u00a0: Durant." in text
    assert "<img" not in html
    report.refresh_from_db()
    assert report.sent_at
    assert [event.kind for event in Event.objects.all()] == ["cash_report.sent"]


def test_it_is_written_in_the_language_of_its_owner(report, smtp_server):
    User.objects.update(language="en")
    run_day()

    html = smtp_server.received[0].message.get_body(("html",)).get_content()
    assert '<html lang="en">' in html
    assert "€1,234.50" in html


def test_old_data_is_told_as_such(report, morel, smtp_server):
    morel.ledgersync_set.update(at=timezone.now() - timedelta(days=40))
    run_day()

    text = smtp_server.received[0].message.get_body(("plain",)).get_content()
    assert "trop anciennes pour agir" in text


@pytest.mark.parametrize("gone", [User.objects, Membership.objects])
def test_who_left_after_it_was_queued_gets_none(report, smtp_server, gone):
    send_due_cash_reports(timezone.now())
    if gone is User.objects:
        User.objects.update(is_active=False)
    else:
        Membership.objects.all().delete()
    run_day()

    assert smtp_server.received == []


def test_a_server_that_is_down_keeps_the_day_for_later(report, morel, smtp_server):
    morel.smtp_port, port = 1, morel.smtp_port
    morel.save()
    run_day()
    report.refresh_from_db()
    assert report.last_day is None
    assert "refuse la connexion" in report.last_error

    morel.smtp_port = port
    morel.save()
    Job.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    run_day()
    assert len(smtp_server.received) == 1


def test_the_preview_is_the_mail_itself_in_a_frame_that_can_do_nothing(desk, report):
    shown = desk.get(f"{PAGE}contenu/")

    assert "Dupont &amp; fils" in shown.text
    assert "Petit" not in shown.text
    policy = shown["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy


def test_the_preview_asks_as_many_questions_for_three_customers_as_for_forty(desk, morel, ledger):
    desk.get(f"{PAGE}contenu/")
    with CaptureQueriesContext(connection) as few:
        desk.get(f"{PAGE}contenu/")
    today = morel.local_day(timezone.now())
    for number in range(40):
        owing = customer(morel, f"Client {number}", sales_rep="Durant")
        invoice(owing, euros=100, due=today - timedelta(days=number + 1))
    with CaptureQueriesContext(connection) as many:
        desk.get(f"{PAGE}contenu/")

    assert len(many) == len(few)


def test_one_gets_it_at_once_on_asking(desk, ledger, smtp_server):
    desk.post(f"{PAGE}essai/")

    (received,) = smtp_server.received
    assert received.recipients == ("claire@morel.fr",)
    assert "Cash reporting" in str(received.message["Subject"])
    assert not CashReport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_screen_is_easy_to_use_for_everybody(browser_page: Page, report, claire):
    enter(browser_page, claire.email, PAGE)
    browser_page.get_by_label("Une fois par mois").check()

    assert browser_page.get_by_label("le", exact=True).is_visible()
    assert not browser_page.get_by_label("lun.").is_visible()
    assert violations(browser_page) == []
