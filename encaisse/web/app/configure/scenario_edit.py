"""The editor of one scenario variant: its steps, its thresholds, and what a change would do."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.operations.configuration import ConfigurationRefused
from encaisse.collection.operations.scenarios import (
    ScenarioInUse,
    ScenarioMoved,
    delete_scenario,
    fingerprint,
    save_scenario,
)
from encaisse.collection.queries.configuration import scenario_document
from encaisse.collection.queries.scenario_edit import (
    profile_of,
    scenario_of_variant,
    texts_by_code,
)
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.addressees import Addressees
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.scenario_form import ScenarioForm
from encaisse.web.app.configure.scenario_page import VARIANTS, ScenarioPage, Variant, new_document
from encaisse.web.app.configure.scenario_versions import copy_field

SECTION = "settings_scenarios"


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def edit(request: CompanyRequest, profile_id: int, variant: str) -> HttpResponse:
    """A variant being edited; `faire` names a button that only changes what is on the screen."""
    page = _page(request, profile_id, variant)
    if request.method != "POST":
        return _render(request, page)
    act = request.POST.get("faire", "")
    page.form = ScenarioForm.sent(request.POST, page.base, page.texts, act=act)
    if act == "effet":
        page.form = ScenarioForm.sent(request.POST, page.base, page.texts)
        page.measure(request.scope, request.today)
    elif not act and page.form.is_valid() and _saved(request, page):
        return redirect(page.address(request))
    return _render(request, page)


@require_POST
@member_can("company.configure")
def effect(request: CompanyRequest, profile_id: int, variant: str) -> HttpResponse:
    """What the scenario, as it stands in the form, would do; the line of time with it."""
    page = _page(request, profile_id, variant)
    page.form = ScenarioForm.sent(request.POST, page.base, page.texts)
    page.measure(request.scope, request.today)
    return render(request, "configure/_scenario_effect.html", {"page": page})


@require_POST
@member_can("company.configure")
def delete(request: CompanyRequest, profile_id: int, variant: str) -> HttpResponse:
    """Remove a variant."""
    page = _page(request, profile_id, variant)
    if page.scenario is None:
        raise Http404
    try:
        delete_scenario(page.scenario, author=Author.of(request.user))
    except ScenarioInUse as refusal:
        messages.error(request, str(refusal))
        return redirect(page.address(request))
    messages.success(request, _("%(name)s : scénario supprimé.") % {"name": page.scenario.name})
    return redirect(request.url(SECTION))


def _page(request: CompanyRequest, profile_id: int, variant: str) -> ScenarioPage:
    """The variant of a profile, whether it exists or not. Raises Http404."""
    profile = profile_of(request.company, profile_id)
    if profile is None or variant not in VARIANTS:
        raise Http404
    with_email = VARIANTS[variant]
    scenario = scenario_of_variant(profile, with_email=with_email)
    current = scenario_document(scenario) if scenario else None
    base = current or new_document(profile, with_email=with_email)
    texts = texts_by_code(request.company)
    seen = fingerprint(current)
    form = ScenarioForm.of(base, texts, seen=seen)
    place, addressees = Variant(profile, with_email, variant), Addressees(request.company)
    return ScenarioPage(place, scenario, base, texts, form, addressees)


def _saved(request: CompanyRequest, page: ScenarioPage) -> bool:
    try:
        is_changed = save_scenario(
            page.variant.profile,
            page.form.document,
            seen=page.form.whole.cleaned_data["seen"],
            author=Author.of(request.user),
        )
    except (ScenarioMoved, ConfigurationRefused) as refusal:
        page.form.whole.add_error(None, str(refusal))
        return False
    if is_changed:
        messages.success(request, _("Scénario enregistré. Le plan du jour le suit déjà."))
    else:
        messages.success(request, _("Rien n’avait changé."))
    return True


def _render(request: CompanyRequest, page: ScenarioPage) -> HttpResponse:
    status = 422 if page.form.errors else 200
    copies = copy_field(request, page.scenario) if page.scenario else None
    context: dict[str, Any] = {"page": page, "form": page.form, "copies": copies}
    return render_section(request, SECTION, "configure/scenario.html", context, status=status)
