"""The people of a company, as its administrator sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from encaisse.tenancy.models import Company, Invitation, Membership
from encaisse.tenancy.people import invitations_to, people_of
from encaisse.tenancy.second_factor import who_has_second_factor


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that was not accepted yet."""

    invitation: Invitation
    is_expired: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Those who may come in, those who were asked to, and those who left."""

    active: Sequence[Membership]
    waiting: Sequence[Waiting]
    gone: Sequence[Membership]
    # Users of the active ones who enter in two steps, by their number.
    protected: frozenset[int]


def people_page(company: Company, *, now: datetime) -> PeoplePage:
    """Everybody of a company; three queries."""
    people = people_of(company)
    active = [one for one in people if one.is_active]
    return PeoplePage(
        active=active,
        waiting=[Waiting(one, one.is_expired(now)) for one in invitations_to(company)],
        gone=[one for one in people if not one.is_active],
        protected=who_has_second_factor(active),
    )
