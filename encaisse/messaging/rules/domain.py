"""What a domain's DNS records say about the mail that leaves in its name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spf:
    """Who may send (RFC 7208): networks, other domains' rules, and what the rest gets.

    `networks` are written as in the record; `hosts` are the names whose own addresses may send,
    `mail_hosts` those whose mail servers may; `includes` the domains whose rules are added.
    """

    record: str
    networks: tuple[str, ...]
    hosts: tuple[str, ...]
    mail_hosts: tuple[str, ...]
    includes: tuple[str, ...]


def spf_of(texts: Sequence[str], domain: str) -> Spf | None:
    """The SPF rule among the TXT records of a domain; None when there is none."""
    record = next((text for text in texts if _is_spf(text)), None)
    if record is None:
        return None
    found: dict[str, list[str]] = {name: [] for name in ("ip", "a", "mx", "include")}
    for term in record.split()[1:]:
        if term.lower().startswith("redirect="):
            found["include"].append(term.partition("=")[2])
            continue
        name, _colon, value = term.lstrip("+").partition(":")
        name = name.partition("/")[0].lower()
        if name in ("ip4", "ip6"):
            found["ip"].append(value)
        elif name in ("a", "mx"):
            found[name].append(value.partition("/")[0] or domain)
        elif name == "include":
            found["include"].append(value)
    return Spf(
        record,
        tuple(found["ip"]),
        tuple(found["a"]),
        tuple(found["mx"]),
        tuple(found["include"]),
    )


def _is_spf(text: str) -> bool:
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def dmarc_policy(texts: Sequence[str]) -> str:
    """« none », « quarantine » or « reject » (RFC 7489); empty when nothing is said."""
    for text in texts:
        tags = {name.lower(): value.strip() for name, value in _TAG.findall(text)}
        if tags.get("v", "").upper() == "DMARC1":
            return str(tags.get("p", "none")).lower()
    return ""


def is_dkim_key(texts: Sequence[str]) -> bool:
    """True when one of the records holds a key that was not withdrawn (RFC 6376)."""
    for text in texts:
        tags = {name.lower(): value.strip() for name, value in _TAG.findall(text)}
        if tags.get("p") and tags.get("v", "DKIM1").upper() == "DKIM1":
            return True
    return False


def same_house(one: str, other: str) -> bool:
    """True when two names end alike: `smtp.brevo.com` and `spf.brevo.com`."""
    return bool(one and other) and _house(one) == _house(other)


def _house(name: str) -> list[str]:
    labels = name.lower().rstrip(".").split(".")
    # « co.uk », « com.fr »: a short word before the country is part of the ending.
    wanted = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    return labels[-wanted:]
