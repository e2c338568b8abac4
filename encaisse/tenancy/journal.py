"""Writing the journal: every operation leaves exactly one line, in its own transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import F
from django.utils import timezone

from encaisse.tenancy.models import Company, Event, User
from encaisse.tenancy.webhooks.outbox import publish

_INSERT = f"""INSERT INTO {Event._meta.db_table}
  (company_id, at, actor_id, actor_name, kind, customer_code, data) VALUES """


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal about to be written."""

    kind: str
    company_id: int
    author: Author
    at: datetime
    customer_code: str
    data: dict[str, Any]


def record_event(
    kind: str,
    *,
    company: Company,
    author: Author,
    customer_code: str = "",
    at: datetime | None = None,
    **data: Any,
) -> None:
    """Append one line to the journal."""
    record_events([Line(kind, company.pk, author, at or timezone.now(), customer_code, data)])


def record_events(lines: Sequence[Line]) -> None:
    """Append some lines at once, as a plain insert: they are on every message's way.

    Those who asked to be told of them will be, once the transaction is committed.
    """
    if not lines:
        return
    params = [value for line in lines for value in _values(line)]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(lines)), params)
    publish(lines, now=timezone.now())


def _values(line: Line) -> tuple[Any, ...]:
    moment = connection.ops.adapt_datetimefield_value(line.at)
    actor = line.author.user
    text = json.dumps(line.data, cls=DjangoJSONEncoder)
    return (
        line.company_id,
        moment,
        actor.pk if actor else None,
        line.author.name,
        line.kind,
        line.customer_code,
        text,
    )


def facts_changed(company_id: int) -> None:
    """Say that who may be reminded has changed: senders look again before the next message."""
    Company.objects.filter(pk=company_id).update(facts_revision=F("facts_revision") + 1)
