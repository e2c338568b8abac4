"""The second step of the login: who has one, and the companies that ask it of everybody."""

from collections.abc import Sequence

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company, Membership, User

# Recovery codes alone are no second step: they come with one of these.
_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorRefused(Exception):
    """It cannot be asked of everybody yet; fit to be shown."""


def has_second_factor(user: User) -> bool:
    """True for someone with an application of codes or a passkey; one query."""
    return Authenticator.objects.filter(user=user, type__in=_FACTORS).exists()


def who_has_second_factor(members: Sequence[Membership]) -> frozenset[int]:
    """The users among some members who have one, by their number; one query."""
    rows = Authenticator.objects.filter(
        user__in=[one.user_id for one in members], type__in=_FACTORS
    )
    return frozenset(rows.values_list("user_id", flat=True))


@transaction.atomic
def require_second_factor(company: Company, *, required: bool, author: Author) -> None:
    """Ask a second step of everybody who opens the company, or ask it no more.

    Raises SecondFactorRefused when whoever asks it of others has none himself.
    """
    if required and author.user is not None and not has_second_factor(author.user):
        raise SecondFactorRefused(_("Activez d’abord la vôtre, dans « Mon compte »."))
    rows = Company.objects.filter(pk=company.pk, requires_second_factor=not required)
    if not rows.update(requires_second_factor=required):
        return
    company.requires_second_factor = required
    kind = "company.second_factor_required" if required else "company.second_factor_optional"
    record_event(kind, company=company, author=author)
