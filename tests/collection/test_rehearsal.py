"""A rehearsal: the real messages to one address, and all of it forgotten afterwards."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from encaisse.collection.models import EntryFollowUp, LevelChange, Reminder
from encaisse.collection.operations.deliver import deliver_waiting
from encaisse.collection.operations.effects import journal_reminders
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.rehearsal import forget_rehearsal
from encaisse.collection.operations.rehearsal_mail import with_recipients
from encaisse.collection.queries.rehearsal import rehearsed, way_of
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event, WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.operations import configure_company
from tests.collection.world import Desk
from tests.support.smtp import SmtpServer

BOSS = "claire@acme.example"


@pytest.fixture
def today(acme: Desk) -> date:
    return acme.company.local_day(timezone.now())


@pytest.fixture
def late(acme: Desk, today: date) -> None:
    """Dupont and Petit are due for their first reminder."""
    for code in ("DUPONT", "PETIT"):
        acme.invoice(acme.customer(code), code, 1500, due=today - timedelta(days=12))
    acme.sync(today, hour=0)


@pytest.fixture
def smtp(acme: Desk, smtp_server: SmtpServer) -> SmtpServer:
    configure_company(acme.company, author=COMMAND_LINE, **smtp_server.settings)
    return smtp_server


def configure(desk: Desk, **fields: str) -> None:
    configure_company(desk.scope.company, author=COMMAND_LINE, **fields)


def send(desk: Desk, today: date) -> None:
    desk.prepare(today)
    deliver_waiting(desk.scope.company, open_session)


def test_a_redirected_message_says_whom_it_was_written_to(
    acme: Desk, late: None, smtp: SmtpServer, today: date
):
    configure(acme, mail_mode="redirect", redirect_to=BOSS)
    send(acme, today)

    assert {one.recipients for one in smtp.received} == {(BOSS,)}
    for one in smtp.received:
        assert str(one.message["To"]) == one.message["X-Original-To"]
        assert str(one.message["Subject"]).startswith(
            f"[Répétition\u00a0: {one.message['X-Original-To']}] "
        )
    way = way_of(Reminder.objects.select_related("company").first())
    assert way is not None
    assert (way.mode, way.redirect_to) == ("redirect", BOSS)


def test_what_was_rehearsed_is_forgotten_and_what_really_left_stays(
    acme: Desk, late: None, smtp: SmtpServer, today: date
):
    configure(acme, mail_mode="capture")
    send(acme, today)
    configure(acme, mail_mode="live")
    acme.invoice(acme.customer("ROY"), "ROY", 70, due=today - timedelta(days=12))
    acme.sync(today, hour=0)
    send(acme, today)

    told = Event.objects.filter(kind="reminder.sent").order_by("id")
    assert [event.data["rehearsal"] for event in told] == [True, True, False]
    (real,) = smtp.received
    assert real.recipients == ("roy@example.com",)
    assert rehearsed(acme.company).count() == 2
    assert {row.level for row in EntryFollowUp.objects.all()} == {1}

    assert forget_rehearsal(acme.company, now=timezone.now(), author=COMMAND_LINE) == 2
    assert forget_rehearsal(acme.company, now=timezone.now(), author=COMMAND_LINE) == 0

    assert [acme.level(one) for one in ("DUPONT", "PETIT", "ROY")] == [0, 0, 1]
    assert LevelChange.objects.get().entry.source_id == "ROY"
    assert dict(Reminder.objects.values_list("customer__account_code", "status")) == {
        "DUPONT": "cancelled", "PETIT": "cancelled", "ROY": "sent",
    }  # fmt: skip
    assert len(Event.objects.get(kind="rehearsal.forgotten").data["reminders"]) == 2
    assert {action.step.level for action in acme.plan(today).actions} == {1}
    assert len(acme.plan(today).actions) == 2

    send(acme, today)
    assert len(smtp.received) == 3


def test_a_message_booked_after_the_rehearsal_is_still_told_as_one(
    acme: Desk, late: None, today: date
):
    configure(acme, mail_mode="capture")
    send(acme, today)
    sent = Reminder.objects.select_related("company", "customer").filter(status="sent")[0]
    configure(acme, mail_mode="live")
    sent.refresh_from_db(fields=["accepted_at"])

    journal_reminders("reminder.sent", [(sent, COMMAND_LINE)], now=timezone.now())

    last = Event.objects.filter(kind="reminder.sent").latest("id")
    assert last.data["rehearsal"] is True


def test_programs_are_told_what_was_a_rehearsal(acme: Desk, late: None, today: date):
    now = timezone.now()
    WebhookEndpoint.objects.create(
        company=acme.company, url="https://erp.example/", kinds=["reminder.sent"], created_at=now
    )
    configure(acme, mail_mode="capture")
    send(acme, today)

    bodies = [json.loads(row.body) for row in WebhookDelivery.objects.all()]
    assert [body["data"]["rehearsal"] for body in bodies] == [True, True]


def test_a_company_that_never_rehearsed_has_nothing_to_forget(
    acme: Desk, late: None, smtp: SmtpServer, today: date
):
    send(acme, today)

    way = way_of(Reminder.objects.select_related("company").first())
    assert way is not None
    assert way.reaches_customers
    assert not rehearsed(acme.company).exists()


@pytest.mark.parametrize("subject", [b"Relance", b"=?utf-8?q?Relance_n=C2=B0_1?="])
def test_the_rest_of_the_mail_stays_as_it_was(subject: bytes):
    mail = b"From: a@b.fr\r\nSubject: " + subject + b"\r\nTo: x@y.fr\r\n\r\nSubject: non\r\n"

    changed = with_recipients(mail, ["x@y.fr", "z@y.fr"])

    headers, _end, body = changed.partition(b"\r\n\r\n")
    assert body == b"Subject: non\r\n"
    assert headers.startswith(b"From: a@b.fr\r\nSubject: =?utf-8?")
    assert headers.endswith(subject + b"\r\nTo: x@y.fr")
    assert all(len(line) < 100 for line in headers.splitlines())
