"""The journal: what was done, by whom, when. Append-only."""

from typing import Any, NoReturn

from django.db import models

from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.user import User


class Event(models.Model):
    """One thing done. Its kind is `noun.past_participle`, its data what was true at that moment.

    The database itself refuses to change or delete a line, but those of a demonstration and of a
    company that is gone (migration 0006, docs/decisions/0008-nobody-changes-the-journal.md).
    """

    # The indexes below begin with it.
    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    at = models.DateTimeField(db_index=False)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, db_index=False)
    actor_name = models.CharField(max_length=160)
    kind = models.CharField(max_length=60)
    # The customer's account code, not a foreign key: the journal outlives the ledger's rows.
    customer_code = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=("company", "-at", "-id"), name="event_by_time"),
            models.Index(fields=("company", "customer_code", "-at", "-id"), name="event_by_code"),
            models.Index(fields=("company", "kind", "-at", "-id"), name="event_by_kind"),
            models.Index(fields=("company", "actor", "-at", "-id"), name="event_by_actor"),
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert only: a line of the journal is never changed."""
        if self.pk is not None:
            raise TypeError("A journal line cannot be changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: a line of the journal is never deleted."""
        raise TypeError("A journal line cannot be deleted.")
