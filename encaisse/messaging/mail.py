"""Writing one e-mail: plain text and HTML, headers that nobody can inject into.

Headers are encoded here and the message is kept in pure ASCII: any relay takes it, and the bytes
are the same each time the same message is written.
"""

import hashlib
import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple
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


class _Part(NamedTuple):
    """A part of a mail: its headers, encoded and folded, and its text or the parts in it."""

    headers: list[str]
    content: "str | list[_Part]"
    boundary: str = ""


def make_message_id(key: str, domain: str) -> str:
    """The Message-ID of a delivery: the same for the same key, so that a copy can be recognised."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:40]
    return f"<{digest}@{_domain(domain)}>"


def mail_bytes(
    rendered: Rendered, envelope: Envelope, *, attachments: Sequence[Attachment] = ()
) -> bytes:
    """The mail as it travels: ASCII, lines ended by CRLF.

    It is multipart/alternative (text, HTML), inside multipart/mixed with attachments; HTML that
    shows the logo comes in multipart/related with it. Written straight: the parts are ready, and
    the standard library's messages and generator cost as much as all the rest of a mail.
    Raises MailRefused for an address that cannot be written to, no recipient or no subject.
    """
    if not envelope.recipients:
        raise MailRefused(_("Ce message n’a pas de destinataire."))
    if not rendered.subject.strip():
        raise MailRefused(_("Ce message n’a pas d’objet."))
    boundary = hashlib.sha256(envelope.message_id.encode()).hexdigest()[:32]
    both = [_text_part(rendered.text, "plain"), _html_part(rendered, f"r-{boundary}")]
    mail = _multipart("alternative", f"a-{boundary}", both)
    if attachments:
        files = [_attached_part(attachment) for attachment in attachments]
        mail = _multipart("mixed", f"m-{boundary}", [mail, *files])
    mail.headers.extend(_headers(rendered.subject, envelope))
    return _wire_text(mail).encode("ascii")


def _wire_text(part: _Part) -> str:
    head = "\r\n".join(part.headers)
    if isinstance(part.content, str):
        return f"{head}\r\n\r\n{part.content}"
    mark = f"--{part.boundary}"
    parts = "".join([f"{mark}\r\n{_wire_text(inner)}\r\n" for inner in part.content])
    return f"{head}\r\n\r\n{parts}{mark}--\r\n"


def _headers(subject: str, envelope: Envelope) -> Iterator[str]:
    if envelope.sent_at.tzinfo is None:
        raise ValueError("sent_at must carry its time zone")
    yield f"From: {_address_header([envelope.sender])}"
    yield f"To: {_address_header(envelope.recipients)}"
    if envelope.copies:
        yield f"Cc: {_address_header(envelope.copies)}"
    if envelope.reply_to:
        yield f"Reply-To: {_address_header([envelope.reply_to])}"
    yield f"Subject: {_encoded(subject)}"
    yield f"Date: {format_datetime(envelope.sent_at)}"
    yield f"Message-ID: {_CONTROL.sub('', envelope.message_id)}"
    yield f"Content-Language: {_encoded(envelope.language)}"
    if envelope.automatic:
        yield "Auto-Submitted: auto-generated"
    yield "MIME-Version: 1.0"


def _multipart(subtype: str, boundary: str, parts: list[_Part], *, more: str = "") -> _Part:
    return _Part(
        [f'Content-Type: multipart/{subtype}; boundary="{boundary}"{more}'], parts, boundary
    )


def _text_part(text: str, subtype: str) -> _Part:
    headers = [
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: quoted-printable",
    ]
    crlf = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return _Part(headers, b2a_qp(crlf.encode(), istext=True).decode("ascii"))


def _html_part(rendered: Rendered, boundary: str) -> _Part:
    html, logo = _text_part(rendered.html, "html"), rendered.logo
    if logo is None:
        return html
    suffix = logo.content_type.rpartition("/")[2]
    picture = _binary_part(
        logo.content,
        logo.content_type,
        f"Content-ID: <{logo.cid}>",
        f'Content-Disposition: inline; filename="logo.{suffix}"',
    )
    return _multipart("related", boundary, [html, picture], more='; type="text/html"')


def _attached_part(attachment: Attachment) -> _Part:
    if not _CONTENT_TYPE.fullmatch(attachment.content_type):
        raise ValueError(f"not a content type: {attachment.content_type!r}")
    return _binary_part(
        attachment.content,
        attachment.content_type,
        f"Content-Disposition: attachment; {_filename(attachment.filename)}",
    )


def _binary_part(content: bytes, content_type: str, *more: str) -> _Part:
    headers = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *more]
    return _Part(headers, encodebytes(content).decode("ascii").replace("\n", "\r\n"))


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
