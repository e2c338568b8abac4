"""What services report of mails that left, in one vocabulary whatever the service."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string
from django.utils.timezone import is_naive

from encaisse.messaging.services.catalogue import ServiceKind

What = Literal["accepted", "delivered", "opened", "clicked", "delayed", "returned", "failed"]
_WHAT: dict[str, What] = {
    "queued": "accepted",
    "sent": "accepted",
    "delivered": "delivered",
    "opened": "opened",
    "clicked": "clicked",
    "deferred": "delayed",
    "bounced": "returned",
    "rejected": "returned",
    "complained": "returned",
    "failed": "failed",
}
_VIEWS = {
    "brevo": "brevo.BrevoTrackingWebhookView",
    "mailjet": "mailjet.MailjetTrackingWebhookView",
    "mailgun": "mailgun.MailgunTrackingWebhookView",
    "postmark": "postmark.PostmarkTrackingWebhookView",
    "sendgrid": "sendgrid.SendGridTrackingWebhookView",
    "sparkpost": "sparkpost.SparkPostTrackingWebhookView",
    "resend": "resend.ResendTrackingWebhookView",
    "mailersend": "mailersend.MailerSendTrackingWebhookView",
    "mandrill": "mandrill.MandrillCombinedWebhookView",
}
# Bounces that SparkPost counts as final: no such recipient.
_SPARKPOST_FINAL = frozenset({"10", "30"})
_LONGEST = 300
# Seconds within which a signed event is fresh, as the signature's makers advise.
_FRESH = 300


class EventsRefused(Exception):
    """The request does not come from the service, or cannot be read."""


@dataclass(frozen=True, slots=True)
class ServiceEvent:
    """One report. `identity` is our Message-ID without brackets, `service_id` the service's.

    `recipient` is in lower case, empty where the service does not say which; `at` may be unknown.
    """

    what: What
    identity: str
    service_id: str
    recipient: str
    at: datetime | None
    why: str


def read_events(
    request: HttpRequest, kind: ServiceKind, *, signing_key: str, address: str
) -> list[ServiceEvent]:
    """The reports of a request to an address; those that mean nothing to us are left out.

    Raises EventsRefused when it is not signed as it should be, or cannot be understood.
    """
    if kind.must_sign and not signing_key:
        raise EventsRefused("no signing key")
    try:
        if kind.code == "resend" and signing_key:
            _check_svix(request, signing_key)
        view = _view(kind, signing_key, address)
        view.run_validators(request)
        events = view.parse_events(request)
        return [read for event in events if (read := _read(event, kind)) is not None]
    except AnymailWebhookValidationFailure as failure:
        raise EventsRefused(str(failure)) from failure
    except (AnymailError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise EventsRefused("unreadable") from error


def _view(kind: ServiceKind, signing_key: str, address: str) -> Any:
    """anymail's reader of the service's requests, with the company's own key."""
    own: dict[str, str] = {}
    if signing_key and kind.code != "resend":
        own[kind.signing] = signing_key
    if kind.code == "mandrill":
        own["webhook_url"] = address
    return import_string(f"anymail.webhooks.{_VIEWS[kind.code]}")(**own)


def _read(event: Any, kind: ServiceKind) -> ServiceEvent | None:
    what = _WHAT.get(event.event_type)
    if what is None:
        return None
    if what == "returned" and not _is_final(event, kind):
        what = "delayed"
    metadata = event.metadata if isinstance(event.metadata, Mapping) else {}
    tags = [str(tag) for tag in event.tags or ()]
    named = str(metadata.get("reminder") or next((tag for tag in tags if "@" in tag), ""))
    at = event.timestamp
    why = event.mta_response or event.description or event.reject_reason or event.event_type
    return ServiceEvent(
        what,
        named,
        str(event.message_id or ""),
        _recipient(event, kind),
        None if at is None or is_naive(at) else at,
        " ".join(str(why).split())[:_LONGEST],
    )


def _recipient(event: Any, kind: ServiceKind) -> str:
    """Resend does not say which of several."""
    if kind.code == "resend":
        told = event.esp_event["data"]
        if sum(len(told.get(field) or ()) for field in ("to", "cc", "bcc")) != 1:
            return ""
    return str(event.recipient or "").strip().lower()


def _is_final(event: Any, kind: ServiceKind) -> bool:
    """False for a return that says nothing of the address: full, busy, slow."""
    if event.event_type != "bounced":
        return True
    raw: dict[str, Any] = event.esp_event
    match kind.code:
        case "brevo" | "mandrill":
            return bool(raw.get("event") != "soft_bounce")
        case "mailjet":
            return bool(raw.get("hard_bounce"))
        case "postmark":
            return bool(raw.get("Type") != "SoftBounce")
        case "sendgrid":
            return bool(raw.get("type") != "blocked")
        case "sparkpost":
            (told,) = raw["msys"].values()
            return str(told.get("bounce_class")) in _SPARKPOST_FINAL
        case "resend":
            kept = raw["data"].get("bounce") or {}
            return bool(kept.get("type", "Permanent") == "Permanent")
        case "mailersend":
            return bool(raw["data"].get("type") != "soft_bounced")
    return True


def _check_svix(request: HttpRequest, secret: str) -> None:
    """The signature scheme of Resend (Standard Webhooks): HMAC-SHA256 of id, time and body."""
    identity = request.headers.get("svix-id", "")
    stamp = request.headers.get("svix-timestamp", "")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        is_fresh = abs(time.time() - int(stamp)) <= _FRESH
    except (binascii.Error, ValueError) as error:
        raise EventsRefused("unreadable signature") from error
    signed = f"{identity}.{stamp}.".encode() + request.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = request.headers.get("svix-signature", "").split()
    if not is_fresh or not any(
        constant_time_compare(one.removeprefix("v1,"), expected) for one in given
    ):
        raise EventsRefused("wrong signature")
