"""The profiles themselves: added, renamed, copied, made the default one, deleted."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from encaisse.collection.models import (
    CollectionProfile,
    CustomerFollowUp,
    ProfileRule,
    Reminder,
    Scenario,
)
from encaisse.collection.operations.configuration import take_configuration
from encaisse.collection.operations.profile_rules import decide_again
from encaisse.collection.queries.configuration import FORMAT, scenario_document
from encaisse.collection.queries.scenario_edit import scenario_name
from encaisse.core.text import fold
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company

_LONGEST_NAME = 60
_LONGEST_STEM = 34


class ProfileRefused(Exception):
    """The change cannot be made; the message is fit to show to the user."""


@transaction.atomic
def add_profile(company: Company, name: str, *, author: Author, now: datetime) -> CollectionProfile:
    """A new profile, without a scenario: its customers are not reminded in number.

    Raises ProfileRefused when another one has that name.
    """
    _lock(company)
    profile = _made(company, name)
    record_event(
        "profile.added", company=company, author=author, at=now, code=profile.code, name=name
    )
    facts_changed(company.pk)
    return profile


@transaction.atomic
def copy_profile(source: CollectionProfile, name: str, *, author: Author) -> CollectionProfile:
    """A new profile with the scenarios of another, its steps and thresholds.

    Raises ProfileRefused when another one has that name.
    """
    company = _lock(source.company)
    _check_name(company, name)
    code = _free_code(company, name)
    scenarios = source.scenarios.select_related("profile").prefetch_related("steps", "thresholds")
    take_configuration(
        company,
        {
            "format": FORMAT,
            "profiles": [{"code": code, "name": name}],
            "scenarios": [
                {**scenario_document(one), "profile": code, "name": _name_for(one, name)}
                for one in scenarios
            ],
        },
        author=author,
        kind="profile.copied",
        told={"source": source.name},
    )
    return CollectionProfile.objects.get(company=company, code=code)


def _name_for(scenario: Scenario, profile_name: str) -> str:
    """The usual name of the same variant of another profile."""
    profile = CollectionProfile(name=profile_name)
    return scenario_name(profile, with_email=scenario.with_email)[:80]


@transaction.atomic
def rename_profile(profile: CollectionProfile, name: str, *, author: Author, now: datetime) -> None:
    """Give a profile another name, and its scenarios that are called after it.

    Its code stays: files and configuration documents that name it go on working. Raises
    ProfileRefused.
    """
    company = _lock(profile.company)
    current = CollectionProfile.objects.get(pk=profile.pk)
    if current.name == name:
        return
    _check_name(company, name, but=current.pk)
    before = current.name
    CollectionProfile.objects.filter(pk=current.pk).update(name=name)
    for scenario in Scenario.objects.filter(profile=current):
        if before in scenario.name:
            scenario.name = scenario.name.replace(before, name)[:80]
            scenario.save(update_fields=["name"])
    record_event(
        "profile.renamed",
        company=company,
        author=author,
        at=now,
        code=current.code,
        name=name,
        before={"name": before},
        after={"name": name},
    )
    facts_changed(company.pk)


@transaction.atomic
def make_default(profile: CollectionProfile, *, author: Author, now: datetime) -> None:
    """Customers who were given no profile follow this one from now on."""
    company = _lock(profile.company)
    profiles = CollectionProfile.objects.filter(company=company)
    before = profiles.filter(is_default=True).first()
    if before is not None and before.pk == profile.pk:
        return
    profiles.filter(is_default=True).update(is_default=False)
    profiles.filter(pk=profile.pk).update(is_default=True)
    decide_again(company)
    record_event(
        "profile.made_default",
        company=company,
        author=author,
        at=now,
        code=profile.code,
        name=profile.name,
        before={"default": before.name if before else ""},
        after={"default": profile.name},
    )
    facts_changed(company.pk)


def set_thresholds(
    profile: CollectionProfile, thresholds: Sequence[Mapping[str, str]], *, author: Author
) -> bool:
    """Give both scenarios of a profile these thresholds, as a configuration document writes them.

    Returns whether anything changed. Raises ConfigurationRefused.
    """
    scenarios = profile.scenarios.select_related("profile").prefetch_related("steps", "thresholds")
    documents = [{**scenario_document(one), "thresholds": list(thresholds)} for one in scenarios]
    changes = take_configuration(
        profile.company,
        {"format": FORMAT, "scenarios": documents},
        author=author,
        kind="profile.thresholds_set",
        told={"profile_name": profile.name},
    )
    return bool(changes.scenarios)


@transaction.atomic
def delete_profile(
    profile: CollectionProfile,
    *,
    replacement: CollectionProfile | None,
    author: Author,
    now: datetime,
) -> int:
    """Remove a profile with its scenarios; another one takes its customers, its rules, and its
    place as the default one. What was sent stays. One that nobody follows needs no replacement.

    Returns how many customers were moved; those who follow the default one are not counted.
    Raises ProfileRefused, nothing done, while messages of its scenarios are under way.
    """
    company = _lock(profile.company)
    if replacement is None:
        if _is_followed(profile):
            raise ProfileRefused(_("Choisissez le profil qui remplace celui-ci."))
    elif replacement.company_id != company.pk or replacement.pk == profile.pk:
        raise ProfileRefused(_("Choisissez le profil qui remplace celui-ci."))
    if Reminder.objects.pending().filter(step__scenario__profile=profile).exists():
        raise ProfileRefused(_("Des messages de ce profil attendent de partir."))
    data = {"code": profile.code, "name": profile.name}
    moved = 0
    if replacement is not None:
        data["replacement"] = replacement.name
        moved = _replace(profile, replacement)
    profile.delete()
    record_event("profile.deleted", company=company, author=author, at=now, **data, count=moved)
    facts_changed(company.pk)
    return moved


def _is_followed(profile: CollectionProfile) -> bool:
    """Whether a customer or a rule has it, or those whom nothing gives one follow it."""
    return (
        CollectionProfile.objects.filter(pk=profile.pk, is_default=True).exists()
        or CustomerFollowUp.objects.filter(profile=profile).exists()
        or ProfileRule.objects.filter(profile=profile).exists()
    )


def _replace(profile: CollectionProfile, replacement: CollectionProfile) -> int:
    """Hand over its customers, whose number is returned, its rules and its place."""
    ProfileRule.objects.filter(profile=profile).update(profile=replacement)
    moved = CustomerFollowUp.objects.filter(profile=profile).update(profile=replacement)
    if CollectionProfile.objects.filter(pk=profile.pk, is_default=True).update(is_default=False):
        CollectionProfile.objects.filter(pk=replacement.pk).update(is_default=True)
    return moved


def _lock(company: Company) -> Company:
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _made(company: Company, name: str) -> CollectionProfile:
    _check_name(company, name)
    return CollectionProfile.objects.create(
        company=company, code=_free_code(company, name), name=name
    )


def _check_name(company: Company, name: str, *, but: int = 0) -> None:
    """Imports find a profile by its name or its code: no two may be alike."""
    if not fold(name) or len(name) > _LONGEST_NAME:
        raise ProfileRefused(_("Donnez un nom au profil, de 60 caractères au plus."))
    others = CollectionProfile.objects.filter(company=company).exclude(pk=but)
    known = {fold(text) for row in others.values_list("name", "code") for text in row}
    if fold(name) in known:
        raise ProfileRefused(_("Un autre profil s’appelle déjà « %(name)s ».") % {"name": name})


def _free_code(company: Company, name: str) -> str:
    stem = slugify(name)[:_LONGEST_STEM].strip("-") or "profil"
    taken = set(
        CollectionProfile.objects.filter(company=company, code__startswith=stem).values_list(
            "code", flat=True
        )
    )
    number, code = 1, stem
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code
