"""A mail server in its own process: it notes each Message-ID on disk before it says yes.

Prints its port, then runs until its standard input is closed.
"""

import sys
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Notebook:
    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        headers = BytesHeaderParser().parsebytes(envelope.content or b"")  # type: ignore[arg-type]
        self._file.write(f"{headers['Message-ID']} {' '.join(envelope.rcpt_tos)}\n")
        return "250 OK"


def main(path: str, port: str) -> None:
    """Serve on a port."""
    controller = Controller(Notebook(Path(path)), hostname="127.0.0.1", port=int(port))
    controller.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
