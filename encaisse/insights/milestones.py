"""What happened with one customer: his next and oldest due dates, payments and reminders."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q, Sum

from encaisse.collection.models import Reminder, ReminderLine, Step
from encaisse.insights.activity import Received, received_since
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Event
from encaisse.tenancy.scope import Scope

THANKS_COUNT_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Milestones:
    """Days that matter for the next message; None when there is none."""

    next_due: date | None
    oldest_overdue: date | None
    last_payment: date | None


@dataclass(frozen=True, slots=True)
class SoFar:
    """Messages of one kind that took effect: how many, and when the last one did."""

    count: int = 0
    last_on: date | None = None


def milestones(customer: Customer, *, on: date) -> Milestones:
    """The next due date, the oldest overdue one, the last payment received; two queries."""
    entries = LedgerEntry.objects.filter(company_id=customer.company_id, customer=customer)
    dues = (
        entries.filter(amount_minor__gt=0)
        .exclude(remaining_minor=0)
        .aggregate(
            coming=Min("due_date", filter=Q(due_date__gte=on)),
            oldest=Min("due_date", filter=Q(due_date__lt=on)),
        )
    )
    paid = entries.filter(kind=LedgerEntry.Kind.PAYMENT, is_counted=True, posting_date__lte=on)
    last = paid.aggregate(day=Max("posting_date"))["day"]
    return Milestones(dues["coming"], dues["oldest"], last)


def so_far(customer: Customer, *, on: date) -> dict[str, SoFar]:
    """Messages by kind; two queries.

    Prévenances and reminders count over entries that are still open, thanks over twelve months.
    """
    done = Q(reminder__customer=customer, reminder__status__in=Reminder.EFFECTIVE)
    lines = ReminderLine.objects.filter(done, is_credit=False).exclude(entry__remaining_minor=0)
    rows = lines.values("kind").annotate(
        number=Count("reminder", distinct=True), last=Max("reminder__effective_on")
    )
    found = {row["kind"]: SoFar(row["number"], row["last"]) for row in rows}
    thanks = Reminder.objects.filter(
        customer=customer,
        kind=Step.Kind.THANKS,
        status__in=Reminder.EFFECTIVE,
        effective_on__gt=on - THANKS_COUNT_FOR,
    ).aggregate(number=Count("id"), last=Max("effective_on"))
    found[Step.Kind.THANKS] = SoFar(thanks["number"], thanks["last"])
    return found


def received_from(scope: Scope, customer: Customer, *, on: date) -> dict[str, Received]:
    """What the customer paid since `received_since`, by currency; one query."""
    entries = LedgerEntry.objects.filter(
        customer=customer,
        posting_date__range=(received_since(scope, on=on), on),
        amount_minor__lt=0,
        is_counted=True,
    ).exclude(kind=LedgerEntry.Kind.OPENING)
    rows = entries.values("currency").annotate(total=Sum("amount_minor"), number=Count("id"))
    return {
        row["currency"]: Received(row["currency"], -row["total"], row["number"]) for row in rows
    }


def journal_of(customer: Customer, *, limit: int) -> list[Event]:
    """The customer's latest journal lines, the newest first; one query."""
    events = Event.objects.filter(
        company_id=customer.company_id, customer_code=customer.account_code
    )
    return list(events.order_by("-at", "-id")[:limit])


def journal_of_reminder(reminder: Reminder) -> list[Event]:
    """The journal lines about one reminder, the oldest first; two look-ups in an index."""
    events = Event.objects.filter(company_id=reminder.company_id)
    own = events.filter(
        customer_code=reminder.customer.account_code,
        at__gte=reminder.created_at,
        kind__startswith="reminder.",
    )
    # Several are cancelled together: their line names no customer, but bears the same moment.
    together = events.filter(at=reminder.status_at, kind="reminders.cancelled")
    found = [event for event in own if event.data.get("reminder") == reminder.pk]
    found += [event for event in together if reminder.pk in event.data.get("reminders", ())]
    return sorted(found, key=lambda event: (event.at, event.pk))
