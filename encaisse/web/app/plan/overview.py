"""« Aujourd’hui, vos actions à effectuer »: what the overview shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from encaisse.collection.queries.answers import to_handle_count
from encaisse.collection.queries.automatic import Automatic, automatic_of
from encaisse.collection.queries.day_plan import DayPlan, day_plan
from encaisse.collection.queries.orders import Order, orders_under_way, to_approve
from encaisse.collection.queries.reasons import LATER, UNDER_WAY, Words, words_of
from encaisse.collection.queries.step_words import step_name, step_timing
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.collection.rules.plan import Action, Reason
from encaisse.insights.activity import Waiting, waiting
from encaisse.insights.freshness import last_sync_at, old_books_end
from encaisse.tenancy.scope import Scope
from encaisse.web.app.plan.batches import WAYS, Way

Amounts = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step with something to do: « Relance 2 : 8 jours après la relance 1 (47) »."""

    step: StepRule
    name: str
    timing: str
    count: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class ScenarioBlock:
    """The steps of one scenario in a column."""

    name: str
    steps: Sequence[StepLine]


@dataclass(frozen=True, slots=True)
class WayColumn:
    """What is to be done one way, by currency: what the reminders claim, what prévenances announce.

    Both together are the amounts of its steps.
    """

    way: Way
    count: int
    amounts: Amounts
    announced: Amounts
    scenarios: Sequence[ScenarioBlock]


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many customers a reason leaves out."""

    reason: Reason
    words: Words
    count: int


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The overview of the day."""

    on: date
    columns: Sequence[WayColumn]
    reasons: Sequence[ReasonCount]
    orders: Sequence[Order]
    waiting: Waiting
    calls: int
    # What customers answered and nobody dealt with yet.
    answers: int
    under_way: int
    is_fresh: bool
    # Whether anything was ever imported.
    has_ledger: bool
    # The last day of the books, when it is long past however fresh the import is.
    books_end: date | None
    can_send_mail: bool
    next_day: date | None
    automatic: Automatic
    approvals: int

    @property
    def count(self) -> int:
        """How many messages are due."""
        return sum(column.count for column in self.columns)


def plan_page(scope: Scope, *, on: date, now: datetime) -> PlanPage:
    """The overview; the plan itself is computed only when something has changed."""
    day = day_plan(scope, on, now=now)
    columns = [_column(day, way, scope.company.base_currency) for way in WAYS]
    found = waiting(scope)
    return PlanPage(
        on=on,
        columns=columns,
        reasons=reason_counts(day),
        orders=orders_under_way(scope),
        waiting=found,
        calls=found.to_do,
        answers=to_handle_count(scope),
        under_way=day.under_way,
        is_fresh=day.is_fresh,
        has_ledger=day.is_fresh or last_sync_at(scope.company) is not None,
        books_end=old_books_end(scope.company, on=on),
        can_send_mail=scope.company.can_send_mail(),
        next_day=None if any(column.count for column in columns) else day.next_day,
        automatic=automatic_of(scope.company, now=now),
        approvals=to_approve(scope).count(),
    )


def reason_counts(day: DayPlan) -> list[ReasonCount]:
    """What holds back, the most frequent first; what merely comes later is not left out."""
    hidden = LATER | UNDER_WAY
    return [
        ReasonCount(reason, words_of(reason), count)
        for reason, count in day.reasons.items()
        if reason not in hidden
    ]


def _column(day: DayPlan, way: Way, base_currency: str) -> WayColumn:
    blocks = [_block(day, rule, way, base_currency) for rule in day.book.rules.values()]
    actions = [
        action
        for step_id, some in day.by_step.items()
        if day.steps[step_id].medium in way.media
        for action in some
    ]
    reminders = [action for action in actions if action.step.kind == "reminder"]
    notices = [action for action in actions if action.step.kind == "pre_due"]
    return WayColumn(
        way,
        len(actions),
        amounts_of(reminders, base_currency),
        amounts_of(notices, base_currency),
        [block for block in blocks if block.steps],
    )


def _block(day: DayPlan, rule: ScenarioRule, way: Way, base_currency: str) -> ScenarioBlock:
    steps = [
        StepLine(
            step,
            step_name(step),
            step_timing(step, rule),
            len(actions),
            amounts_of(actions, base_currency) if step.kind != "thanks" else (),
        )
        for step in (rule.pre_due, *rule.reminders, rule.thanks)
        if step is not None and step.medium in way.media and (actions := day.by_step.get(step.id))
    ]
    return ScenarioBlock(rule.name, steps)


def amounts_of(actions: Sequence[Action], base_currency: str) -> list[tuple[str, int]]:
    """What some messages claim, by currency, the company's own first."""
    amounts: dict[str, int] = {}
    for action in actions:
        amounts[action.currency] = amounts.get(action.currency, 0) + action.amount
    return sorted(amounts.items(), key=lambda item: (item[0] != base_currency, item[0]))
