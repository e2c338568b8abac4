"""The last look at the facts, when a message is about to leave."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.operations.effects import (
    account_of,
    actions_by_account,
    cancel_reminders,
)
from encaisse.collection.operations.written_look import Checked, check_written
from encaisse.collection.queries.messages import Draft
from encaisse.collection.queries.plan import plan_of_customers
from encaisse.collection.queries.reasons import words_of
from encaisse.collection.rules.plan import Action, Claim, Plan
from encaisse.tenancy.journal import AUTOMATIC
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

_Deducted = Mapping[tuple[int, date], set[int]]


def check_again(company: Company, reminders: Sequence[Reminder], *, now: datetime) -> list[Checked]:
    """Compare intents with the facts of this moment; cancel those that no longer hold.

    What was paid, stopped or disputed since drops out, even from the middle of a message; what
    was paid in part is claimed for the rest. `reminders` carry their lines.
    """
    written = check_written([reminder for reminder in reminders if reminder.is_written], now=now)
    planned = [reminder for reminder in reminders if not reminder.is_written]
    return [*written, *_check_planned(company, planned, now)]


def _check_planned(company: Company, reminders: Sequence[Reminder], now: datetime) -> list[Checked]:
    if not reminders:
        return []
    scope = Scope(company)
    today = company.local_day(now)
    plan = plan_of_customers(
        scope,
        today,
        tuple({reminder.customer_id for reminder in reminders}),
        ignoring=frozenset(reminder.pk for reminder in reminders),
    )
    taken = _credits_elsewhere(reminders)
    actions = actions_by_account(plan)
    kept: list[Checked] = []
    for reminder in reminders:
        checked = _check(reminder, actions.get(account_of(reminder), ()), taken)
        if checked is None:
            _cancel(scope, reminder, plan, now)
        else:
            kept.append(checked)
    return kept


def _credits_elsewhere(reminders: Sequence[Reminder]) -> _Deducted:
    """The live messages of each day that deduct a credit: it is deducted once.

    Where a customer gets one message a level, all those of a day are about the same credits.
    """
    days = {reminder.day for reminder in reminders}
    customers = {reminder.customer_id for reminder in reminders}
    lines = ReminderLine.objects.filter(
        is_credit=True,
        is_live=True,
        reminder__customer_id__in=customers,
        reminder__day__in=days,
    )
    taken: dict[tuple[int, date], set[int]] = {}
    for entry_id, day, pk in lines.values_list("entry_id", "reminder__day", "reminder_id"):
        taken.setdefault((entry_id, day), set()).add(pk)
    return taken


def _check(reminder: Reminder, actions: Sequence[Action], taken: _Deducted) -> Checked | None:
    intended = {
        (line.entry_id, line.level_after, line.kind): line
        for line in reminder.lines.all()
        if not line.is_credit
    }
    for action in actions:
        due = tuple(
            claim
            for claim in action.claims
            if not claim.is_credit
            and (claim.entry_id, claim.level_after, reminder.kind) in intended
        )
        credits = tuple(
            claim
            for claim in action.claims
            if claim.is_credit and taken.get((claim.entry_id, reminder.day), set()) <= {reminder.pk}
        )
        pre_due = tuple(
            claim for claim in action.pre_due if (claim.entry_id, 0, "pre_due") in intended
        )
        if due and sum(claim.amount for claim in (*due, *credits)) > 0:
            return _rewrite(reminder, action, (*due, *credits), pre_due)
    return None


def _rewrite(
    reminder: Reminder, action: Action, claims: tuple[Claim, ...], pre_due: tuple[Claim, ...]
) -> Checked:
    """The reminder as it must leave now: its lines and amount follow the facts."""
    wanted = {(claim.entry_id, reminder.kind): claim for claim in claims} | {
        (claim.entry_id, "pre_due"): claim for claim in pre_due
    }
    lines = list(reminder.lines.all())
    now_there = {(line.entry_id, line.kind): line for line in lines}
    amount = sum(claim.amount for claim in claims)
    same = now_there.keys() == wanted.keys() and all(
        line.claimed_minor == wanted[key].amount for key, line in now_there.items()
    )
    if not same or amount != reminder.amount_minor:
        lines = _write_lines(reminder, wanted)
        reminder.amount_minor = amount
    draft = Draft.of_reminder(reminder, claims, pre_due=pre_due)
    return Checked(reminder, draft, tuple(lines))


@transaction.atomic
def _write_lines(reminder: Reminder, wanted: dict[tuple[int, str], Claim]) -> list[ReminderLine]:
    reminder.lines.all().delete()
    lines = [
        ReminderLine(
            reminder=reminder,
            entry_id=entry_id,
            kind=kind,
            level_before=claim.level_before,
            level_after=claim.level_after,
            cycle=claim.cycle,
            claimed_minor=claim.amount,
            is_credit=claim.is_credit,
        )
        for (entry_id, kind), claim in wanted.items()
    ]
    Reminder.objects.filter(pk=reminder.pk).update(
        amount_minor=sum(line.claimed_minor for line in lines if line.kind == reminder.kind)
    )
    return ReminderLine.objects.bulk_create(lines)


def _cancel(scope: Scope, reminder: Reminder, plan: Plan, now: datetime) -> None:
    """The intent no longer holds: nothing leaves, and the journal says why."""
    entries = {line.entry_id for line in reminder.lines.all()}
    reasons = (left.reason for left in plan.left_out if left.entry_id in entries)
    reason = next(reasons, None)
    why = words_of(reason).label if reason else _("Réglé entre-temps")
    with transaction.atomic():
        claimed = Reminder.objects.filter(pk=reminder.pk, status=Reminder.Status.CLAIMED)
        if claimed.update(status=Reminder.Status.WAITING):
            cancel_reminders(
                scope,
                [reminder.pk],
                now=now,
                author=AUTOMATIC,
                why=_("Annulé avant l’envoi : %(why)s.") % {"why": why},
            )
