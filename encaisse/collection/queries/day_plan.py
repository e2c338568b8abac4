"""The plan of today as the screens read it: by step, by line, and why the rest is left out.

A large company's plan takes a second to compute and its pages ask for it again and again, so each
process keeps the last ones. Their key holds everything that a plan depends on; it is never stored.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import NamedTuple

from django.db.models import Count, Max, Q

from encaisse.collection.models import Reminder
from encaisse.collection.queries.facts import Lookout, gather, is_fresh
from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.queries.reasons import HELD_BACK, UNDER_WAY
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.rules.facts import StepRule
from encaisse.collection.rules.plan import Action, LeftOut, Plan, Reason, decide
from encaisse.core.heap import set_aside
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope

# A smaller plan is computed again sooner than it is looked for.
_WORTH = 2_000
# Actions and reasons kept by a process over all its plans: about half a kilobyte each.
_MOST = 300_000
# How far ahead the next day with something to do is looked for.
_HORIZON = timedelta(days=31)


class Row(NamedTuple):
    """A line of a screen: a customer in one currency, with the messages that are due.

    `key` names him there: the customer's id, followed by the currency when it is not the
    company's own. It still means the same line once the plan has changed.
    """

    key: str
    customer_id: int
    currency: str
    level: int
    since: date
    amount: int
    entry_count: int
    actions: tuple[Action, ...]


class Lines:
    """The lines of some steps, with what one looks up in them again and again."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    @cached_property
    def by_key(self) -> dict[str, Row]:
        """Each line by its key."""
        return {row.key: row for row in self.rows}

    @cached_property
    def per_customer(self) -> Counter[int]:
        """How many lines each customer has."""
        return Counter(row.customer_id for row in self.rows)

    @cached_property
    def by_entry(self) -> dict[int, Row]:
        """The line that each claimed entry stands in."""
        return {
            claim.entry_id: row
            for row in self.rows
            for action in row.actions
            for claim in action.claims
        }

    @cached_property
    def count(self) -> int:
        """How many messages there are."""
        return sum(len(row.actions) for row in self.rows)

    @cached_property
    def amounts(self) -> dict[str, int]:
        """What they claim, by currency; a remerciement claims nothing."""
        found: dict[str, int] = {}
        for row in self.rows:
            for action in row.actions:
                if action.step.kind != "thanks":
                    found[action.currency] = found.get(action.currency, 0) + action.amount
        return found


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A line that would be at a step today, and everything that holds it back."""

    row: Row
    left_out: tuple[LeftOut, ...]


class DayPlan:
    """The plan of one day over one scope, grouped once and kept as long as nothing changes."""

    def __init__(self, scope: Scope, plan: Plan, book: ScenarioBook, *, fresh: bool) -> None:
        self.plan = plan
        self.book = book
        self.is_fresh = fresh
        self._scope = scope
        self._lines: dict[frozenset[int], Lines] = {}
        self._sorted: dict[tuple[frozenset[int], str], Sequence[Row]] = {}

    @property
    def on(self) -> date:
        """The day."""
        return self.plan.on

    @property
    def weight(self) -> int:
        """How many things the plan holds, for the memory it takes."""
        return len(self.plan.actions) + len(self.plan.left_out)

    @cached_property
    def by_step(self) -> dict[int, list[Action]]:
        """The actions of each step, in the order of the plan."""
        found: dict[int, list[Action]] = {}
        for action in self.plan.actions:
            found.setdefault(action.step.id, []).append(action)
        return found

    @cached_property
    def steps(self) -> dict[int, StepRule]:
        """Every step of every scenario, by id."""
        return {
            step.id: step
            for rule in self.book.rules.values()
            for step in (rule.pre_due, *rule.reminders, rule.thanks)
            if step is not None
        }

    @cached_property
    def left_out_by_customer(self) -> dict[int, list[LeftOut]]:
        """What is left out, customer by customer."""
        found: dict[int, list[LeftOut]] = {}
        for left in self.plan.left_out:
            found.setdefault(left.customer_id, []).append(left)
        return found

    @cached_property
    def reasons(self) -> dict[Reason, int]:
        """How many customers each reason leaves out, the most frequent first."""
        pairs = {(left.reason, left.customer_id) for left in self.plan.left_out}
        counts = Counter(reason for reason, _customer in pairs)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def under_way(self) -> int:
        """How many customers already have a message under way or had one today."""
        return len({x.customer_id for x in self.plan.left_out if x.reason in UNDER_WAY})

    # -- lines ---------------------------------------------------------------------------------

    def lines(self, step_ids: frozenset[int]) -> Lines:
        """The lines of some steps, customer by customer."""
        if step_ids not in self._lines:
            actions = chain.from_iterable(self.by_step.get(step, ()) for step in sorted(step_ids))
            rows = list(_rows(actions, self._scope.company.base_currency))
            self._lines[step_ids] = Lines(rows)
        return self._lines[step_ids]

    def sorted_rows(self, step_ids: frozenset[int], sort: str) -> Sequence[Row]:
        """The lines of some steps by `amount`, `level`, `entries`, `name` or age (`since`).

        `-` reverses. Lines that are equal come in the order of the customers' ids.
        """
        if (step_ids, sort) not in self._sorted:
            rank = self._rank(sort.removeprefix("-"))
            rows = sorted(self.lines(step_ids).rows, key=lambda row: row.customer_id)
            rows.sort(key=rank, reverse=sort.startswith("-"))
            self._sorted[step_ids, sort] = rows
        return self._sorted[step_ids, sort]

    def _rank(self, field: str) -> Callable[[Row], int]:
        if field == "name":
            ranks = self._ranks
            return lambda row: ranks.get(row.customer_id, 0)
        return {
            "level": lambda row: row.level,
            "since": lambda row: -row.since.toordinal(),
            "entries": lambda row: row.entry_count,
        }.get(field, lambda row: row.amount)

    @cached_property
    def _ranks(self) -> dict[int, int]:
        names = Customer.objects.visible_in(self._scope).order_by("search_text", "id")
        return {pk: rank for rank, pk in enumerate(names.values_list("pk", flat=True))}

    # -- what is held back ---------------------------------------------------------------------

    @cached_property
    def held_back(self) -> dict[int, list[HeldBack]]:
        """By step, the lines that something holds back from it today.

        They come from the same rules, over the same facts less what holds back.
        """
        held = {left.customer_id for left in self.plan.left_out if left.reason in HELD_BACK}
        if not held:
            return {}
        acting = {(action.customer_id, action.currency) for action in self.plan.actions}
        plan = self._without_obstacles(held)
        found: dict[int, list[HeldBack]] = {}
        for row in _rows(plan.actions, self._scope.company.base_currency):
            if (row.customer_id, row.currency) in acting:
                continue
            reasons = self.left_out_by_customer.get(row.customer_id, ())
            why = tuple(left for left in reasons if left.reason in HELD_BACK)
            found.setdefault(row.actions[0].step.id, []).append(HeldBack(row, why))
        return found

    def _without_obstacles(self, customers: set[int]) -> Plan:
        look = Lookout(self._scope, self.on, customer_ids=tuple(customers))
        facts = gather(look)
        facts.customer_obstacles, facts.entry_obstacles, facts.credits = {}, {}, {}
        facts.is_fresh = True
        facts.scenarios = {
            key: replace(rule, is_active=True, thresholds={})
            for key, rule in facts.scenarios.items()
        }
        facts.entries = [
            entry._replace(has_email=True, has_address=True, is_automatic_method=False)
            for entry in facts.entries
            if entry.scenario_id in facts.scenarios
        ]
        return decide(facts, self._scope.company.calendar)

    # -- the next days -------------------------------------------------------------------------

    @cached_property
    def next_day(self) -> date | None:
        """The next day on which something will be due, if within a month."""
        calendar = self._scope.company.calendar
        day = calendar.on_or_after(self.on + timedelta(days=1))
        while day <= self.on + _HORIZON:
            if plan_of_day(self._scope, day).actions:
                return day
            day = calendar.on_or_after(day + timedelta(days=1))
        return None


def _rows(actions: Iterable[Action], base_currency: str) -> Iterator[Row]:
    accounts: dict[tuple[int, str], list[Action]] = {}
    for action in actions:
        accounts.setdefault((action.customer_id, action.currency), []).append(action)
    for (customer_id, currency), some in accounts.items():
        yield Row(
            f"{customer_id}{'' if currency == base_currency else currency}",
            customer_id,
            currency,
            max(action.step.level for action in some),
            min(action.since for action in some),
            sum(action.amount for action in some),
            sum(not claim.is_credit for action in some for claim in action.claims),
            tuple(some),
        )


# -- keeping -----------------------------------------------------------------------------------

_kept: OrderedDict[Hashable, DayPlan] = OrderedDict()
_lock = Lock()


def day_plan(scope: Scope, on: date, *, now: datetime, explain: bool = False) -> DayPlan:
    """The plan of a day at a moment; when large, the same object as long as nothing has changed.

    `explain` gives a reason for every open entry, those whose step comes later included.
    """
    book = scenario_book(scope.company)
    fresh = is_fresh(scope.company, now)
    key = (*plan_key(scope, on, book), fresh, explain)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    day = DayPlan(scope, plan_of_day(scope, on, now=now, explain=explain), book, fresh=fresh)
    if day.weight < _WORTH:
        return day
    with _lock:
        _kept[key] = day
        while len(_kept) > 1 and sum(kept.weight for kept in _kept.values()) > _MOST:
            _kept.popitem(last=False)
    set_aside()
    return day


def plan_key(scope: Scope, on: date, book: ScenarioBook) -> tuple[Hashable, ...]:
    """Everything in the database that a plan of a day depends on; two queries."""
    company = scope.company
    reminders = Reminder.objects.filter(company=company)
    latest = reminders.order_by("-created_at", "-id").values_list("pk", flat=True).first()
    # What is under way may end without a new reminder: sent, posted, noted, to be verified.
    pending = reminders.pending().aggregate(
        all=Count("id"), unknown=Count("id", filter=Q(status=Reminder.Status.UNKNOWN)), to=Max("id")
    )
    return (
        company.pk,
        scope.sales_reps,
        company.facts_revision,
        company.base_currency,
        company.country,
        company.subdivision,
        on,
        latest,
        tuple(pending.values()),
        repr(book),
    )
