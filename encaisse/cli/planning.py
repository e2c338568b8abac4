"""Plans as the command line answers them: shared by `plan` and `simulate`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.collection.rules.plan import Action, Claim, LeftOut, Plan
from encaisse.core.money import decimal_string
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company

_CHUNK = 900


@dataclass(slots=True)
class PlanTeller:
    """Turns actions into the stable JSON keys, loading names and documents in bulk."""

    company: Company
    _scenarios: dict[int, ScenarioRule] = field(init=False)
    _customers: dict[int, str] = field(default_factory=dict)
    _entries: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._scenarios = scenario_book(self.company).rules

    def actions(self, plan: Plan) -> list[dict[str, Any]]:
        """The actions of a plan."""
        claims = [claim for action in plan.actions for claim in action.claims]
        self._load_entries(claim.entry_id for claim in claims)
        self._load_customers(action.customer_id for action in plan.actions)
        return [self._action(action) for action in plan.actions]

    def left_out(self, plan: Plan) -> list[dict[str, Any]]:
        """The entries left out, each with its reason."""
        self._load_customers(left.customer_id for left in plan.left_out)
        self._load_entries(left.entry_id for left in plan.left_out)
        return [self._left_out(left) for left in plan.left_out]

    def _action(self, action: Action) -> dict[str, Any]:
        step = action.step
        return {
            "customer": self._customers[action.customer_id],
            "scenario": self._scenarios[action.scenario_id].name,
            "step": step_name(step),
            "level": step.level,
            "medium": step.medium,
            "currency": action.currency,
            "amount": decimal_string(action.amount, action.currency),
            "since": action.since.isoformat(),
            "lacks_address": action.lacks_address,
            "entries": [self._claim(claim, action.currency) for claim in action.claims],
        }

    def _claim(self, claim: Claim, currency: str) -> dict[str, Any]:
        source_id, document, due_date = self._entries[claim.entry_id]
        return {
            "id": source_id,
            "document": document,
            "due_date": due_date or None,
            "remaining": decimal_string(claim.amount, currency),
            "level": claim.level_after,
        }

    def _left_out(self, left: LeftOut) -> dict[str, Any]:
        source_id, document, _due = self._entries[left.entry_id]
        return {
            "customer": self._customers[left.customer_id],
            "entry": source_id,
            "document": document,
            "reason": left.reason.value,
            "detail": left.day.isoformat() if left.day else "",
        }

    def _load_customers(self, ids: Iterable[int]) -> None:
        for some in _chunks(set(ids) - self._customers.keys()):
            rows = Customer.objects.of(self.company).filter(pk__in=some)
            self._customers.update(rows.values_list("pk", "account_code"))

    def _load_entries(self, ids: Iterable[int]) -> None:
        for some in _chunks(set(ids) - self._entries.keys()):
            rows = LedgerEntry.objects.filter(company=self.company, pk__in=some)
            for pk, source_id, document, due in rows.values_list(
                "pk", "source_id", "document_number", "due_date"
            ):
                self._entries[pk] = (source_id, document, due.isoformat() if due else "")


def step_name(step: StepRule) -> str:
    """`P`, `R1`…`R9`, `M`: how a step is called in lists."""
    return {"pre_due": "P", "thanks": "M"}.get(step.kind, f"R{step.level}")


def told(plan: Plan, actions: list[dict[str, Any]]) -> str:
    """A plan for people: one line an action."""
    return "\n".join(
        "\t".join(
            (plan.on.isoformat(), row["customer"], row["step"], row["medium"], row["amount"],
             row["currency"])
        )
        for row in actions
    )  # fmt: skip


def _chunks(ids: set[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))
