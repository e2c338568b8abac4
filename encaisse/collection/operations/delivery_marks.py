"""The marks around each sending, as few statements as can be: they are most of a message's cost.

They touch a row only in the state that they expect.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from encaisse.collection.models import Reminder

_TABLE = Reminder._meta.db_table

# One statement, hence one commit: this message begins, the one before was taken by the server.
_MARK = f"""
UPDATE {_TABLE} SET
  status = CASE WHEN status = 'claimed' THEN 'sending' ELSE 'accepted' END,
  status_at = %(now)s,
  error = CASE WHEN status = 'claimed' THEN error ELSE '' END,
  accepted_at = CASE WHEN status = 'claimed' THEN accepted_at ELSE status_at END,
  service_message_id = CASE WHEN status = 'claimed' THEN '' ELSE %(service_id)s END,
  lease_until = CASE WHEN status = 'claimed' THEN %(lease)s ELSE lease_until END,
  attempts = CASE WHEN status = 'claimed' THEN attempts + 1 ELSE attempts END,
  sender = CASE WHEN status = 'claimed' THEN %(sender)s ELSE sender END,
  recipients = CASE WHEN status = 'claimed' THEN %(recipients)s ELSE recipients END,
  copies = CASE WHEN status = 'claimed' THEN %(copies)s ELSE copies END,
  subject = CASE WHEN status = 'claimed' THEN %(subject)s ELSE subject END,
  content_html = CASE WHEN status = 'claimed' THEN %(html)s ELSE content_html END,
  content_text = CASE WHEN status = 'claimed' THEN %(text)s ELSE content_text END,
  attachments = CASE WHEN status = 'claimed' THEN %(attachments)s ELSE attachments END,
  comment = CASE WHEN status = 'claimed' THEN %(comment)s ELSE comment END,
  language = CASE WHEN status = 'claimed' THEN %(language)s ELSE language END,
  template_version = CASE WHEN status = 'claimed' THEN %(version)s ELSE template_version END
WHERE id IN (%(begun)s, %(taken)s) AND (
  (id = %(begun)s AND status = 'claimed' AND worker = %(worker)s
   AND EXISTS (SELECT 1 FROM tenancy_company WHERE id = %(company)s AND facts_revision = %(seen)s))
  OR (id = %(taken)s AND status IN ('sending', 'unknown')))
RETURNING id"""

_ACCEPTED = f"""
UPDATE {_TABLE} SET status = 'accepted', accepted_at = status_at, status_at = %s,
  service_message_id = %s, error = ''
WHERE id = %s AND status IN ('sending', 'unknown') RETURNING id"""

_BOOKED = f"""
UPDATE {_TABLE} SET status = 'sent', effective_on = %s, lease_until = NULL
WHERE id IN ({{marks}}) AND status = 'accepted' RETURNING id"""

# Its last state but one tells when a message was given to the server.
_GIVEN = ", accepted_at = COALESCE(accepted_at, status_at)"
_DONE = f"""
UPDATE {_TABLE} SET status = %s, status_at = %s, effective_on = %s, error = ''{{given}}
WHERE id IN ({{marks}}) AND status = %s RETURNING id"""


class Written(NamedTuple):
    """The exact content of a message about to leave."""

    sender: str
    recipients: Sequence[str]
    copies: Sequence[str]
    subject: str
    html: str
    text: str
    language: str
    version: int
    attachments: Sequence[dict[str, Any]]
    comment: str


class Claimed(NamedTuple):
    """Who holds the intent, on which revision of the company's facts, and until when."""

    worker: str
    revision: int
    now: datetime
    lease_until: datetime


class Taken(NamedTuple):
    """A message that the server took, and what a service calls it."""

    reminder: Reminder
    service_id: str


def mark_sending(
    reminder: Reminder, written: Written, claimed: Claimed, *, taken: Taken | None
) -> tuple[bool, bool]:
    """« Sending » for a message, « accepted » for the one that the server took before it.

    The first is False when another worker took over or the facts changed since the look, the
    second when that was recorded already. Committed on return, unless the caller holds a
    transaction.
    """
    content = written._asdict() | {
        "recipients": json.dumps(written.recipients),
        "copies": json.dumps(written.copies),
        "attachments": json.dumps(written.attachments),
        "now": _at(claimed.now),
        "lease": _at(claimed.lease_until),
        "begun": reminder.pk,
        "taken": taken.reminder.pk if taken else 0,
        "service_id": taken.service_id if taken else "",
        "worker": claimed.worker,
        "company": reminder.company_id,
        "seen": claimed.revision,
    }
    marked = _marked(_MARK, content)
    return reminder.pk in marked, taken is not None and taken.reminder.pk in marked


def mark_accepted(taken: Taken, *, now: datetime) -> bool:
    """The server took it; False when that was recorded already."""
    return bool(_marked(_ACCEPTED, (_at(now), taken.service_id, taken.reminder.pk)))


def mark_booked(reminders: Sequence[Reminder], *, on: date) -> set[int]:
    """« Sent », effective on a day; the ids of those that nobody had booked yet."""
    if not reminders:
        return set()
    marks = ", ".join(["%s"] * len(reminders))
    ids = [reminder.pk for reminder in reminders]
    return _marked(_BOOKED.format(marks=marks), (on.isoformat(), *ids))


def mark_done(
    reminders: Sequence[Reminder], status: str, *, was: str, on: date, now: datetime
) -> set[int]:
    """Done on a day; the ids of those that nobody had taken out of their state before."""
    marks = ", ".join(["%s"] * len(reminders))
    sql = _DONE.format(marks=marks, given=_GIVEN if status == Reminder.Status.SENT else "")
    ids = [reminder.pk for reminder in reminders]
    return _marked(sql, (status, _at(now), on.isoformat(), *ids, was))


def _marked(sql: str, params: Any) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {row[0] for row in cursor.fetchall()}


def _at(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
