"""A real SMTP server that keeps what it receives and refuses what it is told to."""

import asyncio
import socket
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Received:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass
class SmtpServer:
    """Where the server listens, what it received, and how it must behave."""

    # Whether it says that it takes several commands at once, as it does.
    pipelines = False
    host: str
    port: int
    received: list[Received] = field(default_factory=list)
    # Recipient → answer at RCPT, such as "550 5.1.1 Utilisateur inconnu".
    refused: dict[str, str] = field(default_factory=dict)
    # Answer to the message itself, such as "452 4.3.1 Trop de messages"; empty: accepted.
    answer_to_data: str = ""
    # Close the connection without a word once the message has been read.
    hang_up_after_data: bool = False
    username: str = ""
    password: str = ""
    # Seconds waited before the message is accepted, for tests that cut in the middle.
    delay: float = 0

    @property
    def settings(self) -> dict[str, str | int]:
        """The settings of a company that sends by this server."""
        return {"smtp_host": self.host, "smtp_port": self.port, "smtp_security": "none"}

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        """What the server is able to do."""
        session.host_name = name
        return [*answers[:-1], *["250-PIPELINING"] * self.pipelines, answers[-1]]

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient unless the test refuses it."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message, then answer as the test wants."""
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answer_to_data:
            return self.answer_to_data
        content = envelope.content or b""
        message = message_from_bytes(
            content if isinstance(content, bytes) else content.encode(), policy=policy.default
        )
        self.received.append(Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        if self.hang_up_after_data:
            server.transport.abort()
        return "250 OK"

    def authenticate(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        login: LoginPassword,
    ) -> AuthResult:
        """Compare with the username and password of the test."""
        right = (login.login.decode(), login.password.decode()) == (self.username, self.password)
        return AuthResult(success=right)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            hostname="smtp.test",
            authenticator=self.handler.authenticate,
            auth_require_tls=False,
            enable_SMTPUTF8=True,
        )


def start_smtp() -> tuple[SmtpServer, Controller]:
    """A server on a free port, and the controller that stops it."""
    for attempt in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = SmtpServer("127.0.0.1", port)
        controller = _Controller(server, hostname=server.host, port=port, ready_timeout=10)
        try:
            controller.start()
        except OSError:  # another process took the port in between
            if attempt == 4:
                raise
            continue
        return server, controller
    raise AssertionError("unreachable")
