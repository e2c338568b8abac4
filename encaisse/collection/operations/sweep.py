"""What a worker that died held is given back, or told."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.deliver import book_accepted

Status = Reminder.Status


@transaction.atomic
def sweep_reminders(now: datetime) -> list[int]:
    """Give back what dead workers held: claimed intents wait again, begun sendings are unknown
    unless an e-mail service told of them since, and what was accepted is booked as sent.

    Returns the companies that have something waiting.
    """
    Reminder.objects.pending().filter(status=Status.CLAIMED, lease_until__lt=now).update(
        status=Status.WAITING, lease_until=None, worker=""
    )
    begun = Reminder.objects.pending().filter(status=Status.SENDING, lease_until__lt=now)
    begun.exclude(delivered_at=None).update(status=Status.ACCEPTED, accepted_at=F("status_at"))
    begun.update(
        status=Status.UNKNOWN,
        status_at=now,
        lease_until=None,
        error=_("L’envoi a été interrompu : vérifiez si le message est parti."),
    )
    taken = Reminder.objects.pending().filter(status=Status.ACCEPTED, lease_until__lt=now)
    taken = taken.select_related("company", "customer", "created_by").prefetch_related("lines")
    for reminder in taken.order_by("id"):
        on = reminder.company.local_day(reminder.status_at)
        book_accepted([(reminder, list(reminder.lines.all()))], on=on, now=now)
    waiting = (
        Reminder.objects.pending()
        .filter(status=Status.WAITING)
        .filter(Q(not_before=None) | Q(not_before__lte=now))
    )
    return sorted(set(waiting.values_list("company_id", flat=True)))
