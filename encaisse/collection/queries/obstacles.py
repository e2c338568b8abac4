"""What holds reminders back on a day: STOP, disputes, promises."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from encaisse.collection.models import Dispute, DisputeEntry, Hold, PromiseEntry
from encaisse.collection.rules.facts import Obstacle
from encaisse.collection.rules.promises import Covered
from encaisse.tenancy.models import Company

ByCustomer = dict[int, Obstacle]
ByEntry = dict[int, list[Obstacle]]


def obstacles(company: Company, on: date) -> tuple[ByCustomer, ByEntry]:
    """Obstacles by customer and by entry as of a day, in four queries.

    A promise is one unless the company wants to remind what is promised all the same.
    """
    customers: ByCustomer = {}
    entries: ByEntry = {}
    disputes = _running_disputes(company, on)
    for customer_id in disputes.filter(lines=None).values_list("customer_id", flat=True):
        customers[customer_id] = Obstacle("dispute")
    _add_holds(company, on, customers, entries)
    lines = DisputeEntry.objects.filter(dispute__in=disputes)
    for entry_id, amount in lines.values_list("entry_id", "amount_minor"):
        entries.setdefault(entry_id, []).append(Obstacle("dispute", None, amount))
    if company.promises_suspend:
        _add_promises(company, on, entries)
    return customers, entries


def marks_of(
    found: tuple[ByCustomer, ByEntry], customer_id: int, entry_ids: Iterable[int]
) -> list[str]:
    """What holds a customer and some of his entries back, as words that compare: `12:promise`."""
    customers, entries = found
    marks = [customers[customer_id].reason] if customer_id in customers else []
    for entry_id in entry_ids:
        marks += [f"{entry_id}:{obstacle.reason}" for obstacle in entries.get(entry_id, ())]
    return marks


def running_holds(company: Company, on: date) -> Q:
    """The condition on Hold rows for « in force on that day » (`until` is included)."""
    return (
        Q(company=company, set_on__lte=on)
        & (Q(lifted_on=None) | Q(lifted_on__gt=on))
        & (Q(until=None) | Q(until__gte=on))
    )


def _running_disputes(company: Company, on: date):  # type: ignore[no-untyped-def]
    return Dispute.objects.filter(
        Q(closed_on=None) | Q(closed_on__gt=on),
        company=company,
        suspends=True,
        opened_on__lte=on,
    )


def _add_holds(company: Company, on: date, customers: ByCustomer, entries: ByEntry) -> None:
    holds = Hold.objects.filter(running_holds(company, on)).order_by("id")
    for customer_id, entry_id, until in holds.values_list("customer_id", "entry_id", "until"):
        if entry_id is None:
            reason = "customer_stop" if until is None else "hold_until"
            customers[customer_id] = Obstacle(reason, until)
        else:
            reason = "entry_stop" if until is None else "hold_until"
            entries.setdefault(entry_id, []).insert(0, Obstacle(reason, until))


def _add_promises(company: Company, on: date, entries: ByEntry) -> None:
    """A promise holds what it covers until its day, included.

    Earlier promises on the same entries come along: what came in paid them first.
    """
    made = PromiseEntry.objects.filter(
        Q(promise__cancelled_on=None) | Q(promise__cancelled_on__gt=on),
        promise__company=company,
        promise__made_on__lte=on,
    )
    running = made.filter(promise__promised_date__gte=on).values("entry_id")
    lines = made.filter(entry_id__in=running).order_by("promise__promised_date", "id")
    for entry_id, until, amount, then, made_on in lines.values_list(
        "entry_id",
        "promise__promised_date",
        "amount_minor",
        "remaining_then_minor",
        "promise__made_on",
    ):
        promised = Covered(amount, then, made_on, until)
        entries.setdefault(entry_id, []).append(Obstacle("promise", until, promised=promised))
