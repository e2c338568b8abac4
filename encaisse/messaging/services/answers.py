"""What a service's answer means for the mail, and how it is told to the user.

The exactly-once promise rests on it, as it does on the final dot of SMTP: an answer that refuses
says that nobody got the mail; no answer, once the request is on its way, says nothing.
"""

import re
from typing import Any

from anymail.exceptions import AnymailError, AnymailInvalidAddress, AnymailRecipientsRefused
from django.utils.translation import gettext as _
from requests import ConnectionError as NoConnection
from requests import ConnectTimeout, RequestException, Response
from requests.exceptions import (
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    ProxyError,
    SSLError,
    TooManyRedirects,
)
from urllib3.exceptions import NewConnectionError

from encaisse.messaging.connection import ConnectionFailed, SendError, TransportRefused
from encaisse.messaging.services.catalogue import ServiceKind
from encaisse.messaging.transport import About, OutcomeUnknown, Refused, TemporarilyRefused

_LONGEST = 300
_WORDS = (
    "message",
    "ErrorMessage",
    "error_message",
    "description",
    "detail",
    "error",
    "title",
    "reject_reason",
)
# It does not want us as we are set: the key, the account, the domain, the API's address.
_NOT_US = frozenset({401, 402, 403, 404, 405, 410})
# Postmark's own codes for the same, which come with status 422.
_POSTMARK_NOT_US = frozenset({10, 400, 401, 405, 412, 413})
# Faults of the first words of an encrypted connection: nothing was asked yet.
_NEVER_SECURED = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER")
_ADDRESS_REFUSED = frozenset({"invalid", "rejected", "failed"})
# Mandrill's reasons that say nothing of the address.
_NOT_THE_ADDRESS = frozenset({"invalid-sender", "unsigned", "test-mode-limit", "rule"})


class TooFast(Exception):
    """Not accepted: the service asks to wait; in seconds, where it says so."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def refused_addresses(status: Any) -> dict[str, str]:
    """The addresses that the service will not write to, with the reason, from anymail's status."""
    return {
        email: _("adresse refusée par le service")
        for email, recipient in status.recipients.items()
        if recipient.status in _ADDRESS_REFUSED
    }


def meaning(error: AnymailError, kind: ServiceKind, recipients: list[str]) -> SendError | TooFast:
    """What has to be raised for an error of anymail."""
    response: Response | None = getattr(error, "response", None)
    if isinstance(error, AnymailRecipientsRefused | AnymailInvalidAddress):
        why = words_of(response) or _("adresse refusée par le service")
        about: About = "content" if why in _NOT_THE_ADDRESS else "recipients"
        return Refused(dict.fromkeys(recipients, why), 550, about=about)
    if isinstance(error, RequestException) and response is None:
        return _without_answer(error.__cause__ or error, kind)
    if response is None:  # what the service cannot do, found before anything was asked of it
        return Refused({kind.label: str(error.args[0])}, 554)
    return of_response(response, kind)


def _without_answer(error: BaseException, kind: ServiceKind) -> SendError:
    place = {"service": kind.label}
    if isinstance(error, InvalidURL | InvalidSchema | MissingSchema):
        return TransportRefused(_("L’adresse de l’API de %(service)s est fausse.") % place)
    if isinstance(error, SSLError) and any(sign in str(error) for sign in _NEVER_SECURED):
        return TransportRefused(_("La connexion chiffrée avec %(service)s a échoué.") % place)
    if isinstance(error, TooManyRedirects):
        return TransportRefused(
            _("L’adresse de l’API de %(service)s renvoie ailleurs : corrigez-la.") % place
        )
    if isinstance(error, ConnectTimeout | ProxyError) or _never_connected(error):
        return ConnectionFailed(_("%(service)s est injoignable ; rien n’est parti.") % place)
    return OutcomeUnknown(
        _("La connexion à %(service)s a été perdue avant sa réponse : envoi incertain.") % place
    )


def _never_connected(error: BaseException) -> bool:
    """True when the connection was not even opened, so that nothing was asked."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, NoConnection) and isinstance(reason, NewConnectionError)


def of_response(response: Response, kind: ServiceKind) -> SendError | TooFast:
    """What has to be raised for an answer that is not a plain yes."""
    status, words = response.status_code, words_of(response)
    said = {"service": kind.label, "words": words or f"{status} {response.reason}"}
    if status == 429:
        return TooFast(_seconds(response.headers.get("Retry-After", "")))
    if status in _NOT_US or (kind.code == "postmark" and _code(response) in _POSTMARK_NOT_US):
        return TransportRefused(_("%(service)s refuse vos réglages : %(words)s") % said)
    if status < 300 or _may_have_left(status, kind, response):
        return OutcomeUnknown(_("Réponse de %(service)s : %(words)s. Envoi incertain.") % said)
    if status == 503:
        return ConnectionFailed(
            _("%(service)s est indisponible : %(words)s. Rien n’est parti.") % said
        )
    if status >= 500 or status == 408:
        return TemporarilyRefused({kind.label: said["words"]}, status)
    return Refused({kind.label: said["words"]}, status)


def _may_have_left(status: int, kind: ServiceKind, response: Response) -> bool:
    """True for a relay that lost the answer, and a mail that the service says it had already."""
    if status == 409 or (status == 400 and "duplicate" in str(_json(response)).lower()):
        return True
    return status in (502, 504) and not kind.repeats_safely


def words_of(response: Response | None) -> str:
    """The service's own words, short and on one line; empty when it said nothing readable."""
    if response is None:
        return ""
    found = _find(_json(response)) or ("" if _is_page(response) else response.text)
    return " ".join(found.split())[:_LONGEST]


def _find(answer: Any) -> str:
    """The first text under one of the usual names, the nearest to the surface."""
    if isinstance(answer, list):
        return next(filter(None, map(_find, answer)), "")
    if not isinstance(answer, dict):
        return ""
    by_name = {name.lower(): value for name, value in answer.items()}
    for name in _WORDS:
        value = by_name.get(name.lower())
        if isinstance(value, str) and value.strip():
            return value
    return next(filter(None, map(_find, answer.values())), "")


def _json(response: Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _code(response: Response) -> int:
    answer = _json(response)
    code = answer.get("ErrorCode") if isinstance(answer, dict) else None
    return code if isinstance(code, int) else 0


def _is_page(response: Response) -> bool:
    return "html" in response.headers.get("Content-Type", "")


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,5}(\.\d+)?", text.strip()) else None
