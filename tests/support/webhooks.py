"""A real HTTP server that is told of events, and checks nothing: the tests do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.db.models import F

from encaisse.tenancy.models import WebhookDelivery, WebhookEndpoint


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """Where it listens, what it heard, and what it answers next; 200 once that is used up."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    # Seconds over which an answer is dripped, a byte at a time.
    drips: float = 0


@contextmanager
def listening() -> Iterator[Listener]:
    """A server of this machine, for as long as the block lasts."""
    listener = Listener()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(listener))
    listener.url = f"http://127.0.0.1:{server.server_port}/encaisse"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append(Heard(self.path, dict(self.headers), body))
            if listener.drips:
                self._drip()
                return
            status = listener.answers.pop(0) if listener.answers else 200
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", listener.url)
            self.end_headers()
            self.wfile.write(b"entendu" if status == 200 else b"non")

        def _drip(self) -> None:
            until = time.monotonic() + listener.drips
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while time.monotonic() < until:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def time_passes(**how_long: float) -> None:
    """Everything that waits for a moment is so much nearer to it."""
    by = timedelta(**how_long)
    WebhookDelivery.objects.update(next_at=F("next_at") - by, expires_at=F("expires_at") - by)
    WebhookEndpoint.objects.exclude(rests_until=None).update(rests_until=F("rests_until") - by)
    WebhookEndpoint.objects.exclude(failing_since=None).update(
        failing_since=F("failing_since") - by
    )
    WebhookEndpoint.objects.exclude(lease_until=None).update(lease_until=F("lease_until") - by)
