"""The plan of a day for readers: the command line, the screens, the sender's last look."""

from dataclasses import dataclass
from datetime import date, datetime

from encaisse.collection.queries.facts import Lookout, gather
from encaisse.collection.queries.scenarios import ScenarioBook
from encaisse.collection.rules.plan import Plan, decide
from encaisse.core.heap import without_collection
from encaisse.tenancy.scope import Scope


def plan_of_day(
    scope: Scope, on: date, *, now: datetime | None = None, explain: bool = False
) -> Plan:
    """The plan of a day over the whole scope. `now` adds the check of the data's freshness.

    `explain` gives a reason for every open entry; otherwise only for those at a step today.
    """
    look = Lookout(scope, on, now=now, explain=explain)
    with without_collection():
        return decide(gather(look), scope.company.calendar)


def plan_of_customers(
    scope: Scope,
    on: date,
    customer_ids: tuple[int, ...],
    *,
    ignoring: frozenset[int] = frozenset(),
    book: ScenarioBook | None = None,
) -> Plan:
    """The plan of some customers, with a reason for each entry. `book`: when it is read already."""
    look = Lookout(scope, on, explain=True, customer_ids=customer_ids, ignoring=ignoring, book=book)
    return decide(gather(look), scope.company.calendar)


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """The figures of « Montant à relancer »: amounts by currency, customers, actions by medium."""

    amounts: dict[str, int]
    customers: int
    by_medium: dict[str, int]


def summary_of(plan: Plan) -> PlanSummary:
    """What can be done now, in figures. Prévenances and thanks are not claimed amounts."""
    amounts: dict[str, int] = {}
    by_medium: dict[str, int] = {}
    customers = set()
    for action in plan.actions:
        by_medium[action.step.medium] = by_medium.get(action.step.medium, 0) + 1
        if action.step.kind == "reminder":
            amounts[action.currency] = amounts.get(action.currency, 0) + action.amount
            customers.add(action.customer_id)
    return PlanSummary(amounts, len(customers), by_medium)
