"""The doors: password, passkey, or the company's provider."""

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.socialaccount.providers.openid_connect.views import callback, login
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from encaisse.web.single_sign_on import provider_is_silent


class Door(LoginView):
    """The login page; with a provider that is the only way in, it has no password."""

    def get_context_data(self, **options: Any) -> dict[str, Any]:
        """`provider_name`: empty without a provider; `is_provider_only`."""
        context: dict[str, Any] = super().get_context_data(**options)
        named = {
            "provider_name": settings.PROVIDER_NAME,
            "is_provider_only": settings.PROVIDER_ONLY,
        }
        return context | named


class PasskeyDoor(LoginWebAuthnView):
    """What a passkey signed; a key that is not known leads back to the login page."""

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        """Closed where the provider is the only way in."""
        if settings.PROVIDER_ONLY:
            raise Http404
        return super().dispatch(request, *args, **options)

    def form_invalid(self, form: Form) -> HttpResponse:
        """Say it on the login page."""
        messages.error(self.request, _("Cette clé d’accès n’est pas connue ici."))
        return redirect("account_login")


@never_cache
@require_safe
def enter_by_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider."""
    try:
        answer: HttpResponse = login(request, provider_id)
    except (RequestException, KeyError):  # no answer, or one that says nothing
        return provider_is_silent(request)
    return answer


@never_cache
@require_safe
def back_from_provider(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with what it says of the person."""
    try:
        answer: HttpResponse = callback(request, provider_id)
    except KeyError:
        return provider_is_silent(request)
    return answer
