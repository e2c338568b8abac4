"""The marks around each sending, as single statements: they are most of a message's cost.

Both run inside the caller's transaction and touch a row only in the state that they expect.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from encaisse.collection.models import Reminder

_TABLE = Reminder._meta.db_table

_BEGIN = f"""
UPDATE {_TABLE} SET status = 'sending', status_at = %s, lease_until = %s, attempts = attempts + 1,
  sender = %s, recipients = %s, copies = %s, subject = %s, content_html = %s, content_text = %s,
  language = %s, template_version = %s
WHERE id = %s AND status = 'claimed' AND worker = %s
  AND EXISTS (SELECT 1 FROM tenancy_company WHERE id = %s AND facts_revision = %s)"""

_ACCEPTED = f"""
UPDATE {_TABLE} SET status = 'accepted', status_at = %s, error = '', recipients = %s
WHERE id = %s AND status IN ('sending', 'unknown')"""

_BOOKED = f"""
UPDATE {_TABLE} SET status = 'sent', effective_on = %s, lease_until = NULL
WHERE id = %s AND status = 'accepted'"""


class Written(NamedTuple):
    """The exact content of a message about to leave."""

    sender: str
    recipients: Sequence[str]
    copies: Sequence[str]
    subject: str
    html: str
    text: str
    language: str
    template_version: int


class Claimed(NamedTuple):
    """Who holds the intent, on which revision of the company's facts, and until when."""

    worker: str
    revision: int
    now: datetime
    lease_until: datetime


def mark_sending(reminder: Reminder, written: Written, claimed: Claimed) -> bool:
    """« Sending »; False when another worker took over or the facts changed since the look."""
    content = (
        written.sender,
        json.dumps(written.recipients),
        json.dumps(written.copies),
        *written[3:],
    )
    owner = (reminder.pk, claimed.worker, reminder.company_id, claimed.revision)
    return _update(_BEGIN, (_at(claimed.now), _at(claimed.lease_until), *content, *owner))


def mark_accepted(reminder: Reminder, *, now: datetime) -> bool:
    """The server took it; False when that was recorded already."""
    return _update(_ACCEPTED, (_at(now), json.dumps(reminder.recipients), reminder.pk))


def mark_booked(reminder: Reminder, *, on: date) -> bool:
    """« Sent », effective on a day; False when another worker booked it."""
    return _update(_BOOKED, (on.isoformat(), reminder.pk))


def _update(sql: str, params: Sequence[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return bool(cursor.rowcount)


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
