"""Changing one scenario: checked like a configuration document, written like one."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, Reminder, Scenario
from encaisse.collection.operations.configuration import take_configuration
from encaisse.collection.queries.configuration import FORMAT, scenario_document
from encaisse.collection.queries.scenario_edit import scenario_of_variant
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company


class ScenarioInUse(Exception):
    """The scenario cannot go; the message says what needs it."""


class ScenarioMoved(Exception):
    """Somebody else has changed the scenario since it was read; the message says so."""


def fingerprint(document: Mapping[str, Any] | None) -> str:
    """What tells two states of a scenario apart; of none, too."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def save_scenario(
    profile: CollectionProfile, document: Mapping[str, Any], *, seen: str, author: Author
) -> bool:
    """Write one variant; False when nothing differs. What was done keeps its steps.

    `seen` is the fingerprint of what was read. Raises ScenarioMoved and ConfigurationRefused.
    """
    company = Company.objects.select_for_update().get(pk=profile.company_id)
    current = scenario_of_variant(profile, with_email=document["variant"] == "with_email")
    if fingerprint(scenario_document(current) if current else None) != seen:
        raise ScenarioMoved(
            _("Ce scénario a changé entre-temps : rechargez la page pour voir ce qu’il est.")
        )
    changes = take_configuration(
        company, {"format": FORMAT, "scenarios": [dict(document)]}, author=author
    )
    return bool(changes.scenarios)


@transaction.atomic
def delete_scenario(scenario: Scenario, *, author: Author) -> None:
    """Remove a variant: its customers are no longer reminded in number. Past reminders stay.

    Raises ScenarioInUse while messages of its steps are under way.
    """
    if Reminder.objects.pending().filter(step__scenario=scenario).exists():
        raise ScenarioInUse(_("Des messages de ce scénario attendent de partir."))
    record_event(
        "scenario.deleted",
        company=scenario.company,
        author=author,
        name=scenario.name,
        before=scenario_document(scenario),
    )
    company_id = scenario.company_id
    scenario.delete()
    facts_changed(company_id)
