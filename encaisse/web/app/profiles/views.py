"""The profiles of customers: listed, added, copied, renamed, made the default one, deleted."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.models import CollectionProfile
from encaisse.collection.operations import profile_settings
from encaisse.collection.operations.configuration import ConfigurationRefused
from encaisse.collection.operations.profile_settings import ProfileRefused
from encaisse.collection.queries.profile_effect import default_effect
from encaisse.collection.queries.scenario_effect import effect_day
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.effect_words import profile_words
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.profiles.forms import (
    THRESHOLDS,
    NameForm,
    NewForm,
    ReplacementForm,
    ThresholdsForm,
)
from encaisse.web.app.profiles.pages import ProfilePage, ProfilesPage

SECTION = "settings_profiles"
_COPY = "copie"


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def profiles(request: CompanyRequest) -> HttpResponse:
    """The profiles with their customers and scenarios; a new one can be added."""
    page = ProfilesPage(request.company)
    known = {line.profile.pk: line.profile for line in page.lines}
    form = NewForm(request.POST or None, profiles=known.values())
    if form.is_valid():
        added = _added(request, form, known.get(form.cleaned_data["source"]))
        if added:
            messages.success(request, _("Profil ajouté : « %(name)s ».") % {"name": added.name})
            return redirect(request.url("settings_profile", added.pk))
    status = 422 if form.errors else 200
    context = {"page": page, "form": form}
    return render_section(request, SECTION, "profiles/list.html", context, status=status)


def _added(
    request: CompanyRequest, form: NewForm | NameForm, source: CollectionProfile | None
) -> CollectionProfile | None:
    """The profile that the form asks for; None with its refusal beside the name."""
    name = form.cleaned_data["name"]
    try:
        if source is None:
            return profile_settings.add_profile(request.company, name, **done_by(request))
        return profile_settings.copy_profile(source, name, author=Author.of(request.user))
    except (ProfileRefused, ConfigurationRefused) as refusal:
        form.add_error("name", str(refusal))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def profile(request: CompanyRequest, profile_id: int) -> HttpResponse:
    """One profile: its name, its thresholds; `faire=seuil` adds a currency to the form."""
    page = _page(request, profile_id)
    if request.method != "POST":
        return _shown(request, page)
    name = NameForm(request.POST)
    if request.POST.get("faire") == "seuil":
        name = NameForm(initial={"name": request.POST.get("name", "")})
        return _shown(request, page, name, ThresholdsForm.sent(request.POST, with_another=True))
    thresholds = ThresholdsForm.sent(request.POST)
    if all([name.is_valid(), thresholds.is_valid()]) and _saved(request, page, name, thresholds):
        messages.success(request, _("Profil enregistré."))
        return redirect(request.url("settings_profile", profile_id))
    return _shown(request, page, name, thresholds)


def _saved(
    request: CompanyRequest, page: ProfilePage, name: NameForm, thresholds: ThresholdsForm
) -> bool:
    known = page.line.profile
    try:
        if page.line.scenarios and THRESHOLDS in request.POST:
            profile_settings.set_thresholds(
                known, thresholds.documents, author=Author.of(request.user)
            )
        profile_settings.rename_profile(known, name.cleaned_data["name"], **done_by(request))
    except (ProfileRefused, ConfigurationRefused) as refusal:
        name.add_error("name", str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def make_default(request: CompanyRequest, profile_id: int) -> HttpResponse:
    """Customers without a profile follow this one; what that changes is said first."""
    page = _page(request, profile_id)
    if request.method != "POST":
        on = effect_day(request.scope, request.today)
        effect = default_effect(request.scope, on, profile=page.line.profile)
        context = {"page": page, "line": page.line, "words": profile_words(effect, request.today)}
        return render_section(request, SECTION, "profiles/default.html", context)
    profile_settings.make_default(page.line.profile, **done_by(request))
    text = _("« %(name)s » est le profil par défaut.")
    messages.success(request, text % {"name": page.line.profile.name})
    return redirect(request.url(SECTION))


@require_POST
@member_can("company.configure")
def copy(request: CompanyRequest, profile_id: int) -> HttpResponse:
    """Another profile with the same scenarios."""
    page = _page(request, profile_id)
    form = NameForm(request.POST, prefix=_COPY)
    added = _added(request, form, page.line.profile) if form.is_valid() else None
    if added is None:
        messages.error(request, " ".join(map(str, form.errors["name"])))
        return redirect(request.url("settings_profile", profile_id))
    messages.success(request, _("Profil ajouté : « %(name)s ».") % {"name": added.name})
    return redirect(request.url("settings_profile", added.pk))


@require_POST
@member_can("company.configure")
def delete(request: CompanyRequest, profile_id: int) -> HttpResponse:
    """Remove a profile; another one takes its customers, if it has any."""
    page = _page(request, profile_id)
    others = {line.profile.pk: line.profile for line in page.others}
    form = ReplacementForm(request.POST, profiles=others.values(), is_asked=page.line.is_followed)
    if form.is_valid():
        known = page.line.profile
        try:
            moved = profile_settings.delete_profile(
                known,
                replacement=others.get(form.cleaned_data["replacement"]),
                **done_by(request),
            )
        except ProfileRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _deleted(known.name, moved))
            return redirect(request.url(SECTION))
    return _shown(request, _page(request, profile_id), replacement=form)


def _deleted(name: str, moved: int) -> str:
    if not moved:
        return _("Profil supprimé : « %(name)s ».") % {"name": name}
    text = ngettext(
        "Profil supprimé : « %(name)s ». %(count)d client a changé de profil.",
        "Profil supprimé : « %(name)s ». %(count)d clients ont changé de profil.",
        moved,
    )
    return text % {"name": name, "count": moved}


def _page(request: CompanyRequest, profile_id: int) -> ProfilePage:
    page = ProfilePage.of(request.company, profile_id)
    if page is None:
        raise Http404
    return page


def _shown(
    request: CompanyRequest,
    page: ProfilePage,
    name: NameForm | None = None,
    thresholds: ThresholdsForm | None = None,
    replacement: ReplacementForm | None = None,
) -> HttpResponse:
    name = name or NameForm(initial={"name": page.line.profile.name})
    thresholds = thresholds or ThresholdsForm.of(
        page.thresholds, currency=request.company.base_currency
    )
    others = [line.profile for line in page.others]
    replacement = replacement or ReplacementForm(profiles=others, is_asked=page.line.is_followed)
    context = {
        "page": page,
        "line": page.line,
        "name": name,
        "thresholds": thresholds,
        "replacement": replacement,
        "copy": NameForm(
            initial={"name": _("%(name)s (copie)") % {"name": page.line.profile.name}},
            prefix=_COPY,
        ),
    }
    has_errors = name.errors or thresholds.errors or replacement.errors
    status = 422 if has_errors else 200
    return render_section(request, SECTION, "profiles/profile.html", context, status=status)
