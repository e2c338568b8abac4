"""Rehearsals: while a company's e-mails do not reach its customers, and what was written then.

The journal tells when: it keeps every change of mode, and nobody can alter it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from encaisse.collection.models import Reminder
from encaisse.tenancy.models import Company, Event

LIVE = Company.MailMode.LIVE.value
_MODE, _ADDRESS = "mail_mode", "redirect_to"

Span = tuple[datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Way:
    """How e-mails left from a moment on, until the next one: a mode, and its one address."""

    since: datetime
    mode: str
    redirect_to: str = ""

    @property
    def reaches_customers(self) -> bool:
        """False during a rehearsal."""
        return self.mode == LIVE


def ways(company: Company) -> list[Way]:
    """The ways that e-mails left by, the earliest first; one query on the journal's index."""
    changes = [
        event
        for event in Event.objects.filter(company=company, kind="company.configured").order_by(
            "at", "id"
        )
        if {_MODE, _ADDRESS} & set(event.data.get("after", ()))
    ]
    mode, address = company.mail_mode, company.redirect_to
    found = []
    for event in reversed(changes):
        found.append(Way(event.at, mode, address))
        before = event.data["before"]
        mode, address = before.get(_MODE, mode), before.get(_ADDRESS, address)
    return [Way(company.created_at, mode, address), *reversed(found)]


def way_of(reminder: Reminder) -> Way | None:
    """How an e-mail left; None for one that did not, and for what is not an e-mail."""
    if reminder.medium != "email" or reminder.accepted_at is None:
        return None
    company, at = reminder.company, reminder.accepted_at
    if company.is_demo:
        return Way(company.created_at, Company.MailMode.CAPTURE.value)
    return next((way for way in reversed(ways(company)) if way.since <= at), None)


def leaves_in_rehearsal(reminder: Reminder) -> bool:
    """True for an e-mail that does not reach its customer; of a demonstration, nothing is told.

    No query for one that has just left by the way of now.
    """
    company = reminder.company
    if company.is_demo:
        return False
    if reminder.accepted_at is None:
        return company.mail_mode != LIVE
    way = way_of(reminder)
    return way is not None and not way.reaches_customers


@dataclass(frozen=True, slots=True)
class Rehearsals:
    """When a company rehearsed: a message is in it when it left then, and reached nobody."""

    spans: Sequence[Span] = ()

    @classmethod
    def of(cls, company: Company) -> "Rehearsals":
        """One query; a demonstration, which says so everywhere, has none."""
        return cls(() if company.is_demo else tuple(_spans(ways(company))))

    def __contains__(self, reminder: Reminder) -> bool:
        at = reminder.accepted_at
        if at is None or reminder.medium != "email":
            return False
        return any(since <= at and (until is None or at < until) for since, until in self.spans)


def rehearsed(company: Company) -> QuerySet[Reminder]:
    """The e-mails that never reached anybody but count as sent, in a company that is no demo."""
    spans = Rehearsals.of(company).spans
    if not spans:
        return Reminder.objects.none()
    within = Q()
    for since, until in spans:
        within |= Q(accepted_at__gte=since) & (Q(accepted_at__lt=until) if until else Q())
    first = company.local_day(min(since for since, _until in spans))
    return Reminder.objects.filter(
        within,
        company=company,
        effective_on__gte=first,
        medium="email",
        status=Reminder.Status.SENT,
    )


def _spans(found: list[Way]) -> Iterator[Span]:
    """From when to when nothing reached customers; no end for what still goes on."""
    ends: list[datetime | None] = [*(way.since for way in found[1:]), None]
    for way, until in zip(found, ends, strict=True):
        if not way.reaches_customers:
            yield way.since, until
