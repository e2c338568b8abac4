"""The plan of a day: what is due, and why the rest is not."""

from collections.abc import Collection
from datetime import date
from typing import Any

from ninja import Query, Router, Schema

from encaisse.collection.queries.day_plan import day_plan
from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.queries.plan_lines import customers_of, entries_of
from encaisse.collection.queries.reasons import words_of
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.rules.plan import Action, LeftOut, Plan
from encaisse.web.api.gate import ApiRequest, Right, needs
from encaisse.web.api.operations import READ
from encaisse.web.api.paging import Page, PageQuery, page_among
from encaisse.web.api.types import Day

router = Router(tags=["plan"], auth=needs(Right.PLAN_READ))


class PlanQuery(PageQuery):
    """The plan of which day; the company's today unless given."""

    on: Day | None = None


class ClaimOut(Schema):
    """An entry in a message; a credit lowers what is claimed."""

    entry_id: int
    source_id: str
    document_number: str
    due_date: date | None
    amount: int
    level: int
    is_credit: bool


class ActionOut(Schema):
    """A message that is due: to whom, by which step, for how much, since when."""

    customer_code: str
    scenario: str
    kind: str
    level: int
    medium: str
    is_automatic: bool
    currency: str
    amount: int
    since: date
    lacks_address: bool
    entries: list[ClaimOut]


class LeftOutOut(Schema):
    """An entry that is not reminded that day, or a part of it. `until`: until when, where known."""

    customer_code: str
    entry_id: int
    source_id: str
    document_number: str
    reason: str
    label: str
    amount: int
    until: date | None


@router.get("/plan/actions", response={200: Page[ActionOut], **READ}, summary="What is due")
def actions(request: ApiRequest, query: Query[PlanQuery]) -> Page[ActionOut]:
    """The messages that the scenarios ask for on a day. Nothing is sent by reading them."""
    found = _plan(request, query).actions
    page = page_among(found, query, _action_key, lambda action: action, first=(0, "", 0))
    return Page(data=_actions(request, page.data), next_cursor=page.next_cursor)


@router.get(
    "/plan/left-out", response={200: Page[LeftOutOut], **READ}, summary="What is not, and why"
)
def left_out(request: ApiRequest, query: Query[PlanQuery]) -> Page[LeftOutOut]:
    """The open entries that no message claims on a day, each with its reason."""
    found = _plan(request, query).left_out
    page = page_among(found, query, _left_key, lambda left: left, first=(0, 0, "", "", 0))
    return Page(data=_left_out(request, page.data), next_cursor=page.next_cursor)


def _plan(request: ApiRequest, query: PlanQuery) -> Plan:
    """Today's is kept by the process; that of another day does not look at how old the data is."""
    caller = request.auth
    if query.on is None or query.on == caller.today:
        return day_plan(caller.scope, caller.today, now=caller.now, explain=True).plan
    return plan_of_day(caller.scope, query.on, explain=True)


def _action_key(action: Action) -> tuple[Any, ...]:
    return action.customer_id, action.currency, action.step.id


def _left_key(left: LeftOut) -> tuple[Any, ...]:
    # Two promises may each hold a part of one entry.
    until = left.day.isoformat() if left.day else ""
    return left.customer_id, left.entry_id, left.reason.value, until, left.amount


def _actions(request: ApiRequest, found: Collection[Action]) -> list[ActionOut]:
    scope = request.auth.scope
    customers = customers_of(scope, {action.customer_id for action in found})
    entries = entries_of(scope, {claim.entry_id for action in found for claim in action.claims})
    scenarios = scenario_book(scope.company).rules
    return [
        ActionOut(
            customer_code=customers[action.customer_id].account_code,
            scenario=scenarios[action.scenario_id].name,
            kind=action.step.kind,
            level=action.step.level,
            medium=action.step.medium,
            is_automatic=action.step.is_automatic,
            currency=action.currency,
            amount=action.amount,
            since=action.since,
            lacks_address=action.lacks_address,
            entries=[
                ClaimOut(
                    entry_id=claim.entry_id,
                    source_id=entries[claim.entry_id].source_id,
                    document_number=entries[claim.entry_id].document_number,
                    due_date=entries[claim.entry_id].due_date,
                    amount=claim.amount,
                    level=claim.level_after,
                    is_credit=claim.is_credit,
                )
                for claim in action.claims
            ],
        )
        for action in found
    ]


def _left_out(request: ApiRequest, found: Collection[LeftOut]) -> list[LeftOutOut]:
    scope = request.auth.scope
    customers = customers_of(scope, {left.customer_id for left in found})
    entries = entries_of(scope, {left.entry_id for left in found})
    return [
        LeftOutOut(
            customer_code=customers[left.customer_id].account_code,
            entry_id=left.entry_id,
            source_id=entries[left.entry_id].source_id,
            document_number=entries[left.entry_id].document_number,
            reason=left.reason.value,
            label=words_of(left.reason).label,
            amount=left.amount,
            until=left.day,
        )
        for left in found
    ]
