"""What the plan is decided on: plain values, gathered by `queries.facts` for one day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from encaisse.collection.rules.promises import Covered

LETTERS = ("letter", "registered_letter")
# What a person does by himself, and then notes.
SPOKEN = ("phone", "other")
TOP_LEVEL = 9


class StepRule(NamedTuple):
    """A step of a scenario. `offset_days` counts calendar days from what `trigger` names."""

    id: int
    kind: str
    level: int
    medium: str
    trigger: str
    offset_days: int
    is_automatic: bool = False
    is_active: bool = True
    template_code: str = ""
    only_after_reminder: bool = True
    needs_approval: bool = False
    # The services that receive it (none: everybody), the copies, and whether invoices go along.
    recipient_roles: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    attach_invoices: bool = False


class ThresholdRule(NamedTuple):
    """Amounts of one currency, in minor units, below or above which a scenario leaves out."""

    entry_minimum: int = 0
    total_minimum: int = 0
    total_maximum: int | None = None


_NO_THRESHOLD = ThresholdRule()


@dataclass(frozen=True, slots=True)
class ScenarioRule:
    """A scenario in its current version."""

    id: int
    name: str
    version: int = 1
    is_active: bool = True
    by_level: bool = False
    thanks_while_overdue: bool = False
    pre_due: StepRule | None = None
    reminders: tuple[StepRule, ...] = ()
    thanks: StepRule | None = None
    thresholds: Mapping[str, ThresholdRule] = field(default_factory=dict)

    def threshold(self, currency: str) -> ThresholdRule:
        """The thresholds of a currency; none unless set for that very currency."""
        return self.thresholds.get(currency, _NO_THRESHOLD)


class EntryFacts(NamedTuple):
    """An open debit. `scenario_id` is None when no scenario applies to its customer."""

    id: int
    customer_id: int
    currency: str
    due_date: date | None
    document_date: date
    remaining: int
    level: int = 0
    level_on: date | None = None
    pre_due_done: bool = False
    cycle: int = 0
    scenario_id: int | None = None
    has_email: bool = False
    has_address: bool = False
    is_automatic_method: bool = False


class SettledFacts(NamedTuple):
    """An invoice that was paid lately, for the thanks."""

    id: int
    customer_id: int
    currency: str
    amount: int
    settled_date: date
    level: int
    cycle: int
    scenario_id: int | None
    has_email: bool
    has_address: bool


class Obstacle(NamedTuple):
    """Something that holds reminders back: until when, and how much of the entry (None = all).

    `promised` is what a promise covers; one whose day has passed holds nothing, but what came in
    for it did not come in for the others.
    """

    reason: str
    until: date | None = None
    amount: int | None = None
    promised: Covered | None = None


@dataclass(slots=True)
class DayFacts:
    """Everything that decides one day's plan. `entries` come customer by customer."""

    today: date
    entries: Iterable[EntryFacts]
    scenarios: Mapping[int, ScenarioRule]
    # Unmatched credits by customer and currency: (entry id, negative amount).
    credits: Mapping[tuple[int, str], list[tuple[int, int]]] = field(default_factory=dict)
    customer_obstacles: Mapping[int, Obstacle] = field(default_factory=dict)
    entry_obstacles: Mapping[int, list[Obstacle]] = field(default_factory=dict)
    in_progress: Mapping[int, str] = field(default_factory=dict)
    # Customers and currencies that already had a message on this day.
    messaged: frozenset[tuple[int, str]] = frozenset()
    settled: Iterable[SettledFacts] = ()
    overdue_customers: frozenset[int] = frozenset()
    is_fresh: bool = True
    # Every open debit is there, and gets what holds it back for a reason before its day.
    explained: bool = False
