"""The plan of a day: which messages are due, and why every other entry is left out.

Pure: the same facts always give the same plan, so it can be previewed, replayed and tested.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from encaisse.collection.rules.facts import (
    LETTERS,
    DayFacts,
    EntryFacts,
    Obstacle,
    ScenarioRule,
    SettledFacts,
    StepRule,
)
from encaisse.collection.rules.promises import still_promised
from encaisse.collection.rules.timetable import Timetable
from encaisse.core.workdays import WorkingDays

# A thank-you that could not leave within a week would be odd.
_THANKS_LATEST = timedelta(days=7)


class Reason(StrEnum):
    """Why an entry is left out (rules.md, « One message »)."""

    CUSTOMER_STOP = "customer_stop"
    ENTRY_STOP = "entry_stop"
    HOLD_UNTIL = "hold_until"
    DISPUTE = "dispute"
    PROMISE = "promise"
    AUTOMATIC_METHOD = "automatic_method"
    PAID_ONLINE = "paid_online"
    NO_DUE_DATE = "no_due_date"
    NO_ADDRESS = "no_address"
    NO_SCENARIO = "no_scenario"
    SCENARIO_OFF = "scenario_off"
    LAST_STEP_DONE = "last_step_done"
    WAITING = "waiting"
    NOT_DUE = "not_due"
    IN_PROGRESS = "in_progress"
    UNKNOWN_OUTCOME = "unknown_outcome"
    ALREADY_TODAY = "already_today"
    BELOW_ENTRY_MINIMUM = "below_entry_minimum"
    BELOW_TOTAL_MINIMUM = "below_total_minimum"
    ABOVE_TOTAL_MAXIMUM = "above_total_maximum"
    TO_MATCH = "to_match"
    DATA_TOO_OLD = "data_too_old"


# No step of theirs has come: why they are held back is looked for where every entry is explained.
_NOT_AT_A_STEP = frozenset({Reason.WAITING, Reason.NOT_DUE, Reason.LAST_STEP_DONE})


class Claim(NamedTuple):
    """An entry in a message: the amount claimed, and its level before and after."""

    entry_id: int
    amount: int
    level_before: int
    level_after: int
    cycle: int = 0
    is_credit: bool = False


class Action(NamedTuple):
    """One message that is due: claims are net of the credits among them.

    `pre_due` are entries not yet due that the message mentions: their prévenance counts as done.
    """

    customer_id: int
    currency: str
    scenario_id: int
    step: StepRule
    amount: int
    since: date
    claims: tuple[Claim, ...]
    pre_due: tuple[Claim, ...] = ()
    # A letter to a customer whose postal address is not known: to be completed by hand.
    lacks_address: bool = False


class LeftOut(NamedTuple):
    """An entry that is not reminded today, or a part of it, and why.

    `day`: until when; `step`: the one that it waits for, where nothing but its day is missing.
    """

    customer_id: int
    entry_id: int
    reason: Reason
    amount: int
    day: date | None = None
    step: StepRule | None = None


@dataclass(slots=True)
class Plan:
    """What is due on a day."""

    on: date
    actions: list[Action] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


class _Due(NamedTuple):
    claim: Claim
    step: StepRule
    since: date


def decide(facts: DayFacts, calendar: WorkingDays, *, timetable: Timetable | None = None) -> Plan:
    """The plan of `facts.today`: one message per customer and currency (or per level, if set).

    `timetable` says the days of the steps, unless the scenarios do.
    """
    plan = Plan(facts.today)
    planner = _Planner(facts, timetable or Timetable(facts.scenarios, calendar), plan)
    for (customer_id, currency), entries in groupby(facts.entries, key=_account):
        planner.plan_account(customer_id, currency, list(entries))
    planner.plan_thanks()
    return plan


def _account(entry: EntryFacts | SettledFacts) -> tuple[int, str]:
    return entry.customer_id, entry.currency


class _Planner:
    def __init__(self, facts: DayFacts, timetable: Timetable, plan: Plan) -> None:
        self._facts = facts
        self._today = facts.today
        self._timetable = timetable
        self._plan = plan
        self._reminded: set[tuple[int, str]] = set()

    # -- reminders and prévenances -------------------------------------------------------------

    def plan_account(self, customer_id: int, currency: str, entries: list[EntryFacts]) -> None:
        """Decide for one customer in one currency."""
        facts = self._facts
        scenario = facts.scenarios.get(entries[0].scenario_id or 0)
        blocked = _blocked(scenario) or _obstacle_reason(facts.customer_obstacles.get(customer_id))
        if blocked is not None:
            reason, day = blocked
            self._leave_out(entries, reason, day)
            return
        assert scenario is not None
        due: list[_Due] = []
        pre_due: list[_Due] = []
        for entry in entries:
            if found := self._due_of(entry, scenario):
                (pre_due if found.step.kind == "pre_due" else due).append(found)
        if due:
            self._remind(entries[0], scenario, due, pre_due)
        elif pre_due:
            self._announce(entries[0], scenario, pre_due)

    def _due_of(self, entry: EntryFacts, scenario: ScenarioRule) -> _Due | None:
        """What is due of an entry today; why it is not, or a part of it, is noted.

        What holds it back is told before its day: a day says when a reminder will leave.
        """
        facts = self._facts
        found = self._step_of(entry, scenario)
        reason, day = self._not_now(entry, found)
        if reason is None and (state := facts.in_progress.get(entry.id)):
            self._leave_out_one(entry, Reason(state))
            return None
        is_looked_at = facts.explained or reason not in _NOT_AT_A_STEP
        claimed = self._free(entry) if is_looked_at else entry.remaining
        if not claimed:
            return None
        if reason is None:
            reason, day = self._not_now_either(entry, scenario, claimed)
        if reason is not None:
            step = found[0] if found else None
            left = LeftOut(entry.customer_id, entry.id, reason, claimed, day, step)
            self._plan.left_out.append(left)
            return None
        assert found is not None
        step, since = found
        claim = Claim(entry.id, claimed, entry.level, step.level, entry.cycle)
        return _Due(claim, step, since)

    def _step_of(self, entry: EntryFacts, scenario: ScenarioRule) -> tuple[StepRule, date] | None:
        """The step that an entry is at, or the next one, and its day; None when there is none."""
        if entry.due_date is None:
            return None
        if entry.due_date >= self._today and (found := self._pre_due(entry, scenario)):
            return found
        return self._timetable.next_reminder(entry)

    def _not_now(
        self, entry: EntryFacts, found: tuple[StepRule, date] | None
    ) -> tuple[Reason | None, date | None]:
        """Why an entry is not at its step today, and until when; nothing when it is."""
        if entry.due_date is None:
            return Reason.NO_DUE_DATE, None
        if found is None:
            return Reason.LAST_STEP_DONE, None
        if found[1] <= self._today:
            return None, None
        return Reason.WAITING if entry.due_date < self._today else Reason.NOT_DUE, found[1]

    def _not_now_either(
        self, entry: EntryFacts, scenario: ScenarioRule, claimed: int
    ) -> tuple[Reason | None, date | None]:
        """Why an entry at its step is not claimed today all the same."""
        if claimed < scenario.threshold(entry.currency).entry_minimum:
            return Reason.BELOW_ENTRY_MINIMUM, None
        if _account(entry) in self._facts.messaged:
            return Reason.ALREADY_TODAY, self._today
        return None, None

    def _pre_due(self, entry: EntryFacts, scenario: ScenarioRule) -> tuple[StepRule, date] | None:
        """The prévenance of an entry not yet due. It is never sent late: not on the due date."""
        step = scenario.pre_due
        assert entry.due_date is not None
        if step is None or not step.is_active or entry.pre_due_done or entry.level:
            return None
        if entry.due_date == self._today:
            return None
        day = self._timetable.pre_due_day(step, entry.due_date)
        return (step, day) if day <= self._today else None

    def _free(self, entry: EntryFacts) -> int:
        """What nothing holds back of an entry; what does is noted."""
        if entry.is_automatic_method:
            self._leave_out_one(entry, Reason.AUTOMATIC_METHOD)
            return 0
        free = entry.remaining
        obstacles = self._facts.entry_obstacles.get(entry.id, ())
        for obstacle, amount in _held(obstacles, entry.remaining, self._today):
            held = free if amount is None else min(free, amount)
            if held:
                reason = Reason(obstacle.reason)
                self._plan.left_out.append(
                    LeftOut(entry.customer_id, entry.id, reason, held, obstacle.until)
                )
                free -= held
        return free

    def _remind(
        self, first: EntryFacts, scenario: ScenarioRule, due: list[_Due], pre_due: list[_Due]
    ) -> None:
        due = self._reachable(first, scenario, due)
        if not due:
            if pre_due:
                self._announce(first, scenario, pre_due)
            return
        credits = [
            Claim(entry_id, amount, 0, 0, is_credit=True)
            for entry_id, amount in self._facts.credits.get(_account(first), ())
        ]
        total = sum(item.claim.amount for item in due) + sum(claim.amount for claim in credits)
        if reason := _total_reason(total, scenario, first.currency):
            self._leave_out_dues(first.customer_id, [*due, *pre_due], reason)
            return
        for group in _messages(due, credits, by_level=scenario.by_level):
            self._act(first, scenario, group, [item.claim for item in pre_due])
            pre_due = []

    def _reachable(self, first: EntryFacts, scenario: ScenarioRule, due: list[_Due]) -> list[_Due]:
        """What can leave by the medium of its message; the reason of the rest is noted."""
        kept: list[_Due] = []
        for group in _by_level(due) if scenario.by_level else [due]:
            if reason := self._obstacle_to(_highest(group), first):
                self._leave_out_dues(first.customer_id, group, reason)
            else:
                kept += group
        return kept

    def _announce(self, first: EntryFacts, scenario: ScenarioRule, pre_due: list[_Due]) -> None:
        """A prévenance: debits only."""
        total = sum(item.claim.amount for item in pre_due)
        reason = _total_reason(total, scenario, first.currency)
        reason = reason or self._obstacle_to(_highest(pre_due), first)
        if reason:
            self._leave_out_dues(first.customer_id, pre_due, reason)
        else:
            self._act(first, scenario, (pre_due, []), [])

    def _act(
        self,
        first: EntryFacts,
        scenario: ScenarioRule,
        group: tuple[list[_Due], list[Claim]],
        pre_due: list[Claim],
    ) -> None:
        due, credits = group
        step = _highest(due)
        claims = (*(item.claim for item in due), *credits)
        self._reminded.add(_account(first))
        self._plan.actions.append(
            Action(
                first.customer_id,
                first.currency,
                scenario.id,
                step,
                sum(claim.amount for claim in claims),
                min(item.since for item in due),
                claims,
                tuple(pre_due),
                _lacks_address(step, first),
            )
        )

    def _obstacle_to(self, step: StepRule, first: EntryFacts | SettledFacts) -> Reason | None:
        """What keeps a step from leaving. A letter that a person prints may lack its address: he
        sees it and completes it; one that would leave by itself may not.
        """
        if step.is_automatic and not self._facts.is_fresh:
            return Reason.DATA_TOO_OLD
        if step.medium == "email":
            return None if first.has_email else Reason.NO_ADDRESS
        if step.is_automatic and _lacks_address(step, first):
            return Reason.NO_ADDRESS
        return None

    # -- thanks --------------------------------------------------------------------------------

    def plan_thanks(self) -> None:
        """A remerciement per customer and currency, unless he is being reminded."""
        for account, entries in groupby(self._facts.settled, key=_account):
            self._thank(account, [entry for entry in entries if self._is_thanked_for(entry)])

    def _is_thanked_for(self, entry: SettledFacts) -> bool:
        scenario = self._facts.scenarios.get(entry.scenario_id or 0)
        step = scenario.thanks if scenario and scenario.is_active else None
        if step is None or not step.is_active or (step.only_after_reminder and not entry.level):
            return False
        if entry.id in self._facts.in_progress:
            return False
        day = self._timetable.thanks_day(step, entry.settled_date)
        return day <= self._today <= day + _THANKS_LATEST

    def _thank(self, account: tuple[int, str], entries: list[SettledFacts]) -> None:
        facts = self._facts
        customer_id, currency = account
        if not entries or account in self._reminded or account in facts.messaged:
            return
        first = entries[0]
        scenario = facts.scenarios[first.scenario_id or 0]
        step = scenario.thanks
        assert step is not None
        owes = customer_id in facts.overdue_customers and not scenario.thanks_while_overdue
        if owes or customer_id in facts.customer_obstacles:
            return
        if self._obstacle_to(step, first):
            return
        claims = tuple(
            Claim(entry.id, entry.amount, entry.level, entry.level, entry.cycle)
            for entry in entries
        )
        since = min(self._timetable.thanks_day(step, entry.settled_date) for entry in entries)
        total = sum(claim.amount for claim in claims)
        self._plan.actions.append(
            Action(
                customer_id,
                currency,
                scenario.id,
                step,
                total,
                since,
                claims,
                lacks_address=_lacks_address(step, first),
            )
        )

    # -- reasons -------------------------------------------------------------------------------

    def _leave_out(
        self, entries: Iterable[EntryFacts], reason: Reason, day: date | None = None
    ) -> None:
        for entry in entries:
            self._leave_out_one(entry, reason, day)

    def _leave_out_one(self, entry: EntryFacts, reason: Reason, day: date | None = None) -> None:
        self._plan.left_out.append(
            LeftOut(entry.customer_id, entry.id, reason, entry.remaining, day)
        )

    def _leave_out_dues(self, customer_id: int, due: Iterable[_Due], reason: Reason) -> None:
        for item in due:
            self._plan.left_out.append(
                LeftOut(customer_id, item.claim.entry_id, reason, item.claim.amount)
            )


def _lacks_address(step: StepRule, first: EntryFacts | SettledFacts) -> bool:
    return step.medium in LETTERS and not first.has_address


def _blocked(scenario: ScenarioRule | None) -> tuple[Reason, None] | None:
    if scenario is None:
        return Reason.NO_SCENARIO, None
    return None if scenario.is_active else (Reason.SCENARIO_OFF, None)


def _obstacle_reason(obstacle: Obstacle | None) -> tuple[Reason, date | None] | None:
    return None if obstacle is None else (Reason(obstacle.reason), obstacle.until)


def _held(
    obstacles: Sequence[Obstacle], remaining: int, today: date
) -> Iterator[tuple[Obstacle, int | None]]:
    """Each obstacle of an entry and how much it holds; None is all that is left."""
    promises = [obstacle.promised for obstacle in obstacles if obstacle.promised]
    promised = iter(still_promised(promises, remaining, today) if promises else ())
    for obstacle in obstacles:
        yield obstacle, next(promised) if obstacle.promised else obstacle.amount


def _total_reason(total: int, scenario: ScenarioRule, currency: str) -> Reason | None:
    if total <= 0:
        return Reason.TO_MATCH
    threshold = scenario.threshold(currency)
    if total < threshold.total_minimum:
        return Reason.BELOW_TOTAL_MINIMUM
    if threshold.total_maximum is not None and total > threshold.total_maximum:
        return Reason.ABOVE_TOTAL_MAXIMUM
    return None


def _highest(due: Iterable[_Due]) -> StepRule:
    return max((item.step for item in due), key=lambda step: step.level)


def _by_level(due: Iterable[_Due]) -> list[list[_Due]]:
    """One group a level, the highest first."""
    groups: dict[int, list[_Due]] = {}
    for item in due:
        groups.setdefault(item.claim.level_after, []).append(item)
    return [groups[level] for level in sorted(groups, reverse=True)]


def _messages(
    due: list[_Due], credits: list[Claim], *, by_level: bool
) -> Iterator[tuple[list[_Due], list[Claim]]]:
    """One message, or one per level, highest first.

    Credits go with the highest level; when they exceed what it claims, everything goes into one
    message, so that no message ever claims less than nothing.
    """
    groups = _by_level(due)
    if not by_level or len(groups) == 1:
        yield due, credits
        return
    credited = sum(claim.amount for claim in credits)
    if sum(item.claim.amount for item in groups[0]) + credited <= 0:
        yield due, credits
        return
    for number, group in enumerate(groups):
        yield group, credits if number == 0 else []
