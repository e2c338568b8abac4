"""The scenario of the default profile as simple reminder levels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from encaisse.collection.models import CollectionProfile, Reminder, Scenario
from encaisse.collection.queries.configuration import scenario_document
from encaisse.collection.rules.levels import (
    Level,
    SimpleLevels,
    StepDocument,
    Wording,
    fits,
    levels_of,
)
from encaisse.messaging.defaults import load_defaults
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.rules.sources import settled_source
from encaisse.tenancy.models import Company

# What is proposed where there is no scenario yet: days after the due date and the text.
_PROPOSED = ((8, "reminder_1"), (20, "reminder_2"), (35, "reminder_4"))


@dataclass(frozen=True, slots=True)
class QuickLevels:
    """The levels, or the nearest to what the scenarios say, and whether they say just that."""

    profile: CollectionProfile
    simple: SimpleLevels
    # The scenarios say these levels and nothing else.
    fits: bool
    # Nobody has changed the scenarios yet, and nothing has left by them.
    is_untouched: bool
    scenarios: Mapping[bool, Scenario] = field(default_factory=dict)
    texts: Mapping[str, Wording] = field(default_factory=dict)


def quick_levels(company: Company) -> QuickLevels | None:
    """The levels of the default profile; None for a company that has none. Six queries."""
    profile = CollectionProfile.objects.filter(company=company, is_default=True).first()
    if profile is None:
        return None
    scenarios = {
        scenario.with_email: scenario
        for scenario in profile.scenarios.select_related("profile").prefetch_related(
            "steps", "thresholds"
        )
    }
    texts = _texts(company)
    mine, theirs = _steps(scenarios.get(True)), _steps(scenarios.get(False))
    simple = levels_of(mine, theirs, texts)
    is_said = (
        bool(simple.levels)
        and len(scenarios) == 2  # both variants
        and all(scenario.is_active for scenario in scenarios.values())
        and fits(simple, mine, theirs, texts)
    )
    is_untouched = (
        all(scenario.version == 1 for scenario in scenarios.values())
        and not Reminder.objects.filter(company=company).exists()
    )
    if not simple.levels:
        simple = _proposed(company, texts)
    return QuickLevels(profile, simple, is_said, is_untouched, scenarios, texts)


def _steps(scenario: Scenario | None) -> list[StepDocument]:
    return scenario_document(scenario)["steps"] if scenario else []


def _texts(company: Company) -> dict[str, Wording]:
    """Every text by its code, in the company's language where it is written in it."""
    rows: Iterable[MessageTemplate] = MessageTemplate.objects.filter(company=company)
    ordered = sorted(rows, key=lambda row: row.language == company.language)
    return {row.code: Wording(row.label, settled_source(row.body)) for row in ordered}


def _proposed(company: Company, texts: Mapping[str, Wording]) -> SimpleLevels:
    defaults = {text.code: text for text in load_defaults(own_language(company.language))}
    levels = []
    for days, stem in _PROPOSED:
        default = defaults[f"{stem}_email"]
        wording = texts.get(default.code) or Wording(default.label, settled_source(default.body))
        levels.append(Level(wording.label, days, by_email=True, by_letter=True, body=wording.body))
    return SimpleLevels(tuple(levels))
