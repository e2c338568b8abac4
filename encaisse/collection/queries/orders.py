"""What was ordered: the reminders that one press of a button made, and how far they are.

An order is named by its instant: all its reminders carry it as `created_at`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Min, QuerySet, Sum

from encaisse.collection.models import Reminder
from encaisse.collection.queries.drafts import Draft, claim_of
from encaisse.collection.rules.facts import LETTERS, SPOKEN
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

Status = Reminder.Status
UNSENT = (Status.WAITING, Status.CLAIMED, Status.SENDING)
TROUBLED = (Status.FAILED, Status.BOUNCED, Status.UNKNOWN)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_TROUBLED = 200
_MOST_ORDERS = 10


@dataclass(frozen=True, slots=True)
class Order:
    """How far an order is. `counts` by status; `amounts` by currency, what was cancelled aside."""

    at: datetime
    actor_name: str
    media: frozenset[str]
    counts: dict[str, int]
    amounts: dict[str, int]
    not_before: datetime | None
    error: str = ""

    @property
    def stamp(self) -> int:
        """The instant as addresses write it."""
        return stamp_of(self.at)

    @property
    def total(self) -> int:
        """How many reminders there are, what was cancelled aside."""
        return sum(n for status, n in self.counts.items() if status != Status.CANCELLED)

    @property
    def unsent(self) -> int:
        """How many wait to leave or are leaving."""
        return self.count(*UNSENT)

    @property
    def is_letters(self) -> bool:
        """True for an order of letters."""
        return bool(self.media.intersection(LETTERS))

    def count(self, *statuses: str) -> int:
        """How many are in these states."""
        return sum(self.counts.get(status, 0) for status in statuses)


def stamp_of(at: datetime) -> int:
    """Microseconds since 1970, without rounding."""
    return (at - _EPOCH) // _MICROSECOND


def instant_of(stamp: int) -> datetime:
    """The instant of a stamp. Raises OverflowError after the year 9999."""
    return _EPOCH + stamp * _MICROSECOND


def get_order(scope: Scope, stamp: int) -> Order:
    """An order by its instant. Raises Reminder.DoesNotExist when the scope has none of then."""
    at = instant_of(stamp)
    reminders = _of_order(scope, at)
    groups = list(
        reminders.values("status", "medium", "currency", "actor_name")
        .annotate(number=Count("id"), amount=Sum("amount_minor"), earliest=Min("not_before"))
        .order_by("status", "medium", "currency", "actor_name")
    )
    if not groups:
        raise Reminder.DoesNotExist
    counts: dict[str, int] = {}
    amounts: dict[str, int] = {}
    for group in groups:
        counts[group["status"]] = counts.get(group["status"], 0) + group["number"]
        if group["status"] != Status.CANCELLED:
            amounts[group["currency"]] = amounts.get(group["currency"], 0) + group["amount"]
    waiting = [g["earliest"] for g in groups if g["status"] == Status.WAITING and g["earliest"]]
    return Order(
        at=at,
        actor_name=groups[0]["actor_name"],
        media=frozenset(group["medium"] for group in groups),
        counts=counts,
        amounts=amounts,
        not_before=min(waiting, default=None),
        error=_error(reminders),
    )


def _error(reminders: QuerySet[Reminder]) -> str:
    """Why what waits has been put off, if it was."""
    put_off = reminders.filter(status=Status.WAITING).exclude(error="").order_by("id")
    return put_off.values_list("error", flat=True).first() or ""


def _of_order(scope: Scope, at: datetime) -> QuerySet[Reminder]:
    return Reminder.objects.filter(
        scope.customers("customer__"), company=scope.company, created_at=at
    )


def reminders_of(scope: Scope, at: datetime, statuses: Collection[str]) -> list[int]:
    """The ids of an order's reminders that are in some states."""
    rows = _of_order(scope, at).filter(status__in=statuses)
    return list(rows.order_by("id").values_list("pk", flat=True))


def troubled(scope: Scope, at: datetime) -> list[Reminder]:
    """The reminders of an order that did not leave as they should, unknown outcomes first."""
    rows = _of_order(scope, at).filter(status__in=TROUBLED).select_related("customer")
    return list(rows.order_by("-status", "id")[:_MOST_TROUBLED])


def orders_under_way(scope: Scope) -> list[Order]:
    """Orders of which something has not left, the newest first."""
    unsent = Reminder.objects.filter(
        scope.customers("customer__"), company=scope.company, status__in=UNSENT
    )
    instants = unsent.values_list("created_at", flat=True).distinct().order_by("-created_at")
    return [get_order(scope, stamp_of(at)) for at in instants[:_MOST_ORDERS]]


def has_unsent(company: Company, *, apart_from: datetime) -> bool:
    """True when another order of the company has something that has not left."""
    unsent = Reminder.objects.filter(company=company, status__in=UNSENT)
    return unsent.exclude(created_at=apart_from).exists()


def order_of_job(scope: Scope, job: Job) -> int | None:
    """The stamp of the order that a sending or printing job was started for, if one is known."""
    rows = Reminder.objects.filter(
        scope.customers("customer__"),
        company=scope.company,
        created_by=job.created_by,
        created_at__lte=job.created_at,
    )
    at = rows.order_by("-created_at").values_list("created_at", flat=True).first()
    return stamp_of(at) if at else None


def latest_job(company: Company, functions: Collection[str], since: datetime) -> Job | None:
    """The newest job running some functions that was started since an instant."""
    jobs = Job.objects.filter(company=company, function__in=functions, created_at__gte=since)
    return jobs.order_by("-id").first()


# -- what waits for a person -------------------------------------------------------------------


def letters_to_post(scope: Scope) -> QuerySet[Reminder]:
    """Printed letters that nobody has posted yet."""
    return _pending(scope, LETTERS, Status.PRINTED)


def calls_to_do(scope: Scope) -> QuerySet[Reminder]:
    """Calls and other actions that were put on the list and not done yet."""
    return _pending(scope, SPOKEN, Status.TO_DO)


def to_approve(scope: Scope) -> QuerySet[Reminder]:
    """What automatic steps prepared and a person must let go."""
    return Reminder.objects.filter(
        scope.customers("customer__"), company=scope.company, status=Status.TO_APPROVE
    ).select_related("customer")


def draft_of(reminder: Reminder) -> Draft:
    """What a reminder that has not left would say; it carries its lines."""
    own = (line for line in reminder.lines.all() if line.kind == reminder.kind)
    return Draft.of_reminder(reminder, map(claim_of, own))


def _pending(scope: Scope, media: Sequence[str], status: str) -> QuerySet[Reminder]:
    return Reminder.objects.filter(
        scope.customers("customer__"), company=scope.company, status=status, medium__in=media
    ).select_related("customer")


def get_reminder(scope: Scope, reminder_id: int) -> Reminder:
    """A reminder with its customer and lines. Raises Reminder.DoesNotExist outside the scope."""
    return (
        Reminder.objects.filter(scope.customers("customer__"), company=scope.company)
        .select_related("customer", "company", "step")
        .prefetch_related("lines__entry")
        .get(pk=reminder_id)
    )


def some_reminders(scope: Scope, ids: Collection[int]) -> list[Reminder]:
    """Some reminders with their customers, those that the scope may see."""
    rows = Reminder.objects.filter(
        scope.customers("customer__"), company=scope.company, pk__in=ids
    ).select_related("customer")
    return list(rows.order_by("id"))


def following_call(scope: Scope, done: Reminder) -> Reminder | None:
    """The call after another in the order of the list, the largest amounts first, then the first.

    None when no other call is left.
    """
    calls = calls_to_do(scope).exclude(pk=done.pk).order_by("-amount_minor", "id")
    smaller = calls.filter(amount_minor__lt=done.amount_minor)
    equal = calls.filter(amount_minor=done.amount_minor, id__gt=done.pk)
    return equal.first() or smaller.first() or calls.first()
