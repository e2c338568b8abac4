"""What a mail that came in is: an answer, an automatic answer, or the return of one of ours.

Standard returns (RFC 3464) say everything in fields; for the others the words of the usual servers,
in French and English, are looked for. Nothing here raises on a malformed mail, unless its parts are
nested beyond what the standard library reads.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from itertools import islice
from typing import Literal

from encaisse.messaging.rules.answer_text import answer_text, part_text

Kind = Literal["reply", "automatic", "bounce"]

_MOST_SUBJECT = 500
_MOST_DIAGNOSIS = 500
_MOST_IDENTITY = 250
# Of the mails that one answers, and of the addresses that one return speaks of.
_MOST_NAMED = 100
_IDENTITY = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_RETURNED_IDENTITY = re.compile(r"^[ \t>]*message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_REPLY_CODE = re.compile(r"(?:^|[\s:<\[(])([45])\d\d[ -](?=[\w#<'\"])", re.MULTILINE)
_SYSTEM_SENDER = re.compile(
    r"^(mailer-?daemon|postmaster|mail-?daemon|microsoftexchange[0-9a-f]*)@", re.IGNORECASE
)
_FAILED = re.compile(
    r"échec de (?:la )?remise|n[’']a pas pu être (?:remis|distribué|délivré)|non remis"
    r"|non distribu|n[’']a pas été (?:remis|distribué|délivré)|adresse introuvable|n[’']existe pas"
    r"|undeliver|delivery (?:has )?failed|delivery failure|could not be delivered|failure notice"
    r"|wasn[’']t delivered|returned mail|\(failure\)|user unknown|unknown user|address not found"
    r"|does not exist|no such user|mailbox unavailable|recipient rejected|permanent error",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"retardé|différé|sera (?:de nouveau )?(?:retenté|réessayé)|\(delay\)|delivery (?:is )?delayed"
    r"|will be retried|could not send message for past|temporary|warning: message",
    re.IGNORECASE,
)
_AUTOMATIC_SUBJECT = re.compile(
    r"^(?:\w{1,3}\s?:\s?)*(?:réponse automatique|reponse automatique|automatic reply|auto[- ]?reply"
    r"|autoreply|out of (?:the )?office|absente? du bureau|absence du bureau|message d[’']absence"
    r"|notification d[’']absence)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Returned:
    """Why one of our mails came back.

    `addresses` are those that could not be written to, in lower case; `message_id` is that of the
    mail, empty where the return does not say; `is_permanent` is False for a mere delay.
    """

    addresses: tuple[str, ...]
    message_id: str
    status: str
    diagnosis: str
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail that came in. `answers` are the Message-IDs that it refers to, the nearest first."""

    kind: Kind
    message_id: str
    from_address: str
    subject: str
    text: str
    answers: tuple[str, ...]
    returned: Returned | None = None


def read_incoming(content: bytes) -> Incoming:
    """What a mail says, whatever its shape: a damaged one gives what can be read of it."""
    message = message_from_bytes(content, policy=policy.compat32)
    returned = _returned(message)
    kind: Kind = "reply"
    if returned is not None:
        kind = "bounce"
    elif _is_automatic(message):
        kind = "automatic"
    return Incoming(
        kind=kind,
        message_id=_identity(message, content),
        from_address=_sender(message),
        subject=header(message, "Subject")[:_MOST_SUBJECT],
        text="" if returned else answer_text(message),
        answers=_answers(message),
        returned=returned,
    )


def header(message: Message, name: str) -> str:
    """A header as people read it, on one line; empty when absent."""
    wanted = name.lower()
    raw = next((value for key, value in message.raw_items() if key.lower() == wanted), None)
    if raw is None:
        return ""
    text = _as_sent(str(raw))
    with contextlib.suppress(LookupError, ValueError):  # an unknown charset, bytes not of it
        text = str(make_header(decode_header(text)))
    return " ".join(_storable(text).split())


def _as_sent(raw: str) -> str:
    """Letters that were not encoded, as today's programs write them: in UTF-8."""
    octets = raw.encode("utf-8", "surrogateescape")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", "replace")


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _identity(message: Message, content: bytes) -> str:
    """Its Message-ID; a mail without a usable one is known by its content."""
    found = _IDENTITY.search(header(message, "Message-ID"))
    if found and len(found[0]) <= _MOST_IDENTITY:
        return found[0]
    return f"<{hashlib.sha256(content).hexdigest()[:40]}@sans-identifiant>"


def _sender(message: Message) -> str:
    return parseaddr(header(message, "From"))[1].lower()[:250]


def _answers(message: Message) -> tuple[str, ...]:
    direct = _IDENTITY.findall(header(message, "In-Reply-To"))
    thread = _IDENTITY.findall(header(message, "References"))
    return _first_named([*direct, *reversed(thread)])


def _first_named(found: Iterable[str]) -> tuple[str, ...]:
    """Each once, no more of them than a database is asked about."""
    return tuple(islice(dict.fromkeys(found), _MOST_NAMED))


def _is_automatic(message: Message) -> bool:
    """By the headers of RFC 3834 and those that came before it, else by its subject."""
    submitted = header(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    if any(message.get(name) for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return True
    if header(message, "Precedence").lower() in ("auto_reply", "bulk", "junk", "list"):
        return True
    return bool(_AUTOMATIC_SUBJECT.match(header(message, "Subject")))


# -- returns -------------------------------------------------------------------------------------


def _returned(message: Message) -> Returned | None:
    blocks = list(_recipient_blocks(message))
    if blocks:
        return _standard(message, blocks)
    return _in_words(message)


def _recipient_blocks(message: Message) -> Iterator[Message]:
    """The fields about each recipient of a delivery report."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload() if isinstance(part.get_payload(), list) else ():
                if isinstance(block, Message) and block.get("Final-Recipient"):
                    yield block


def _standard(message: Message, blocks: Sequence[Message]) -> Returned | None:
    """What the fields say; None for a report of success."""
    troubled = [block for block in blocks if _action(block) in ("failed", "delayed")]
    if not troubled:
        return None
    failed = [block for block in troubled if _action(block) == "failed"]
    told = failed or troubled
    addresses = [
        address
        for block in told
        for name in ("Original-Recipient", "Final-Recipient")
        if (address := _after_type(header(block, name)).lower())
    ]
    status = header(told[0], "Status")
    diagnosis = _after_type(header(told[0], "Diagnostic-Code")) or status
    return Returned(
        _first_named(addresses),
        _returned_identity(message),
        status,
        diagnosis[:_MOST_DIAGNOSIS],
        is_permanent=bool(failed),
    )


def _action(block: Message) -> str:
    """« failed », « delayed », or what else was done; by the status where it is not said."""
    action = header(block, "Action").lower()
    if action:
        return action.split()[0]
    return {"5": "failed", "4": "delayed"}.get(header(block, "Status")[:1], "")


def _after_type(value: str) -> str:
    """`rfc822; someone@example.com` without its type."""
    return value.partition(";")[2].strip(" <>") if ";" in value else value.strip(" <>")


def _in_words(message: Message) -> Returned | None:
    """A return without fields: it comes from a mail system, and says that it failed."""
    failed_header = header(message, "X-Failed-Recipients")
    is_system = _SYSTEM_SENDER.match(_sender(message)) or header(message, "Return-Path") == "<>"
    if not (is_system or failed_header):
        return None
    text = _all_text(message)
    about = f"{header(message, 'Subject')}\n{text}"
    said, _separator, _original = _split_original(about)
    status = _STATUS.search(said)
    code = status[1] if status else _first_digit(said)
    is_delayed = code == "4" or (code != "5" and bool(_DELAYED.search(said)))
    if not (code in ("4", "5") or _FAILED.search(said) or is_delayed):
        return None
    return Returned(
        _named_addresses(message, failed_header, said),
        _returned_identity(message) or _identity_in(text),
        status[0] if status else "",
        _telling_line(said)[:_MOST_DIAGNOSIS],
        is_permanent=not is_delayed,
    )


def _first_digit(text: str) -> str:
    found = _REPLY_CODE.search(text)
    return found[1] if found else ""


def _split_original(text: str) -> tuple[str, str, str]:
    """What the server says, apart from the copy of our own mail below it."""
    found = re.search(r"^[ \t>]*(?:return-path|received|message-id|from|de)\s?:", text, re.I | re.M)
    if not found:
        return text, "", ""
    return text[: found.start()], found[0], text[found.end() :]


def _named_addresses(message: Message, failed_header: str, said: str) -> tuple[str, ...]:
    if failed_header:
        return _first_named(_ADDRESS.findall(failed_header.lower()))
    own = {_sender(message), parseaddr(header(message, "To"))[1].lower()}
    found = [address.rstrip(".").lower() for address in _ADDRESS.findall(said)]
    return _first_named(address for address in found if address not in own)


def _telling_line(said: str) -> str:
    """The line that gives the reason: one with a code, else one that speaks of a failure."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    for pattern in (_STATUS, _REPLY_CODE, _FAILED, _DELAYED):
        # The subject, first, says the least.
        for line in [*lines[1:], *lines[:1]]:
            if pattern.search(line):
                return line
    return lines[0] if lines else ""


def _returned_identity(message: Message) -> str:
    """The Message-ID of our own mail, in the copy or the headers that came back."""
    for part in message.walk():
        if part is message:
            continue
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0) if isinstance(part.get_payload(), list) else None
            if isinstance(inner, Message) and (found := header(inner, "Message-ID")):
                return found
        elif kind == "text/rfc822-headers" and (found := _identity_in(part_text(part))):
            return found
    answers = _answers(message)
    return answers[0] if answers else ""


def _identity_in(text: str) -> str:
    found = _RETURNED_IDENTITY.search(text)
    return found[1] if found else ""


def _all_text(message: Message) -> str:
    """The readable text of a mail, what it encloses left out."""
    return answer_text(message, whole=True)
