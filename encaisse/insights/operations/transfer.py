"""Handing what waits for a person to a colleague, when he leaves or is away."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from encaisse.collection.models import NoteMention
from encaisse.insights.models import ScheduledExport
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Membership


class TransferRefused(Exception):
    """The colleague cannot take it over; fit to be shown."""


@dataclass(frozen=True, slots=True)
class Work:
    """What hangs on a person: notes that name him and that he has not seen, exports by mail."""

    mentions: int
    exports: int

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to hand over."""
        return not (self.mentions or self.exports)


def work_of(membership: Membership) -> Work:
    """What a transfer would move; two queries."""
    return Work(_mentions(membership).count(), _exports(membership).count())


@transaction.atomic
def transfer_work(membership: Membership, to: Membership, *, author: Author, now: datetime) -> Work:
    """Move it all to an active colleague; what was moved. Raises TransferRefused.

    A note that names both keeps naming the colleague only. An export then holds what the colleague
    sees, and is answered for by him.
    """
    if to == membership or to.company_id != membership.company_id or not _may_come_in(to):
        raise TransferRefused(_("Choisissez un autre utilisateur actif de la société."))
    mentions, exports = _mentions(membership), _exports(membership)
    moved = Work(mentions.count(), exports.count())
    named = NoteMention.objects.filter(user=to.user).values("note")
    mentions.filter(note__in=named).delete()
    mentions.update(user=to.user)
    exports.update(owner=to.user)
    record_event(
        "work.transferred",
        company=membership.company,
        author=author,
        at=now,
        email=membership.user.email,
        to=to.user.email,
        mentions=moved.mentions,
        exports=moved.exports,
    )
    return moved


def _may_come_in(membership: Membership) -> bool:
    return membership.is_active and membership.user.is_active


def _mentions(membership: Membership) -> QuerySet[NoteMention]:
    return NoteMention.objects.filter(
        user=membership.user, note__company=membership.company, seen_at=None
    )


def _exports(membership: Membership) -> QuerySet[ScheduledExport]:
    return ScheduledExport.objects.filter(owner=membership.user, company=membership.company)
