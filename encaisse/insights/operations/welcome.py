"""Letting an invited person in, with the report that was wished for him."""

from datetime import datetime

from django.db import transaction

from encaisse.insights.operations.cash_reports import set_cash_report
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.tenancy.invitations import (
    Joined,
    Newcomer,
    accept_by_address,
    accept_invitation,
)
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Membership, User

# Until he chooses: each Monday from seven.
_FIRST_RHYTHM = Rhythm(frozenset({1}), None, 7)


@transaction.atomic
def welcome(
    token: str, *, as_user: User | None, newcomer: Newcomer | None, now: datetime
) -> list[Membership]:
    """The memberships that a link opens. Raises InvitationGone and InvitationForAnother."""
    joined = accept_invitation(token, as_user=as_user, newcomer=newcomer, now=now)
    return _with_reports(joined, now)


@transaction.atomic
def welcome_by_address(
    email: str, *, first_name: str, last_name: str, now: datetime
) -> list[Membership]:
    """The memberships that wait for an address somebody vouches for; none for an unknown one."""
    joined = accept_by_address(email, first_name=first_name, last_name=last_name, now=now)
    return _with_reports(joined, now)


def _with_reports(joined: list[Joined], now: datetime) -> list[Membership]:
    for one in joined:
        if one.wants_cash_report:
            author = Author.of(one.membership.user)
            set_cash_report(one.membership, _FIRST_RHYTHM, author=author, now=now)
    return [one.membership for one in joined]
