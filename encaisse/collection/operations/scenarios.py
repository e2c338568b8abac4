"""Changing one scenario: checked like a configuration document, written like one."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, Reminder, Scenario, ScenarioVersion
from encaisse.collection.operations.configuration import take_configuration
from encaisse.collection.queries.configuration import (
    FORMAT,
    scenario_document,
    template_document,
)
from encaisse.collection.queries.scenario_edit import (
    NamedText,
    scenario_name,
    scenario_of_variant,
    texts_by_code,
)
from encaisse.messaging.models import MessageTemplate
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
    profile: CollectionProfile,
    document: Mapping[str, Any],
    *,
    seen: str,
    author: Author,
    restored: int = 0,
) -> bool:
    """Write one variant; False when nothing differs. What was done keeps its steps.

    `seen` is the fingerprint of what was read, `restored` the version that it goes back to. Raises
    ScenarioMoved and ConfigurationRefused.
    """
    company = Company.objects.select_for_update().get(pk=profile.company_id)
    current = scenario_of_variant(profile, with_email=document["variant"] == "with_email")
    if fingerprint(scenario_document(current) if current else None) != seen:
        raise ScenarioMoved(
            _("Ce scénario a changé entre-temps : rechargez la page pour voir ce qu’il est.")
        )
    kind = "scenario.changed" if current else "scenario.created"
    changes = take_configuration(
        company,
        {"format": FORMAT, "scenarios": [dict(document)]},
        author=author,
        kind="scenario.restored" if restored else kind,
        told={"version": restored} if restored else None,
    )
    return bool(changes.scenarios)


def restore_version(version: ScenarioVersion, *, author: Author) -> bool:
    """Give a scenario what it was in a version; False when it is that already.

    Raises ConfigurationRefused when a text that it names is gone.
    """
    kept = version.scenario
    now = scenario_of_variant(kept.profile, with_email=kept.with_email)
    seen = fingerprint(scenario_document(now) if now else None)
    return save_scenario(
        kept.profile, version.document, seen=seen, author=author, restored=version.number
    )


@transaction.atomic
def copy_scenario(
    source: Scenario, profile: CollectionProfile, *, with_email: bool, author: Author
) -> None:
    """Give another variant, of any company, the steps and thresholds of a scenario.

    Texts that it names are made there where they are missing. For customers without an address,
    reminders by e-mail become letters; what only e-mail says goes. Raises ConfigurationRefused.
    """
    document = scenario_document(source)
    codes = {step["template"] for step in document["steps"]}
    texts = texts_by_code(source.company)
    if source.with_email and not with_email:
        document["steps"] = list(_by_letter(document["steps"], texts))
        codes = {step["template"] for step in document["steps"]}
    known = scenario_of_variant(profile, with_email=with_email)
    wanted = {
        **document,
        "profile": profile.code,
        "variant": "with_email" if with_email else "without_email",
        "name": known.name if known else scenario_name(profile, with_email=with_email),
    }
    there = texts_by_code(profile.company)
    missing = sorted(codes - {""} - there.keys())
    rows = MessageTemplate.objects.filter(company=source.company, code__in=missing)
    take_configuration(
        profile.company,
        {
            "format": FORMAT,
            "scenarios": [wanted],
            "templates": [template_document(row) for row in rows.order_by("code", "language")],
        },
        author=author,
        kind="scenario.copied",
        told={"source": source.name},
    )


def _by_letter(
    steps: Iterable[dict[str, Any]], texts: Mapping[str, NamedText]
) -> Iterator[dict[str, Any]]:
    """The steps for customers without an address."""
    for step in steps:
        if step["medium"] != "email":
            yield step
        elif step["kind"] == "reminder":
            letters = [code for code, text in texts.items() if text.what == ("reminder", "letter")]
            likely = step["template"].removesuffix("_email") + "_letter"
            text = likely if likely in letters else next(iter(letters), "")
            yield {**step, "medium": "letter", "template": text, "copies": [], "invoices": False}


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
