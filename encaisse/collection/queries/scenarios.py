"""Scenarios as the plan's rules read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from encaisse.collection.models import CollectionProfile, Scenario, Step
from encaisse.collection.rules.facts import ScenarioRule, StepRule, ThresholdRule
from encaisse.collection.rules.triggers import parse_trigger
from encaisse.core.money import parse_minor
from encaisse.tenancy.models import Company


@dataclass(frozen=True, slots=True)
class ScenarioBook:
    """All the scenarios of a company, and which one a customer follows."""

    rules: dict[int, ScenarioRule]
    default_profile_id: int | None
    by_variant: dict[tuple[int, bool], int]

    def scenario_id(self, profile_id: int | None, *, has_email: bool) -> int | None:
        """The scenario of a customer, by his profile (or the default one) and his having e-mail."""
        profile = self.default_profile_id if profile_id is None else profile_id
        return self.by_variant.get((profile, has_email)) if profile is not None else None


def scenario_book(company: Company) -> ScenarioBook:
    """The company's scenarios in their current versions, in three queries."""
    scenarios = list(
        Scenario.objects.filter(company=company)
        .prefetch_related("steps", "thresholds")
        .order_by("id")
    )
    default = CollectionProfile.objects.filter(company=company, is_default=True).first()
    return ScenarioBook(
        rules={scenario.pk: scenario_rule(scenario) for scenario in scenarios},
        default_profile_id=default.pk if default else None,
        by_variant={
            (scenario.profile_id, scenario.with_email): scenario.pk for scenario in scenarios
        },
    )


def scenario_rule(scenario: Scenario) -> ScenarioRule:
    """A scenario's current version as plain values."""
    steps = [step for step in scenario.steps.all() if step.version == scenario.version]
    reminders = sorted((s for s in steps if s.kind == "reminder"), key=lambda step: step.level)
    return ScenarioRule(
        id=scenario.pk,
        name=scenario.name,
        version=scenario.version,
        is_active=scenario.is_active,
        by_level=scenario.grouping == Scenario.Grouping.LEVEL,
        thanks_while_overdue=scenario.thanks_while_overdue,
        pre_due=_only(steps, "pre_due"),
        reminders=tuple(_rule(step) for step in reminders),
        thanks=_only(steps, "thanks"),
        thresholds={
            threshold.currency: ThresholdRule(
                threshold.entry_minimum_minor,
                threshold.total_minimum_minor,
                threshold.total_maximum_minor,
            )
            for threshold in scenario.thresholds.all()
        },
    )


def _only(steps: Iterable[Step], kind: str) -> StepRule | None:
    return next((_rule(step) for step in steps if step.kind == kind), None)


def _rule(step: Step) -> StepRule:
    return StepRule(
        step.pk,
        step.kind,
        step.level,
        step.medium,
        step.trigger,
        step.offset_days,
        step.is_automatic,
        step.is_active,
        step.template_code,
        step.only_after_reminder,
        step.needs_approval,
        tuple(step.recipient_roles.splitlines()),
        tuple(step.copies.split()),
        step.attach_invoices,
    )


def rule_of_document(document: Mapping[str, Any], scenario_id: int) -> ScenarioRule:
    """The rules that a valid document of one scenario would make; its steps have ids of their own.

    The ids are negative: no step of the database has them.
    """
    steps = [_step_rule(step, -place) for place, step in enumerate(document["steps"], start=1)]
    reminders = sorted((s for s in steps if s.kind == "reminder"), key=lambda step: step.level)
    return ScenarioRule(
        id=scenario_id,
        name=document["name"],
        is_active=document["active"],
        by_level=document["grouping"] == Scenario.Grouping.LEVEL,
        thanks_while_overdue=document["thanks_while_overdue"],
        pre_due=next((step for step in steps if step.kind == "pre_due"), None),
        reminders=tuple(reminders),
        thanks=next((step for step in steps if step.kind == "thanks"), None),
        thresholds={row["currency"]: _threshold_rule(row) for row in document["thresholds"]},
    )


def _step_rule(step: Mapping[str, Any], number: int) -> StepRule:
    trigger, days = parse_trigger(step["trigger"])
    return StepRule(
        number,
        step["kind"],
        step["level"],
        step["medium"],
        trigger,
        days,
        step["automatic"],
        step["active"],
        step["template"],
        step.get("only_after_reminder", True),
        step["to_approve"],
        tuple(step["recipients"]),
        tuple(step["copies"]),
        step["invoices"],
    )


def _threshold_rule(row: Mapping[str, Any]) -> ThresholdRule:
    currency, maximum = row["currency"], row.get("total_maximum")
    return ThresholdRule(
        parse_minor(row["entry_minimum"], currency),
        parse_minor(row["total_minimum"], currency),
        None if maximum is None else parse_minor(maximum, currency),
    )
