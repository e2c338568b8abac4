"""Handing mails to an SMTP relay, and saying exactly what became of each.

The exactly-once promise rests on one distinction. A server may accept a mail only after it got
the line holding a single dot that ends the content. Until that line is written, whatever breaks,
the mail was **not** accepted; from then to the answer, a break leaves it **unknown**:

- `Refused`, `TemporarilyRefused`, `ConnectionFailed`: nobody got the mail; it may be sent again.
- `OutcomeUnknown`: it may have been accepted; it must not be sent again blindly.
"""

import contextlib
import itertools
import re
import smtplib
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from functools import partial
from pathlib import Path
from typing import Literal, NoReturn, Self

from django.utils.translation import gettext as _

from encaisse.messaging.connection import (
    ConnectionFailed,
    SendError,
    SmtpSettings,
    TransportRefused,
    check,
    connect,
)
from encaisse.messaging.mail import MailRefused, ascii_address

__all__ = [
    "Answer",
    "CaptureSession",
    "ConnectionFailed",
    "MailSession",
    "OutcomeUnknown",
    "Receipt",
    "RedirectSession",
    "Refused",
    "SendError",
    "SmtpSession",
    "SmtpSettings",
    "TemporarilyRefused",
    "TransportRefused",
    "check",
]

_ANSWER_TIMEOUT = 120.0  # seconds; RFC 5321 4.5.3.2.6 wants patience after the final dot
About = Literal["sender", "recipients", "content"]
_MORE_FOLLOWS = getattr(socket, "MSG_MORE", 0)  # Linux
_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9@._-]+")


class Refused(SendError):
    """Refused for good (5xx), nobody got it: the reason by address, and the SMTP code.

    `about` says what the server did not want: us, those addresses, or the message itself.
    """

    def __init__(self, reasons: dict[str, str], code: int, *, about: About = "content") -> None:
        self.reasons = reasons
        self.code = code
        self.about = about
        super().__init__(_sentence(reasons))


class TemporarilyRefused(SendError):
    """Refused for now (4xx), nobody got it: the reason by address, and the SMTP code."""

    def __init__(self, reasons: dict[str, str], code: int) -> None:
        self.reasons = reasons
        self.code = code
        super().__init__(_sentence(reasons))


class OutcomeUnknown(SendError):
    """Lost between the end of the content and the answer: perhaps accepted, perhaps not."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mail was accepted: what a service calls it, and the addresses left out, with the reason."""

    service_id: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)


# Waits for what became of a mail: gives its receipt, or raises a SendError.
Answer = Callable[[], Receipt]


class MailSession(ABC):
    """Where mails go: a relay, a folder, or one address for all. Used in a `with` block."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027  (most sessions hold nothing)
        """Give back what the session holds; never raises."""

    @abstractmethod
    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        """Hand one mail over to its recipients, or raise a SendError."""

    def start(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Answer:
        """Begin as send() does; what is returned waits for the end, gives the receipt or raises.

        It must be called before anything else is asked of the session.
        """
        return partial(
            self.send, envelope_from=envelope_from, recipients=recipients, content=content
        )


class SmtpSession(MailSession):
    """One connection to a relay, reused mail after mail.

    It is opened at the first mail, and again after `max_messages` or when it was dropped.
    """

    def __init__(self, settings: SmtpSettings, *, max_messages: int = 100) -> None:
        self._settings = settings
        self._max_messages = max_messages
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def close(self) -> None:
        """Leave politely; never raises."""
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.quit()
            self._drop()

    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        """Hand one mail over to all its recipients, or to none.

        Raises Refused, TemporarilyRefused, ConnectionFailed (nobody got it) or OutcomeUnknown.
        """
        return self.start(envelope_from=envelope_from, recipients=recipients, content=content)()

    def start(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Answer:
        """Write the whole mail; only the relay's answer to it is left to wait for."""
        try:
            sender, addresses = _envelope(envelope_from, recipients)
            server = self._ready(sender, addresses)
            try:
                _write(server, _wire(content))
            except OSError as error:
                self._fail(error)
            self._end_data(server)
        except SendError as error:
            return partial(_raise, error)
        return partial(self._receipt, server, addresses)

    def _ready(self, sender: str, addresses: list[str]) -> smtplib.SMTP:
        """A connection on which the relay took the sender and every recipient, and wants the rest.

        A reused connection the relay dropped meanwhile is opened again, once: nothing was sent.
        """
        reused = self._server is not None
        if self._sent >= self._max_messages:
            self.close()
            reused = False
        server = self._server or self._connect()
        try:
            self._announce(server, sender, addresses)
        except OSError as error:
            self._drop()
            if not reused:
                self._fail(error)
            return self._ready(sender, addresses)
        return server

    def _connect(self) -> smtplib.SMTP:
        server = connect(self._settings)
        self._server, self._sent = server, 0
        return server

    def _announce(self, server: smtplib.SMTP, sender: str, addresses: list[str]) -> None:
        """MAIL, RCPT and DATA, in one packet where the relay takes it (RFC 2920).

        A relay that took some of several recipients would wait for a content: then DATA is apart.
        """
        # The addresses are plain ones (ascii_address): nothing to quote, as server.mail() would.
        commands = [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{address}>" for address in addresses)]
        is_one_packet = len(addresses) == 1 and server.has_extn("pipelining")
        answers = _answers(server, [*commands, "DATA"] if is_one_packet else commands)
        about: About = "sender"
        code, answer = next(answers)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_readable(answer))
        refused = dict.fromkeys(addresses, (code, answer))
        if 200 <= code < 300:
            about = "recipients"
            said = zip(addresses, answers, strict=False)
            refused = {address: told for address, told in said if not 200 <= told[0] < 300}
        if not refused:
            data = next(answers) if is_one_packet else server.docmd("DATA")
            if data[0] == 354:
                return
            about = "content"
            refused = dict.fromkeys(addresses, data)
        elif is_one_packet and any(code == 354 for code, _answer in answers):
            self._drop()  # it waits for a content that must not be
        self._refuse(server, refused, about=about)

    def _end_data(self, server: smtplib.SMTP) -> None:
        """Write the final dot: from here on the mail may be accepted."""
        self._wait_at_most(max(self._settings.timeout, _ANSWER_TIMEOUT))
        try:
            server.send(b".\r\n")
        except OSError as error:
            self._lose(error)

    def _receipt(self, server: smtplib.SMTP, addresses: list[str]) -> Receipt:
        """Read the answer to the final dot: the only place where a mail is accepted."""
        try:
            code, answer = server.getreply()
        except OSError as error:
            self._lose(error)
        self._wait_at_most(self._settings.timeout)
        if 400 <= code < 600:
            self._refuse(server, dict.fromkeys(addresses, (code, answer)))
        if not 200 <= code < 300:
            self._drop()
            raise OutcomeUnknown(
                _("Réponse incompréhensible du serveur (%(code)s) : envoi incertain.")
                % {"code": code}
            )
        self._sent += 1
        return Receipt()

    def _refuse(
        self,
        server: smtplib.SMTP,
        answers: dict[str, tuple[int, bytes]],
        *,
        about: About = "content",
    ) -> NoReturn:
        """Cancel the mail for everybody and say who was refused; a permanent refusal prevails."""
        try:
            if server.rset()[0] != 250:
                self._drop()
        except OSError:
            self._drop()
        permanent = {address: answer for address, answer in answers.items() if answer[0] >= 500}
        kept = permanent or answers
        reasons = {
            address: f"{code} {_readable(answer)}" for address, (code, answer) in kept.items()
        }
        code = next(iter(kept.values()))[0]
        if permanent:
            raise Refused(reasons, code, about=about)
        raise TemporarilyRefused(reasons, code)

    def _wait_at_most(self, seconds: float) -> None:
        if self._server is not None and self._server.sock is not None:
            self._server.sock.settimeout(seconds)

    def _lose(self, error: OSError) -> NoReturn:
        self._drop()
        raise OutcomeUnknown(
            _("La connexion a été perdue avant la réponse du serveur : envoi incertain.")
        ) from error

    def _fail(self, error: OSError) -> NoReturn:
        self._drop()
        raise ConnectionFailed(
            _("La connexion au serveur d’envoi a été coupée ; rien n’est parti.")
        ) from error

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._server, self._sent = None, 0


class CaptureSession(MailSession):
    """Writes each mail into a folder as an .eml file and never talks to the network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        """Write the mail, named after its Message-ID; the same one sent twice makes two files."""
        sender, addresses = _envelope(envelope_from, recipients)
        self._folder.mkdir(parents=True, exist_ok=True)
        envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(addresses)}\r\n"
        identity = BytesHeaderParser().parsebytes(content).get("Message-ID", "mail")
        name = _UNSAFE_NAME.sub("", identity)[:120] or "mail"
        for number in itertools.count(1):
            suffix = f"-{number}" if number > 1 else ""
            with (
                contextlib.suppress(FileExistsError),
                (self._folder / f"{name}{suffix}.eml").open("xb") as file,
            ):
                file.write(envelope.encode("ascii") + content)
                break
        return Receipt()


class RedirectSession(MailSession):
    """Sends everything to one address, the true recipients noted in X-Original-To."""

    def __init__(self, inner: MailSession, address: str) -> None:
        self._inner = inner
        self._address = address

    def close(self) -> None:
        """Close the session behind."""
        self._inner.close()

    def send(self, *, envelope_from: str, recipients: Sequence[str], content: bytes) -> Receipt:
        """Send to the one address instead of the recipients."""
        noted = ",\r\n ".join(_travelling(recipients))
        header = f"X-Original-To: {noted}\r\n".encode("ascii")
        return self._inner.send(
            envelope_from=envelope_from, recipients=[self._address], content=header + content
        )


def _raise(error: SendError) -> NoReturn:
    raise error


def _envelope(sender: str, recipients: Sequence[str]) -> tuple[str, list[str]]:
    if not recipients:
        raise ValueError("a mail needs a recipient")
    return _travelling([sender])[0], _travelling(recipients)


def _travelling(addresses: Sequence[str]) -> list[str]:
    """The addresses as they travel; a wrong one is a permanent refusal of the mail."""
    travelling = []
    for address in addresses:
        try:
            travelling.append(ascii_address(address))
        except MailRefused as error:
            raise Refused({address: str(error)}, 553, about="recipients") from error
    return travelling


def _wire(content: bytes) -> bytes:
    """The content with CRLF line ends and doubled leading dots, without the final dot."""
    ends = content.count(b"\r\n")
    if content.count(b"\r") != ends or content.count(b"\n") != ends:
        content = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    if content.startswith(b".") or b"\n." in content:
        content = re.sub(rb"(?m)^\.", b"..", content)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _answers(server: smtplib.SMTP, commands: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """The answers to some commands: asked together where the relay allows, else one by one.

    A relay that hangs up after a refusal has said what matters.
    """
    if not server.has_extn("pipelining"):
        for command in commands:
            yield server.docmd(command)
        return
    server.send("".join(f"{command}\r\n" for command in commands))
    found: list[tuple[int, bytes]] = []
    try:
        for _command in commands:
            found.append(server.getreply())
    except OSError:
        if all(code < 400 for code, _answer in found):
            raise
    yield from found


def _write(server: smtplib.SMTP, content: bytes) -> None:
    """Send the content; where the system can, its last packet waits for the final dot."""
    if type(server.sock) is socket.socket:
        server.sock.sendall(content, _MORE_FOLLOWS)
    else:
        server.send(content)


def _readable(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())


def _sentence(reasons: dict[str, str]) -> str:
    return " / ".join(
        _("%(label)s : %(value)s") % {"label": address, "value": reason}
        for address, reason in reasons.items()
    )
