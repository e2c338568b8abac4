"""Webhooks: what is told to the outside, how it is signed, when a delivery is tried again."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

TRIAL = "webhook.tried"

_REMINDER = frozenset({"reminder", "medium", "step", "level", "amount_minor", "currency"})
_PROMISE = frozenset({"promise", "amount_minor", "currency", "promised_date"})
_SERIES = frozenset({"promises", "amount_minor", "currency", "promised_date"})
_DISPUTE = frozenset({"dispute", "suspends", "entries"})
_HOLD = frozenset({"hold", "entry", "until"})

# The kinds of the journal that may be told, each with what is told of it: ids, amounts and days,
# never what a person wrote nor an address. The rest is read through the API, with its rights.
TOLD: Mapping[str, frozenset[str]] = {
    "ledger.synchronised": frozenset({"format", "changes"}),
    "reminder.sent": _REMINDER | {"rehearsal"},
    "reminder.posted": _REMINDER,
    "reminder.noted": _REMINDER,
    "reminder.failed": _REMINDER,
    "reminder.bounced": _REMINDER,
    "answer.received": frozenset({"answer", "reminder"}),
    "promise.recorded": _PROMISE,
    "promise.scheduled": _SERIES,
    "promise.postponed": _PROMISE | {"before", "replaces"},
    "promise.cancelled": _PROMISE,
    "promise.kept": _PROMISE | {"received_minor"},
    "promise.partly_kept": _PROMISE | {"received_minor"},
    "promise.broken": _PROMISE | {"received_minor"},
    "dispute.opened": _DISPUTE,
    "dispute.closed": _DISPUTE,
    "dispute.suspended": _DISPUTE,
    "dispute.resumed": _DISPUTE,
    "hold.set": _HOLD,
    "hold.lifted": _HOLD,
    "level.set": frozenset({"entries", "level"}),
}

# Their names outside: those of the API.
_NAMES = {
    "reminder": "reminder_id",
    "step": "kind",
    "amount_minor": "amount",
    "received_minor": "received",
    "answer": "answer_id",
    "promise": "promise_id",
    "promises": "promise_ids",
    "before": "promised_before",
    "replaces": "replaces_id",
    "dispute": "dispute_id",
    "hold": "hold_id",
    "entry": "entry_id",
    "entries": "entry_ids",
}

# A delivery is tried at once, then after these waits, for a day in all.
_WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
)
PATIENCE = timedelta(hours=24)
# An endpoint that took nothing for so long is stopped.
GIVEN_UP_AFTER = timedelta(days=3)
_LONGEST_REST = timedelta(minutes=15)

_NAT64 = IPv6Network("64:ff9b::/96")


def body_of(
    event_id: str,
    kind: str,
    *,
    at: datetime,
    company: str,
    customer_code: str,
    data: Mapping[str, Any],
    links: Mapping[str, str],
) -> str:
    """What is sent for a line of the journal, as JSON; `company` is its short name."""
    shown = TOLD.get(kind, frozenset())
    return json.dumps(
        {
            "id": event_id,
            "type": kind,
            "created_at": at.astimezone(UTC).isoformat(timespec="seconds"),
            "company": company,
            "customer_code": customer_code or None,
            "data": {_NAMES.get(name, name): data[name] for name in data if name in shown},
            "links": dict(links),
        },
        ensure_ascii=False,
        default=str,
    )


def signature(secret: str, body: str, at: datetime) -> str:
    """The value of the header `Encaisse-Signature`: the moment, and an HMAC-SHA256 with it."""
    moment = int(at.timestamp())
    signed = f"{moment}.{body}".encode()
    return f"t={moment},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def next_wait(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts."""
    return _WAITS[min(attempts, len(_WAITS)) - 1]


def rest_after(failures: int) -> timedelta:
    """How long an endpoint that took nothing so many times in a row is left alone."""
    doublings: int = 2 ** min(failures, 10)
    return min(timedelta(seconds=15) * doublings, _LONGEST_REST)


def is_public(address: str) -> bool:
    """True for an address of the internet, not of a network behind our own firewall."""
    ip = ip_address(address)
    inside = _embedded(ip) if isinstance(ip, IPv6Address) else None
    if inside is not None:
        return is_public(str(inside))
    return ip.is_global and not ip.is_multicast


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
