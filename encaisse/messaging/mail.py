"""Writing one e-mail: plain text and HTML, headers that nobody can inject into.

Headers are encoded here and the message is kept in pure ASCII: any relay takes it, and the bytes
are the same each time the same message is written.
"""

import hashlib
import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from django.utils.translation import gettext as _

from encaisse.messaging.rules.rendering import Rendered

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_ATOM_TEXT = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,255}")
_CONTENT_TYPE = re.compile(r"[a-z0-9.+-]+/[a-z0-9.+-]+")
_ENCODED_CHUNK = 45  # bytes of UTF-8 that fit in one encoded word of 75 characters


class MailRefused(ValueError):
    """The mail cannot be written; the text is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class MailAddress:
    """A name, possibly empty, and an address."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file joined to the mail; `content_type` as in `application/pdf`."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom, when, under which identity.

    `message_id` comes from make_message_id; `sent_at` carries its time zone; `automatic` marks a
    mail no person decided one by one (RFC 3834), so that no absence notice answers it.
    """

    sender: MailAddress
    recipients: Sequence[MailAddress]
    message_id: str
    language: str
    sent_at: datetime
    copies: Sequence[MailAddress] = ()
    reply_to: MailAddress | None = None
    automatic: bool = True


class _ReadyHeaders(EmailPolicy):
    """Takes headers as they are given: they are already ASCII, encoded and folded."""

    def header_max_count(self, name: str) -> int | None:
        return None

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        return name, value

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _ReadyHeaders(linesep=SMTP.linesep, utf8=False, cte_type="7bit")


def make_message_id(key: str, domain: str) -> str:
    """The Message-ID of a delivery: the same for the same key, so that a copy can be recognised."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{_domain(domain)}>"


def build_mail(
    rendered: Rendered, envelope: Envelope, *, attachments: Sequence[Attachment] = ()
) -> EmailMessage:
    """The mail: multipart/alternative (text, HTML), inside multipart/mixed with attachments.

    HTML that shows the logo comes in multipart/related with it.
    Raises MailRefused for an address that cannot be written to, no recipient or no subject.
    """
    if not envelope.recipients:
        raise MailRefused(_("Ce message n’a pas de destinataire."))
    if not rendered.subject.strip():
        raise MailRefused(_("Ce message n’a pas d’objet."))
    boundary = hashlib.sha256(envelope.message_id.encode()).hexdigest()[:32]
    alternative = _multipart("alternative", f"a-{boundary}")
    alternative.attach(_text_part(rendered.text, "plain"))
    alternative.attach(_html_part(rendered, f"r-{boundary}"))
    message = alternative
    if attachments:
        message = _multipart("mixed", f"m-{boundary}")
        message.attach(alternative)
        for attachment in attachments:
            message.attach(_attached_part(attachment))
    _add_headers(message, rendered.subject, envelope)
    return message


def mail_bytes(message: EmailMessage) -> bytes:
    """The mail as it travels: ASCII, lines ended by CRLF.

    Written straight from the parts, which are ready: the generator of the standard library costs
    as much as all the rest of a mail.
    """
    return _wire_text(message).encode("ascii")


def _wire_text(part: EmailMessage) -> str:
    head = "".join(f"{name}: {value}\r\n" for name, value in part.items())
    payload = part.get_payload()
    if not isinstance(payload, list):
        return f"{head}\r\n{payload}"
    boundary = part["Content-Type"].split('"')[1]
    parts = "".join(f"--{boundary}\r\n{_wire_text(inner)}\r\n" for inner in payload)  # type: ignore[arg-type]
    return f"{head}\r\n{parts}--{boundary}--\r\n"


def _add_headers(message: EmailMessage, subject: str, envelope: Envelope) -> None:
    if envelope.sent_at.tzinfo is None:
        raise ValueError("sent_at must carry its time zone")
    message["From"] = _address_header([envelope.sender])
    message["To"] = _address_header(envelope.recipients)
    if envelope.copies:
        message["Cc"] = _address_header(envelope.copies)
    if envelope.reply_to:
        message["Reply-To"] = _address_header([envelope.reply_to])
    message["Subject"] = _encoded(subject)
    message["Date"] = format_datetime(envelope.sent_at)
    message["Message-ID"] = _CONTROL.sub("", envelope.message_id)
    message["Content-Language"] = _encoded(envelope.language)
    if envelope.automatic:
        message["Auto-Submitted"] = "auto-generated"
    message["MIME-Version"] = "1.0"


def _multipart(subtype: str, boundary: str, *, more: str = "") -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = f'multipart/{subtype}; boundary="{boundary}"{more}'
    return part


def _text_part(text: str, subtype: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "quoted-printable"
    crlf = text.replace("\r\n", "\n").replace("\n", "\r\n")
    part.set_payload(b2a_qp(crlf.encode(), istext=True).decode("ascii"))
    return part


def _html_part(rendered: Rendered, boundary: str) -> EmailMessage:
    html, logo = _text_part(rendered.html, "html"), rendered.logo
    if logo is None:
        return html
    related = _multipart("related", boundary, more='; type="text/html"')
    related.attach(html)
    suffix = logo.content_type.rpartition("/")[2]
    picture = _binary_part(logo.content, logo.content_type)
    picture["Content-ID"] = f"<{logo.cid}>"
    picture["Content-Disposition"] = f'inline; filename="logo.{suffix}"'
    related.attach(picture)
    return related


def _attached_part(attachment: Attachment) -> EmailMessage:
    if not _CONTENT_TYPE.fullmatch(attachment.content_type):
        raise ValueError(f"not a content type: {attachment.content_type!r}")
    part = _binary_part(attachment.content, attachment.content_type)
    part["Content-Disposition"] = f"attachment; {_filename(attachment.filename)}"
    return part


def _binary_part(content: bytes, content_type: str) -> EmailMessage:
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(encodebytes(content).decode("ascii").replace("\n", "\r\n"))
    return part


def _filename(name: str) -> str:
    name = _CONTROL.sub(" ", name).strip()[:150]
    if _ATOM_TEXT.fullmatch(name.replace(".", "")):
        return f'filename="{name}"'
    return f"filename*=utf-8''{quote(name, safe='')}"


def _address_header(addresses: Sequence[MailAddress]) -> str:
    return ",\r\n ".join([_address(address) for address in addresses])


def _address(address: MailAddress) -> str:
    email = ascii_address(address.email)
    name = " ".join(_CONTROL.sub(" ", address.name).split())
    if not name:
        return email
    if _ATOM_TEXT.fullmatch(name) and len(name) <= 60:
        return f'"{name}" <{email}>'
    return f"{_encoded(name, always=True)}\r\n <{email}>"


def ascii_address(email: str) -> str:
    """The address as it travels, an accented domain in its ASCII form. Raises MailRefused."""
    local, _at, domain = email.strip().rpartition("@")
    try:
        travelling = f"{local}@{_domain(domain)}"
    except UnicodeError:
        travelling = ""
    if not _ADDRESS.fullmatch(travelling):
        raise MailRefused(_("« %(email)s » n’est pas une adresse e-mail.") % {"email": email})
    return travelling


def _domain(domain: str) -> str:
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


@lru_cache(maxsize=256)
def _encoded(text: str, *, always: bool = False) -> str:
    """A header's text: as it is when short plain ASCII, else as encoded words (RFC 2047)."""
    text = _CONTROL.sub(" ", text).strip()
    if text.isascii() and len(text) <= 60 and "=?" not in text and not always:
        return text
    words, chunk = [], b""
    for char in text:
        encoded = char.encode()
        if len(chunk) + len(encoded) > _ENCODED_CHUNK:
            words.append(chunk)
            chunk = b""
        chunk += encoded
    words.append(chunk)
    return "\r\n ".join([f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words])
