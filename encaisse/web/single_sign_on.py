"""Logging in by the company's OpenID Connect provider: who is let in, and what others are told."""

from typing import Any, cast

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.insights.operations.welcome import welcome_by_address
from encaisse.tenancy.models import User
from encaisse.tenancy.queries import account_of


def refused_by_provider(request: HttpRequest, sentence: str, *, status: int = 403) -> HttpResponse:
    """The page that says why nobody came in."""
    return render(request, "account/provider_refused.html", {"sentence": sentence}, status=status)


def provider_is_silent(request: HttpRequest) -> HttpResponse:
    """The page for a provider that cannot be reached."""
    sentence = _("%(name)s ne répond pas. Réessayez dans un instant.")
    return refused_by_provider(request, sentence % {"name": settings.PROVIDER_NAME}, status=502)


class ProviderAdapter(DefaultSocialAccountAdapter):
    """allauth's provider: it opens the accounts that exist and the invitations that wait."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the account, by the person's number at the provider, or by his address the first
        time, provided that it was verified. An invited address becomes an account."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(refused_by_provider(request, _("Ce lien est incomplet.")))
        if sociallogin.is_existing:
            return
        email = _believed_address(sociallogin)
        if not email:
            sentence = _("%(name)s n’a pas dit que votre adresse e-mail est vérifiée.")
            named = sentence % {"name": settings.PROVIDER_NAME}
            raise ImmediateHttpResponse(refused_by_provider(request, named))
        with transaction.atomic():
            user = account_of(email) or _invited(sociallogin, email)
            if user is not None:
                sociallogin.connect(request, user)
                return
        sentence = _(
            "%(email)s n’a pas de compte ici. Demandez une invitation à un administrateur."
        )
        raise ImmediateHttpResponse(refused_by_provider(request, sentence % {"email": email}))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say it in our words."""
        if error == AuthError.CANCELLED:
            page = refused_by_provider(request, _("Vous avez annulé la connexion."))
        elif exception is not None:
            page = provider_is_silent(request)
        else:
            page = refused_by_provider(request, _("La connexion a trop attendu : recommencez."))
        raise ImmediateHttpResponse(page)


def _believed_address(sociallogin: SocialLogin) -> str:
    """The address that the provider verified, or that is believed without it."""
    for address in sociallogin.email_addresses:
        if address.verified is True or settings.PROVIDER_TRUSTED:
            return str(address.email).strip().lower()
    return ""


def _invited(sociallogin: SocialLogin, email: str) -> User | None:
    """A new account for someone who was invited."""
    told = cast(User, sociallogin.user)
    joined = welcome_by_address(
        email, first_name=told.first_name, last_name=told.last_name, now=timezone.now()
    )
    return joined[0].user if joined else None
