"""What becomes of a reminder: it takes effect, or it does not. Levels rise only here."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.operations.delivery_marks import mark_done
from encaisse.collection.queries.plan import plan_of_customers
from encaisse.collection.queries.rehearsal import leaves_in_rehearsal
from encaisse.collection.rules.plan import Action, Plan
from encaisse.ledger.bulk import insert_rows
from encaisse.tenancy.journal import (
    AUTOMATIC,
    Author,
    Line,
    facts_changed,
    record_event,
    record_events,
)
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

Status = Reminder.Status
Account = tuple[int, str, str]

_ROUND = 500
_RAISE = """
INSERT INTO collection_entryfollowup
  (entry_id, company_id, level, level_on, reminder_count, cycle, pre_due_on, thanked_on)
VALUES {rows}
ON CONFLICT (entry_id) DO UPDATE SET
  level_on = CASE WHEN excluded.level > collection_entryfollowup.level
    THEN excluded.level_on ELSE collection_entryfollowup.level_on END,
  level = CASE WHEN excluded.level > collection_entryfollowup.level
    THEN excluded.level ELSE collection_entryfollowup.level END,
  reminder_count = collection_entryfollowup.reminder_count + excluded.reminder_count,
  pre_due_on = COALESCE(excluded.pre_due_on, collection_entryfollowup.pre_due_on),
  thanked_on = COALESCE(excluded.thanked_on, collection_entryfollowup.thanked_on)
"""


class ReminderRefused(Exception):
    """The reminder is not in a state for that; the message is fit to show to the user."""


def raise_levels(done: Iterable[tuple[Reminder, Iterable[ReminderLine]]], on: date) -> None:
    """Note on each entry that its step took effect on a day. Inside the caller's transaction."""
    day = on.isoformat()
    lines = [
        (reminder, line)
        for reminder, some in done
        for line in some
        if line.is_live and not line.is_credit
    ]
    follow_ups = [
        (
            line.entry_id,
            reminder.company_id,
            line.level_after if line.kind == "reminder" else 0,
            day if line.kind == "reminder" else None,
            int(line.kind == "reminder"),
            day if line.kind == "pre_due" else None,
            day if line.kind == "thanks" else None,
        )
        for reminder, line in lines
    ]
    with connection.cursor() as cursor:
        for rows in _rounds(follow_ups):
            marks = ", ".join(["(%s, %s, %s, %s, %s, 0, %s, %s)"] * len(rows))
            cursor.execute(_RAISE.format(rows=marks), [value for row in rows for value in row])
    insert_rows(
        "collection_levelchange",
        ("company_id", "entry_id", "kind", "level", "on", "reminder_id"),
        [
            (reminder.company_id, line.entry_id, line.kind, line.level_after, day, reminder.pk)
            for reminder, line in lines
        ],
    )


def _rounds(follow_ups: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows, each entry once a round: a statement cannot meet the same row twice."""
    left = list(follow_ups)
    while left:
        of_round = {row[0]: row for row in reversed(left[:_ROUND])}
        yield list(of_round.values())
        taken = {id(row) for row in of_round.values()}
        left = [row for row in left[:_ROUND] if id(row) not in taken] + left[_ROUND:]


def take_effect(
    reminder: Reminder, *, status: str, on: date, now: datetime, author: Author
) -> bool:
    """Mark a reminder as done on a day and raise the levels; False when someone else just did."""
    return bool(take_effects([reminder], status=status, on=on, now=now, author=author))


@transaction.atomic
def take_effects(
    reminders: Iterable[Reminder], *, status: str, on: date, now: datetime, author: Author
) -> list[Reminder]:
    """The same for reminders of one company, at once; those that nobody else did just before."""
    by_state: dict[str, list[Reminder]] = {}
    for reminder in reminders:
        by_state.setdefault(reminder.status, []).append(reminder)
    done = []
    for was, some in by_state.items():
        mine = mark_done(some, status, was=was, on=on, now=now)
        done += [reminder for reminder in some if reminder.pk in mine]
    if done:
        if status == Status.SENT:
            for reminder in done:
                reminder.accepted_at = reminder.accepted_at or reminder.status_at
        raise_levels([(reminder, reminder.lines.all()) for reminder in done], on)
        written = [(reminder, author) for reminder in done]
        journal_reminders(f"reminder.{status}", written, now=now)
        facts_changed(done[0].company_id)
    return done


def journal_reminder(kind: str, reminder: Reminder, *, now: datetime, author: Author) -> None:
    """One line of the journal about one reminder; its row keeps the exact content."""
    journal_reminders(kind, [(reminder, author)], now=now)


def journal_reminders(kind: str, done: Sequence[tuple[Reminder, Author]], *, now: datetime) -> None:
    """A line of the journal for each reminder, written together."""
    record_events(
        [
            Line(
                kind,
                reminder.company_id,
                author,
                now,
                reminder.customer.account_code,
                {
                    "reminder": reminder.pk,
                    "medium": reminder.medium,
                    "step": reminder.kind,
                    "level": reminder.level,
                    "amount_minor": reminder.amount_minor,
                    "currency": reminder.currency,
                    "recipients": reminder.recipients,
                    "scenario": f"{reminder.scenario_name} v{reminder.scenario_version}",
                    **_how_sent(kind, reminder),
                },
            )
            for reminder, author in done
        ]
    )


def _how_sent(kind: str, reminder: Reminder) -> dict[str, bool]:
    """Of an e-mail that left: whether it was for a rehearsal. No line can be mended afterwards."""
    return {"rehearsal": leaves_in_rehearsal(reminder)} if kind == "reminder.sent" else {}


def fail_reminder(
    reminder: Reminder, *, why: str, now: datetime, author: Author, was: Sequence[str]
) -> bool:
    """A refused message: no level is reached and the step may be taken again by other means."""
    with transaction.atomic():
        current = Reminder.objects.filter(pk=reminder.pk, status__in=was)
        if not current.update(status=Status.FAILED, status_at=now, error=why, lease_until=None):
            return False
        ReminderLine.objects.filter(reminder=reminder).update(is_live=False)
        journal_reminder("reminder.failed", reminder, now=now, author=author)
        facts_changed(reminder.company_id)
    return True


@transaction.atomic
def cancel_reminders(
    scope: Scope, ids: Sequence[int], *, now: datetime, author: Author, why: str = ""
) -> int:
    """Take back intents that have not left: waiting mails, unposted letters, calls to make.

    Returns how many were; those that a worker has begun to send are too late.
    """
    open_states = (Status.TO_APPROVE, Status.WAITING, Status.PRINTED, Status.TO_DO)
    rows = Reminder.objects.filter(
        scope.customers("customer__"), pk__in=ids, status__in=open_states
    )
    cancelled = list(rows.values_list("pk", flat=True))
    done = Reminder.objects.filter(pk__in=cancelled, status__in=open_states).update(
        status=Status.CANCELLED, status_at=now, error=why or _("Annulé avant l’envoi.")
    )
    ReminderLine.objects.filter(
        reminder_id__in=cancelled, reminder__status=Status.CANCELLED
    ).update(is_live=False)
    if done:
        record_event(
            "reminders.cancelled",
            company=scope.company,
            author=author,
            at=now,
            reminders=cancelled,
            why=why,
        )
        facts_changed(scope.company.pk)
    return done


@transaction.atomic
def withdraw_claimed(reminder: Reminder, *, why: str, now: datetime) -> None:
    """Nothing leaves of what a worker holds after all; the journal says why."""
    claimed = Reminder.objects.filter(pk=reminder.pk, status=Status.CLAIMED)
    if claimed.update(status=Status.WAITING):
        scope = Scope(reminder.company)
        cancel_reminders(scope, [reminder.pk], now=now, author=AUTOMATIC, why=why)


def note_done(reminder: Reminder, *, comment: str, on: date, now: datetime, author: Author) -> None:
    """A call was made, or something else was done. Raises ReminderRefused when it was already."""
    _check_past(reminder.company, on, now)
    with transaction.atomic():
        Reminder.objects.filter(pk=reminder.pk, status=Status.TO_DO).update(comment=comment)
        if reminder.status != Status.TO_DO or not take_effect(
            reminder, status=Status.NOTED, on=on, now=now, author=author
        ):
            raise ReminderRefused(_("Cette action est déjà notée ou annulée."))


def _check_past(company: Company, on: date, now: datetime) -> None:
    """What is done is done: a day to come would hold back the steps of every customer."""
    if on > company.local_day(now):
        raise ReminderRefused(_("Cette date n’est pas encore passée."))


@transaction.atomic
def mark_posted(
    scope: Scope, ids: Sequence[int], *, on: date, now: datetime, author: Author
) -> tuple[int, list[Reminder]]:
    """Printed letters were posted. Returns how many, and those to take out of the pile instead.

    A letter that claims more than what was due on that day is cancelled: it must not leave.
    Raises ReminderRefused for a day to come.
    """
    _check_past(scope.company, on, now)
    printed = list(
        Reminder.objects.filter(scope.customers("customer__"), pk__in=ids, status=Status.PRINTED)
        .select_related("customer", "company")
        .prefetch_related("lines__entry")
        .order_by("id")
    )
    customers = tuple({reminder.customer_id for reminder in printed})
    ignoring = frozenset(reminder.pk for reminder in printed)
    actions = actions_by_account(plan_of_customers(scope, on, customers, ignoring=ignoring))
    leaving: list[Reminder] = []
    withdrawn: list[Reminder] = []
    for reminder in printed:
        of_account = actions.get(account_of(reminder), ())
        holds = (
            still_owed(reminder)
            if reminder.is_written
            else any(still_says(reminder, action) for action in of_account)
        )
        (leaving if holds or reminder.kind != "reminder" else withdrawn).append(reminder)
    posted = take_effects(leaving, status=Status.POSTED, on=on, now=now, author=author)
    if withdrawn:
        why = _("Réglé ou suspendu depuis l’impression : ne pas poster.")
        cancel_reminders(scope, [row.pk for row in withdrawn], now=now, author=author, why=why)
    return len(posted), withdrawn


def account_of(reminder: Reminder) -> Account:
    """What a reminder is about: the customer, the currency and the kind of step."""
    return reminder.customer_id, reminder.currency, reminder.kind


def actions_by_account(plan: Plan) -> dict[Account, list[Action]]:
    """The actions of a plan, by what they are about."""
    found: dict[Account, list[Action]] = {}
    for action in plan.actions:
        account = action.customer_id, action.currency, action.step.kind
        found.setdefault(account, []).append(action)
    return found


def still_says(reminder: Reminder, action: Action) -> bool:
    """True when all that a written reminder claims is still due, and its credits are all there.

    `reminder` carries its lines. More may be due by now: that is for another message.
    """
    due = {claim.entry_id: claim for claim in action.claims if not claim.is_credit}
    credited = -sum(claim.amount for claim in action.claims if claim.is_credit)
    for line in reminder.lines.all():
        if line.is_credit:
            credited += line.claimed_minor
        elif line.kind == reminder.kind:
            claim = due.get(line.entry_id)
            if claim is None or claim.level_after != line.level_after:
                return False
            if claim.amount < line.claimed_minor:
                return False
    return credited <= 0


def still_owed(reminder: Reminder) -> bool:
    """True when what a person claimed in a letter is still owed, whatever the plan would say.

    `reminder` carries its lines with their entries.
    """
    lines = reminder.lines.all()
    claimed = sum(line.claimed_minor for line in lines)
    owed = sum(min(line.claimed_minor, line.entry.remaining_minor) for line in lines)
    return owed >= claimed


def resolve_unknown(
    reminder: Reminder, *, has_left: bool, on: date, now: datetime, author: Author
) -> None:
    """A person says whether a message of unknown outcome left. If not, it will leave once more.

    Raises ReminderRefused when the outcome is known already.
    """
    if reminder.status != Status.UNKNOWN:
        raise ReminderRefused(_("Le sort de ce message est déjà connu."))
    if has_left:
        take_effect(reminder, status=Status.SENT, on=on, now=now, author=author)
        return
    with transaction.atomic():
        unknown = Reminder.objects.filter(pk=reminder.pk, status=Status.UNKNOWN)
        if unknown.update(status=Status.WAITING, status_at=now, not_before=None, error=""):
            journal_reminder("reminder.requeued", reminder, now=now, author=author)
