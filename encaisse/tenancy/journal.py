"""Writing the journal: every operation leaves exactly one line, in its own transaction."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import F
from django.utils import timezone

from encaisse.tenancy.models import Company, Event, User

_INSERT = f"""INSERT INTO {Event._meta.db_table}
  (company_id, at, actor_id, actor_name, kind, customer_code, data)
VALUES (%s, %s, %s, %s, %s, %s, %s)"""


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
) -> None:
    """Append one line to the journal. Written as a plain insert: it is on every message's way."""
    moment = connection.ops.adapt_datetimefield_value(at or timezone.now())
    actor_id = author.user.pk if author.user else None
    text = json.dumps(data, cls=DjangoJSONEncoder)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT, (company.pk, moment, actor_id, author.name, kind, customer_code, text)
        )


def facts_changed(company_id: int) -> None:
    """Say that who may be reminded has changed: senders look again before the next message."""
    Company.objects.filter(pk=company_id).update(facts_revision=F("facts_revision") + 1)
