"""Forgetting a rehearsal: its messages reached nobody, so nothing of them may count."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.operations.bounces import take_back_effects
from encaisse.collection.queries.rehearsal import rehearsed
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company

_AT_ONCE = 100


def forget_rehearsal(company: Company, *, now: datetime, author: Author) -> int:
    """Cancel some of the e-mails of rehearsals, the latest first, and take their levels back.

    Returns how many; 0 when none is left. The steps are proposed again. Each round leaves one
    line in the journal.
    """
    with transaction.atomic():
        rows = rehearsed(company).select_for_update().order_by("-accepted_at", "-pk")
        found = list(rows[:_AT_ONCE])
        for reminder in found:
            take_back_effects(reminder)
        ids = [reminder.pk for reminder in found]
        Reminder.objects.filter(pk__in=ids).update(
            status=Reminder.Status.CANCELLED,
            status_at=now,
            effective_on=None,
            error=_("Répétition : ce message n’est jamais arrivé chez le client."),
        )
        ReminderLine.objects.filter(reminder_id__in=ids).update(is_live=False)
        if ids:
            record_event(
                "rehearsal.forgotten", company=company, author=author, at=now, reminders=ids
            )
            facts_changed(company.pk)
    return len(ids)
