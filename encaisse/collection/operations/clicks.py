"""Whether a link of a mail was followed: an address of our own, only where the company asked.

The address carries the link itself, signed with the mail: it leads to what was written there and
nowhere else. Of who follows it nothing is kept, and only the first moment. As for openings, a
trace needs the consent of the person (CNIL).
"""

import re
from datetime import datetime
from html import escape, unescape
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction

from encaisse.collection.models import Reminder
from encaisse.collection.operations.effects import journal_reminder
from encaisse.collection.operations.opening import CUSTOMER
from encaisse.collection.queries.customer_links import is_reachable
from encaisse.tenancy.models import Company

# Where the links are served, below the public address.
PATH = "l/"
_SIGNER = Signer(sep=".", salt="encaisse.click")
_LINK = re.compile(r'(<a\b[^>]*?\shref=")([^"]*)(")', re.IGNORECASE)
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]|\{\{|\}\}")


class Followed(NamedTuple):
    """A link of a mail that left."""

    reminder_id: int
    address: str


def with_links(html: str, reminder: Reminder, company: Company) -> str:
    """The HTML of a mail with its links to websites through ours; as it was where clicks are not
    followed. Addresses to write to or to call, and whatever looks odd, are left alone.
    """
    if not company.tracks_clicks or not is_reachable():
        return html

    def through_ours(found: re.Match[str]) -> str:
        address = unescape(found[2])
        if not _leads_to_a_website(address):
            return found[0]
        ours = f"{settings.SITE_URL}/{PATH}{link_token(reminder, address)}"
        return f"{found[1]}{escape(ours)}{found[3]}"

    return _LINK.sub(through_ours, html)


def link_token(reminder: Reminder, address: str) -> str:
    """What names a link of a mail in our address."""
    return _SIGNER.sign_object([reminder.pk, address])


def read_link(token: str) -> Followed | None:
    """The link that a token names; None when we did not make it."""
    try:
        reminder_id, address = _SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return Followed(reminder_id, address)


@transaction.atomic
def note_click(followed: Followed, *, now: datetime) -> bool:
    """The first click in a mail that left; False for any other, and where nobody asked."""
    mail = Reminder.objects.filter(
        pk=followed.reminder_id,
        clicked_at=None,
        status__in=Reminder.LEFT,
        company__tracks_clicks=True,
    )
    if not mail.update(clicked_at=now):
        return False
    reminder = Reminder.objects.select_related("customer").get(pk=followed.reminder_id)
    journal_reminder("reminder.clicked", reminder, now=now, author=CUSTOMER)
    return True


def _leads_to_a_website(address: str) -> bool:
    if _UNSAFE.search(address) or address.startswith(f"{settings.SITE_URL}/{PATH}"):
        return False
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        )
    except ValueError:
        return False
