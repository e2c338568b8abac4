"""Taking over a configuration document: checked whole, then written whole.

Profiles, scenarios and texts that the document names are created or replaced; those that it does
not name stay. A scenario whose steps change gets a new version: what was done keeps the old one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, Scenario, Step, Threshold
from encaisse.collection.operations.configuration_check import document_problems
from encaisse.collection.operations.configuration_options import take_options
from encaisse.collection.operations.motives import ListRefused
from encaisse.collection.operations.profile_rules import decide_again, write_rules
from encaisse.collection.operations.scenario_history import keep_version
from encaisse.collection.queries.configuration import (
    configuration,
    setting,
    step_document,
    step_order,
)
from encaisse.collection.queries.scenario_changes import scenario_changes
from encaisse.collection.queries.scenario_edit import texts_by_code
from encaisse.collection.rules.triggers import format_trigger, parse_trigger
from encaisse.core.money import decimal_string, parse_minor
from encaisse.ledger.operations.free_fields import write_free_fields
from encaisse.ledger.operations.syncs import lock_ledger
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.operations.layout import write_choices
from encaisse.messaging.operations.versions import Text, keep_first, write_text
from encaisse.messaging.queries.layout import layout_row
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import configure_company


class ConfigurationRefused(Exception):
    """The document cannot be used; `problems` are sentences fit to show to the user."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


# The journal names so many, and so many changes of each scenario.
_MOST_NAMES = 30
_MOST_CHANGES = 40


class ScenarioDetail(TypedDict):
    """A scenario that changed: what it is called, and each change in words."""

    name: str
    changes: list[str]


@dataclass(slots=True)
class ConfigurationChanges:
    """What taking over a document changed."""

    profiles: int = 0
    scenarios: int = 0
    templates: int = 0
    settings: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    # True when the rules that give profiles were replaced.
    profile_rules: bool = False
    fields: int = 0
    # Of these profiles, scenarios and texts.
    names: list[str] = field(default_factory=list)
    # The profiles that are new.
    created: list[str] = field(default_factory=list)
    # What each scenario that was there already has become otherwise, in words.
    details: list[ScenarioDetail] = field(default_factory=list)


@transaction.atomic
def take_configuration(
    company: Company,
    document: Mapping[str, Any],
    *,
    author: Author,
    kind: str = "configuration.taken",
    told: Mapping[str, Any] | None = None,
) -> ConfigurationChanges:
    """Write a configuration document into a company. Raises ConfigurationRefused, nothing done.

    `kind`: the journal's word for it, where somebody did something else; `told` is told besides.
    """
    problems = document_problems(company, document)
    if problems:
        raise ConfigurationRefused(problems)
    lock_ledger(company)
    current = configuration(company)
    changes = ConfigurationChanges()
    _take_settings(company, document.get("settings", {}), changes, author)
    profiles = _take_profiles(company, document.get("profiles", ()), changes)
    now = timezone.now()
    changed: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
    before = {(row["profile"], row["variant"]): row for row in current["scenarios"]}
    for scenario in map(whole_scenario, document.get("scenarios", ())):
        known = before.get((scenario["profile"], scenario["variant"]))
        if scenario != known:
            taken = _take_scenario(company, scenario, profiles)
            keep_version(taken, scenario, before=known, author=author, now=now)
            changes.scenarios += 1
            changes.names.append(scenario["name"])
            if known is not None:
                changed.append((known, scenario))
    for template in map(whole_template, document.get("templates", ())):
        if template not in current["templates"]:
            _take_template(company, template, author, now)
            changes.templates += 1
            changes.names.append(template["label"] or template["code"])
    letters = document.get("letters", {})
    changes.letters = sorted(key for key in letters if letters[key] != current["letters"][key])
    if changes.letters:
        row = layout_row(company)
        write_choices(row, letters)
        row.save()
    rules = document.get("profile_rules", current["profile_rules"])
    if rules != current["profile_rules"]:
        write_rules(company, rules)
        decide_again(company)
        changes.profile_rules = True
    changes.fields = len(write_free_fields(company, document.get("fields", ())))
    changes.details = _details(company, changed)
    if changes != ConfigurationChanges():
        record_event(
            kind,
            company=company,
            author=author,
            profiles=changes.profiles,
            scenarios=changes.scenarios,
            templates=changes.templates,
            names=changes.names[:_MOST_NAMES],
            settings=changes.settings,
            letters=changes.letters,
            profile_rules=changes.profile_rules,
            fields=changes.fields,
            created=changes.created,
            details=changes.details,
            **(told or {}),
        )
        facts_changed(company.pk)
    return changes


def _details(
    company: Company, changed: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]
) -> list[ScenarioDetail]:
    """What « Versions » says of each scenario: the texts that it names have their names by now."""
    if not changed:
        return []
    texts = {code: text.label for code, text in texts_by_code(company).items()}
    return [
        ScenarioDetail(
            name=after["name"], changes=scenario_changes(before, after, texts)[:_MOST_CHANGES]
        )
        for before, after in changed[:_MOST_NAMES]
    ]


# -- writing -----------------------------------------------------------------------------------


def _take_settings(
    company: Company, settings: Mapping[str, Any], changes: ConfigurationChanges, author: Author
) -> None:
    changed = {name: value for name, value in settings.items() if setting(company, name) != value}
    if changed:
        try:
            rest = take_options(company, changed, author=author)
        except ListRefused as refusal:
            raise ConfigurationRefused([str(refusal)]) from refusal
        if rest:
            configure_company(company, author=author, **rest)
        changes.settings = sorted(changed)


def _take_profiles(
    company: Company, profiles: Sequence[Mapping[str, Any]], changes: ConfigurationChanges
) -> dict[str, CollectionProfile]:
    rows = CollectionProfile.objects.filter(company=company)
    found = {row.code: row for row in rows}
    default = next((wanted["code"] for wanted in profiles if wanted.get("default")), None)
    for wanted in profiles:
        code = wanted["code"]
        known = found.get(code)
        name = wanted.get("name", known.name if known else code)
        is_default = wanted.get("default", known is not None and known.is_default and not default)
        is_business = wanted.get("business", known is None or known.is_business)
        now = known and (known.name, known.is_default, known.is_business)
        if now == (name, is_default, is_business):
            continue
        if is_default:
            rows.exclude(code=code).update(is_default=False)
        found[code], _created = CollectionProfile.objects.update_or_create(
            company=company,
            code=code,
            defaults={"name": name, "is_default": is_default, "is_business": is_business},
        )
        changes.profiles += 1
        changes.names.append(name)
        if known is None:
            changes.created.append(name)
    if profiles and not rows.filter(is_default=True).exists():
        # Customers without a profile would follow no scenario at all.
        raise ConfigurationRefused([_("Un des profils doit être celui par défaut.")])
    return found


def _take_scenario(
    company: Company, wanted: Mapping[str, Any], profiles: dict[str, CollectionProfile]
) -> Scenario:
    profile = profiles.get(wanted["profile"])
    if profile is None:
        raise ConfigurationRefused([_("Profil inconnu : « %s ».") % wanted["profile"]])
    scenario, created = Scenario.objects.update_or_create(
        profile=profile,
        with_email=wanted["variant"] == "with_email",
        defaults={
            "company": company,
            "name": wanted["name"],
            "is_active": wanted["active"],
            "grouping": wanted["grouping"],
            "thanks_while_overdue": wanted["thanks_while_overdue"],
        },
    )
    _take_steps(scenario, wanted["steps"], is_new=created)
    scenario.thresholds.all().delete()
    Threshold.objects.bulk_create(_threshold(scenario, row) for row in wanted["thresholds"])
    return scenario


def _take_steps(scenario: Scenario, steps: Sequence[Mapping[str, Any]], *, is_new: bool) -> None:
    """Steps that differ make a new version; what was done keeps its own."""
    now = scenario.steps.filter(version=scenario.version)
    if not is_new and sorted(map(step_document, now), key=step_order) == steps:
        return
    if not is_new:
        scenario.version += 1
        scenario.save(update_fields=["version"])
    Step.objects.bulk_create(_step(scenario, step) for step in steps)


def _step(scenario: Scenario, wanted: Mapping[str, Any]) -> Step:
    trigger, days = parse_trigger(wanted["trigger"])
    return Step(
        scenario=scenario,
        version=scenario.version,
        kind=wanted["kind"],
        level=wanted["level"],
        medium=wanted["medium"],
        trigger=trigger,
        offset_days=days,
        template_code=wanted["template"],
        is_automatic=wanted["automatic"],
        needs_approval=wanted["to_approve"],
        is_active=wanted["active"],
        recipient_roles="\n".join(wanted["recipients"]),
        copies="\n".join(wanted["copies"]),
        attach_invoices=wanted["invoices"],
        only_after_reminder=wanted.get("only_after_reminder", True),
    )


def _threshold(scenario: Scenario, wanted: Mapping[str, Any]) -> Threshold:
    currency, maximum = wanted["currency"], wanted.get("total_maximum")
    return Threshold(
        scenario=scenario,
        currency=currency,
        entry_minimum_minor=parse_minor(wanted["entry_minimum"], currency),
        total_minimum_minor=parse_minor(wanted["total_minimum"], currency),
        total_maximum_minor=None if maximum is None else parse_minor(maximum, currency),
    )


def _take_template(
    company: Company, wanted: Mapping[str, Any], author: Author, now: datetime
) -> None:
    """A new text, or the next version of one: what it was stays readable."""
    known = MessageTemplate.objects.filter(
        company=company, code=wanted["code"], language=wanted["language"]
    ).first()
    if known is None:
        keep_first(
            MessageTemplate.objects.create(company=company, **wanted), author=author, now=now
        )
        return
    known.kind, known.medium = wanted["kind"], wanted["medium"]
    known.save(update_fields=["kind", "medium"])
    text = Text(wanted["label"], wanted["subject"], wanted["body"])
    write_text(known, text, author=author, now=now)


# -- what a hand-written document leaves out, as an exported one says it ------------------------


def whole_scenario(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario of a valid document with all that one may leave out, in order."""
    defaults = {
        "active": True,
        "grouping": Scenario.Grouping.STATEMENT.value,
        "thanks_while_overdue": False,
    }
    thresholds = map(_whole_threshold, wanted.get("thresholds", ()))
    steps = map(_whole_step, wanted.get("steps", ()))
    return {
        **defaults,
        **wanted,
        "thresholds": sorted(thresholds, key=lambda row: row["currency"]),
        "steps": sorted(steps, key=step_order),
    }


def _whole_threshold(wanted: Mapping[str, Any]) -> dict[str, str]:
    currency = wanted["currency"]
    amounts = {"entry_minimum": "0", "total_minimum": "0", **wanted}
    del amounts["currency"]
    return {
        "currency": currency,
        **{
            name: decimal_string(parse_minor(str(amount), currency), currency)
            for name, amount in amounts.items()
        },
    }


def _whole_step(wanted: Mapping[str, Any]) -> dict[str, Any]:
    whole = {
        "level": 0,
        "template": "",
        "automatic": False,
        "to_approve": False,
        "active": True,
        "recipients": [],
        "copies": [],
        "invoices": False,
        "only_after_reminder": True,
        **wanted,
        "trigger": format_trigger(*parse_trigger(wanted["trigger"])),
    }
    if whole["kind"] != Step.Kind.THANKS:
        del whole["only_after_reminder"]
    return whole


def whole_template(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A text of a document with all that one may leave out."""
    body = wanted["body"].replace("\r\n", "\n")
    return {"language": "fr", "label": wanted["code"], "subject": "", **wanted, "body": body}
