"""Whom a person can remind at once, and the texts that there are for it."""

from collections.abc import Collection
from datetime import date

from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.facts import Lookout, gather
from encaisse.collection.queries.reasons import LATER
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.queries.writing import template_code, written_medium
from encaisse.collection.rules.at_once import Wish, remind_at_once
from encaisse.collection.rules.facts import StepRule
from encaisse.collection.rules.plan import Action, Plan, Reason
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.content import customer_language
from encaisse.tenancy.models import Company, User
from encaisse.tenancy.scope import Scope

# In the place of a text: the one of the level that each message reaches.
BY_LEVEL = "par_niveau"
# Up to so many customers are looked up by their ids.
_FEW = 1_000


def plan_at_once(
    scope: Scope, on: date, wish: Wish, *, customer_ids: Collection[int] | None = None
) -> Plan:
    """What a person would send to some customers, or to all, with a reason for every other entry.

    What is not due yet is no part of it. A constant number of queries: of many customers,
    everybody's facts are read at once.
    """
    are_few = customer_ids is not None and len(customer_ids) <= _FEW
    ids = tuple(customer_ids or ()) if are_few else None
    facts = gather(Lookout(scope, on, only_overdue=True, customer_ids=ids))
    plan = remind_at_once(facts, scope.company.calendar, wish)
    return plan if are_few or customer_ids is None else _of(plan, frozenset(customer_ids))


def _of(plan: Plan, customers: frozenset[int]) -> Plan:
    return Plan(
        plan.on,
        [action for action in plan.actions if action.customer_id in customers],
        [left for left in plan.left_out if left.customer_id in customers],
    )


def reasons_by_customer(plan: Plan) -> dict[int, tuple[Reason, ...]]:
    """Why customers to whom nothing would leave are left out; what is not due yet is no reason."""
    acting = {action.customer_id for action in plan.actions}
    found: dict[int, dict[Reason, None]] = {}
    for left in plan.left_out:
        if left.customer_id not in acting and left.reason not in LATER:
            found.setdefault(left.customer_id, {})[left.reason] = None
    return {customer_id: tuple(reasons) for customer_id, reasons in found.items()}


def steps_to_reach(company: Company) -> list[int]:
    """The levels that a step of any active scenario stands for."""
    rules = scenario_book(company).rules.values()
    return sorted({step.level for rule in rules if rule.is_active for step in rule.reminders})


def levels_of_text(company: Company, code: str) -> set[int]:
    """The levels that a text stands for in any active scenario."""
    rules = scenario_book(company).rules.values()
    steps = (step for rule in rules if rule.is_active for step in rule.reminders)
    return {step.level for step in steps if step.template_code == code}


class Texts:
    """What a person chose to write with: one text in its languages, or that of each level."""

    def __init__(self, company: Company, code: str, medium: str) -> None:
        rows = MessageTemplate.objects.filter(company=company)
        rows = rows.filter(
            **{"medium": written_medium(medium)} if code == BY_LEVEL else {"code": code}
        )
        self._texts: dict[str, dict[str, MessageTemplate]] = {}
        for row in rows:
            self._texts.setdefault(row.code, {})[row.language] = row
        self._company = company
        self._code = code
        self._medium = medium

    def code_for(self, step: StepRule) -> str:
        """The text of a message that stands for a step: the step's own where it is by the same
        medium, else the proposed one of its level, or of the highest level below.
        """
        if self._code != BY_LEVEL:
            return self._code
        proposed = (
            template_code("reminder", level, self._medium) for level in range(step.level, 0, -1)
        )
        codes = (code for code in (step.template_code, *proposed) if code in self._texts)
        return next(codes, "")

    def of(self, step: StepRule, language: str) -> tuple[str, str]:
        """Subject and body for a customer's language, else the company's; empty without a text."""
        texts = self._texts.get(self.code_for(step), {})
        for one in (customer_language(language), self._company.language, "fr", "en"):
            if row := texts.get(one):
                return row.subject, row.body
        return "", ""


def draft_of(action: Action, texts: Texts, user: User) -> Draft:
    """The message of an action with the text that a person chose."""
    return Draft.of(action, user)._replace(template_code=texts.code_for(action.step))
