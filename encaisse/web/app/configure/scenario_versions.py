"""What a scenario was, and giving its steps to another one."""

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from encaisse.collection.models import CollectionProfile, Scenario, ScenarioVersion
from encaisse.collection.operations.configuration import ConfigurationRefused
from encaisse.collection.operations.scenarios import copy_scenario, restore_version
from encaisse.collection.queries.scenario_changes import scenario_changes
from encaisse.collection.queries.scenario_edit import (
    copy_targets,
    profile_of,
    scenario_of_variant,
    texts_by_code,
    versions_of_scenario,
)
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.policy import role_can
from encaisse.web.access import CompanyRequest, MemberRequest, member_can, memberships
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.scenario_page import VARIANTS

SECTION = "settings_scenarios"


@require_safe
@member_can("company.configure")
def versions(request: CompanyRequest, profile_id: int, variant: str) -> HttpResponse:
    """The states of a scenario, each with what it changed."""
    scenario = scenario_of(request, profile_id, variant)
    rows = versions_of_scenario(scenario)
    texts = {code: text.label for code, text in texts_by_code(request.company).items()}
    befores = [*rows[1:], None][: len(rows)]
    listed = [
        (row, scenario_changes(before.document, row.document, texts) if before else [])
        for row, before in zip(rows, befores, strict=True)
    ]
    context = {"scenario": scenario, "variant": variant, "versions": listed}
    return render_section(request, SECTION, "configure/scenario_versions.html", context)


@require_POST
@member_can("company.configure")
def restore(request: CompanyRequest, profile_id: int, variant: str, number: int) -> HttpResponse:
    """Give a scenario what it was."""
    scenario = scenario_of(request, profile_id, variant)
    version = _version(scenario, number)
    try:
        restore_version(version, author=Author.of(request.user))
    except ConfigurationRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Le scénario est redevenu ce qu’il était."))
    return redirect(request.url("settings_scenario", profile_id, variant))


@require_POST
@member_can("company.configure")
def copy(request: CompanyRequest, profile_id: int, variant: str) -> HttpResponse:
    """Give the steps of a scenario to another variant, here or in another company."""
    scenario = scenario_of(request, profile_id, variant)
    targets = {
        target_code(profile, with_email=with_email): (profile, with_email)
        for profile, with_email in copy_targets(scenario, companies_of(request))
    }
    found = targets.get(request.POST.get("vers", ""))
    if found is None:
        raise Http404
    profile, with_email = found
    try:
        copy_scenario(scenario, profile, with_email=with_email, author=Author.of(request.user))
    except ConfigurationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(request.url("settings_scenario", profile_id, variant))
    messages.success(
        request,
        _("Scénario copié vers %(target)s.")
        % {"target": target_name(profile, with_email=with_email, here=request.company)},
    )
    if profile.company_id == request.company.pk:
        slug = next(slug for slug, value in VARIANTS.items() if value == with_email)
        return redirect(request.url("settings_scenario", profile.pk, slug))
    return redirect(request.url("settings_scenario", profile_id, variant))


def copy_field(request: CompanyRequest, scenario: Scenario) -> forms.BoundField:
    """Where a scenario may be copied to."""
    choices = [
        (
            target_code(profile, with_email=with_email),
            target_name(profile, with_email=with_email, here=request.company),
        )
        for profile, with_email in copy_targets(scenario, companies_of(request))
    ]
    form = forms.Form()
    form.fields["vers"] = forms.ChoiceField(label=_("Vers"), choices=choices)
    return form["vers"]


def companies_of(request: CompanyRequest) -> list[Company]:
    """The companies that the reader configures, this one among them."""
    everywhere = memberships(cast(MemberRequest, request))
    return [one.company for one in everywhere if role_can(one.role, "company.configure")]


def target_code(profile: CollectionProfile, *, with_email: bool) -> str:
    """A variant, in a form."""
    return f"{profile.pk}-{'avec' if with_email else 'sans'}"


def target_name(profile: CollectionProfile, *, with_email: bool, here: Company) -> str:
    """« Export, avec e-mail », with the company where it is another one."""
    text = _("%(name)s, avec e-mail") if with_email else _("%(name)s, sans e-mail")
    said = text % {"name": profile.name}
    return said if profile.company_id == here.pk else f"{profile.company.name} – {said}"


def scenario_of(request: CompanyRequest, profile_id: int, variant: str) -> Scenario:
    """A scenario of the company. Raises Http404."""
    profile = profile_of(request.company, profile_id)
    if profile is None or variant not in VARIANTS:
        raise Http404
    scenario = scenario_of_variant(profile, with_email=VARIANTS[variant])
    if scenario is None:
        raise Http404
    return scenario


def _version(scenario: Scenario, number: int) -> ScenarioVersion:
    for version in versions_of_scenario(scenario):
        if version.number == number:
            return version
    raise Http404
