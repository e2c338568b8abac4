"""An SMTP server that accepts everything and keeps nothing: `python bench/sink.py PORT`.

It takes several commands at once and says so, as the relays of the world do (RFC 2920).
"""

import sys
import threading
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Says yes."""

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        return [*answers[:-1], "250-PIPELINING", answers[-1]]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


if __name__ == "__main__":
    Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    threading.Event().wait()
