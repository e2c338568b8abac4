"""Inviting people into companies: asked by mail, replaced, withdrawn, accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.db import transaction

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company, Invitation, Membership, User
from encaisse.tenancy.operations import add_member

VALID_FOR = timedelta(days=14)


class InvitationGone(Exception):
    """The link opens nothing: withdrawn, replaced, used or too old."""


class InvitationForAnother(Exception):
    """Whoever follows the link is not the person invited."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an invited person will be; `portfolio` None: he sees every customer."""

    email: str
    role: str
    language: str = "fr"
    portfolio: Sequence[str] | None = None
    wants_cash_report: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What someone without an account gives to have one."""

    first_name: str
    last_name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """A membership that an invitation opened."""

    membership: Membership
    wants_cash_report: bool


@transaction.atomic
def invite(companies: Sequence[Company], wish: Wish, *, author: Author, now: datetime) -> str:
    """Invite a person into some companies; returns the token of the link that opens them all.

    An invitation of the same address that waits in one of them is replaced: its link is dead.
    """
    token = token_urlsafe(32)
    email = wish.email.strip().lower()
    for company in companies:
        Invitation.objects.update_or_create(
            company=company,
            email=email,
            defaults={
                "language": wish.language,
                "role": wish.role,
                "limited_to_portfolio": wish.portfolio is not None,
                "portfolio": "\n".join(wish.portfolio or ()),
                "wants_cash_report": wish.wants_cash_report,
                "token_digest": _digest(token),
                "invited_by": author.user,
                "invited_by_name": author.name,
                "sent_at": now,
                "expires_at": now + VALID_FOR,
            },
        )
        record_event(
            "member.invited",
            company=company,
            author=author,
            at=now,
            email=email,
            role=wish.role,
            portfolio=None if wish.portfolio is None else list(wish.portfolio),
        )
    return token


@transaction.atomic
def renew_invitation(invitation: Invitation, *, author: Author, now: datetime) -> str:
    """Give an invitation another link and another fourteen days; the link before is dead.

    Only for its own company: those invited along with it keep their link.
    """
    token = token_urlsafe(32)
    invitation.token_digest = _digest(token)
    invitation.sent_at, invitation.expires_at = now, now + VALID_FOR
    invitation.save(update_fields=["token_digest", "sent_at", "expires_at"])
    record_event(
        "invitation.renewed",
        company=invitation.company,
        author=author,
        at=now,
        email=invitation.email,
    )
    return token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, author: Author) -> None:
    """Take an invitation back: its link opens that company no more."""
    record_event(
        "invitation.withdrawn", company=invitation.company, author=author, email=invitation.email
    )
    invitation.delete()


def invitations_of_link(token: str, *, now: datetime) -> list[Invitation]:
    """What a link opens, by company. Raises InvitationGone when it is nothing."""
    rows = Invitation.objects.select_related("company").filter(token_digest=_digest(token))
    found = list(rows.filter(expires_at__gt=now).order_by("company__name", "id"))
    if not found:
        raise InvitationGone
    return found


@transaction.atomic
def accept_invitation(
    token: str, *, as_user: User | None, newcomer: Newcomer | None, now: datetime
) -> list[Joined]:
    """Let the invited person in, as the account he has or as a new one; once.

    Raises InvitationGone, and InvitationForAnother when the account has another address, or when
    someone without his password comes for an address that has an account.
    """
    # The row is locked: of two clicks at once, the second finds nothing.
    locked = Invitation.objects.select_for_update().filter(token_digest=_digest(token))
    list(locked)
    found = invitations_of_link(token, now=now)
    user = as_user or _make_user(found[0], newcomer)
    if user.email != found[0].email:
        raise InvitationForAnother
    return [_join(invitation, user) for invitation in found]


@transaction.atomic
def accept_by_address(
    email: str, *, first_name: str, last_name: str, now: datetime
) -> list[Joined]:
    """Let in someone without an account whose address was proved otherwise than by our link.

    All that waits for the address is accepted; nothing does: an empty list. He has no password.
    """
    locked = Invitation.objects.select_for_update().filter(email=email.strip().lower())
    list(locked)
    rows = Invitation.objects.select_related("company").filter(email=email.strip().lower())
    found = list(rows.filter(expires_at__gt=now).order_by("company__name", "id"))
    if not found:
        return []
    user = User.objects.create_user(
        found[0].email, first_name=first_name, last_name=last_name, language=found[0].language
    )
    return [_join(invitation, user) for invitation in found]


def _make_user(invitation: Invitation, newcomer: Newcomer | None) -> User:
    if newcomer is None or User.objects.filter(email=invitation.email).exists():
        raise InvitationForAnother
    return User.objects.create_user(
        invitation.email,
        newcomer.password,
        first_name=newcomer.first_name,
        last_name=newcomer.last_name,
        language=invitation.language,
    )


def _join(invitation: Invitation, user: User) -> Joined:
    membership = add_member(
        invitation.company,
        email=user.email,
        role=invitation.role,
        author=Author.of(user),
        portfolio=invitation.sales_reps(),
    )
    invitation.delete()
    return Joined(membership, invitation.wants_cash_report)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
