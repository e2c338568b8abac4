"""The second step of the login: passkeys, and what a company asks of everybody."""

from typing import Any, cast

from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from encaisse.tenancy.second_factor import has_second_factor
from encaisse.web.access import MemberRequest, memberships

# Where the person was going when the second step was asked of him.
_GOING_TO = "second_factor_next"


class AddPasskey(AddWebAuthnView):
    """A key that this device keeps, unlocked by a finger, a face or a code: both steps in one."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """`js_data`: what the browser is asked to make."""
        context: dict[str, Any] = super().get_context_data(**options)
        user = cast(MemberRequest, self.request).user
        options_asked = auth.begin_registration(user, passwordless=True)
        return context | {"js_data": options_asked}


@require_safe
@login_required
def asked_of_everybody(request: HttpRequest) -> HttpResponse:
    """Why the company does not open, and the two ways to have it open."""
    going_to = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(going_to, allowed_hosts=None):
        request.session[_GOING_TO] = going_to
    user = cast(MemberRequest, request).user
    asking = [one.company for one in memberships(request) if one.company.requires_second_factor]
    if not asking or has_second_factor(user):
        return redirect("account_second_factor_done")
    return render(request, "account/second_factor_asked.html", {"asking": asking})


@require_safe
@login_required
def go_on(request: HttpRequest) -> HttpResponse:
    """Where the person was going, once he has a second step; else its page."""
    return redirect(request.session.pop(_GOING_TO, "") or "mfa_index")
