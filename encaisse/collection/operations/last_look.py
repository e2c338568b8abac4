"""The last look at the facts, when a message is about to leave."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.operations.effects import (
    account_of,
    actions_by_account,
    withdraw_claimed,
)
from encaisse.collection.operations.prepare import line_of
from encaisse.collection.operations.written_look import Checked, check_written
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.plan import plan_of_customers
from encaisse.collection.queries.reasons import words_of
from encaisse.collection.rules.plan import Action, Claim, Plan
from encaisse.tenancy.journal import AUTOMATIC
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

_Deducted = Mapping[tuple[int, date], set[int]]
_SUSPENDED = gettext_lazy("Envois automatiques suspendus")


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
    plan = plan_of_customers(
        Scope(company),
        company.local_day(now),
        tuple({reminder.customer_id for reminder in reminders}),
        ignoring=frozenset(reminder.pk for reminder in reminders),
    )
    taken, suspended = _credits_elsewhere(reminders), _suspended(company, reminders)
    actions = actions_by_account(plan)
    kept: list[Checked] = []
    for reminder in reminders:
        of_account = actions.get(account_of(reminder), ())
        checked = None if reminder.pk in suspended else _check(reminder, of_account, taken)
        if checked is not None:
            kept.append(checked)
            continue
        why = _SUSPENDED if reminder.pk in suspended else _why(reminder, plan)
        sentence = _("Annulé avant l’envoi : %(why)s.") % {"why": why}
        withdraw_claimed(reminder, why=sentence, now=now)
    return kept


def _suspended(company: Company, reminders: Sequence[Reminder]) -> frozenset[int]:
    """What was to leave by itself, once somebody has suspended that; what was approved goes on."""
    if not Company.objects.filter(pk=company.pk, automatic_paused=True).exists():
        return frozenset()
    by_itself = Reminder.objects.filter(
        pk__in=[reminder.pk for reminder in reminders], actor_name=AUTOMATIC.name
    )
    return frozenset(by_itself.exclude(step__needs_approval=True).values_list("pk", flat=True))


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
    lines = [line_of(reminder, claim, kind) for (_entry_id, kind), claim in wanted.items()]
    Reminder.objects.filter(pk=reminder.pk).update(
        amount_minor=sum(line.claimed_minor for line in lines if line.kind == reminder.kind)
    )
    return ReminderLine.objects.bulk_create(lines)


def _why(reminder: Reminder, plan: Plan) -> str:
    """Why an intent no longer holds, in words."""
    entries = {line.entry_id for line in reminder.lines.all()}
    reasons = (left.reason for left in plan.left_out if left.entry_id in entries)
    reason = next(reasons, None)
    return words_of(reason).label if reason else _("Réglé entre-temps")
