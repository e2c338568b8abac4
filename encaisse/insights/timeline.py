"""« Échelle temporelle »: what is coming from flagged customers, and what happened with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum

from encaisse.collection.models import CustomerFollowUp, Reminder
from encaisse.insights.criteria import among
from encaisse.insights.sql import fetch, known_day
from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.queries.open_items import open_items
from encaisse.tenancy.scope import Scope

_SOON = timedelta(days=7)
_WEEK = timedelta(days=7)
_MONTH = timedelta(days=30)
# What a card shows of each part; the rest is on the customers' pages.
_MOST = 6
# Beyond, a flag no longer sets anybody apart.
_MOST_FLAGS = 500


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that is due, came in or left, on a day, for one customer.

    `kind` is due, payment, credit or sent. A message has its `label` (medium) and `level`, the
    others an amount and its currency.
    """

    kind: str
    on: date
    customer_id: int
    name: str
    currency: str = ""
    minor: int = 0
    label: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the timeline: its first moments, and how many more there are."""

    moments: tuple[Moment, ...]
    more: int

    @classmethod
    def of(cls, moments: Sequence[Moment]) -> "Part":
        """The part that some moments make, in their order."""
        return cls(tuple(moments[:_MOST]), max(0, len(moments) - _MOST))


@dataclass(frozen=True, slots=True)
class Timeline:
    """Flagged customers: what falls due within a week, the last week, the weeks before it."""

    flagged: int
    soon: Part
    week: Part
    month: Part


def timeline(scope: Scope, *, on: date) -> Timeline:
    """The timeline of the customers in sight who bear a flag; a constant number of queries."""
    flagged = CustomerFollowUp.objects.filter(
        scope.customers("customer__"), company=scope.company, is_flagged=True
    )
    rows = flagged.order_by("customer__legal_name", "pk")[:_MOST_FLAGS]
    names = dict(rows.values_list("customer_id", "customer__legal_name"))
    if not names:
        nothing = Part.of(())
        return Timeline(0, nothing, nothing, nothing)
    past = sorted(
        (*_received(scope, names, on), *_sent(names, on)),
        key=lambda one: (-one.on.toordinal(), one.name, one.kind),
    )
    return Timeline(
        flagged=len(names),
        soon=Part.of(_due(scope, names, on)),
        week=Part.of([one for one in past if one.on > on - _WEEK]),
        month=Part.of([one for one in past if one.on <= on - _WEEK]),
    )


def _due(scope: Scope, names: dict[int, str], on: date) -> list[Moment]:
    """What falls due within a week, today included, by customer and day; the earliest first."""
    items = open_items(scope.company, on)
    customers, ids = among("e.customer_id", names)
    rows = fetch(
        f"SELECT e.customer_id, e.due_date, e.currency, SUM({items.remaining})"
        f" FROM ledger_ledgerentry e WHERE {items.where} AND {customers}"
        " AND e.due_date >= %s AND e.due_date < %s AND e.amount_minor > 0"
        " GROUP BY e.customer_id, e.due_date, e.currency",
        (*items.remaining_params, *items.where_params, *ids, on, on + _SOON),
    )
    moments = [
        Moment("due", known_day(due), customer_id, names[customer_id], currency, int(minor))
        for customer_id, due, currency, minor in rows
    ]
    return sorted(moments, key=lambda one: (one.on, -one.minor, one.name))


def _received(scope: Scope, names: dict[int, str], on: date) -> list[Moment]:
    credits: QuerySet[LedgerEntry] = LedgerEntry.objects.filter(
        company=scope.company,
        customer_id__in=list(names),
        posting_date__range=(on - _MONTH + timedelta(days=1), on),
        amount_minor__lt=0,
        is_counted=True,
    ).exclude(kind=LedgerEntry.Kind.OPENING)
    payment = (LedgerEntry.Kind.PAYMENT, LedgerEntry.Kind.DOWN_PAYMENT)
    rows = credits.values_list("customer_id", "posting_date", "currency", "kind")
    return [
        Moment(
            "payment" if kind in payment else "credit",
            day,
            customer_id,
            names[customer_id],
            currency,
            -minor,
        )
        for customer_id, day, currency, kind, minor in rows.annotate(minor=Sum("amount_minor"))
    ]


def _sent(names: dict[int, str], on: date) -> list[Moment]:
    sent = Reminder.objects.filter(
        customer_id__in=list(names),
        effective_on__range=(on - _MONTH + timedelta(days=1), on),
        status__in=Reminder.EFFECTIVE,
    )
    rows = sent.values_list("customer_id", "effective_on", "medium", "level")
    return [
        Moment(
            "sent",
            day,
            customer_id,
            names[customer_id],
            label=str(Reminder(medium=medium).get_medium_display()),
            level=level,
        )
        for customer_id, day, medium, level, _number in rows.annotate(number=Count("id"))
    ]
