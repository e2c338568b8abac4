"""« Affecter un profil »: the customers that are ticked move to another profile, together."""

from django import forms
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from encaisse.collection.operations.followup import FollowUpRefused
from encaisse.collection.operations.profiles import set_profile_of_many, undo_profile_of_many
from encaisse.collection.queries.customers import get_profile, profiles
from encaisse.collection.queries.orders import instant_of, stamp_of
from encaisse.collection.queries.profile_effect import move_effect
from encaisse.collection.queries.scenario_effect import effect_day
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.effect_words import profile_words
from encaisse.web.app.customer_list.pages import CustomersPage, customers_page
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.dialogs import tell
from encaisse.web.app.customers.forms import ProfileForm
from encaisse.web.lists import Selection


class ManyForm(ProfileForm):
    """A profile for so many customers: the number that was shown when it was confirmed."""

    count = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("followup.edit")
def set_profile(request: CompanyRequest) -> HttpResponseBase:
    """Ask which profile and say how many customers move to it and what that changes, then move
    them; `faire=effet` only says it.

    When the list has changed since, nothing is done: the form comes back with the new number.
    """
    page = customers_page(request)
    chosen = page.chosen()
    count = len(chosen)
    form = ManyForm(
        request.POST if request.method == "POST" else None,
        profiles=profiles(request.company),
        initial={"count": count},
    )
    if request.POST.get("faire") == "effet":
        return _shown(request, page, form, chosen)
    if form.is_valid():
        if form.cleaned_data["count"] != count:
            form.add_error(None, _("La liste a changé : vérifiez le nombre de clients."))
        else:
            return _move(request, page, chosen, form)
    return _shown(request, page, form, chosen)


def _move(
    request: CompanyRequest, page: CustomersPage, chosen: list[int], form: ManyForm
) -> HttpResponseBase:
    wanted = form.cleaned_data["profile"]
    profile = get_profile(request.company, wanted) if wanted else None
    doing = done_by(request)
    try:
        moved = set_profile_of_many(request.scope, chosen, profile, **doing)
    except FollowUpRefused as refusal:
        form.add_error(None, str(refusal))
        return _shown(request, page, form, chosen)
    text = ngettext(
        "%(count)d client affecté au profil « %(profile)s ».",
        "%(count)d clients affectés au profil « %(profile)s ».",
        moved,
    )
    name = profile.name if profile else _("automatique")
    undo = request.url("customers_profile_undo", stamp_of(doing["now"]))
    tell(request, text % {"count": moved, "profile": name}, undo=undo)
    url = page.state.url(selection=Selection())
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@require_POST
@member_can("followup.edit")
def undo_profile(request: CompanyRequest, stamp: int) -> HttpResponse:
    """Give back the profiles that customers had before they were moved at that instant."""
    try:
        moved_at = instant_of(stamp)
    except OverflowError:
        raise Http404 from None
    count = undo_profile_of_many(request.scope, moved_at, **done_by(request))
    text = ngettext(
        "%(count)d client a retrouvé son profil.",
        "%(count)d clients ont retrouvé leur profil.",
        count,
    )
    tell(request, text % {"count": count}, done=count > 0)
    return redirect(request.url("customers"))


def _shown(
    request: CompanyRequest, page: CustomersPage, form: ManyForm, chosen: list[int]
) -> HttpResponse:
    name = "profile.html"
    if request.htmx:
        name = (
            "_profile_effect.html" if request.htmx.target == "profile-effect" else "_profile.html"
        )
    is_asked = request.POST.get("faire") == "effet"
    context = {
        "page": page,
        "form": form,
        "count": len(chosen),
        "words": _effect(request, form, chosen) if is_asked else [],
    }
    status = 422 if form.errors and not is_asked else 200
    response = render(request, f"customer_list/{name}", context, status=status)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def _effect(request: CompanyRequest, form: ManyForm, chosen: list[int]) -> list[str]:
    """What the profile of the form would change for those who are chosen."""
    if not chosen or "profile" in form.errors:
        return []
    wanted = form.cleaned_data["profile"]
    effect = move_effect(
        request.scope,
        effect_day(request.scope, request.today),
        chosen,
        profile=get_profile(request.company, wanted) if wanted else None,
    )
    return profile_words(effect, request.today)
