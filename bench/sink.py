"""An SMTP server that accepts everything and keeps nothing: `python bench/sink.py PORT`."""

import sys
import threading
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Says yes."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 OK"


if __name__ == "__main__":
    Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    threading.Event().wait()
