"""Handing mails to a service by its API, and saying exactly what became of each."""

import re
import time
import uuid
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from email.mime.image import MIMEImage
from typing import Any

from anymail.exceptions import AnymailError
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from encaisse.messaging.connection import ConnectionFailed
from encaisse.messaging.services.answers import (
    TooFast,
    meaning,
    of_response,
    refused_addresses,
)
from encaisse.messaging.services.catalogue import ServiceSettings
from encaisse.messaging.transport import MailSession, Receipt, Refused

# Waits before asking again what came too fast, in seconds; within a message's lease.
_PAUSES = (1.0, 2.0, 4.0, 8.0)
_LONGEST_PAUSE = 15.0
# Metadata that every service takes.
_LONGEST_METADATA = 80
# A picture that the HTML shows, and its name.
_PICTURE = re.compile(r'<img src="cid:[^"]*" alt="([^"]*)"[^>]*>')
_HEADERS_OF_ITS_OWN = frozenset(
    {"from", "to", "cc", "reply-to", "subject", "date", "mime-version", "message-id"}
)


class ServiceSession(MailSession):
    """One service with one company's key; its connection is reused mail after mail.

    `metadata["reminder"]` is our Message-ID without its brackets: events find the mail by it. An
    answer does by the same, which the mail names in its References where the service gives it
    another identity.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._kind = settings.kind
        self._backend: Any = None

    def close(self) -> None:
        """Give the connection back; never raises."""
        if self._backend is not None:
            self._backend.close()
            self._backend = None

    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        """Hand one mail over. The service's name of it, and the addresses that it leaves out.

        Raises Refused, TemporarilyRefused, ConnectionFailed (nobody got it) or OutcomeUnknown.
        """
        parsed = message_from_bytes(content, policy=policy.default)
        identity = str(parsed["Message-ID"] or "").strip("<> ")
        to, message = self._message(parsed, identity, recipients)
        for pause in (*_PAUSES, None):
            try:
                return self._hand_over(message, identity, to)
            except TooFast as asked:
                if pause is None:
                    break
                time.sleep(min(asked.seconds or pause, _LONGEST_PAUSE))
        said = {"service": self._kind.label}
        raise ConnectionFailed(_("%(service)s demande d’attendre ; rien n’est parti.") % said)

    def _hand_over(self, message: EmailMultiAlternatives, identity: str, to: list[str]) -> Receipt:
        backend = self._ready()
        if self._kind.repeats_safely:
            backend.session.headers["Idempotency-Key"] = identity
        try:
            backend.send_messages([message])
        except AnymailError as error:
            raise meaning(error, self._kind, to) from error
        status = message.anymail_status  # type: ignore[attr-defined]
        if not status.esp_response.ok:
            raise of_response(status.esp_response, self._kind)
        refused = refused_addresses(status)
        if all(address in refused for address in to):
            raise Refused(refused, 550, about="recipients")
        return Receipt(_one_of(status.message_id), refused)

    def _ready(self) -> Any:
        if self._backend is None:
            backend = import_string(f"anymail.backends.{self._kind.code}.EmailBackend")
            self._backend = backend(**self._settings.arguments())
            self._backend.open()
            # Elsewhere is not the service, and must not learn its key.
            self._backend.session.max_redirects = 0
        return self._backend

    def _message(
        self, parsed: Parsed, identity: str, recipients: Sequence[str]
    ) -> tuple[list[str], EmailMultiAlternatives]:
        """The mail as anymail takes it, to the recipients alone; the main ones beside it."""
        wanted = {address.lower() for address in recipients}
        to, cc = _addresses(parsed, "To", wanted), _addresses(parsed, "Cc", wanted)
        named = {address.lower() for address in (*to, *cc)}
        others = [address for address in recipients if address.lower() not in named]
        message = EmailMultiAlternatives(
            subject=str(parsed["Subject"] or ""),
            body=_text(parsed, "plain"),
            from_email=str(parsed["From"].addresses[0]),
            to=[*to.values(), *others],
            cc=list(cc.values()),
            reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
            headers=self._headers(parsed, identity),
        )
        html, pictures = _text(parsed, "html"), _pictures(parsed)
        if pictures and not self._kind.carries_pictures:
            html, pictures = _PICTURE.sub(r"<strong>\1</strong>", html), []
        if html:
            message.attach_alternative(html, "text/html")
        for picture in pictures:
            message.attach(picture)
        for part in parsed.iter_attachments():
            payload = part.get_payload(decode=True)
            message.attach(part.get_filename() or "", payload, part.get_content_type())
        self._describe(message, identity)
        return [*to, *others], message

    def _headers(self, parsed: Parsed, identity: str) -> dict[str, str]:
        """The other headers, and what ties an answer to the mail."""
        own = f"<{identity}>"
        if not self._kind.takes_headers:
            return {"In-Reply-To": own}
        headers = {
            name: str(value)
            for name, value in parsed.items()
            if name.lower() not in _HEADERS_OF_ITS_OWN and not name.lower().startswith("content-")
        }
        if self._kind.keeps_identity:
            headers["Message-ID"] = own
        else:
            headers["References"] = own
        if self._kind.code == "postmark":
            headers["X-PM-KeepID"] = "true"
        if self._kind.code == "brevo":
            headers["idempotencyKey"] = str(uuid.uuid5(uuid.NAMESPACE_URL, identity))
        return headers

    def _describe(self, message: Any, identity: str) -> None:
        """What the service gives back with its events. It follows nobody: ours does, if asked."""
        if len(identity) <= _LONGEST_METADATA:
            if self._kind.takes_metadata:
                message.metadata = {"reminder": identity}
            else:
                message.tags = [identity]
        if self._kind.turns_tracking_off:
            message.track_opens = message.track_clicks = False


def _addresses(parsed: Parsed, header: str, wanted: set[str]) -> dict[str, str]:
    """Those of a header that are wanted, with their names, by bare address."""
    value = parsed[header]
    found = value.addresses if value is not None else ()
    return {one.addr_spec: str(one) for one in found if one.addr_spec.lower() in wanted}


def _text(parsed: Parsed, subtype: str) -> str:
    part = parsed.get_body((subtype,))
    return str(part.get_content()) if part is not None else ""


def _pictures(parsed: Parsed) -> list[MIMEImage]:
    """What the HTML shows of what comes along, as anymail takes it."""
    found = []
    for part in parsed.walk():
        if part["Content-ID"] and part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            picture = MIMEImage(bytes(content), part.get_content_subtype())
            picture["Content-ID"] = str(part["Content-ID"])
            name = part.get_filename() or ""
            picture.add_header("Content-Disposition", "inline", filename=name)
            found.append(picture)
    return found


def _one_of(message_id: Any) -> str:
    """The service's name of a mail; of one name an address, the first."""
    if isinstance(message_id, set):
        message_id = min(filter(None, message_id), default="")
    return str(message_id or "")[:200]
