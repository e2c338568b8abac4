"""A small OpenID Connect provider in a process of its own: `python -m tests.support.openid PORT`.

It vouches for the person described in a JSON file, which tests rewrite: `{"sub": …, "email": …}`.
"""

import base64
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import jwt

from tests.support.processes import free_port, wait_until

CLIENT_ID, CLIENT_SECRET = "encaisse", "un-secret-de-client-assez-long-pour-signer"


@dataclass
class OpenIdProvider:
    """Where it listens, and for whom it vouches."""

    url: str
    _person: Path

    def vouch_for(self, **claims: Any) -> None:
        """Whoever comes next is this person."""
        self._person.write_text(json.dumps(claims))

    def as_setting(self, name: str = "Entra") -> dict[str, Any]:
        """SOCIALACCOUNT_PROVIDERS with this provider."""
        app = {
            "provider_id": "sso",
            "name": name,
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": self.url},
        }
        return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


@contextmanager
def openid_provider(folder: Path) -> Iterator[OpenIdProvider]:
    """The provider, for the block."""
    port, person = free_port(), folder / "person.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.openid", str(port), str(person)],
        cwd=Path(__file__).parents[2],
    )
    provider = OpenIdProvider(f"http://127.0.0.1:{port}", person)
    try:
        wait_until(lambda: _answers(provider.url), seconds=20)
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/.well-known/openid-configuration", timeout=2):
            return True
    except OSError:
        return False


def _handler(url: str, person: Path) -> type[BaseHTTPRequestHandler]:
    asked: dict[str, dict[str, str]] = {}  # by code
    tokens: dict[str, dict[str, Any]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                code = secrets.token_urlsafe(16)
                asked[code] = query
                back = urlencode({"code": code, "state": query["state"]})
                self._redirect(f"{query['redirect_uri']}?{back}")
            elif parts.path == "/me":
                token = self.headers["Authorization"].removeprefix("Bearer ")
                self._say(200 if token in tokens else 401, tokens.get(token, {}))
            else:
                self._say(200, self._configuration())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            given = {k: v[0] for k, v in parse_qs(self.rfile.read(length).decode()).items()}
            query = asked.pop(given["code"], {})
            digest = sha256(given.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            is_client = (given["client_id"], given["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
            if not is_client or query.get("code_challenge") != challenge:
                self._say(400, {"error": "invalid_grant"})
                return
            claims, now = json.loads(person.read_text()), int(time.time())
            token = secrets.token_urlsafe(16)
            tokens[token] = claims
            stamped = claims | {"iss": url, "aud": CLIENT_ID, "iat": now, "exp": now + 60}
            signed = jwt.encode(stamped, CLIENT_SECRET, algorithm="HS256")
            self._say(200, {"access_token": token, "token_type": "Bearer", "id_token": signed})

        def _configuration(self) -> dict[str, Any]:
            return {
                "issuer": url,
                "authorization_endpoint": f"{url}/authorize",
                "token_endpoint": f"{url}/token",
                "userinfo_endpoint": f"{url}/me",
                "jwks_uri": f"{url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }

        def _redirect(self, to: str) -> None:
            self.send_response(302)
            self.send_header("Location", to)
            self.end_headers()

        def _say(self, status: int, document: dict[str, Any]) -> None:
            text = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    port = int(sys.argv[1])
    handler = _handler(f"http://127.0.0.1:{port}", Path(sys.argv[2]))
    ThreadingHTTPServer(("127.0.0.1", port), handler).serve_forever()
