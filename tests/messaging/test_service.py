"""Sending by an e-mail service: what its API is asked, and what its answers mean."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from encaisse.collection.models import Reminder
from encaisse.collection.operations.deliver import DeliveryRun, DeliveryStopped
from encaisse.collection.operations.effects import resolve_unknown
from encaisse.collection.operations.mail_session import open_session
from encaisse.collection.operations.sweep import sweep_reminders
from encaisse.ledger.models import Contact
from encaisse.messaging.mail import (
    Attachment,
    Envelope,
    MailAddress,
    mail_bytes,
)
from encaisse.messaging.rules.content import Logo
from encaisse.messaging.rules.rendering import Rendered
from encaisse.messaging.services import session as service_session
from encaisse.messaging.services.catalogue import SERVICES, ServiceSettings
from encaisse.messaging.services.session import ServiceSession
from encaisse.messaging.transport import (
    ConnectionFailed,
    OutcomeUnknown,
    RedirectSession,
    Refused,
    TemporarilyRefused,
    TransportRefused,
)
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from tests.collection.world import Desk, open_desk
from tests.support.mail_api import MailApi, connect_to_service, mail_api

TODAY = date(2026, 4, 8)
IDENTITY = "<0123abc@acme.example>"
PDF = Attachment("Relevé d’avril.pdf", "application/pdf", b"%PDF-1.7 content")


@pytest.fixture
def api() -> Iterator[MailApi]:
    with mail_api() as running:
        yield running


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(service_session, "_PAUSES", (0.01, 0.01))


def settings(api: MailApi, service: str = "brevo", **changes) -> ServiceSettings:
    return ServiceSettings(SERVICES[service], "k3y", url=api.url, **{"timeout": 2, **changes})


LOGO = Logo("logo-1@acme", "ACME", b"\x89PNG\r\n\x1a\n", "image/png", 90, 30)


def mail(*copies: str, logo: Logo | None = None) -> bytes:
    envelope = Envelope(
        sender=MailAddress("Compta, Étable SA", "compta@acme.example"),
        recipients=[MailAddress("Zoé Dupont", "z@dupont.example")],
        copies=[MailAddress("", copy) for copy in copies],
        message_id=IDENTITY,
        language="fr",
        sent_at=datetime(2026, 4, 8, 9, tzinfo=UTC),
        reply_to=MailAddress("", "reponse@acme.example"),
    )
    html = "<p>Bonjour é</p>"
    if logo:
        html += f'<p><img src="cid:{logo.cid}" alt="{logo.name}" width="90"></p>'
    rendered = Rendered("Relance n° 1 – échéance", html, "Bonjour é", [], logo)
    return mail_bytes(rendered, envelope, attachments=[PDF])


def hand_over(session, *recipients: str, content: bytes | None = None):
    return session.send(
        envelope_from="compta@acme.example",
        recipients=recipients or ["z@dupont.example"],
        content=content or mail(),
    )


def test_brevo_gets_the_mail_and_its_name_comes_back(api: MailApi):
    with ServiceSession(settings(api)) as session:
        receipt = hand_over(
            session, "z@dupont.example", "chef@dupont.example", content=mail("chef@dupont.example")
        )

    (asked,) = api.accepted
    assert receipt.service_id == "<id-1@relay.example>"
    assert (asked.path, asked.headers["api-key"]) == ("/v3/smtp/email", "k3y")
    body = asked.body
    assert body["to"] == [{"email": "z@dupont.example", "name": "Zoé Dupont"}]
    assert body["cc"] == [{"email": "chef@dupont.example"}]
    assert body["replyTo"] == {"email": "reponse@acme.example"}
    assert body["sender"]["email"] == "compta@acme.example"
    assert (body["subject"], body["textContent"]) == ("Relance n° 1 – échéance", "Bonjour é")
    assert body["htmlContent"] == "<p>Bonjour é</p>"
    assert [one["name"] for one in body["attachment"]] == ["Relevé d’avril.pdf"]
    # An answer names it, and a repeated request is recognised.
    assert body["headers"]["References"] == IDENTITY
    assert body["headers"]["Auto-Submitted"] == "auto-generated"
    assert len(body["headers"]["idempotencyKey"]) == 36
    assert asked.identity == IDENTITY


def test_a_logo_goes_along_where_the_service_carries_pictures_else_its_name(api: MailApi):
    for service in ("resend", "brevo"):
        with ServiceSession(settings(api, service)) as session:
            hand_over(session, content=mail(logo=LOGO))

    shown, named = (asked.body for asked in api.accepted)
    assert [one.get("content_id") for one in shown["attachments"]] == [LOGO.cid, None]
    assert f'src="cid:{LOGO.cid}"' in shown["html"]
    assert "<strong>ACME</strong>" in named["htmlContent"]
    assert "cid:" not in named["htmlContent"]
    assert [one["name"] for one in named["attachment"]] == [PDF.filename]


def test_mailgun_keeps_our_identity_and_follows_nobody(api: MailApi):
    with ServiceSession(settings(api, "mailgun", domain="mg.acme.example")) as session:
        assert hand_over(session).service_id == "<id-1@mg.example>"

    (asked,) = api.accepted
    assert asked.path == "/v3/mg.acme.example/messages"
    assert asked.body["h:Message-Id"] == IDENTITY
    assert (asked.body["o:tracking-opens"], asked.body["o:tracking-clicks"]) == ("no", "no")
    assert asked.identity == IDENTITY


def test_resend_is_told_what_makes_a_repeated_request_harmless(api: MailApi):
    with ServiceSession(settings(api, "resend")) as session:
        first, second = hand_over(session), hand_over(session)

    assert first.service_id == second.service_id == "id-1"
    assert len(api.accepted) == 1
    assert api.accepted[0].headers["idempotency-key"] == IDENTITY.strip("<>")


def test_a_rehearsal_goes_to_one_address(api: MailApi):
    with RedirectSession(ServiceSession(settings(api)), "essai@acme.example") as session:
        hand_over(session)

    body = api.accepted[0].body
    assert body["to"] == [{"email": "essai@acme.example"}]
    assert body["headers"]["X-Original-To"] == "z@dupont.example"


@pytest.mark.parametrize(
    ("status", "document", "kind", "words"),
    [
        (400, {"code": "invalid_parameter", "message": "Objet trop long"}, Refused, "Objet trop"),
        (422, {"errors": [{"message": "Contenu interdit"}]}, Refused, "Contenu interdit"),
        (401, {"message": "Key not found"}, TransportRefused, "refuse vos réglages"),
        (402, {"message": "Plus de crédits"}, TransportRefused, "Plus de crédits"),
        (500, {"message": "Oops"}, TemporarilyRefused, "Oops"),
        (503, None, ConnectionFailed, "indisponible"),
        (504, None, OutcomeUnknown, "Envoi incertain"),
        (409, {"message": "Already used"}, OutcomeUnknown, "Already used"),
        (301, None, TransportRefused, "renvoie ailleurs"),
    ],
)
def test_an_answer_says_what_became_of_the_mail(api: MailApi, status, document, kind, words):
    api.refuse(status, document, Location="http://127.0.0.1:1/")

    with ServiceSession(settings(api)) as session:
        with pytest.raises(kind, match=words) as raised:
            hand_over(session)
        assert type(raised.value) is kind
        assert len(api.asked) == 1  # asked once: nothing repeats it behind our back
        hand_over(session)

    assert len(api.accepted) == 1


def test_resend_may_be_asked_again_after_a_lost_answer(api: MailApi):
    api.refuse(504)

    with ServiceSession(settings(api, "resend")) as session, pytest.raises(TemporarilyRefused):
        hand_over(session)


def test_what_comes_too_fast_waits_and_is_asked_again(api: MailApi):
    api.refuse(429, {"message": "Too many requests"}, times=2, Retry_After="0.01")
    with ServiceSession(settings(api)) as session:
        hand_over(session)
        assert len(api.accepted) == 1

        api.refuse(429, times=3)
        with pytest.raises(ConnectionFailed, match="demande d’attendre"):
            hand_over(session)


def test_silence_after_the_request_means_unknown(api: MailApi):
    api.silences = 1

    with ServiceSession(settings(api)) as session, pytest.raises(OutcomeUnknown):
        hand_over(session)

    assert len(api.accepted) == 1  # it was taken, and the sender cannot know


def test_a_service_that_does_not_answer_in_time_means_unknown(api: MailApi):
    api.on_accept = lambda _asked: time.sleep(0.5)

    with ServiceSession(settings(api, timeout=0.1)) as session, pytest.raises(OutcomeUnknown):
        hand_over(session)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://127.0.0.1:1/", ConnectionFailed),
        ("http://nulle-part.invalid/", ConnectionFailed),
        ("pas-une-adresse", TransportRefused),
    ],
)
def test_a_service_that_cannot_be_reached_got_nothing(api: MailApi, url, kind):
    api.url = url

    with ServiceSession(settings(api)) as session, pytest.raises(kind) as raised:
        hand_over(session)
    assert type(raised.value) is kind


def test_a_refused_address_is_told_from_a_refused_message(api: MailApi):
    def postmark_says(code: int, words: str) -> None:
        api.refuse(422, {"ErrorCode": code, "Message": words})

    with ServiceSession(settings(api, "postmark")) as session:
        postmark_says(406, "Found inactive addresses: z@dupont.example. Inactive recipients…")
        with pytest.raises(Refused) as refusal:
            hand_over(session)
        assert (refusal.value.about, list(refusal.value.reasons)) == (
            "recipients",
            ["z@dupont.example"],
        )
        postmark_says(400, "The 'From' address is not a Sender Signature")
        with pytest.raises(TransportRefused, match="Sender Signature"):
            hand_over(session)


# -- a company's reminders ------------------------------------------------------------------------


@pytest.fixture
def desk(db, tmp_path, settings, api: MailApi) -> Desk:
    """Three customers whose first reminder waits, at a company that sends by Brevo."""
    settings.MEDIA_ROOT = tmp_path / "files"
    acme = open_desk(tmp_path / "outbox")
    connect_to_service(acme.company, api.url)
    for number in range(3):
        customer = acme.customer(f"C{number}")
        acme.invoice(customer, f"F-C{number}", 100, due=date(2026, 3, 31))
    acme.sync(date(2026, 4, 1))
    acme.prepare(TODAY)
    return acme


def deliver(desk: Desk, *, minute: int = 5):
    now = desk.at(TODAY, 9, minute)
    company = Company.objects.get(pk=desk.company.pk)
    return DeliveryRun(company, open_session, clock=lambda: now).run()


def statuses() -> list[str]:
    return list(Reminder.objects.order_by("id").values_list("status", flat=True))


def test_reminders_leave_by_the_service_and_keep_its_names(desk: Desk, api: MailApi):
    assert deliver(desk).sent == 3

    rows = Reminder.objects.order_by("id").values_list("message_id", "service_message_id")
    assert list(rows) == [
        (asked.identity, f"<id-{number}@relay.example>")
        for number, asked in enumerate(api.accepted, start=1)
    ]
    assert not Reminder.objects.filter(accepted_at=None).exists()
    assert [desk.level(f"F-C{number}") for number in range(3)] == [1, 1, 1]


def test_a_refused_message_raises_no_level_and_stops_nobody(desk: Desk, api: MailApi):
    api.refuse(400, {"code": "invalid_parameter", "message": "Contenu refusé"})

    result = deliver(desk)

    assert (result.sent, result.failed) == (2, 1)
    assert statuses() == ["failed", "sent", "sent"]
    assert "Brevo\xa0: Contenu refusé" in Reminder.objects.get(status="failed").error
    assert desk.level("F-C0") == 0
    assert not Contact.objects.filter(is_invalid=True).exists()


def test_a_wrong_key_stops_the_run_and_everything_waits(desk: Desk, api: MailApi):
    api.refuse(401, {"message": "Key not found"})

    with pytest.raises(DeliveryStopped, match="Brevo refuse vos réglages"):
        deliver(desk)

    assert statuses() == ["waiting"] * 3
    assert deliver(desk, minute=10).sent == 3


def test_what_may_have_left_is_never_sent_again_by_itself(desk: Desk, api: MailApi):
    api.silences = 1

    assert deliver(desk).unknown == 1
    for hours in (1, 24):
        sweep_reminders(desk.at(TODAY) + timedelta(hours=hours))
        deliver(desk, minute=30)

    assert sorted(statuses()) == ["sent", "sent", "unknown"]
    assert len(api.asked) == 3
    reminder = Reminder.objects.get(status="unknown")
    resolve_unknown(reminder, has_left=True, on=TODAY, now=desk.at(TODAY, 11), author=COMMAND_LINE)
    assert desk.level("F-C0") == 1


def test_the_keys_are_sealed_and_never_told(desk: Desk):
    company = Company.objects.get(pk=desk.company.pk)

    assert "xkeysib" not in company.service_key_sealed
    told = str(list(Event.objects.values_list("data", flat=True)))
    assert "xkeysib" not in told
    connect_to_service(company, "", "postmark")
    assert company.service_signing_sealed == ""
