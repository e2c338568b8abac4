"""Changing what people may do in a company, and letting them go."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company, Invitation, Membership, User


class PeopleRefused(Exception):
    """The change would leave the company without a master, or be one's own; fit to be shown."""


def people_of(company: Company) -> list[Membership]:
    """Everybody of a company with his account, by name; those who left come along; one query."""
    rows = Membership.objects.filter(company=company).select_related("user", "company")
    return list(rows.order_by("user__last_name", "user__first_name", "user__email"))


def get_member(company: Company, membership_id: int) -> Membership:
    """One of them. Raises Membership.DoesNotExist."""
    rows = Membership.objects.select_related("user", "company")
    return rows.get(company=company, pk=membership_id)


def invitations_to(company: Company) -> list[Invitation]:
    """The invitations that wait, those whose link is too old among them; the newest first."""
    rows = Invitation.objects.filter(company=company).select_related("company")
    return list(rows.order_by("-sent_at", "-id"))


def get_invitation(company: Company, invitation_id: int) -> Invitation:
    """One of them. Raises Invitation.DoesNotExist."""
    return Invitation.objects.select_related("company").get(company=company, pk=invitation_id)


@transaction.atomic
def change_member(
    membership: Membership, *, role: str, portfolio: Sequence[str] | None, author: Author
) -> None:
    """Give a member another role or portfolio (None: every customer). Raises PeopleRefused."""
    _lock(membership.company)
    before = _rights(membership)
    membership.role = role
    membership.limited_to_portfolio = portfolio is not None
    membership.portfolio = "\n".join(portfolio or ())
    after = _rights(membership)
    if before == after:
        return
    _refuse_own(membership, author)
    membership.save(update_fields=["role", "limited_to_portfolio", "portfolio"])
    _refuse_no_master(membership.company)
    record_event(
        "member.changed",
        company=membership.company,
        author=author,
        email=membership.user.email,
        before=before,
        after=after,
    )


@transaction.atomic
def deactivate_member(membership: Membership, *, author: Author, now: datetime) -> None:
    """Let a member go: he opens nothing any more, and all his sessions close at once.

    Raises PeopleRefused for oneself and for the last administrator.
    """
    _lock(membership.company)
    _refuse_own(membership, author)
    if not Membership.objects.filter(pk=membership.pk, is_active=True).update(is_active=False):
        return
    membership.is_active = False
    _refuse_no_master(membership.company)
    close_sessions(membership.user)
    record_event(
        "member.deactivated",
        company=membership.company,
        author=author,
        at=now,
        email=membership.user.email,
    )


@transaction.atomic
def reactivate_member(membership: Membership, *, author: Author, now: datetime) -> None:
    """Let someone who left come back with the rights that he had."""
    if not Membership.objects.filter(pk=membership.pk, is_active=False).update(is_active=True):
        return
    membership.is_active = True
    record_event(
        "member.reactivated",
        company=membership.company,
        author=author,
        at=now,
        email=membership.user.email,
    )


def close_sessions(user: User) -> None:
    """Log someone out everywhere, now."""
    User.objects.filter(pk=user.pk).update(sessions_closed=F("sessions_closed") + 1)
    user.refresh_from_db(fields=["sessions_closed"])


def _lock(company: Company) -> None:
    """Two administrators who dismiss each other wait for one another."""
    Company.objects.select_for_update().get(pk=company.pk)


def _refuse_own(membership: Membership, author: Author) -> None:
    if author.user == membership.user:
        raise PeopleRefused(_("Votre propre accès ne peut être changé que par un autre."))


def _refuse_no_master(company: Company) -> None:
    masters = Membership.objects.active().filter(
        company=company, role=Membership.Role.ADMINISTRATOR, limited_to_portfolio=False
    )
    if not masters.exists():
        raise PeopleRefused(_("Il faut un administrateur qui voie tous les clients."))


def _rights(membership: Membership) -> dict[str, object]:
    reps = membership.sales_reps()
    return {"role": membership.role, "portfolio": None if reps is None else sorted(reps)}
