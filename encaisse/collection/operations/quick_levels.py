"""Simple reminder levels become the scenarios of the default profile, and their texts."""

from collections.abc import Iterator, Mapping
from itertools import chain, count
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile
from encaisse.collection.operations.configuration import ConfigurationChanges, take_configuration
from encaisse.collection.queries.configuration import FORMAT, scenario_document, template_document
from encaisse.collection.queries.quick_levels import QuickLevels, quick_levels
from encaisse.collection.queries.scenario_edit import scenario_name
from encaisse.collection.rules.levels import (
    Level,
    SimpleLevels,
    Wording,
    level_problems,
    steps_of,
    text_medium,
)
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

_MEDIA = ("email", "letter", "phone")
_PROPOSED = ("pre_due", *(f"reminder_{level}" for level in range(1, 10)))
# The texts that were made of levels.
_OWN = "niveau_"

# Every text as documents write it, by code then language.
Known = dict[str, dict[str, dict[str, Any]]]


class LevelsRefused(Exception):
    """The levels cannot be written; the message is fit to show to the user."""


@transaction.atomic
def set_levels(
    company: Company, simple: SimpleLevels, *, replaces: bool, author: Author
) -> ConfigurationChanges:
    """Write both variants of the default profile's scenario, and the texts of the levels.

    Thresholds, grouping and remerciements stay. `replaces` allows steps that the levels cannot say
    to go. Raises LevelsRefused and ConfigurationRefused, nothing done.
    """
    now = quick_levels(company)
    if now is None:
        raise LevelsRefused(_("Cette société n’a pas de profil de client par défaut."))
    if not (replaces or now.fits or now.is_untouched):
        raise LevelsRefused(
            _("Vos scénarios sont plus riches que ces niveaux : confirmez leur remplacement.")
        )
    if not simple.levels or any(level_problems(simple.levels)):
        raise LevelsRefused(_("Ces niveaux ne sont pas complets."))
    known = _known(company)
    codes = _codes(company, now, simple, known)
    document = {
        "format": FORMAT,
        "scenarios": [
            _scenario(now, simple, codes, with_email=with_email) for with_email in (True, False)
        ],
        "templates": list(_templates(company, now, simple, codes, known)),
    }
    return take_configuration(company, document, author=author, kind="scenario.levels_set")


def _scenario(
    now: QuickLevels,
    simple: SimpleLevels,
    codes: dict[tuple[int, str], str],
    *,
    with_email: bool,
) -> dict[str, Any]:
    known = now.scenarios.get(with_email)
    document = (
        scenario_document(known) if known else _new_scenario(now.profile, with_email=with_email)
    )
    thanks = [step for step in document["steps"] if step["kind"] == "thanks"]
    steps = steps_of(simple, codes, with_email=with_email)
    return {**document, "active": True, "steps": [*steps, *thanks]}


def _new_scenario(profile: CollectionProfile, *, with_email: bool) -> dict[str, Any]:
    return {
        "profile": profile.code,
        "variant": "with_email" if with_email else "without_email",
        "name": scenario_name(profile, with_email=with_email),
        "steps": [],
    }


def _codes(
    company: Company, now: QuickLevels, simple: SimpleLevels, known: Known
) -> dict[tuple[int, str], str]:
    """The text of each level and medium: the one that it came from, or one that says just that."""
    found: dict[tuple[int, str], str] = {}
    wanted = [
        (kind, number, level, medium)
        for kind, number, level in simple.placed()
        for medium in _media(level)
    ]
    for kind, number, level, medium in wanted:
        source = _source(known, level, medium)
        is_same = _is_as_read(now, level) and _kind_of(known, source) == kind
        is_own = source.startswith(_OWN) and source not in found.values()
        code = source if source and (is_same or is_own) else _proposed_code(now, level, medium)
        if code:
            found[number, medium] = code
    for _kind, number, level, medium in wanted:
        if (number, medium) not in found:
            taken = {*found.values(), *_translated(company, now, known, level)}
            found[number, medium] = _free_code(number, medium, taken)
    return found


def _source(known: Known, level: Level, medium: str) -> str:
    """The text of a medium among those that a level was read from; "" where there is none."""
    fitting = (
        code
        for code in level.origin.split()
        if any(text["medium"] == medium for text in known.get(code, {}).values())
    )
    return next(fitting, "")


def _kind_of(known: Known, code: str) -> str:
    return next((str(text["kind"]) for text in known.get(code, {}).values()), "")


def _as_read(now: QuickLevels, level: Level) -> Wording | None:
    """What the level said when it was read."""
    return next((now.texts[code] for code in level.origin.split() if code in now.texts), None)


def _is_as_read(now: QuickLevels, level: Level) -> bool:
    return _as_read(now, level) == level.wording


def _translated(company: Company, now: QuickLevels, known: Known, level: Level) -> set[str]:
    """The texts that say something else in a language that nobody would rewrite."""
    return {
        code
        for code, texts in known.items()
        if texts.keys() - {company.language} and now.texts.get(code) != level.wording
    }


def _free_code(place: int, medium: str, taken: set[str]) -> str:
    own = f"{_OWN}{place}_{medium}" if place else f"{_OWN}avant_{medium}"
    numbered = (f"{own}_{number}" for number in count(2))
    return next(code for code in chain([own], numbered) if code not in taken)


def _proposed_code(now: QuickLevels, level: Level, medium: str) -> str:
    """A proposed text keeps its other language, and its own words for letters."""
    for stem in _PROPOSED:
        code = f"{stem}_{medium}"
        lead = f"{stem}_email" if level.by_email else code
        kind_fits = (stem == "pre_due") == (level.days <= 0)
        if kind_fits and code in now.texts and now.texts.get(lead) == level.wording:
            return code
    return ""


def _media(level: Level) -> list[str]:
    reached = {level.medium(with_email=True), level.medium(with_email=False)}
    written = {text_medium(medium) for medium in reached if medium}
    return [medium for medium in _MEDIA if medium in written]


def _templates(
    company: Company,
    now: QuickLevels,
    simple: SimpleLevels,
    codes: dict[tuple[int, str], str],
    known: Known,
) -> Iterator[dict[str, Any]]:
    """The texts of the levels: what was edited changes, the rest is as where it came from."""
    for kind, number, level in simple.placed():
        for medium in _media(level):
            code = codes[number, medium]
            if not code.startswith(_OWN):
                continue
            if source := _source(known, level, medium):
                for text in _edited(company, now, level, known[source]):
                    yield {**text, "code": code, "kind": kind}
            elif now.texts.get(code) != level.wording:
                yield _new_text(company, level, medium) | {"code": code, "kind": kind}


def _edited(
    company: Company, now: QuickLevels, level: Level, texts: Mapping[str, Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """A text in each of its languages, that of the company as it was typed."""
    yield from (text for language, text in texts.items() if language != company.language)
    read = _as_read(now, level)
    edited: dict[str, Any] = {"language": company.language}
    if read is None or read.label != level.label:
        edited["label"] = level.label
    if read is None or read.body != level.body:
        edited["body"] = level.body or level.label
    own = texts.get(company.language)
    if own or len(edited) > 1:
        yield {**(own or next(iter(texts.values()))), **edited}


def _new_text(company: Company, level: Level, medium: str) -> dict[str, Any]:
    """The text of a level that came from nowhere; the subject follows the name."""
    subject = f"{level.label} – {{{{ societe }}}}" if medium == "email" else level.label
    return {
        "language": company.language,
        "label": level.label,
        "medium": medium,
        "subject": "" if medium == "phone" else subject,
        "body": level.body or level.label,
    }


def _known(company: Company) -> Known:
    found: Known = {}
    for row in MessageTemplate.objects.filter(company=company).order_by("code", "-language"):
        found.setdefault(row.code, {})[row.language] = template_document(row)
    return found
