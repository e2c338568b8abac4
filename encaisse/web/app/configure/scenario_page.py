"""What the editor of a scenario shows around its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from encaisse.collection.models import CollectionProfile, Scenario, Step
from encaisse.collection.queries.scenario_edit import NamedText, scenario_name
from encaisse.collection.queries.scenario_effect import (
    NEW,
    DayEffect,
    effect_day,
    scenario_effect,
)
from encaisse.collection.queries.scenarios import rule_of_document
from encaisse.collection.queries.step_words import step_name
from encaisse.insights.scenarios import ScenarioPicture, picture_of_document
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.configure.addressees import Addressees
from encaisse.web.app.configure.effect_words import claimed_amounts, effect_words
from encaisse.web.app.configure.scenario_form import ScenarioForm

# The variants as addresses write them: whether their customers have an e-mail address.
VARIANTS = {"avec-email": True, "sans-email": False}


@dataclass(frozen=True, slots=True)
class Variant:
    """Which scenario: a profile, and its customers with or without an address."""

    profile: CollectionProfile
    with_email: bool
    slug: str


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A step in one medium: how many messages it would send, and sends now."""

    name: str
    level: int
    medium: str
    medium_label: str
    before: int
    after: int
    is_thanks: bool


@dataclass(slots=True)
class ScenarioPage:
    """A variant being edited; `scenario` is None where there is none yet."""

    variant: Variant
    scenario: Scenario | None
    base: Mapping[str, Any]
    texts: Mapping[str, NamedText]
    form: ScenarioForm
    addressees: Addressees
    effect: DayEffect | None = None

    def address(self, request: CompanyRequest) -> str:
        """Its page."""
        return request.url("settings_scenario", self.variant.profile.pk, self.variant.slug)

    def measure(self, scope: Scope, today: date) -> None:
        """Run the next day's plan as it is and as the form would have it, if that is valid."""
        if not self.form.is_valid():
            return
        number = self.scenario.pk if self.scenario else NEW
        self.effect = scenario_effect(
            scope,
            effect_day(scope, today),
            profile=self.variant.profile,
            with_email=self.variant.with_email,
            edited=rule_of_document(self.form.document, number),
        )
        self._today = today

    _today: date = date.min

    @property
    def picture(self) -> ScenarioPicture:
        """The line of time of what the form holds, right or wrong."""
        return picture_of_document(self.form.sketch)

    @property
    def unknown_services(self) -> list[tuple[str, str]]:
        """Each step with a service that no contact has, and that service."""
        asked = [(step, step.services) for step in self.form.steps if step.services]
        return [
            (step_name(Step(kind=step.kind_of_step, level=step.sketch["level"])), service)
            for step, services in asked
            for service in self.addressees.unknown(services)
        ]

    @property
    def effect_words(self) -> str:
        """« Avec ce réglage, 47 clients seraient relancés demain au lieu de 31. »"""
        return effect_words(self.effect, self._today) if self.effect else ""

    @property
    def has_thanks(self) -> bool:
        """True where the figures hold thanks, whose customers are not counted as reminded."""
        return any(line.is_thanks for line in self.effect_lines)

    @property
    def effect_lines(self) -> list[EffectLine]:
        """The steps of either version that would send something."""
        if self.effect is None:
            return []
        before, after = self.effect.before.messages, self.effect.after.messages
        order = Step.Kind.values
        keys = sorted(before.keys() | after.keys(), key=lambda key: (order.index(key[0]), *key[1:]))
        return [
            EffectLine(
                name=step_name(Step(kind=kind, level=level)),
                level=level,
                medium=medium,
                medium_label=str(Step.Medium(medium).label),
                before=before[kind, level, medium],
                after=after[kind, level, medium],
                is_thanks=kind == Step.Kind.THANKS,
            )
            for kind, level, medium in keys
        ]

    @property
    def amounts(self) -> list[tuple[str, int, int]]:
        """What would be claimed, by currency: before, after."""
        return claimed_amounts(self.effect) if self.effect else []


def new_document(profile: CollectionProfile, *, with_email: bool) -> dict[str, Any]:
    """A variant that has no step yet."""
    return {
        "profile": profile.code,
        "variant": "with_email" if with_email else "without_email",
        "name": scenario_name(profile, with_email=with_email),
        "active": True,
        "grouping": Scenario.Grouping.STATEMENT.value,
        "thanks_while_overdue": False,
        "thresholds": [],
        "steps": [],
    }
