"""One request to an address that somebody typed: it never reaches our own network.

The name is resolved here and the connection is opened to the very address that was checked, so
that a name cannot lead elsewhere a moment later. Redirections are not followed, and no proxy is
asked. The whole exchange takes ten seconds at most.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from encaisse.tenancy.rules.webhooks import is_public

TIMEOUT = 10.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_ANSWER = 2_000


class AddressRefused(Exception):
    """The address may not be called; the message is fit to show to the user."""


class NotReached(Exception):
    """No answer came; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: its HTTP status, and the beginning of its text."""

    status: int
    text: str

    @property
    def is_accepted(self) -> bool:
        """True for a yes, 200 to 299."""
        return 200 <= self.status < 300


def check_address(url: str) -> SplitResult:
    """The parts of an address that may be called, as far as it can be known without resolving it.

    https; http for this very machine alone, where ENCAISSE_WEBHOOKS_PRIVATE allows private
    addresses. Raises AddressRefused.
    """
    try:
        parts = urlsplit(url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        raise AddressRefused(_("Cette adresse ne peut pas être lue.")) from None
    if parts.scheme not in ("http", "https") or not host:
        raise AddressRefused(_("Donnez une adresse complète, qui commence par https://."))
    if parts.scheme == "http" and host not in _LOCAL:
        raise AddressRefused(_("L’adresse doit commencer par https:// : rien ne part en clair."))
    if not f"{parts.path}{parts.query}".isascii() or " " in url.strip():
        raise AddressRefused(_("Cette adresse ne peut pas être lue."))
    if parts.username or parts.password:
        raise AddressRefused(_("L’adresse ne peut pas porter de nom d’utilisateur."))
    if host in _LOCAL:
        _check_public(["127.0.0.1"])
    with suppress(ValueError):  # a name: it is resolved when something leaves
        _check_public([host])
    return parts


def post(url: str, body: str, headers: Mapping[str, str]) -> Answer:
    """Send a body, and what is answered. Raises AddressRefused, or NotReached without answer."""
    parts = check_address(url)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    deadline = time.monotonic() + TIMEOUT
    try:
        with _connected(host, port, deadline) as sock, _cut_at(sock, deadline):
            return _exchange(sock, parts, port, body, headers)
    except (TimeoutError, _TooLate):
        raise NotReached(_("Pas de réponse en %(seconds)d s.") % {"seconds": TIMEOUT}) from None
    except ssl.SSLCertVerificationError as error:
        raise NotReached(_("Certificat refusé : %s") % error.verify_message) from error
    except ssl.SSLError as error:
        raise NotReached(_("La connexion chiffrée a échoué.")) from error
    except ConnectionRefusedError as error:
        raise NotReached(_("La connexion est refusée.")) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise NotReached(_("La connexion a été interrompue.")) from error


class _TooLate(Exception):
    """The time for the whole exchange is over."""


@contextmanager
def _connected(host: str, port: int, deadline: float) -> Iterator[socket.socket]:
    """A connection to the first address of a host that answers, all of them being allowed."""
    addresses = _resolve(host, port)
    _check_public(addresses)
    for rank, address in enumerate(addresses, start=1):
        try:
            sock = socket.create_connection((address, port), timeout=_left(deadline))
            break
        except OSError:
            if rank == len(addresses):
                raise
    with sock:
        yield sock


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise NotReached(_("Le serveur « %(host)s » est introuvable.") % {"host": host}) from None
    return list(dict.fromkeys(str(address[0]) for *_rest, address in found))


def _check_public(addresses: list[str]) -> None:
    if settings.WEBHOOKS_PRIVATE or all(map(is_public, addresses)):
        return
    raise AddressRefused(
        _(
            "Cette adresse est celle d’un réseau privé : elle n’est pas appelée d’ici (le réglage"
            " ENCAISSE_WEBHOOKS_PRIVATE le permet)."
        )
    )


@contextmanager
def _cut_at(sock: socket.socket, deadline: float) -> Iterator[None]:
    """Close both ways at a moment, however slowly the other side goes on talking."""
    is_late = Event()
    # Another handle on the same connection: the first is given away when it is encrypted.
    handle = sock.dup()

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = Timer(_left(deadline), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if not is_late.is_set():
            raise
    finally:
        timer.cancel()
        handle.close()
    if is_late.is_set():
        raise _TooLate


def _exchange(
    sock: socket.socket, parts: SplitResult, port: int, body: str, headers: Mapping[str, str]
) -> Answer:
    host = str(parts.hostname)
    connection = http.client.HTTPConnection(host, port)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, context=context)
        connection.sock = context.wrap_socket(sock, server_hostname=host)
    else:
        connection.sock = sock
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", path, body.encode(), dict(headers))
    response = connection.getresponse()
    return Answer(response.status, response.read(_LONGEST_ANSWER).decode("utf-8", "replace"))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
