"""How people get in: by invitation or from the command line, never by signing up."""

import io
import logging
from typing import Any, cast

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from encaisse.collection.operations.account_mail import send_password_mail
from encaisse.tenancy.accounts import companies_to_write_from, note_account_change
from encaisse.tenancy.models import User
from encaisse.tenancy.secrets import seal, unseal
from encaisse.web.devices import device

logger = logging.getLogger(__name__)

# What allauth would write to the person about → the kind of the journal's line.
_KINDS = {
    "account/email/password_changed": "account.password_changed",
    "account/email/password_reset": "account.password_reset",
    "account/email/password_set": "account.password_changed",
    "mfa/email/totp_activated": "account.second_factor_set",
    "mfa/email/totp_deactivated": "account.second_factor_removed",
    "mfa/email/webauthn_added": "account.passkey_added",
    "mfa/email/webauthn_removed": "account.passkey_removed",
    "mfa/email/recovery_codes_generated": "account.recovery_codes_renewed",
    "socialaccount/email/account_connected": "account.provider_linked",
}


class AccountAdapter(DefaultAccountAdapter):
    """allauth, with the door to strangers closed, and mail that leaves as the companies' does."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes himself an account."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """No password opens anything where the provider is the only way in."""
        if settings.PROVIDER_ONLY:
            raise PermissionDenied
        super().pre_authenticate(request, **credentials)

    def get_reauthentication_methods(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> list[dict[str, Any]]:
        """No password where the provider is the only way in."""
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [
            one for one in found if not (settings.PROVIDER_ONLY and one["id"] == "reauthenticate")
        ]

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Not of someone who has nothing to confirm with: he just came in by the provider."""
        if settings.PROVIDER_ONLY and not self.get_reauthentication_methods(
            allauth_context.request.user
        ):
            return False
        return bool(super().is_reauthentication_required(app=app, **options))

    def send_password_reset_mail(
        self, user: AbstractBaseUser, email: str, context: dict[str, Any]
    ) -> None:
        """The link, by one of his companies; the page says the same whether it left or not.

        None leaves where the provider is the only way in.
        """
        if settings.PROVIDER_ONLY:
            return
        person = cast(User, user)
        companies = companies_to_write_from(person)
        url = context["password_reset_url"]
        if not send_password_mail(person, companies, url, now=timezone.now()):
            logger.warning("No mail could leave for a forgotten password of user %d.", person.pk)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """A change of the account is told in the journal, rather than by a mail."""
        if kind := _KINDS.get(template_prefix):
            note_account_change(cast(User, user), kind)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor: its secret sealed, its picture drawn here, its keys named."""

    error_messages = {  # noqa: RUF012  (allauth's own attribute)
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("Ce code ou cette clé n’ouvre pas : recommencez."),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """A passkey is called like the device on which it is made."""
        if type != Authenticator.Type.WEBAUTHN:
            return str(super().generate_authenticator_name(user, type))
        return device(allauth_context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site, as a device lists its passkeys."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Encaisse"}

    def build_totp_svg(self, url: str) -> str:
        """A QR code with its quiet zone, dark on white whatever the theme."""
        drawn = io.BytesIO()
        code = segno.make(url, error="m", micro=False)
        code.save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """Sealed with the installation's key."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """As the authenticator knows it."""
        return unseal(encrypted_text)
