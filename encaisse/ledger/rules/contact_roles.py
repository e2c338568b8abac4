"""The services that contacts belong to, and who among them receives a message. Pure."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from encaisse.core.text import fold

# What the forms offer; any other word may be typed.
USUAL_ROLES = ("Comptabilité", "Direction", "Achats", "Commercial", "Juridique", "Autre")
_SEVERAL = re.compile(r"[,;/\n]+")
_SAME = {
    "compta": "comptabilite",
    "service comptabilite": "comptabilite",
    "service comptable": "comptabilite",
    "accounting": "comptabilite",
    "accounts payable": "comptabilite",
    "management": "direction",
    "purchasing": "achats",
    "service achats": "achats",
    "sales": "commercial",
    "legal": "juridique",
    "service juridique": "juridique",
    "other": "autre",
}


class Writable(Protocol):
    """Someone who can be written to, as far as choosing him goes."""

    role: str
    email: str
    is_main: bool


W = TypeVar("W", bound=Writable)


def services_in(text: str) -> list[str]:
    """The services that a text names, as it writes them."""
    return [name.strip() for name in _SEVERAL.split(text) if name.strip()]


def roles_of(text: str) -> frozenset[str]:
    """The services that a text names, however they are written: « Compta, Achats »."""
    words = map(fold, services_in(text))
    return frozenset(_SAME.get(word, word) for word in words if word)


def recipients_among(
    people: Sequence[W], *, roles: Iterable[str] = (), customer_emails: str = ""
) -> list[W]:
    """Those of a customer's contacts, all of whom may be written to, who receive a message.

    Without services: everybody. Else those of the services; when nobody is, the principal contact,
    else the customer's own addresses (`customer_emails`, with commas), else everybody.
    """
    asked = roles_of("\n".join(roles))
    if not asked:
        return list(people)
    own = {email.strip().casefold() for email in customer_emails.split(",")}
    return (
        [one for one in people if roles_of(one.role) & asked]
        or [one for one in people if one.is_main]
        or [one for one in people if one.email.casefold() in own]
        or list(people)
    )
