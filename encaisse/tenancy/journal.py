"""Writing the journal: every operation leaves exactly one line, in its own transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import F
from django.utils import timezone

from encaisse.tenancy.models import Company, Event, User


@dataclass(frozen=True, slots=True)
class Author:
    """Who acts: a user, the product by itself, or the command line."""

    name: str
    user: User | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        """A person."""
        return cls(user.full_name, user)


AUTOMATIC = Author("Envoi automatique")
COMMAND_LINE = Author("Ligne de commande")


def record_event(
    kind: str,
    *,
    company: Company,
    author: Author,
    customer_code: str = "",
    at: datetime | None = None,
    **data: Any,
) -> Event:
    """Append one line to the journal."""
    return Event.objects.create(
        company=company,
        at=at or timezone.now(),
        actor=author.user,
        actor_name=author.name,
        kind=kind,
        customer_code=customer_code,
        data=data,
    )


def facts_changed(company_id: int) -> None:
    """Say that who may be reminded has changed: senders look again before the next message."""
    Company.objects.filter(pk=company_id).update(facts_revision=F("facts_revision") + 1)
