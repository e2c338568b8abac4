"""Scenarios and texts as pictures of them show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from encaisse.collection.models import Scenario, Step
from encaisse.collection.queries.scenario_changes import when_of
from encaisse.collection.queries.step_words import copies_words
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.collection.rules.timetable import days_from_due
from encaisse.collection.rules.triggers import format_trigger, parse_trigger
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company

_ORDER = {Step.Kind.PRE_DUE: 0, Step.Kind.REMINDER: 1, Step.Kind.THANKS: 2}


@dataclass(frozen=True, slots=True)
class StepPicture:
    """A step on the line of time.

    `day` counts from the due date; None for a step whose day depends on something else, and for a
    reminder that is switched off.
    """

    step: Step
    day: int | None
    when: str
    template: MessageTemplate | None

    @property
    def day_label(self) -> str:
        """« J + 8 », empty when the day is not known in advance."""
        if self.day is None:
            return ""
        text = _("J + %(days)d") if self.day >= 0 else _("J − %(days)d")
        return text % {"days": abs(self.day)}

    @property
    def copied(self) -> str:
        """Who gets a copy, in words."""
        return copies_words(self.step.copies.split())


@dataclass(frozen=True, slots=True)
class ScenarioPicture:
    """A scenario with its steps in order of time."""

    scenario: Scenario
    before: tuple[StepPicture, ...]
    after: tuple[StepPicture, ...]

    @property
    def slug(self) -> str:
        """Its variant, in addresses."""
        return "avec-email" if self.scenario.with_email else "sans-email"


def scenario_pictures(company: Company) -> list[ScenarioPicture]:
    """The scenarios of a company in their current versions, in four queries."""
    scenarios = (
        Scenario.objects.filter(company=company)
        .select_related("profile")
        .prefetch_related("steps", "thresholds")
        .order_by("-profile__is_default", "profile__name", "-with_email", "id")
    )
    texts = {
        template.code: template
        for template in MessageTemplate.objects.filter(company=company, language=company.language)
    }
    return [_picture(scenario, texts) for scenario in scenarios]


def picture_of_document(document: Mapping[str, Any]) -> ScenarioPicture:
    """A scenario as a document writes it, with its line of time; nothing of it is kept.

    A step being typed may have no trigger yet ("").
    """
    steps = []
    for step in document["steps"]:
        trigger, days = parse_trigger(step["trigger"]) if step["trigger"] else ("", 0)
        steps.append(
            Step(
                kind=step["kind"],
                level=step["level"],
                medium=step["medium"],
                trigger=trigger,
                offset_days=days,
                is_automatic=step["automatic"],
                needs_approval=step["to_approve"],
                is_active=step["active"],
                copies="\n".join(step["copies"]),
            )
        )
    return _drawn(Scenario(name=document["name"]), steps, {})


def _picture(scenario: Scenario, texts: Mapping[str, MessageTemplate]) -> ScenarioPicture:
    current = [step for step in scenario.steps.all() if step.version == scenario.version]
    return _drawn(scenario, current, texts)


def _drawn(
    scenario: Scenario, steps: Iterable[Step], texts: Mapping[str, MessageTemplate]
) -> ScenarioPicture:
    in_order = sorted(steps, key=lambda step: (_ORDER[Step.Kind(step.kind)], step.level))
    days = _days(in_order)
    pictures = [
        StepPicture(step, day, when_words(step), texts.get(step.template_code))
        for step, day in zip(in_order, days, strict=True)
    ]
    before = tuple(one for one in pictures if one.day is not None and one.day < 0)
    return ScenarioPicture(scenario, before, tuple(one for one in pictures if one not in before))


def _days(steps: Iterable[Step]) -> Iterator[int | None]:
    """The day of each step, counted from the due date as the plan counts."""
    steps = list(steps)
    reminders = tuple(
        StepRule(
            place, step.kind, step.level, step.medium,
            # Nobody knows the day of what counts from nothing yet.
            step.trigger or Step.Trigger.INVOICE,
            step.offset_days, is_active=step.is_active,
        )
        for place, step in enumerate(steps)
        if step.kind == Step.Kind.REMINDER
    )  # fmt: skip
    told = days_from_due(ScenarioRule(0, "", reminders=reminders))
    for step in steps:
        if step.kind == Step.Kind.REMINDER:
            yield told.get(step.level) if step.is_active else None
        else:
            yield step.offset_days if step.trigger == Step.Trigger.DUE else None


def when_words(step: Step) -> str:
    """« 8 jours après l’échéance », "" for a step that counts from nothing yet."""
    if not step.trigger:
        return ""
    return when_of(format_trigger(step.trigger, step.offset_days))
