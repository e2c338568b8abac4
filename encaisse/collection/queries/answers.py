"""Mails that customers sent, and returns of ours, as people look them up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from encaisse.collection.models import IncomingMail, Reminder
from encaisse.core.text import fold
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope

_Kind = IncomingMail.Kind
# What a person deals with; the rest is only there to be read.
FROM_PEOPLE = (_Kind.REPLY, _Kind.OTHER)
_LATEST = 20
_STREAM = 2_000


class Pile(StrEnum):
    """Where a mail lies."""

    TO_HANDLE = "to_handle"
    HANDLED = "handled"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"


_PILES = {
    Pile.TO_HANDLE: Q(kind__in=FROM_PEOPLE, handled_at=None),
    Pile.HANDLED: Q(kind__in=FROM_PEOPLE, handled_at__isnull=False),
    Pile.AUTOMATIC: Q(kind=_Kind.AUTOMATIC),
    Pile.BOUNCE: Q(kind=_Kind.BOUNCE),
}


@dataclass(frozen=True, slots=True)
class AnswerCriteria:
    """Filters of the list; empty or None means any. Days are those of the company."""

    search: str = ""
    first: date | None = None
    last: date | None = None


def pile_counts(scope: Scope, criteria: AnswerCriteria) -> dict[Pile, int]:
    """How many mails the criteria leave in each pile; one query."""
    counts = {pile.value: Count("id", filter=condition) for pile, condition in _PILES.items()}
    found = _matching(scope, criteria).aggregate(**counts)
    return {pile: found[pile.value] for pile in Pile}


def answers_page(
    scope: Scope,
    criteria: AnswerCriteria,
    pile: Pile,
    *,
    newest_first: bool = True,
    offset: int,
    limit: int,
) -> list[IncomingMail]:
    """Some mails of a pile, by the moment they came in; one query."""
    found = _sorted(scope, criteria, pile, newest_first=newest_first)
    return list(found[offset : offset + limit])


def all_answers(
    scope: Scope, criteria: AnswerCriteria, pile: Pile, *, newest_first: bool = True
) -> Iterator[IncomingMail]:
    """Every mail of a pile, for an export; streamed."""
    return _sorted(scope, criteria, pile, newest_first=newest_first).iterator(chunk_size=_STREAM)


def to_handle_count(scope: Scope) -> int:
    """How many answers wait for a person; one query on a partial index."""
    return _seen(scope).filter(_PILES[Pile.TO_HANDLE]).count()


def get_answer(scope: Scope, answer_id: int) -> IncomingMail:
    """A mail of a customer in sight. Raises IncomingMail.DoesNotExist."""
    mails = IncomingMail.objects.select_related("company", "customer", "reminder", "handled_by")
    return mails.get(scope.customers("customer__"), pk=answer_id)


def answers_of(customer: Customer) -> list[IncomingMail]:
    """The customer's latest mails and returns, the newest first; one query."""
    mails = IncomingMail.objects.filter(customer=customer)
    return list(mails.order_by("-received_at", "-id")[:_LATEST])


def answers_to(reminder: Reminder) -> list[IncomingMail]:
    """What came back of a reminder, the oldest first; one query."""
    return list(reminder.answers.order_by("received_at", "id")[:_LATEST])


def _sorted(
    scope: Scope, criteria: AnswerCriteria, pile: Pile, *, newest_first: bool
) -> QuerySet[IncomingMail]:
    order = ("-received_at", "-id") if newest_first else ("received_at", "id")
    found = _matching(scope, criteria).filter(_PILES[pile])
    rows = found.select_related("customer", "reminder", "handled_by")
    return rows.defer("reminder__content_html", "reminder__content_text").order_by(*order)


def _matching(scope: Scope, criteria: AnswerCriteria) -> QuerySet[IncomingMail]:
    found = _seen(scope)
    for word in fold(criteria.search).split():
        found = found.filter(customer__search_text__contains=word)
    zone = scope.company.zone
    if criteria.first is not None:
        found = found.filter(received_at__gte=datetime.combine(criteria.first, time(), zone))
    if criteria.last is not None:
        after = criteria.last + timedelta(days=1)
        found = found.filter(received_at__lt=datetime.combine(after, time(), zone))
    return found


def _seen(scope: Scope) -> QuerySet[IncomingMail]:
    mails = IncomingMail.objects.filter(company=scope.company)
    return mails if scope.sales_reps is None else mails.filter(scope.customers("customer__"))
