"""Turning due actions into intents: rows with a unique key, before anything leaves."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.operations.effects import (
    account_of,
    actions_by_account,
    cancel_reminders,
    still_owed,
    still_says,
)
from encaisse.collection.queries.facts import Lookout, gather
from encaisse.collection.queries.plan import plan_of_customers
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.rules.facts import DayFacts
from encaisse.collection.rules.plan import Action, Claim, Plan, Reason, decide
from encaisse.core.dates import short_date
from encaisse.messaging.mail import make_message_id
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

Status = Reminder.Status
FIRST_STATUS = {
    "email": Status.WAITING,
    "letter": Status.WAITING,
    "registered_letter": Status.WAITING,
    "phone": Status.TO_DO,
    "other": Status.TO_DO,
}
_BATCH = 500


class PreparationRefused(Exception):
    """Nothing can be prepared on that day; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the day's actions to take. None means all; excluded ones stay for another time."""

    media: frozenset[str] | None = None
    step_ids: frozenset[int] | None = None
    customer_ids: frozenset[int] | None = None
    excluded_customers: frozenset[int] = frozenset()
    excluded_entries: frozenset[int] = frozenset()
    automatic_only: bool = False

    def takes(self, action: Action) -> bool:
        """True when the action is chosen."""
        step = action.step
        return (
            (self.media is None or step.medium in self.media)
            and (self.step_ids is None or step.id in self.step_ids)
            and (self.customer_ids is None or action.customer_id in self.customer_ids)
            and action.customer_id not in self.excluded_customers
            and (step.is_automatic or not self.automatic_only)
        )


@dataclass(slots=True)
class Prepared:
    """What a preparation did: new intents by medium, and customers already served or under way."""

    reminders: list[Reminder] = field(default_factory=list)
    already: int = 0

    @property
    def count(self) -> int:
        """How many new intents there are."""
        return len(self.reminders)

    def by_medium(self) -> dict[str, int]:
        """New intents by medium."""
        counts: dict[str, int] = {}
        for reminder in self.reminders:
            counts[reminder.medium] = counts.get(reminder.medium, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done: the company's day, the instant, and before when nothing leaves."""

    today: date
    now: datetime
    not_before: datetime | None = None


@transaction.atomic
def prepare_reminders(
    scope: Scope, moment: Moment, *, author: Author, selection: Selection
) -> Prepared:
    """Write the intents of the actions that are due and chosen; what is under way is left alone.

    One preparation of a company runs at a time, so two clicks or two runs in one second give one
    message: the second finds the first's intents. Unique keys in the database stand behind it.
    Raises PreparationRefused for a day before the last one on which something was done.
    """
    Company.objects.select_for_update(no_key=True).get(pk=scope.company.pk)
    _check_day(scope.company, moment.today)
    book = scenario_book(scope.company)
    _replace_stale(scope, moment, author, selection)
    facts = gather(Lookout(scope, moment.today, now=moment.now, book=book))
    plan = decide(facts, scope.company.calendar)
    prepared = Prepared(already=_already(facts, plan))
    for action in plan.actions:
        chosen = without_entries(action, selection.excluded_entries)
        if chosen is not None and selection.takes(chosen):
            prepared.reminders.append(
                _intent(
                    scope.company,
                    _at_its_step(chosen, book),
                    book,
                    moment,
                    author,
                    by_itself=selection.automatic_only,
                )
            )
    _insert(prepared.reminders)
    if prepared.reminders:
        record_event(
            "reminders.prepared",
            company=scope.company,
            author=author,
            at=moment.now,
            day=moment.today.isoformat(),
            count=prepared.count,
            by_medium=prepared.by_medium(),
        )
    return prepared


def _check_day(company: Company, today: date) -> None:
    """A run of an earlier day would not see what was done since, and would do it again."""
    done = Reminder.objects.filter(company=company, effective_on__gt=today)
    last = done.order_by("-effective_on").values_list("effective_on", flat=True).first()
    if last is not None:
        raise PreparationRefused(
            _("Des relances ont été faites le %(last)s : on ne peut pas relancer au %(day)s.")
            % {"last": short_date(last), "day": short_date(today)}
        )


def _already(facts: DayFacts, plan: Plan) -> int:
    """Customers whose message of the day left, or is under way."""
    under_way = (Reason.IN_PROGRESS, Reason.UNKNOWN_OUTCOME)
    waiting = {left.customer_id for left in plan.left_out if left.reason in under_way}
    return len(waiting | {customer_id for customer_id, _currency in facts.messaged})


def without_entries(action: Action, excluded: Collection[int]) -> Action | None:
    """The action less the entries that were unticked; None when nothing is left to claim."""
    if not excluded:
        return action
    claims = tuple(claim for claim in action.claims if claim.entry_id not in excluded)
    pre_due = tuple(claim for claim in action.pre_due if claim.entry_id not in excluded)
    amount = sum(claim.amount for claim in claims)
    return action._replace(claims=claims, pre_due=pre_due, amount=amount) if amount > 0 else None


def _at_its_step(action: Action, book: ScenarioBook) -> Action:
    """Without its highest entries a reminder is the step of the highest that remain."""
    level = max(claim.level_after for claim in action.claims if not claim.is_credit)
    if action.step.kind != "reminder" or level == action.step.level:
        return action
    steps = book.rules[action.scenario_id].reminders
    return action._replace(step=next(step for step in steps if step.level == level))


def _intent(
    company: Company,
    action: Action,
    book: ScenarioBook,
    moment: Moment,
    author: Author,
    *,
    by_itself: bool,
) -> Reminder:
    step = action.step
    scenario = book.rules[action.scenario_id]
    key = intent_key(company, action)
    reminder = Reminder(
        company=company,
        customer_id=action.customer_id,
        key=key,
        kind=step.kind,
        level=step.level,
        medium=step.medium,
        step_id=step.id,
        scenario_name=scenario.name,
        scenario_version=scenario.version,
        currency=action.currency,
        amount_minor=action.amount,
        day=moment.today,
        since=action.since,
        is_automatic=step.is_automatic and author.user is None,
        status=Status.TO_APPROVE
        if by_itself and step.needs_approval
        else FIRST_STATUS[step.medium],
        status_at=moment.now,
        not_before=moment.not_before,
        message_id=message_id_of(company, key),
        template_code=step.template_code,
        created_at=moment.now,
        created_by=author.user,
        actor_name=author.name,
    )
    reminder.planned = action  # type: ignore[attr-defined]  # its lines, written once it has an id
    return reminder


def message_id_of(company: Company, key: str) -> str:
    """The Message-ID of an intent, fixed before anything leaves."""
    domain = company.sender_email.rpartition("@")[2] or f"{company.slug}.invalid"
    return make_message_id(f"{key}.{uuid4().hex}", domain)


def intent_key(company: Company, action: Action) -> str:
    """Company, customer, currency, step, and the cycle of each entry: one intent, one key."""
    entries = sorted(
        f"{claim.entry_id}:{claim.level_after}:{claim.cycle}"
        for claim in action.claims
        if not claim.is_credit
    )
    parts = (
        company.pk,
        action.customer_id,
        action.currency,
        action.step.kind,
        action.step.level,
        *entries,
    )
    return sha256("|".join(str(part) for part in parts).encode()).hexdigest()


def _insert(reminders: list[Reminder]) -> None:
    Reminder.objects.bulk_create(reminders, batch_size=_BATCH)
    lines = [line for reminder in reminders for line in _lines(reminder)]
    ReminderLine.objects.bulk_create(lines, batch_size=_BATCH * 2)


def _lines(reminder: Reminder) -> list[ReminderLine]:
    action: Action = reminder.planned  # type: ignore[attr-defined]
    return [
        *(line_of(reminder, claim, action.step.kind) for claim in action.claims),
        *(line_of(reminder, claim, "pre_due") for claim in action.pre_due),
    ]


def line_of(reminder: Reminder, claim: Claim, kind: str, *, is_live: bool = True) -> ReminderLine:
    """The row of a claim; one that is not live takes no step and raises no level."""
    return ReminderLine(
        reminder=reminder,
        entry_id=claim.entry_id,
        kind=kind,
        level_before=claim.level_before,
        level_after=claim.level_after,
        cycle=claim.cycle,
        claimed_minor=claim.amount,
        is_credit=claim.is_credit,
        is_live=is_live,
    )


def _replace_stale(scope: Scope, moment: Moment, author: Author, selection: Selection) -> None:
    """Drop what waits since an earlier day for a person and no longer says what is due.

    An unposted letter of yesterday for an amount that has changed is replaced, never stacked. One
    whose successor is not chosen now stays until it is.
    """
    stale = list(
        Reminder.objects.filter(
            scope.customers("customer__"),
            status__in=(Status.TO_APPROVE, Status.PRINTED, Status.TO_DO),
            day__lt=moment.today,
        )
        .prefetch_related("lines__entry")
        .order_by("id")
    )
    if not stale:
        return
    ids = tuple({reminder.customer_id for reminder in stale})
    ignoring = frozenset(reminder.pk for reminder in stale)
    actions = actions_by_account(plan_of_customers(scope, moment.today, ids, ignoring=ignoring))
    changed = [
        reminder
        for reminder in stale
        if _is_replaced(reminder, actions.get(account_of(reminder), ()), selection)
    ]
    if changed:
        cancel_reminders(
            scope,
            [reminder.pk for reminder in changed],
            now=moment.now,
            author=author,
            why=_("Remplacé : la situation a changé depuis."),
        )


def _is_replaced(reminder: Reminder, actions: Sequence[Action], selection: Selection) -> bool:
    if reminder.is_written:  # a person decided it: it holds while it is owed
        return reminder.kind in Reminder.CLAIMING and not still_owed(reminder)
    if any(still_says(reminder, action) for action in actions):
        return False
    return not actions or any(selection.takes(action) for action in actions)
