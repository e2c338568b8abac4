"""What a change of one scenario would do to the next day's plan. Writes nothing."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from encaisse.collection.models import CollectionProfile
from encaisse.collection.queries.facts import Lookout, gather
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.rules.facts import ScenarioRule
from encaisse.collection.rules.plan import Action, decide
from encaisse.tenancy.scope import Scope

# A scenario that is not in the database yet.
NEW = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What one version of a setting would send on a day.

    `customers` are those claimed or announced something, thanks left aside; `messages` counts by
    kind, level and medium, thanks included; amounts are claimed ones, by currency.
    """

    customers: int = 0
    messages: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    amounts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayEffect:
    """A day's plan with a setting as it is and as it would be."""

    on: date
    before: Sent
    after: Sent


def effect_day(scope: Scope, today: date) -> date:
    """The next working day."""
    return scope.company.calendar.on_or_after(today + timedelta(days=1))


def scenario_effect(
    scope: Scope,
    on: date,
    *,
    profile: CollectionProfile,
    with_email: bool,
    edited: ScenarioRule | None,
) -> DayEffect:
    """The plan of a day for the customers of one variant, with its rules as they are and `edited`.

    None: no scenario at all. The facts are those of now: what leaves today still counts.
    """
    book = scenario_book(scope.company)
    place = (profile.pk, with_email)
    number = book.by_variant.get(place, NEW)
    current = book.rules.get(number)
    rules = [rule for rule in (current, edited) if rule is not None and rule.is_active]
    # Alone, the other scenarios do not touch its customers; both versions bound what is read.
    alone = ScenarioBook(
        dict(enumerate(rules, start=number)), book.default_profile_id, {place: number}
    )
    facts = gather(Lookout(scope, on, book=alone))
    facts.entries = [entry for entry in facts.entries if entry.scenario_id is not None]
    facts.settled = [entry for entry in facts.settled if entry.scenario_id is not None]

    def sent(rule: ScenarioRule | None) -> Sent:
        if rule is None or not rule.is_active:
            return Sent()
        facts.scenarios = {number: rule}
        return counted(decide(facts, scope.company.calendar).actions)

    before = sent(current)
    return DayEffect(on, before, before if edited == current else sent(edited))


def counted(actions: list[Action]) -> Sent:
    """What some actions would send."""
    amounts: dict[str, int] = {}
    for action in actions:
        if action.step.kind == "reminder":
            amounts[action.currency] = amounts.get(action.currency, 0) + action.amount
    return Sent(
        customers=len({one.customer_id for one in actions if one.step.kind != "thanks"}),
        messages=Counter((one.step.kind, one.step.level, one.step.medium) for one in actions),
        amounts=amounts,
    )
