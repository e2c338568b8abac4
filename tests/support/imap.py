"""A real IMAP server on loopback: Debian's Dovecot, with mailboxes that tests fill."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from imaplib import IMAP4
from pathlib import Path

from tests.support.processes import free_port, wait_until

PASSWORD = "mot-de-passe"
_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
default_internal_user = {owner}
default_login_user = {owner}
default_internal_group = {group}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/home
}}
namespace inbox {{
  inbox = yes
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """Where it listens; messages are put into it as another program would.

    Every user name opens a mailbox of its own, empty at first.
    """

    host: str
    port: int
    user: str = "compta@acme.example"

    def put(self, message: EmailMessage | bytes, *, folder: str = "INBOX") -> None:
        """A message arrives."""
        content = message if isinstance(message, bytes) else message.as_bytes()
        with self._client() as client:
            client.append(folder, "", "", content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    def flags(self) -> list[bytes]:
        """The flags of every message."""
        with self._client() as client:
            client.select("INBOX", readonly=True)
            return [line for line in client.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]

    @contextmanager
    def _client(self) -> Iterator[IMAP4]:
        client = IMAP4(self.host, self.port)
        client.login(self.user, PASSWORD)
        try:
            yield client
        finally:
            client.logout()


def dovecot_missing() -> str:
    """Why the server cannot run here; empty when it can."""
    if shutil.which("dovecot") is None:
        return "dovecot is not installed (Debian: dovecot-imapd)"
    return "" if os.getuid() == 0 else "dovecot is only started as root"


@contextmanager
def start_imap(folder: Path) -> Iterator[ImapServer]:
    """A server, until the end of the block."""
    port = free_port()
    owner = pwd.getpwnam("nobody")
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir(parents=True)
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    settings = folder / "dovecot.conf"
    settings.write_text(
        _CONFIGURATION.format(
            folder=folder, port=port, owner="nobody", group="nogroup", password=PASSWORD
        )
    )
    process = subprocess.Popen(["dovecot", "-F", "-c", str(settings)])
    try:
        wait_until(lambda: _listens(port), seconds=10)
        yield ImapServer("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
