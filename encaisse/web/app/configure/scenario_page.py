"""What the editor of a scenario shows around its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.models import CollectionProfile, Scenario, Step
from encaisse.collection.queries.scenario_edit import NamedText, scenario_name
from encaisse.collection.queries.scenario_effect import (
    NEW,
    ScenarioEffect,
    effect_day,
    scenario_effect,
)
from encaisse.collection.queries.scenarios import rule_of_document
from encaisse.collection.queries.step_words import step_name
from encaisse.insights.scenarios import ScenarioPicture, picture_of_document
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.configure.scenario_form import ScenarioForm
from encaisse.web.language import shown_date

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
    effect: ScenarioEffect | None = None

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
        """The line of time: of the form where it is valid, else of the scenario."""
        is_typed = self.form.whole.is_bound and self.form.is_valid()
        return picture_of_document(self.form.document if is_typed else self.base)

    @property
    def effect_words(self) -> str:
        """« Avec ce réglage, 47 clients seraient relancés demain au lieu de 31. »"""
        if self.effect is None:
            return ""
        before, after = self.effect.before.customers, self.effect.after.customers
        is_tomorrow = self.effect.on == self._today + timedelta(days=1)
        day = _("demain") if is_tomorrow else _("le %s") % shown_date(self.effect.on)
        if not after:
            nobody = (
                _("Avec ce réglage, personne ne serait relancé %(day)s, au lieu de %(before)s.")
                if before
                else _("Avec ce réglage, personne ne serait relancé %(day)s, comme avec l’actuel.")
            )
            return nobody % {"day": day, "before": intcomma(before)}
        if before == after:
            text = ngettext(
                "Avec ce réglage, %(after)s client serait relancé %(day)s, "
                "autant qu’avec l’actuel.",
                "Avec ce réglage, %(after)s clients seraient relancés %(day)s, "
                "autant qu’avec l’actuel.",
                after,
            )
        else:
            text = ngettext(
                "Avec ce réglage, %(after)s client serait relancé %(day)s au lieu de %(before)s.",
                "Avec ce réglage, %(after)s clients seraient relancés %(day)s au lieu de "
                "%(before)s.",
                after,
            )
        return text % {"after": intcomma(after), "before": intcomma(before), "day": day}

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
        if self.effect is None:
            return []
        before, after = self.effect.before.amounts, self.effect.after.amounts
        return [
            (currency, before.get(currency, 0), after.get(currency, 0))
            for currency in sorted(before.keys() | after.keys())
        ]


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
