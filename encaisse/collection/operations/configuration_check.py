"""What must hold of a configuration document before anything is written: each fault, a sentence.

A document comes from a file that anybody may have typed: nothing of its shape is taken for granted.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.models import CollectionProfile, Scenario, Step
from encaisse.collection.operations.configuration_options import OPTIONS
from encaisse.collection.queries.configuration import FORMAT
from encaisse.collection.rules.profiles import ConditionError, read_condition
from encaisse.collection.rules.triggers import TriggerError, check_trigger, parse_trigger
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.wording import told
from encaisse.core.workdays import working_days
from encaisse.ledger.models import FreeField
from encaisse.ledger.queries.free_fields import NUMBERS, PLACES
from encaisse.ledger.rules.terms import TermsError, parse_terms
from encaisse.messaging.letters.layout import LEAST_MARGIN, LONGEST_FOOTER, MOST_MARGIN
from encaisse.messaging.models import LetterLayout, MessageTemplate
from encaisse.messaging.rules.rendering import check_template
from encaisse.tenancy.models import Company

# What is wrong with a value, in French; "" when nothing is.
Check = Callable[[Any], str]

_CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_API_ADDRESS = re.compile(r"(?:https://[^\s/]+(?:/\S*)?)?")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
# Control characters that no database text may hold, and half characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LONGEST_TEXT = 60_000
_HIGHEST_MINOR = 10**15


class Shape(NamedTuple):
    """The keys of a table: those that it must have, and how each value is checked."""

    checks: Mapping[str, Check]
    required: tuple[str, ...] = ()


def document_problems(company: Company, document: Mapping[str, Any]) -> list[str]:
    """What is wrong with a document for a company; an empty list for a good one."""
    if document.get("format") != FORMAT:
        return [_("Ce fichier n’est pas une configuration d’Encaisse (format « %s »).") % FORMAT]
    problems = _shape_problems("", document, _DOCUMENT)
    if problems:
        return problems
    parts = (
        ("profiles", _PROFILE), ("scenarios", _SCENARIO), ("templates", _TEMPLATE),
        ("profile_rules", _PROFILE_RULE), ("fields", _FIELD),
    )  # fmt: skip
    problems += _shape_problems(_("réglages"), document.get("settings", {}), _SETTINGS)
    problems += _shape_problems(_("courriers"), document.get("letters", {}), _LETTERS)
    for key, shape in parts:
        for row in document.get(key, ()):
            problems += _shape_problems(_name_of(row), row, shape)
    for scenario in document.get("scenarios", ()):
        problems += _parts_problems(scenario)
    for rule in document.get("profile_rules", ()):
        problems += _conditions_problems(rule)
    # What follows reads the values: it needs them to be what they should.
    return problems or [
        *_settings_problems(company, document.get("settings", {})),
        *_profiles_problems(document.get("profiles", ())),
        *_scenarios_problems(company, document),
        *_templates_problems(document.get("templates", ())),
        *_rules_problems(company, document),
        *_fields_problems(document.get("fields", ())),
    ]


# -- shapes ------------------------------------------------------------------------------------


def _shape_problems(name: str, found: Any, shape: Shape) -> list[str]:
    if not isinstance(found, Mapping):
        return [_at(name, _("une table de valeurs est attendue."))]
    problems = [_("clé inconnue « %s ».") % key for key in found if key not in shape.checks]
    problems += [_("il manque « %s ».") % key for key in shape.required if key not in found]
    for key, check in shape.checks.items():
        if key in found and (problem := check(found[key])):
            problems.append(_("« %(key)s » %(problem)s") % {"key": key, "problem": problem})
    return [_at(name, problem) for problem in problems]


def _at(name: str, problem: str) -> str:
    """A problem with the name of what it is about, where there is one."""
    return _("%(label)s : %(value)s") % {"label": name, "value": problem} if name else problem


def _parts_problems(scenario: Any) -> list[str]:
    """The shapes of a scenario's own tables; nothing when they are no lists of tables at all."""
    if not isinstance(scenario, Mapping):
        return []
    problems = []
    for key, shape, name in (
        ("steps", _STEP, _("%s, étape")),
        ("thresholds", _THRESHOLD, _("%s, seuil")),
    ):
        rows = scenario.get(key, ())
        if not _tables(rows):
            for row in rows:
                problems += _shape_problems(name % _name_of(scenario), row, shape)
    return problems


def _conditions_problems(rule: Mapping[str, Any]) -> list[str]:
    """The shapes of a rule's conditions."""
    rows = rule.get("conditions", ())
    if _tables(rows):
        return []
    return [
        problem
        for row in rows
        for problem in _shape_problems(_("règle de profil"), row, _CONDITION)
    ]


def _name_of(row: Any) -> str:
    if not isinstance(row, Mapping):
        return "?"
    return str(row.get("name") or row.get("code") or "?")[:80]


def _text(most: int, *, blank: bool = False) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            return _("doit être un texte.")
        if not blank and not value.strip():
            return _("ne peut pas être vide.")
        if len(value) > most:
            return _("dépasse %s caractères.") % most
        return _("contient des caractères illisibles.") if _UNWRITABLE.search(value) else ""

    return check


def _matching(pattern: re.Pattern[str], problem: Promise) -> Check:
    def check(value: Any) -> str:
        return "" if isinstance(value, str) and pattern.fullmatch(value) else str(problem)

    return check


def _flag(value: Any) -> str:
    return "" if isinstance(value, bool) else _("doit être « true » ou « false ».")


def _whole(least: int, most: int) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return ""
        return _("doit être un nombre entier de %(least)s à %(most)s.") % {
            "least": least,
            "most": most,
        }

    return check


def _one_of(values: Sequence[str]) -> Check:
    def check(value: Any) -> str:
        if isinstance(value, str) and value in values:
            return ""
        return _("doit être l’un de : %s.") % ", ".join(values)

    return check


def _tables(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(row, Mapping) for row in value):
        return ""
    return _("doit être une liste de tables.")


def _table(value: Any) -> str:
    return "" if isinstance(value, Mapping) else _("doit être une table.")


def _texts(value: Any) -> str:
    fits = _text(120)
    if not isinstance(value, list) or any(fits(row) or "\n" in row for row in value):
        return _("doit être une liste de textes.")
    return ""


def _amount(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return _("doit être un montant.")
    try:
        minor = parse_minor(str(value))
    except AmountError as error:
        return _("n’est pas valable : %s") % told(error, _)
    return "" if 0 <= minor <= _HIGHEST_MINOR else _("doit être un montant positif raisonnable.")


def _terms(value: Any) -> str:
    if problem := _text(60)(value):
        return problem
    try:
        parse_terms(value)
    except TermsError as error:
        return _("n’est pas valable : %s") % told(error, _)
    return ""


def _zone(value: Any) -> str:
    if isinstance(value, str) and value in available_timezones():
        return ""
    return _("n’est pas un fuseau horaire connu.")


def _trigger(value: Any) -> str:
    try:
        parse_trigger(str(value))
    except TriggerError as error:
        return _("n’est pas valable : %s") % told(error, _)
    return ""


_DOCUMENT = Shape(
    {
        "format": _text(40), "settings": _table, "profiles": _tables, "scenarios": _tables,
        "templates": _tables, "letters": _table, "profile_rules": _tables, "fields": _tables,
    }
)  # fmt: skip
_SETTINGS = Shape(
    {
        "default_payment_terms": _terms, "fiscal_year_month": _whole(1, 12), "timezone": _zone,
        "country": _text(2), "subdivision": _text(6, blank=True), "send_from_hour": _whole(0, 23),
        "send_until_hour": _whole(1, 24), "freshness_hours": _whole(1, 24 * 90),
        "automatic_paused": _flag,
        "service_name": _text(120, blank=True),
        "mail_service": _one_of(["", *Company.Service.values]),
        "service_domain": _text(120, blank=True),
        "service_url": _matching(
            _API_ADDRESS, gettext_lazy("doit commencer par https:// ou rester vide.")
        ),
        "tracks_opening": _flag, "tracks_clicks": _flag, **OPTIONS,
    }
)  # fmt: skip
_MARGIN = _whole(LEAST_MARGIN, MOST_MARGIN)
_LETTERS = Shape(
    {
        "window": _one_of(LetterLayout.Window.values), "font": _one_of(LetterLayout.Font.values),
        "margin_left": _MARGIN, "margin_right": _MARGIN, "margin_top": _MARGIN,
        "margin_bottom": _MARGIN, "has_sender": _flag, "has_slip": _flag, "has_code": _flag,
        "footer": _text(LONGEST_FOOTER, blank=True), "letterhead_everywhere": _flag,
    }
)  # fmt: skip
_PROFILE = Shape(
    {
        "code": _matching(
            _CODE, gettext_lazy("doit être fait de 1 à 40 lettres sans accent, chiffres et tirets.")
        ),
        "name": _text(60),
        "default": _flag,
        "business": _flag,
    },
    ("code",),
)
_SCENARIO = Shape(
    {
        "profile": _text(40), "variant": _one_of(("with_email", "without_email")),
        "name": _text(80), "active": _flag, "grouping": _one_of(Scenario.Grouping.values),
        "thanks_while_overdue": _flag, "thresholds": _tables, "steps": _tables,
    },
    ("profile", "variant", "name"),
)  # fmt: skip
_STEP = Shape(
    {
        "kind": _one_of(Step.Kind.values), "level": _whole(0, 9),
        "medium": _one_of(Step.Medium.values), "trigger": _trigger,
        "template": _text(80, blank=True), "automatic": _flag, "to_approve": _flag, "active": _flag,
        "recipients": _texts, "copies": _texts, "invoices": _flag, "only_after_reminder": _flag,
    },
    ("kind", "medium", "trigger"),
)  # fmt: skip
_THRESHOLD = Shape(
    {
        "currency": _matching(
            _CURRENCY, gettext_lazy("doit être une devise de trois capitales, comme EUR.")
        ),
        "entry_minimum": _amount,
        "total_minimum": _amount,
        "total_maximum": _amount,
    },
    ("currency",),
)
_TEMPLATE = Shape(
    {
        "code": _text(80),
        "language": _matching(_LANGUAGE, gettext_lazy("doit être un code comme fr ou en.")),
        "label": _text(120), "kind": _one_of(MessageTemplate.Kind.values),
        "medium": _one_of(MessageTemplate.Medium.values), "subject": _text(250, blank=True),
        "body": _text(_LONGEST_TEXT),
    },
    ("code", "kind", "medium", "body"),
)  # fmt: skip


_PROFILE_RULE = Shape({"profile": _text(40), "conditions": _tables}, ("profile", "conditions"))
_CONDITION = Shape(
    {"about": _text(20), "test": _text(20), "value": _text(120)}, ("about", "test", "value")
)
_FIELD = Shape(
    {
        "about": _one_of(FreeField.About.values),
        "number": _whole(1, max(map(max, NUMBERS.values()))),
        "label": _text(40, blank=True),
        **dict.fromkeys({name for places in PLACES.values() for name in places}, _flag),
    },
    ("about", "number"),
)  # fmt: skip


# -- meanings ----------------------------------------------------------------------------------


def _settings_problems(company: Company, settings: Mapping[str, Any]) -> Iterator[str]:
    def value(name: str) -> Any:
        return settings.get(name, getattr(company, name))

    if value("send_from_hour") >= value("send_until_hour"):
        yield _("L’heure de fin des envois doit suivre l’heure de début.")
    try:
        working_days(value("country"), value("subdivision"))
    except NotImplementedError:
        yield _("Les jours fériés de « %s » ne sont pas connus.") % " ".join(
            filter(None, (value("country"), value("subdivision")))
        )


def _profiles_problems(profiles: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from _doubles(_("profil"), [profile["code"] for profile in profiles])
    if sum(profile.get("default", False) for profile in profiles) > 1:
        yield _("Un seul profil est celui par défaut.")


def _scenarios_problems(company: Company, document: Mapping[str, Any]) -> Iterator[str]:
    scenarios = document.get("scenarios", ())
    variants = [f"{row['profile']} {row['variant']}" for row in scenarios]
    yield from _doubles(_("scénario"), variants)
    texts = MessageTemplate.objects.filter(company=company).values_list("code", flat=True)
    codes = {"", *texts, *(text["code"] for text in document.get("templates", ()))}
    for scenario in scenarios:
        for problem in _scenario_problems(scenario, codes):
            yield _at(scenario["name"], problem)


def _scenario_problems(scenario: Mapping[str, Any], codes: set[str]) -> Iterator[str]:
    thresholds, steps = scenario.get("thresholds", ()), scenario.get("steps", ())
    yield from _doubles(_("seuil"), [row["currency"] for row in thresholds])
    for step in steps:
        yield from _step_problems(step, codes)
    levels = [(step["kind"], step.get("level", 0)) for step in steps]
    if len(set(levels)) < len(levels):
        yield _("deux étapes au même niveau.")


def _step_problems(step: Mapping[str, Any], codes: set[str]) -> Iterator[str]:
    if (step["kind"] == "reminder") != (step.get("level", 0) >= 1):
        yield _("le niveau d’une relance va de 1 à 9, celui des autres étapes est 0.")
    try:
        check_trigger(step["kind"], *parse_trigger(step["trigger"]))
    except TriggerError as error:
        yield told(error, _)
    if step.get("template", "") not in codes:
        yield _("il n’y a pas de modèle « %s ».") % step["template"]


def _templates_problems(templates: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = [f"{text['code']} {text.get('language', 'fr')}" for text in templates]
    yield from _doubles(_("modèle"), names)
    for text in templates:
        for problem in check_template(text.get("subject", ""), text["body"]):
            yield _at(text["code"], problem.said(_))


def _rules_problems(company: Company, document: Mapping[str, Any]) -> Iterator[str]:
    profiles = CollectionProfile.objects.filter(company=company).values_list("code", flat=True)
    codes = {*profiles, *(profile["code"] for profile in document.get("profiles", ()))}
    for rule in document.get("profile_rules", ()):
        if rule["profile"] not in codes:
            yield _("Profil inconnu : « %s ».") % rule["profile"]
        if not rule["conditions"]:
            yield _at(_("règle de profil"), _("il faut au moins un critère."))
        for condition in rule["conditions"]:
            try:
                read_condition(condition, currency=company.base_currency)
            except ConditionError as error:
                yield _at(_("règle de profil"), told(error, _))


def _fields_problems(fields: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    names = [f"{row['about']} {row['number']}" for row in fields]
    yield from _doubles(_("champ libre"), names)
    for row, name in zip(fields, names, strict=True):
        about = FreeField.About(row["about"])
        if row["number"] not in NUMBERS[about]:
            yield _("Il n’y a pas de champ libre « %s ».") % name
        for key in sorted(row.keys() - {"about", "number", "label", *PLACES[about]}):
            yield _at(name, _("clé inconnue « %s ».") % key)


def _doubles(what: str, names: Sequence[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _("%(what)s « %(name)s » : donné deux fois.") % {"what": what, "name": name}
