"""Who can be reminded at once today, and why the others cannot; for the list « Par critère »."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import date

from encaisse.collection.queries.at_once import plan_at_once, reasons_by_customer
from encaisse.collection.queries.day_plan import plan_key
from encaisse.collection.queries.scenarios import scenario_book
from encaisse.collection.rules.at_once import Wish
from encaisse.collection.rules.plan import Reason
from encaisse.insights.criteria import Criteria
from encaisse.insights.customer_list import CustomerList
from encaisse.insights.memory import remembered
from encaisse.tenancy.scope import Scope

# A smaller ledger is read anew for every page: it takes no time.
_LARGE = 2_000
# A call reaches everybody: what an e-mail or a letter needs is said once one is chosen.
_ANYHOW = Wish("phone")


@dataclass(frozen=True)
class Remindable:
    """The customers to whom something could leave, and why nothing would to the others.

    `key` holds everything that this depends on.
    """

    key: tuple[Hashable, ...]
    customers: frozenset[int]
    reasons: dict[int, tuple[Reason, ...]]

    def counted(self, found: CustomerList, criteria: Criteria) -> "Counted":
        """How many of a list can be reminded; one query, kept for a large ledger."""
        return remembered(
            (*self.key, criteria),
            lambda: self._count(found.ids(criteria)),
            worth=lambda counts: counts.to_remind + counts.not_to_remind >= _LARGE,
        )

    def _count(self, customer_ids: Collection[int]) -> "Counted":
        counts: dict[Reason, int] = {}
        for customer_id in customer_ids:
            for reason in self.reasons.get(customer_id, ()):
                counts[reason] = counts.get(reason, 0) + 1
        reached = len(self.customers.intersection(customer_ids))
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return Counted(reached, len(customer_ids) - reached, tuple(ordered))


@dataclass(frozen=True, slots=True)
class Counted:
    """The customers of a list who can be reminded, those who cannot, and how often each reason."""

    to_remind: int
    not_to_remind: int
    reasons: tuple[tuple[Reason, int], ...]


def remindable(scope: Scope, on: date) -> Remindable:
    """Read once for a large ledger, as long as nothing changes."""
    key = ("at once", *plan_key(scope, on, scenario_book(scope.company)))
    return remembered(
        key,
        lambda: _read(scope, on, key),
        worth=lambda found: len(found.customers) + len(found.reasons) >= _LARGE,
    )


def _read(scope: Scope, on: date, key: tuple[Hashable, ...]) -> Remindable:
    plan = plan_at_once(scope, on, _ANYHOW)
    acting = frozenset(action.customer_id for action in plan.actions)
    return Remindable(key, acting, reasons_by_customer(plan))
