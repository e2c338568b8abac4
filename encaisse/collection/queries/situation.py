"""Where a customer stands in his scenario: may he be reminded, what comes next, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from encaisse.collection.models import CollectionProfile, EntryFollowUp
from encaisse.collection.queries.plan import plan_of_customers
from encaisse.collection.queries.reasons import LATER
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.collection.rules.plan import Action, LeftOut, Plan, Reason
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
    plan = plan_of_customers(scope, on, (customer.pk,))
    book = scenario_book(scope.company)
    profile_id = profile.pk if profile else None
    scenario_id = book.scenario_id(profile_id, has_email=customer.has_email)
    scenario = book.rules[scenario_id] if scenario_id else None
    levels = _open_levels(customer)
    return Situation(
        on=on,
        profile=profile,
        scenario=scenario,
        level=max(levels.values(), default=0),
        actions=tuple(plan.actions),
        left_out=tuple(plan.left_out),
        next_step=_next_step(plan, scenario, levels),
    )


def _open_levels(customer: Customer) -> dict[int, int]:
    follow_ups = EntryFollowUp.objects.filter(
        entry__company_id=customer.company_id, entry__customer=customer
    ).exclude(entry__remaining_minor=0)
    return dict(follow_ups.values_list("entry_id", "level"))


def _next_step(
    plan: Plan, scenario: ScenarioRule | None, levels: Mapping[int, int]
) -> NextStep | None:
    """What is due, the highest step first; otherwise the first to come."""
    due = [action for action in plan.actions if action.step.kind == "reminder"]
    if due or plan.actions:
        first = max(due or plan.actions, key=lambda action: action.step.level)
        return NextStep(first.step, first.since)
    waiting = [left for left in plan.left_out if left.reason in LATER]
    dated = [(left.day, levels.get(left.entry_id, 0)) for left in waiting if left.day]
    if not dated or scenario is None:
        return None
    day = min(day for day, _level in dated)
    level = max(level for one, level in dated if one == day)
    step = _step_above(scenario.reminders, level)
    return NextStep(step, day) if step else None


def _step_above(steps: Sequence[StepRule], level: int) -> StepRule | None:
    above = (step for step in steps if step.is_active and step.level > level)
    return min(above, key=lambda step: step.level, default=None)
