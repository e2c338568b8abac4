"""A real HTTP server that imitates the APIs of Brevo, Resend and Mailgun, as far as sending goes.

It keeps what it accepts, refuses what it is told to, and can fall silent once it read a request.
"""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import configure_company


@dataclass(frozen=True)
class Asked:
    """One request: where, its headers in lower case, and its body as a service reads it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def identity(self) -> str:
        """The Message-ID that the reminder has at ours."""
        headers = self.body.get("headers", {})
        told = headers.get("X-Mailin-custom") or headers.get("X-Metadata")
        return f"<{json.loads(told)['reminder'] if told else self.body['v:reminder']}>"


@dataclass
class MailApi:
    """Where it listens, what it accepted, and how it must behave."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    accepted: list[Asked] = field(default_factory=list)
    # Answers given first, one a request: status, document, headers. Nothing of these is accepted.
    refusals: list[tuple[int, Any, dict[str, str]]] = field(default_factory=list)
    # How many requests are accepted and then left without an answer.
    silences: int = 0
    on_accept: Callable[[Asked], None] = lambda _asked: None
    _sent_once: dict[str, str] = field(default_factory=dict)

    def refuse(self, status: int, document: Any = None, times: int = 1, **headers: str) -> None:
        """Answer the next requests so."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.refusals += [(status, document, named)] * times

    def answer(self, asked: Asked) -> tuple[int, Any, dict[str, str]] | None:
        """What to say, and what becomes of the mail; None for silence."""
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        key = asked.headers.get("idempotency-key", "")
        name = self._sent_once.get(key, "")
        if not name:
            self.accepted.append(asked)
            name = f"id-{len(self.accepted)}"
            if key:
                self._sent_once[key] = name
            self.on_accept(asked)
        if self.silences:
            self.silences -= 1
            return None
        if asked.path.endswith("/smtp/email"):
            return 201, {"messageId": f"<{name}@relay.example>"}, {}
        if asked.path.endswith("/messages"):
            return 200, {"id": f"<{name}@mg.example>", "message": "Queued. Thank you."}, {}
        return 200, {"id": name}, {}


def _body(content_type: str, content: bytes) -> dict[str, Any]:
    if "json" in content_type:
        return dict(json.loads(content))
    if "multipart" not in content_type:
        return dict(parse_qsl(content.decode()))
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    parts = BytesParser(policy=default).parsebytes(head + content).iter_parts()
    return {
        part.get_param("name", header="content-disposition"): part.get_content() for part in parts
    }


def _handler(api: MailApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            content = self.rfile.read(int(headers["content-length"]))
            asked = Asked(self.path, headers, _body(headers.get("content-type", ""), content))
            said = api.answer(asked)
            if said is None:
                self.close_connection = True
                return
            status, document, others = said
            text = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **others}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            with contextlib.suppress(OSError):  # who asked is gone
                self.wfile.write(text)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def mail_api(port: int = 0) -> Iterator[MailApi]:
    """The server, for the block."""
    api = MailApi()
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(api))
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_port}/v3/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def connect_to_service(company: Company, api_url: str, service: str = "brevo") -> None:
    """Let a company send by an imitated service."""
    configure_company(
        company,
        author=COMMAND_LINE,
        mail_service=service,
        service_key="xkeysib-secret",
        service_url=api_url,
        sender_email=company.sender_email or "compta@acme.example",
        mail_mode="live",
    )
