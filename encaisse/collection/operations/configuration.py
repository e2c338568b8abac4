"""Taking over a configuration document: checked whole, then written whole.

Profiles, scenarios and texts that the document names are created or replaced; those that it does
not name stay. A scenario whose steps change gets a new version: what was done keeps the old one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile, Scenario, Step, Threshold
from encaisse.collection.queries.configuration import FORMAT, SETTINGS, configuration
from encaisse.collection.rules.triggers import TriggerError, parse_trigger
from encaisse.core.money import AmountError, parse_minor
from encaisse.ledger.rules.terms import TermsError, parse_terms
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.rendering import check_template
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import configure_company


class ConfigurationRefused(Exception):
    """The document cannot be used; `problems` are sentences fit to show to the user."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(slots=True)
class ConfigurationChanges:
    """What taking over a document changed."""

    profiles: int = 0
    scenarios: int = 0
    templates: int = 0
    settings: list[str] = field(default_factory=list)


@transaction.atomic
def take_configuration(
    company: Company, document: Mapping[str, Any], *, author: Author
) -> ConfigurationChanges:
    """Write a configuration document into a company. Raises ConfigurationRefused, nothing done."""
    problems = _problems(document)
    if problems:
        raise ConfigurationRefused(problems)
    current = configuration(company)
    changes = ConfigurationChanges()
    _take_settings(company, document.get("settings", {}), changes, author)
    profiles = _take_profiles(company, document.get("profiles", ()), changes)
    for scenario in document.get("scenarios", ()):
        if scenario not in current["scenarios"]:
            _take_scenario(company, scenario, profiles)
            changes.scenarios += 1
    for template in document.get("templates", ()):
        if template not in current["templates"]:
            _take_template(company, template)
            changes.templates += 1
    if changes != ConfigurationChanges():
        record_event(
            "configuration.taken",
            company=company,
            author=author,
            profiles=changes.profiles,
            scenarios=changes.scenarios,
            templates=changes.templates,
            settings=changes.settings,
        )
        facts_changed(company.pk)
    return changes


# -- checking ----------------------------------------------------------------------------------

_STEP_KEYS = {
    "kind", "level", "medium", "trigger", "template", "automatic", "active", "recipients",
    "copies", "only_after_reminder",
}  # fmt: skip


def _problems(document: Mapping[str, Any]) -> list[str]:
    if document.get("format") != FORMAT:
        return [_("Ce fichier n’est pas une configuration d’Encaisse (format « %s »).") % FORMAT]
    problems = [
        _("Réglage inconnu : « %s ».") % name
        for name in document.get("settings", {})
        if name not in SETTINGS
    ]
    terms = document.get("settings", {}).get("default_payment_terms", "30 jours")
    try:
        parse_terms(terms)
    except TermsError as error:
        problems.append(str(error))
    codes = {profile.get("code") for profile in document.get("profiles", ())}
    for scenario in document.get("scenarios", ()):
        problems += _scenario_problems(scenario, codes)
    for template in document.get("templates", ()):
        found = check_template(template.get("subject", ""), template.get("body", ""))
        problems += [f"{template.get('code', '?')} : {problem}" for problem in found]
    return problems


def _scenario_problems(scenario: Mapping[str, Any], profiles: set[Any]) -> list[str]:
    name = scenario.get("name", "?")
    problems = []
    if scenario.get("variant") not in ("with_email", "without_email"):
        problems.append(_("%s : la variante est « with_email » ou « without_email ».") % name)
    if scenario.get("grouping", "statement") not in Scenario.Grouping.values:
        problems.append(_("%s : le regroupement est « statement » ou « level ».") % name)
    if not scenario.get("profile"):
        problems.append(_("%s : il manque le profil.") % name)
    seen = set()
    for step in scenario.get("steps", ()):
        problems += [f"{name} : {problem}" for problem in _step_problems(step)]
        key = (step.get("kind"), step.get("level", 0))
        if key in seen:
            problems.append(_("%s : deux étapes au même niveau.") % name)
        seen.add(key)
    for threshold in scenario.get("thresholds", ()):
        problems += [f"{name} : {problem}" for problem in _threshold_problems(threshold)]
    return problems


def _step_problems(step: Mapping[str, Any]) -> list[str]:
    problems = [_("étape : clé inconnue « %s ».") % key for key in step if key not in _STEP_KEYS]
    if step.get("kind") not in Step.Kind.values:
        problems.append(_("une étape est « pre_due », « reminder » ou « thanks »."))
    level = step.get("level", 0)
    if (step.get("kind") == "reminder") != (isinstance(level, int) and 1 <= level <= 9):
        problems.append(_("le niveau d’une relance va de 1 à 9, celui des autres étapes est 0."))
    if step.get("medium") not in Step.Medium.values:
        problems.append(_("média inconnu : « %s ».") % step.get("medium"))
    try:
        parse_trigger(str(step.get("trigger", "")))
    except TriggerError as error:
        problems.append(str(error))
    return problems


def _threshold_problems(threshold: Mapping[str, Any]) -> list[str]:
    problems = []
    if len(str(threshold.get("currency", ""))) != 3:
        problems.append(_("un seuil nomme sa devise (trois lettres)."))
    for key in ("entry_minimum", "total_minimum", "total_maximum"):
        try:
            parse_minor(str(threshold.get(key, "0")))
        except AmountError as error:
            problems.append(str(error))
    return problems


# -- writing -----------------------------------------------------------------------------------


def _take_settings(
    company: Company, settings: Mapping[str, Any], changes: ConfigurationChanges, author: Author
) -> None:
    changed = {name: value for name, value in settings.items() if getattr(company, name) != value}
    if changed:
        configure_company(company, author=author, **changed)
        changes.settings = sorted(changed)


def _take_profiles(
    company: Company, profiles: Any, changes: ConfigurationChanges
) -> dict[str, CollectionProfile]:
    found = {row.code: row for row in CollectionProfile.objects.filter(company=company)}
    for wanted in profiles:
        code, name = wanted["code"], wanted.get("name", wanted["code"])
        profile = found.get(code)
        is_default = bool(wanted.get("default"))
        if profile and (profile.name, profile.is_default) == (name, is_default):
            continue
        if is_default:
            CollectionProfile.objects.filter(company=company).update(is_default=False)
        found[code], _created = CollectionProfile.objects.update_or_create(
            company=company, code=code, defaults={"name": name, "is_default": is_default}
        )
        changes.profiles += 1
    return found


def _take_scenario(
    company: Company, wanted: Mapping[str, Any], profiles: dict[str, CollectionProfile]
) -> None:
    profile = profiles.get(wanted["profile"])
    if profile is None:
        raise ConfigurationRefused([_("Profil inconnu : « %s ».") % wanted["profile"]])
    scenario, created = Scenario.objects.update_or_create(
        profile=profile,
        with_email=wanted["variant"] == "with_email",
        defaults={
            "company": company,
            "name": wanted["name"],
            "is_active": wanted.get("active", True),
            "grouping": wanted.get("grouping", Scenario.Grouping.STATEMENT),
            "thanks_while_overdue": wanted.get("thanks_while_overdue", False),
        },
    )
    if not created:
        scenario.version += 1
        scenario.save(update_fields=["version"])
    Step.objects.bulk_create(_step(scenario, step) for step in wanted.get("steps", ()))
    scenario.thresholds.all().delete()
    Threshold.objects.bulk_create(_threshold(scenario, row) for row in wanted.get("thresholds", ()))


def _step(scenario: Scenario, wanted: Mapping[str, Any]) -> Step:
    trigger, days = parse_trigger(wanted["trigger"])
    return Step(
        scenario=scenario,
        version=scenario.version,
        kind=wanted["kind"],
        level=wanted.get("level", 0),
        medium=wanted["medium"],
        trigger=trigger,
        offset_days=days,
        template_code=wanted.get("template", ""),
        is_automatic=wanted.get("automatic", False),
        is_active=wanted.get("active", True),
        recipient_roles="\n".join(wanted.get("recipients", ())),
        copies="\n".join(wanted.get("copies", ())),
        only_after_reminder=wanted.get("only_after_reminder", True),
    )


def _threshold(scenario: Scenario, wanted: Mapping[str, Any]) -> Threshold:
    currency = wanted["currency"]
    maximum = wanted.get("total_maximum")
    return Threshold(
        scenario=scenario,
        currency=currency,
        entry_minimum_minor=parse_minor(str(wanted.get("entry_minimum", "0")), currency),
        total_minimum_minor=parse_minor(str(wanted.get("total_minimum", "0")), currency),
        total_maximum_minor=None if maximum is None else parse_minor(str(maximum), currency),
    )


def _take_template(company: Company, wanted: Mapping[str, Any]) -> None:
    text, created = MessageTemplate.objects.update_or_create(
        company=company,
        code=wanted["code"],
        language=wanted.get("language", "fr"),
        defaults={
            "label": wanted.get("label", wanted["code"]),
            "kind": wanted["kind"],
            "medium": wanted["medium"],
            "subject": wanted.get("subject", ""),
            "body": wanted["body"],
        },
    )
    if not created:
        text.version += 1
        text.save(update_fields=["version"])
