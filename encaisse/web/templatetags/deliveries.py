"""How templates tell what became of a message, from its preparation to the last that is known."""

from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.tenancy.models import Company
from encaisse.web.templatetags.encaisse import moment

register = template.Library()

Status = Reminder.Status
# Grey is prepared, blue left, green seen or done, amber to verify, red not arrived.
_TONES = {
    **dict.fromkeys((Status.ACCEPTED, Status.SENT, Status.POSTED), "due"),
    Status.NOTED: "paid",
    Status.UNKNOWN: "warn",
    **dict.fromkeys((Status.FAILED, Status.BOUNCED), "danger"),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a message stands: in words, by the colour of its tag, since when."""

    label: str
    tone: str
    at: datetime


@register.filter
def stage(reminder: Reminder) -> Stage:
    """The furthest that it is known to have gone."""
    if reminder.status == Status.SENT:
        for name, label, tone in (
            ("clicked_at", _("Cliqué"), "paid"),
            ("opened_at", _("Ouvert"), "paid"),
            ("delivered_at", _("Remis"), "due"),
        ):
            if at := getattr(reminder, name):
                return Stage(label, tone, at)
    label, tone = str(reminder.get_status_display()), _TONES.get(Status(reminder.status), "")
    return Stage(label, tone, reminder.status_at)


@register.filter
def times(reminder: Reminder, company: Company) -> list[str]:
    """Each moment of an e-mail with its hour: prepared, sent, delivered, opened, clicked, back."""
    if reminder.medium != "email":
        return []
    sent = reminder.accepted_at
    if sent is None and reminder.status == Status.SENT:
        sent = reminder.status_at
    known = (
        (_("préparé le %(at)s"), reminder.created_at),
        (_("envoyé le %(at)s"), sent),
        (_("remis le %(at)s"), reminder.delivered_at),
        (_("ouvert le %(at)s"), reminder.opened_at),
        (_("cliqué le %(at)s"), reminder.clicked_at),
        (_("revenu le %(at)s"), reminder.returned_at),
    )
    return [text % {"at": moment(at, company)} for text, at in known if at]
