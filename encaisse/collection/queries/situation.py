"""Where a customer stands in his scenario: may he be reminded, what comes next, and why not."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from encaisse.collection.models import CollectionProfile, EntryFollowUp
from encaisse.collection.queries.plan import plan_of_customers
from encaisse.collection.queries.reasons import LATER
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.collection.rules.plan import Action, LeftOut, Plan, Reason
from encaisse.core.workdays import WorkingDays
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope

# Nothing is wrong with these entries: their day has not come, or their message is under way.
IN_ORDER = LATER | {Reason.IN_PROGRESS, Reason.ALREADY_TODAY}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step that comes next and its day; today or earlier means that it is due."""

    step: StepRule
    day: date


@dataclass(frozen=True, slots=True)
class Situation:
    """One customer on one day. `level` is the highest among his open entries."""

    on: date
    profile: CollectionProfile | None
    scenario: ScenarioRule | None
    level: int
    actions: tuple[Action, ...]
    left_out: tuple[LeftOut, ...]
    next_step: NextStep | None

    @property
    def owes(self) -> bool:
        """True when there is any open debit to decide about."""
        return bool(self.actions or self.left_out)

    @property
    def obstacles(self) -> tuple[LeftOut, ...]:
        """The entries that something holds back, rather than their day."""
        return tuple(left for left in self.left_out if left.reason not in IN_ORDER)

    @property
    def may_be_reminded(self) -> bool:
        """True when at least one entry follows its scenario."""
        return bool(self.actions) or any(left.reason in IN_ORDER for left in self.left_out)

    def by_entry(self) -> dict[int, LeftOut]:
        """Why each entry is left out; the first reason of an entry that has several."""
        found: dict[int, LeftOut] = {}
        for left in self.left_out:
            found.setdefault(left.entry_id, left)
        return found


def situation_of(
    scope: Scope, customer: Customer, profile: CollectionProfile | None, *, on: date
) -> Situation:
    """The customer's plan of the day and what it means for him."""
    book = scenario_book(scope.company)
    plan = plan_of_customers(scope, on, (customer.pk,), book=book)
    profile_id = profile.pk if profile else None
    scenario_id = book.scenario_id(profile_id, has_email=customer.has_email)
    scenario = book.rules[scenario_id] if scenario_id else None
    return Situation(
        on=on,
        profile=profile,
        scenario=scenario,
        level=_highest_level(customer),
        actions=tuple(plan.actions),
        left_out=tuple(plan.left_out),
        next_step=_next_step(plan, scope.company.calendar),
    )


def _highest_level(customer: Customer) -> int:
    follow_ups = EntryFollowUp.objects.filter(
        entry__company_id=customer.company_id, entry__customer=customer
    ).exclude(entry__remaining_minor=0)
    return follow_ups.aggregate(level=Max("level"))["level"] or 0


def _next_step(plan: Plan, calendar: WorkingDays) -> NextStep | None:
    """What is due, the highest step first; otherwise the first to come of what nothing holds."""
    due = [action for action in plan.actions if action.step.kind == "reminder"]
    if due or plan.actions:
        first = max(due or plan.actions, key=lambda action: action.step.level)
        return NextStep(first.step, first.since)
    tomorrow = calendar.on_or_after(plan.on + timedelta(days=1))
    to_come = [
        NextStep(left.step, tomorrow if left.reason is Reason.ALREADY_TODAY else left.day)
        for left in plan.left_out
        if left.step is not None and left.day is not None
    ]
    return min(to_come, key=lambda one: (one.day, -one.step.level), default=None)
