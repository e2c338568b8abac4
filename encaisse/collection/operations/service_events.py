"""What an e-mail service reports of mails that left: each report once, in whatever order.

A report proves that the service has the mail, so one whose outcome was unknown is unknown no more.
Its returns do exactly what those read from a mailbox do.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from encaisse.collection.models import Reminder
from encaisse.collection.operations.bounces import bounce_reminder
from encaisse.collection.operations.effects import journal_reminder, take_effect
from encaisse.messaging.services.events import ServiceEvent
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company, Event

SERVICE = Author("Service d’envoi")
Status = Reminder.Status
# A person may have sent again what seemed not to have left: the report is in time to stop it.
_IN_DOUBT = (Status.UNKNOWN, Status.WAITING, Status.CLAIMED)


def take_events(company: Company, events: Sequence[ServiceEvent], *, now: datetime) -> int:
    """Take over some reports; those on mails that are not the company's reminders are left.

    Returns how many changed anything: none, when they come a second time.
    """
    known = _reminders(company, events)
    changed = 0
    for event in events:
        key = known.get(f"<{event.identity}>") or known.get(event.service_id)
        if key is not None and _take(key, event, now):
            changed += 1
    return changed


def _reminders(company: Company, events: Sequence[ServiceEvent]) -> dict[str, int]:
    """The keys of the reminders that reports name, by our identity and by the service's."""
    identities = {f"<{event.identity}>" for event in events if event.identity}
    service_ids = {event.service_id for event in events if event.service_id}
    found = Reminder.objects.filter(company=company, medium="email").named(identities, service_ids)
    rows = found.values_list("pk", "message_id", "service_message_id")
    return {name: key for key, *names in rows for name in names if name}


@transaction.atomic
def _take(key: int, event: ServiceEvent, now: datetime) -> bool:
    reminder = (
        Reminder.objects.select_for_update(of=("self",))
        .select_related("company", "customer")
        .get(pk=key)
    )
    at = min(event.at or now, now)
    if event.what in ("returned", "failed"):
        return _come_back(reminder, event, at)
    if event.what == "delayed":
        return _delay(reminder, at)
    has_settled = _has_left(reminder, at, now)
    if event.what == "delivered":
        return _note(reminder, "delivered", at) or has_settled
    if event.what == "opened" and reminder.company.tracks_opening:
        return _note(reminder, "opened", at) or has_settled
    if event.what == "clicked" and reminder.company.tracks_clicks:
        return _note(reminder, "clicked", at) or has_settled
    return has_settled


def _has_left(reminder: Reminder, at: datetime, now: datetime) -> bool:
    """The service has it: nobody needs to verify it, and it does not leave again."""
    if reminder.status not in _IN_DOUBT or not reminder.attempts:
        return False
    on = reminder.company.local_day(at)
    return take_effect(reminder, status=Status.SENT, on=on, now=now, author=SERVICE)


def _note(reminder: Reminder, what: str, at: datetime) -> bool:
    """Keep the first time of something; False when it was kept already."""
    name = f"{what}_at"
    if not Reminder.objects.filter(pk=reminder.pk, **{name: None}).update(**{name: at}):
        return False
    journal_reminder(f"reminder.{what}", reminder, now=at, author=SERVICE)
    return True


def _delay(reminder: Reminder, at: datetime) -> bool:
    """The service tries again by itself: one line of the journal, however often it says so."""
    told = Event.objects.filter(
        company=reminder.company,
        customer_code=reminder.customer.account_code,
        kind="reminder.delayed",
        at__gte=reminder.created_at,
    )
    if any(event.data.get("reminder") == reminder.pk for event in told):
        return False
    journal_reminder("reminder.delayed", reminder, now=at, author=SERVICE)
    return True


def _come_back(reminder: Reminder, event: ServiceEvent, at: datetime) -> bool:
    """It did not reach an address: only one that it was written to, and that still counts."""
    written = [email.lower() for email in (*reminder.recipients, *reminder.copies)]
    recipient = event.recipient or (written[0] if len(written) == 1 else "")
    if recipient not in written:
        return False
    is_fault_of_address = event.what == "returned"
    return bounce_reminder(
        reminder, [recipient], why=event.why, now=at, author=SERVICE,
        blames_address=is_fault_of_address,
    )  # fmt: skip
