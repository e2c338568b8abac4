"""Reading a mailbox over IMAP, without changing anything in it.

Messages are taken by their UID, which grows within one UIDVALIDITY; the folder is opened read-only
and texts are peeked at, so nothing is deleted nor marked as read.
"""

import contextlib
import imaplib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, NoReturn, cast

from django.utils.translation import gettext as _
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxStarttlsError,
)

# What is read of one message: its text and its returned headers are in it.
MOST_BYTES = 20 * 1024 * 1024
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_UID = re.compile(rb"\bUID (\d+)")


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """How to reach a mailbox; `timeout` in seconds."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    username: str
    password: str
    folder: str = "INBOX"
    timeout: float = 20


class MailboxFailed(Exception):
    """The mailbox cannot be read; the text is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as it lies in the mailbox, cut at 20 MB; `received_at` by the server's clock."""

    uid: int
    content: bytes
    received_at: datetime


class OpenMailbox:
    """A folder open for reading."""

    def __init__(self, box: BaseMailBox, validity: int) -> None:
        self._box = box
        # UIDs mean something within one validity only.
        self.validity = validity

    def newer_than(self, uid: int) -> list[int]:
        """The UIDs above one, in order."""
        # « n:* » always names the last message, even below n.
        found = self._box.uids(f"UID {uid + 1}:*", charset=None)
        return sorted(number for number in map(int, found) if number > uid)

    def since(self, day: date) -> list[int]:
        """The UIDs of what arrived on a day or later, in order."""
        asked = f"SINCE {day.day:02}-{_MONTHS[day.month - 1]}-{day.year}"
        return sorted(map(int, self._box.uids(asked, charset=None)))

    def last_uid(self) -> int:
        """The highest UID given so far; 0 in a folder that never held anything."""
        found = self._box.uids("UID *", charset=None)
        return max(map(int, found), default=0)

    def fetch(self, uid: int) -> Fetched | None:
        """One message; None when it was moved away meanwhile."""
        parts = f"(INTERNALDATE UID BODY.PEEK[]<0.{MOST_BYTES}>)"
        status, data = self._box.client.uid("FETCH", str(uid), parts)
        pieces = [piece for piece in data or () if isinstance(piece, tuple)]
        if status != "OK" or not pieces:
            return None
        told = b" ".join(
            piece[0] if isinstance(piece, tuple) else cast(bytes, piece) for piece in data if piece
        )
        named = _UID.search(told)
        if named is None or int(named[1]) != uid:
            return None
        return Fetched(uid, pieces[0][1], _internal_date(told))


def _internal_date(told: bytes) -> datetime:
    at = imaplib.Internaldate2tuple(told)
    return datetime.fromtimestamp(time.mktime(at), UTC) if at else datetime.now(UTC)


@contextlib.contextmanager
def open_mailbox(settings: ImapSettings) -> Iterator[OpenMailbox]:
    """A folder, open for reading. Raises MailboxFailed, also for what breaks while it is read."""
    box: BaseMailBox | None = None
    try:
        box = _connected(settings)
        box.login(settings.username, settings.password, initial_folder=None)
        box.folder.set(settings.folder, readonly=True)
        status = box.folder.status(settings.folder, ("UIDVALIDITY",))
        yield OpenMailbox(box, status.get("UIDVALIDITY", 0))
    except (ImapToolsError, imaplib.IMAP4.error, OSError, UnicodeError, ValueError) as error:
        _refuse(error, settings)
    finally:
        if box is not None:
            with contextlib.suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                box.logout()


def check_mailbox(settings: ImapSettings) -> int:
    """Connect, open the folder and leave; how many messages it holds. Raises MailboxFailed."""
    with open_mailbox(settings) as box:
        return len(box.newer_than(0))


def _connected(settings: ImapSettings) -> BaseMailBox:
    place, timeout = (settings.host, settings.port), settings.timeout
    if settings.security == "tls":
        return MailBox(*place, timeout=timeout, ssl_context=ssl.create_default_context())
    if settings.security == "starttls":
        return MailBoxStartTls(*place, timeout=timeout, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(*place, timeout=timeout)


def _refuse(error: Exception, settings: ImapSettings) -> NoReturn:
    raise MailboxFailed(_reason(error, settings)) from error


def _reason(error: Exception, settings: ImapSettings) -> str:
    place = {"host": settings.host, "port": settings.port, "folder": settings.folder}
    match error:
        # imaplib only takes an ASCII name and password.
        case MailboxLoginError() | UnicodeEncodeError():
            text = _("Le serveur « %(host)s » refuse ce nom d’utilisateur ou ce mot de passe.")
        case MailboxFolderSelectError():
            text = _("Le dossier « %(folder)s » n’existe pas dans cette boîte.")
        case socket.gaierror() | UnicodeError():
            text = _("Le serveur « %(host)s » est introuvable.")
        case ssl.SSLError() | MailboxStarttlsError():
            text = _("La connexion chiffrée avec « %(host)s », port %(port)s, a échoué.")
        case imaplib.IMAP4.error() if "TLS" in str(error):
            text = _("Le serveur « %(host)s » n’offre pas le chiffrement demandé.")
        case ConnectionRefusedError():
            text = _("Le serveur « %(host)s » refuse la connexion sur le port %(port)s.")
        case TimeoutError():
            text = _("Le serveur « %(host)s » ne répond pas.")
        case _:
            text = _("Le serveur « %(host)s » a interrompu la connexion (port %(port)s).")
    return text % place
