"""What e-mail services report: their own requests, at the address that the company gave them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from encaisse.collection.models import Reminder
from encaisse.collection.operations.deliver import DeliveryRun
from encaisse.collection.operations.effects import resolve_unknown
from encaisse.collection.operations.sweep import sweep_reminders
from encaisse.ledger.models import Contact
from encaisse.messaging.transport import CaptureSession, OutcomeUnknown, Receipt
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests.builders import member
from tests.collection.world import Desk, open_desk
from tests.support.mail_api import mail_api

pytestmark = pytest.mark.django_db

TODAY = date(2026, 4, 8)
AT = datetime(2026, 4, 8, 8, 12, tzinfo=UTC)  # 10:12 in Paris
SIGNING = "cle-de-signature"
Post = Callable[..., Any]


class Service(CaptureSession):
    """Takes the mails, names them like a service, and may fall silent after it took one."""

    is_silent = False

    def send(self, **mail: Any) -> Receipt:
        super().send(**mail)
        if self.is_silent:
            raise OutcomeUnknown("?")
        return Receipt("svc-1")


@pytest.fixture
def desk(tmp_path, settings) -> Desk:
    """Dupont's first reminder waits, at a company that sends by Brevo."""
    settings.MEDIA_ROOT = tmp_path / "files"
    acme = open_desk(tmp_path / "outbox")
    use(acme, "brevo")
    acme.invoice(acme.customer(), "F", 1500, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(TODAY)
    return acme


def use(desk: Desk, service: str, **fields: str) -> None:
    configure_company(
        desk.company, author=COMMAND_LINE, mail_service=service, service_key="k", **fields
    )


def leave(desk: Desk, *, silently: bool = False, minute: int = 5) -> Reminder:
    session, now = Service(desk.folder), desk.at(TODAY, 9, minute)
    session.is_silent = silently
    DeliveryRun(desk.scope.company, lambda _company: session, clock=lambda: now).run()
    return Reminder.objects.get()


def address(desk: Desk) -> str:
    company = Company.objects.get(pk=desk.company.pk)
    return f"/evenements/{company.events_token}/{company.mail_service}/"


def brevo(desk: Desk, event: str, *, at: datetime = AT, **told: Any) -> Any:
    """One report, as Brevo posts it."""
    reminder = Reminder.objects.get()
    named = json.dumps({"reminder": reminder.message_id.strip("<>")})
    body = {
        "event": event, "email": "DUPONT@example.com", "ts_epoch": at.timestamp() * 1000,
        "message-id": "<x@relay>", "X-Mailin-custom": named, **told,
    }  # fmt: skip
    return Client().post(address(desk), json.dumps(body), content_type="application/json")


def kinds() -> list[str]:
    found = Event.objects.filter(kind__startswith="reminder.").order_by("id")
    return [kind.removeprefix("reminder.") for kind in found.values_list("kind", flat=True)]


def test_a_delivered_mail_says_when(desk: Desk, client: Client):
    sent = leave(desk)
    assert sent.service_message_id == "svc-1"

    assert brevo(desk, "delivered").status_code == 200
    assert brevo(desk, "delivered", at=AT + timedelta(hours=1)).status_code == 200

    sent.refresh_from_db()
    assert (sent.status, sent.delivered_at) == ("sent", AT)
    assert kinds() == ["sent", "delivered"]
    client.force_login(member(desk.company))
    page = client.get(f"/s/{desk.company.slug}/activites/").text
    assert "Remis" in page
    assert "08/04 à 10 h 12" in page
    page = client.get(f"/s/{desk.company.slug}/activites/{sent.pk}/").text
    assert "envoyé le 08/04 à 9 h 05" in page
    assert "remis le 08/04 à 10 h 12" in page


def test_a_hard_return_takes_the_level_back_and_proposes_a_letter(desk: Desk):
    leave(desk)
    assert desk.level("F") == 1

    for _time in range(2):
        assert brevo(desk, "hard_bounce", reason="550 5.1.1 Inconnu").status_code == 200

    returned = Reminder.objects.get()
    assert (returned.status, returned.returned_at) == ("bounced", AT)
    assert "Inconnu" in returned.error
    assert desk.level("F") == 0
    assert Contact.objects.get().is_invalid
    assert kinds() == ["sent", "bounced"]
    (action,) = desk.plan(TODAY).actions
    assert (action.step.medium, action.step.level) == ("letter", 1)


@pytest.mark.parametrize("event", ["spam", "blocked", "invalid_email"])
def test_a_complaint_and_a_rejection_are_returns_too(desk: Desk, event: str):
    leave(desk)

    brevo(desk, event)

    assert Reminder.objects.get().status == "bounced"
    assert Contact.objects.get().is_invalid


def test_a_fault_of_the_service_does_not_blame_the_address(desk: Desk):
    leave(desk)

    brevo(desk, "error")

    assert (Reminder.objects.get().status, desk.level("F")) == ("bounced", 0)
    assert not Contact.objects.get().is_invalid


@pytest.mark.parametrize("event", ["soft_bounce", "deferred"])
def test_a_delay_is_noted_once_and_changes_nothing(desk: Desk, event: str):
    leave(desk)

    brevo(desk, event)
    brevo(desk, event, at=AT + timedelta(minutes=10))

    assert (Reminder.objects.get().status, desk.level("F")) == ("sent", 1)
    assert kinds() == ["sent", "delayed"]


def test_the_order_does_not_matter(desk: Desk):
    leave(desk)

    brevo(desk, "hard_bounce", at=AT + timedelta(minutes=1))
    brevo(desk, "delivered")

    returned = Reminder.objects.get()
    assert (returned.status, returned.delivered_at) == ("bounced", AT)


def test_openings_and_clicks_are_kept_only_where_the_company_asked(desk: Desk):
    leave(desk)
    brevo(desk, "opened")
    brevo(desk, "click")
    assert kinds() == ["sent"]
    configure_company(desk.company, author=COMMAND_LINE, tracks_opening=True, tracks_clicks=True)

    brevo(desk, "unique_opened")
    brevo(desk, "click", at=AT + timedelta(minutes=1))

    seen = Reminder.objects.get()
    assert (seen.opened_at, seen.clicked_at) == (AT, AT + timedelta(minutes=1))
    assert kinds() == ["sent", "opened", "clicked"]


def test_a_report_settles_a_mail_whose_outcome_was_unknown(desk: Desk):
    unknown = leave(desk, silently=True)
    assert (unknown.status, desk.level("F")) == ("unknown", 0)

    brevo(desk, "request")

    assert (Reminder.objects.get().status, desk.level("F")) == ("sent", 1)


def test_a_report_stops_a_mail_from_leaving_twice(desk: Desk):
    unknown = leave(desk, silently=True)
    now = desk.at(TODAY, 9, 30)
    resolve_unknown(unknown, has_left=False, on=TODAY, now=now, author=COMMAND_LINE)

    brevo(desk, "delivered")
    leave(desk, minute=40)

    assert len(list(desk.folder.glob("*.eml"))) == 1
    assert (Reminder.objects.get().status, desk.level("F")) == ("sent", 1)


def test_a_mail_that_is_reported_before_its_worker_died_counts_as_sent(desk: Desk):
    reminder = leave(desk, silently=True)
    moment = desk.at(TODAY, 9, 6)
    Reminder.objects.update(status="sending", lease_until=moment, error="")

    brevo(desk, "delivered")
    sweep_reminders(moment + timedelta(minutes=5))

    reminder.refresh_from_db()
    assert (reminder.status, desk.level("F")) == ("sent", 1)


def test_another_company_s_reports_and_strangers_change_nothing(desk: Desk, client: Client):
    leave(desk)
    elsewhere = Company.objects.create(slug="autre", name="Autre", events_token="t" * 32,
                                       mail_service="brevo")  # fmt: skip
    own = json.dumps({"reminder": Reminder.objects.get().message_id.strip("<>")})
    body = {"event": "hard_bounce", "email": "dupont@example.com", "X-Mailin-custom": own}

    def post(url: str, content: Any) -> int:
        return client.post(url, content, content_type="application/json").status_code

    assert post(f"/evenements/{elsewhere.events_token}/brevo/", json.dumps(body)) == 200
    unknown = body | {"X-Mailin-custom": '{"reminder": "x@y"}', "message-id": "<z@z>"}
    assert post(address(desk), json.dumps(unknown)) == 200
    stranger = body | {"email": "autre@example.com"}
    assert post(address(desk), json.dumps(stranger)) == 200
    assert Reminder.objects.get().status == "sent"

    assert post("/evenements/faux/brevo/", json.dumps(body)) == 404
    assert post(address(desk).replace("brevo", "mailjet"), json.dumps(body)) == 404
    for wrong in ("", "{", "[]", '"x"', '{"event": []}'):
        assert post(address(desk), wrong) in (200, 400)
    assert client.get(address(desk)).status_code == 405
    assert client.head(address(desk)).status_code == 200
    large = {"CONTENT_LENGTH": str(5_000_000)}
    assert client.post(address(desk), "x", content_type="text/plain", **large).status_code == 413


def test_mailgun_s_signature_is_checked(desk: Desk, client: Client):
    use(desk, "mailgun")
    leave(desk)

    def mailgun(key: str) -> int:
        stamp, token = "1775635920", "jeton"
        signed = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
        body = {
            "signature": {"timestamp": stamp, "token": token, "signature": signed},
            "event-data": {
                "event": "delivered", "timestamp": AT.timestamp(),
                "recipient": "dupont@example.com",
                "message": {"headers": {"message-id": Reminder.objects.get().message_id}},
                "user-variables": {"reminder": Reminder.objects.get().message_id.strip("<>")},
            },
        }  # fmt: skip
        url, text = address(desk), json.dumps(body)
        return client.post(url, text, content_type="application/json").status_code

    assert mailgun(SIGNING) == 400  # nothing to check it with
    configure_company(desk.company, author=COMMAND_LINE, service_signing=SIGNING)
    assert mailgun("une-autre") == 400
    assert Reminder.objects.get().delivered_at is None
    assert mailgun(SIGNING) == 200
    assert Reminder.objects.get().delivered_at == AT


def test_resend_s_signature_is_checked_and_its_names_find_the_mail(desk: Desk, client: Client):
    secret = "whsec_" + base64.b64encode(b"0123456789abcdef").decode()
    use(desk, "resend", service_signing=secret)
    leave(desk)
    body = json.dumps({
        "type": "email.bounced", "created_at": "2026-04-08T08:12:00Z",
        "data": {"email_id": "svc-1", "to": ["Dupont <dupont@example.com>"],
                 "bounce": {"type": "Permanent", "message": "hard bounce message"}},
    })  # fmt: skip

    def resend(key: bytes, stamp: float) -> int:
        signed = f"id.{stamp:.0f}.{body}".encode()
        signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        headers = {
            "svix-id": "id", "svix-timestamp": f"{stamp:.0f}", "svix-signature": f"v1,{signature}",
        }  # fmt: skip
        posted = client.post(address(desk), body, content_type="application/json", headers=headers)
        return posted.status_code

    now = datetime.now(UTC).timestamp()
    assert resend(b"faux", now) == 400
    assert resend(b"0123456789abcdef", now - 3600) == 400
    assert Reminder.objects.get().status == "sent"
    assert resend(b"0123456789abcdef", now) == 200
    assert Reminder.objects.get().status == "bounced"


def test_one_of_two_addresses_that_fails_twice_does_not_condemn_the_other(desk: Desk):
    customer = next(iter(desk.owners.values()))
    Contact.objects.create(company=desk.company, customer=customer, email="b@example.com")
    leave(desk)
    assert sorted(Reminder.objects.get().recipients) == ["b@example.com", "dupont@example.com"]

    for _time in range(2):
        brevo(desk, "hard_bounce")

    left = Reminder.objects.get()
    assert (left.status, left.recipients, desk.level("F")) == ("sent", ["b@example.com"], 1)
    assert not Contact.objects.get(email="b@example.com").is_invalid


# -- the screen ------------------------------------------------------------------------------------


def test_an_administrator_chooses_a_service_and_gets_its_address(desk: Desk, client: Client):
    client.force_login(member(desk.company, "administrator"))
    page = f"/s/{desk.company.slug}/configurer/expediteur/"
    form = {
        "sender_email": "compta@acme.example", "mail_mode": "live", "smtp_port": "587",
        "smtp_security": "none", "mail_service": "mailjet", "service_url": "",
    }  # fmt: skip

    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "Donnez la clé que ce service vous a remise" in refused.text
    assert "Ce service a deux clés" in refused.text
    keys = {"service_key": "cle-publique", "service_secret": "cle-privee"}
    assert client.post(page, form | keys | {"service_url": "http://x.example"}).status_code == 422
    assert client.post(page, form | keys).status_code == 302

    shown = client.get(page).text
    assert address(desk) in shown
    assert "Mailjet" in shown
    assert "cle-publique" not in shown
    assert "cle-privee" not in shown
    before = address(desk)
    client.post(f"{page}evenements/")
    assert address(desk) != before
    assert Client().head(before).status_code == 404
    assert Event.objects.filter(kind="company.events_renewed").count() == 1


def test_the_test_mail_leaves_by_the_service_or_says_its_words(desk: Desk, client: Client):
    client.force_login(member(desk.company, "administrator", "claire@acme.example"))
    page = f"/s/{desk.company.slug}/configurer/expediteur/"
    form = {
        "sender_email": "compta@acme.example", "mail_mode": "live", "smtp_port": "587",
        "smtp_security": "none", "mail_service": "brevo", "do": "test",
    }  # fmt: skip

    with mail_api() as api:
        said = client.post(page, form | {"service_url": api.url})
        api.refuse(401, {"message": "Key not found"})
        refused = client.post(page, form | {"service_url": api.url})

    assert said.status_code == 200
    assert "envoyé à claire@acme.example" in said.text
    assert api.accepted[0].body["to"][0]["email"] == "claire@acme.example"
    assert api.accepted[0].headers["api-key"] == "k"
    assert refused.status_code == 422
    assert "Brevo refuse vos réglages" in refused.text
    assert "Key not found" in refused.text
