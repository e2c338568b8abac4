"""Opening an SMTP connection, and saying in plain words why one cannot be opened."""

import contextlib
import smtplib
import socket
import ssl
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach a relay; `timeout` in seconds, no user name means no authentication."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str = ""
    password: str = ""
    timeout: float = 20
    local_hostname: str | None = None


class SendError(Exception):
    """A mail that was not, or may not have been, accepted; the text is fit for the user."""


class ConnectionFailed(SendError):
    """No usable connection; the mail was certainly not accepted."""


class TransportRefused(ConnectionFailed):
    """The relay does not want us as we are set: name, certificate, password."""


def check(settings: SmtpSettings) -> None:
    """Connect, authenticate and leave. Raises TransportRefused with a sentence for the user."""
    try:
        server = connect(settings)
    except TransportRefused:
        raise
    except ConnectionFailed as error:
        raise TransportRefused(str(error)) from error
    with contextlib.suppress(OSError):
        server.quit()


def connect(settings: SmtpSettings) -> smtplib.SMTP:
    """An open, secured and authenticated connection.

    Raises TransportRefused when the settings are at fault, ConnectionFailed when the relay or the
    network may be.
    """
    server: smtplib.SMTP | None = None
    try:
        server = _open(settings)
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        if settings.username:
            server.login(settings.username, settings.password)
    except (OSError, UnicodeError) as error:
        if server is not None:
            server.close()
        raise _connection_error(error, settings) from error
    if server.sock is not None:
        # The final dot travels alone, after the content: it must not wait for an acknowledgement.
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server


def _open(settings: SmtpSettings) -> smtplib.SMTP:
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host,
            settings.port,
            local_hostname=settings.local_hostname,
            timeout=settings.timeout,
            context=ssl.create_default_context(),
        )
    else:
        server = smtplib.SMTP(
            settings.host,
            settings.port,
            local_hostname=settings.local_hostname,
            timeout=settings.timeout,
        )
    server.ehlo_or_helo_if_needed()
    return server


def _connection_error(error: Exception, settings: SmtpSettings) -> ConnectionFailed:
    place: dict[str, object] = {"host": settings.host, "port": settings.port}
    match error:
        case smtplib.SMTPAuthenticationError(smtp_code=500 | 501 | 530 | 534 | 535 | 538 | 550):
            return _wrong_password(place)
        case UnicodeEncodeError():  # smtplib only takes an ASCII password
            return _wrong_password(place)
        case socket.gaierror() | UnicodeError():
            return TransportRefused(_("Le serveur « %(host)s » est introuvable.") % place)
        case smtplib.SMTPNotSupportedError():
            return TransportRefused(
                _("Le serveur « %(host)s » n’offre pas la sécurité ou l’authentification demandée.")
                % place
            )
        case ssl.SSLError():
            return TransportRefused(
                _("La connexion chiffrée avec « %(host)s », port %(port)s, a échoué.") % place
            )
        case ConnectionRefusedError():
            return ConnectionFailed(
                _("Le serveur « %(host)s » refuse la connexion sur le port %(port)s.") % place
            )
        # smtplib hides a silence behind a disconnection.
        case TimeoutError() | smtplib.SMTPServerDisconnected(__context__=TimeoutError()):
            return ConnectionFailed(_("Le serveur « %(host)s » ne répond pas.") % place)
        case smtplib.SMTPResponseException():
            answer = " ".join(str(error.smtp_error).split())
            return ConnectionFailed(
                _("Le serveur « %(host)s » a répondu : %(code)s %(answer)s")
                % {**place, "code": error.smtp_code, "answer": answer}
            )
    return ConnectionFailed(
        _("Le serveur « %(host)s » a interrompu la connexion (port %(port)s).") % place
    )


def _wrong_password(place: dict[str, object]) -> TransportRefused:
    return TransportRefused(
        _("Le serveur « %(host)s » refuse ce nom d’utilisateur ou ce mot de passe.") % place
    )
