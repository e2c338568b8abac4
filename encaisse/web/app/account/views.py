"""« Mon compte »: what allauth has no page for."""

from typing import Any, cast

from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.tenancy.accounts import PROFILE, change_profile, close_session
from encaisse.web.access import MemberRequest
from encaisse.web.app.account.forms import ProfileForm
from encaisse.web.devices import device


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """One's name, function, telephone and language."""
    user = cast(MemberRequest, request).user
    form = ProfileForm(
        request.POST or None, initial={name: getattr(user, name) for name in PROFILE}
    )
    if form.is_valid():
        change_profile(user, **form.cleaned_data)
        with override(user.language):
            messages.success(request, _("Profil enregistré."))
        return redirect("account_profile")
    status = 422 if form.errors else 200
    return render(request, "account/profile.html", {"form": form}, status=status)


class Sessions(ListUserSessionsView):
    """One's open sessions; a POST closes all the others."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """`sessions`: pairs of a session and its device, the present one first."""
        context: dict[str, Any] = super().get_context_data(**options)
        found: list[UserSession] = context["sessions"]
        found.sort(key=lambda one: (not one.is_current(), -one.created_at.timestamp()))
        context["sessions"] = [(one, device(one.user_agent)) for one in found]
        return context


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Close one of them."""
    try:
        close_session(cast(MemberRequest, request).user, session_id)
    except ObjectDoesNotExist:
        raise Http404 from None
    messages.success(request, _("Session fermée."))
    return redirect("usersessions_list")
