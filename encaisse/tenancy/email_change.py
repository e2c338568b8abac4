"""Another e-mail address for an account, once its mailbox was seen to be the person's."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.utils.crypto import salted_hmac

from encaisse.tenancy.accounts import note_account_change
from encaisse.tenancy.models import User
from encaisse.tenancy.queries import has_account

VALID_FOR = timedelta(days=1)
_SALT = "encaisse.email-change"


class EmailChangeGone(Exception):
    """The link changes nothing: too old, used, or the address belongs to another account."""


@dataclass(frozen=True, slots=True)
class AskedEmail:
    """Whose address changes, and to what."""

    user: User
    email: str


def email_change_token(user: User, email: str) -> str:
    """What proves, when it comes back, that an address is the person's.

    It is dead once his address or his password changed, or his sessions were closed.
    """
    asked = {"user": user.pk, "email": email.strip().lower(), "state": _state(user)}
    return signing.dumps(asked, salt=_SALT)


def asked_email(token: str) -> AskedEmail:
    """What a token asks. Raises EmailChangeGone."""
    try:
        asked = signing.loads(token, salt=_SALT, max_age=VALID_FOR)
        user = User.objects.get(pk=asked["user"], is_active=True)
    except (signing.BadSignature, User.DoesNotExist):
        raise EmailChangeGone from None
    if asked["state"] != _state(user) or has_account(asked["email"]):
        raise EmailChangeGone
    return AskedEmail(user, asked["email"])


@transaction.atomic
def change_email(token: str) -> tuple[User, str]:
    """Give the account the address; returns it with its former address. Raises EmailChangeGone."""
    User.objects.select_for_update().get(pk=asked_email(token).user.pk)
    asked = asked_email(token)
    user, before = asked.user, asked.user.email
    user.email = asked.email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    note_account_change(user, "account.email_changed", before=before, after=user.email)
    return user, before


def _state(user: User) -> str:
    known = f"{user.email}:{user.get_session_auth_hash()}"
    return salted_hmac(_SALT, known, algorithm="sha256").hexdigest()[:32]
