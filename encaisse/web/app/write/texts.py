"""The text a message starts from, and the steps its entries can move to."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder, Step
from encaisse.collection.queries.step_words import step_name, step_timing
from encaisse.collection.queries.writing import template_code, written_medium
from encaisse.collection.rules.facts import ScenarioRule, StepRule
from encaisse.web.app.write.forms import NEXT

Kind = Reminder.Kind
Choices = Sequence[tuple[str, str]]


def usual_text(
    texts: Choices, scenario: ScenarioRule | None, *, kind: str, level: int, medium: str
) -> str:
    """The text that the scenario has for that step, else the usual one, else the nearest."""
    step = step_of(scenario, kind, level)
    codes = [code for code, _label in texts]
    same = step is not None and written_medium(step.medium) == written_medium(medium)
    asked = [step.template_code] if step and same else []
    asked += [template_code(kind, reached, medium) for reached in range(level, -1, -1)]
    return next((code for code in asked if code in codes), codes[0] if codes else "")


def step_of(
    scenario: ScenarioRule | None, kind: str, level: int, *, text: str = ""
) -> StepRule | None:
    """The step that a message stands for: the one whose text it starts from, else its level's."""
    if scenario is None or kind == Kind.STATEMENT:
        return None
    steps = (scenario.pre_due, *scenario.reminders, scenario.thanks)
    for step in filter(None, steps):
        if text and step.kind == kind and step.template_code == text:
            return step
    if kind == Kind.REMINDER:
        return next((step for step in scenario.reminders if step.level == level), None)
    return scenario.pre_due if kind == Kind.PRE_DUE else scenario.thanks


def steps_to_choose(scenario: ScenarioRule | None, levels: Iterable[int]) -> Choices:
    """The steps that entries can move to; first the next one, which is the default.

    `levels` are those that the entries reach by default.
    """
    if scenario is None:
        return [(NEXT, "")]
    reached = sorted(set(levels))
    default = _("Étape suivante de chaque pièce")
    if len(reached) == 1:
        default = _("Étape suivante : relance %(level)d") % {"level": reached[0]}
    lowest = reached[0] if reached else 1
    steps = [step for step in scenario.reminders if step.is_active and step.level >= lowest]
    return [(NEXT, default), *((str(step.level), _said(step, scenario)) for step in steps)]


def _said(step: StepRule, scenario: ScenarioRule) -> str:
    """« Relance 3 – courrier, 8 jours après la relance 2 »."""
    words = {
        "name": step_name(step),
        "medium": str(Step.Medium(step.medium).label).lower(),
        "when": step_timing(step, scenario),
    }
    return _("%(name)s – %(medium)s, %(when)s") % words
