"""Simple reminder levels become the scenarios of the default profile, and their texts."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.models import CollectionProfile
from encaisse.collection.operations.configuration import ConfigurationChanges, take_configuration
from encaisse.collection.queries.configuration import FORMAT, scenario_document
from encaisse.collection.queries.quick_levels import QuickLevels, quick_levels
from encaisse.collection.queries.scenario_edit import scenario_name
from encaisse.collection.rules.levels import Level, SimpleLevels, level_problems, steps_of
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

_MEDIA = ("email", "letter", "phone")
_PROPOSED = ("pre_due", *(f"reminder_{level}" for level in range(1, 10)))


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
    codes = dict(_codes(now, simple))
    document = {
        "format": FORMAT,
        "scenarios": [
            _scenario(now, simple, codes, with_email=with_email) for with_email in (True, False)
        ],
        "templates": list(_templates(company, now, simple, codes)),
    }
    return take_configuration(company, document, author=author)


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


def _codes(now: QuickLevels, simple: SimpleLevels) -> Iterator[tuple[tuple[int, str], str]]:
    """The text of each level and medium: one that the product proposes when it says just that."""
    for _kind, number, level in simple.placed():
        for medium in _media(level):
            proposed = _proposed_code(now, level, medium)
            own = f"niveau_{number}_{medium}" if number else f"niveau_avant_{medium}"
            yield (number, medium), proposed or own


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
    return [medium for medium in _MEDIA if medium in reached]


def _templates(
    company: Company,
    now: QuickLevels,
    simple: SimpleLevels,
    codes: dict[tuple[int, str], str],
) -> Iterator[dict[str, Any]]:
    """The texts that differ from what they say now; the subject follows the name."""
    for kind, number, level in simple.placed():
        for medium in _media(level):
            code = codes[number, medium]
            if not code.startswith("niveau_") or now.texts.get(code) == level.wording:
                continue
            subject = f"{level.label} – {{{{ societe }}}}" if medium == "email" else level.label
            yield {
                "code": code,
                "language": company.language,
                "label": level.label,
                "kind": kind,
                "medium": medium,
                "subject": "" if medium == "phone" else subject,
                "body": level.body or level.label,
            }
