"""What a person changes in his own account: told in the journal of each of his companies."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from encaisse.tenancy.journal import Author, Line, record_events
from encaisse.tenancy.models import Company, Membership, User

PROFILE = ("first_name", "last_name", "job_title", "phone", "language")


@transaction.atomic
def change_profile(user: User, **fields: str) -> None:
    """Write what was typed about oneself, names among PROFILE."""
    unknown = set(fields) - set(PROFILE)
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    before = {name: getattr(user, name) for name in fields}
    changed = {name: value for name, value in fields.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(user, name, value)
    user.save(update_fields=list(changed))
    was = {name: before[name] for name in changed}
    note_account_change(user, "account.changed", before=was, after=changed)


def note_account_change(user: User, kind: str, **data: Any) -> None:
    """A line in the journal of each company that the person may open."""
    at, author = timezone.now(), Author.of(user)
    companies = Membership.objects.active().filter(user=user).values_list("company_id", flat=True)
    told = {"email": user.email, **data}
    record_events([Line(kind, pk, author, at, "", told) for pk in companies.order_by("company_id")])


def companies_to_write_from(user: User) -> list[Company]:
    """The companies that a person may open, the one he opened last first."""
    rows = Membership.objects.active().filter(user=user).select_related("company")
    latest = F("visited_on").desc(nulls_last=True)
    return [one.company for one in rows.order_by(latest, "id")]


@transaction.atomic
def close_session(user: User, session_id: int) -> None:
    """Log a person out of one of his sessions. Raises UserSession.DoesNotExist."""
    session = UserSession.objects.get(user=user, pk=session_id)
    session.end()
    note_account_change(user, "account.session_closed")
