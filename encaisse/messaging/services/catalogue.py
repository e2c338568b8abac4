"""The e-mail services that are known: what each asks for, and what it makes of a mail."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ServiceKind:
    """One service. `key`, `secret`, `domain` and `signing` are the names of its own settings.

    `signing` is the key that proves where its events come from; without `must_sign` it is an
    extra, the address of the events being secret already. `keeps_identity`: a mail leaves with
    our Message-ID. `repeats_safely`: a request made twice sends once, for a day.
    `carries_pictures`: the HTML may show what comes along with it.
    """

    code: str
    label: str
    key: str = "api_key"
    secret: str = ""
    domain: str = ""
    signing: str = ""
    must_sign: bool = False
    keeps_identity: bool = False
    takes_metadata: bool = True
    takes_headers: bool = True
    turns_tracking_off: bool = True
    repeats_safely: bool = False
    carries_pictures: bool = True


_KINDS = (
    # Its tracking is set for the whole account.
    ServiceKind("brevo", "Brevo", turns_tracking_off=False, carries_pictures=False),
    ServiceKind("mailjet", "Mailjet", secret="secret_key"),  # noqa: S106  (a setting's name)
    ServiceKind(
        "mailgun", "Mailgun", domain="sender_domain", signing="webhook_signing_key",
        must_sign=True, keeps_identity=True,
    ),
    ServiceKind("postmark", "Postmark", key="server_token", keeps_identity=True),
    ServiceKind(
        "sendgrid", "SendGrid", signing="tracking_webhook_verification_key", keeps_identity=True
    ),
    ServiceKind("sparkpost", "SparkPost"),
    # Its tracking is set for each domain.
    ServiceKind(
        "resend", "Resend", signing="signing_secret", turns_tracking_off=False, repeats_safely=True
    ),
    # Headers of one's own are for its larger plans only.
    ServiceKind(
        "mailersend", "MailerSend", key="api_token", signing="signing_secret", must_sign=True,
        takes_metadata=False, takes_headers=False,
    ),
    ServiceKind("mandrill", "Mandrill", signing="webhook_key", must_sign=True),
)  # fmt: skip
SERVICES = {kind.code: kind for kind in _KINDS}


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How a company reaches its service. `url` is the API's address; empty for the usual one.

    `timeout` is how long an answer is waited for, in seconds.
    """

    kind: ServiceKind
    key: str
    secret: str = ""
    domain: str = ""
    url: str = ""
    timeout: float = 60

    def arguments(self) -> dict[str, Any]:
        """What anymail's backend of the service is made with."""
        kind = self.kind
        named = {kind.key: self.key, kind.secret: self.secret, "api_url": self.url}
        named[kind.domain] = self.domain
        given: dict[str, Any] = {name: value for name, value in named.items() if name and value}
        return given | {"timeout": (10, self.timeout)}
