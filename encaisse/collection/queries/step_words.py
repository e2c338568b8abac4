"""How a step is said: « Relance 2 », « 8 jours après la relance 1 »."""

from collections.abc import Iterable
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.collection.rules.copies import SALES_REP
from encaisse.collection.rules.facts import ScenarioRule, StepRule


class Step(Protocol):
    """A step as the rules or the database know it."""

    @property
    def kind(self) -> str: ...

    @property
    def level(self) -> int: ...


def step_name(step: Step) -> str:
    """« Relance 2 », « Prévenance » or « Remerciement »."""
    if step.kind == "reminder":
        return _("Relance %(level)d") % {"level": step.level}
    return _("Prévenance") if step.kind == "pre_due" else _("Remerciement")


def step_timing(step: StepRule, scenario: ScenarioRule) -> str:
    """When a step comes, counted from what triggers it."""
    days = abs(step.offset_days)
    counted = ngettext("%(days)d jour", "%(days)d jours", days) % {"days": days}
    if step.kind == "thanks":
        return _("%(count)s après le lettrage") % {"count": counted}
    if step.kind == "pre_due" or step.offset_days < 0:
        return _("%(count)s avant l’échéance") % {"count": counted}
    if step.trigger == "invoice":
        return _("%(count)s après la facture") % {"count": counted}
    if step.trigger == "end_of_month":
        return _("%(count)s après l’échéance, fin de mois") % {"count": counted}
    before = _level_before(step, scenario) if step.trigger == "previous" else 0
    if before:
        return _("%(count)s après la relance %(level)d") % {"count": counted, "level": before}
    return _("%(count)s après l’échéance") % {"count": counted}


def copies_words(copies: Iterable[str]) -> str:
    """« chef@societe.fr, commercial du client »."""
    return ", ".join(_("commercial du client") if one == SALES_REP else one for one in copies)


def _level_before(step: StepRule, scenario: ScenarioRule) -> int:
    levels = [other.level for other in scenario.reminders if other.is_active]
    return max((level for level in levels if level < step.level), default=0)
