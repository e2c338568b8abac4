"""The ways in for programs, and the answers they were given."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.user import User


class ApiToken(models.Model):
    """What a program names itself with, for one company.

    Only a digest of the secret is kept: it is shown once, and another token is made when it is
    lost. What was done with it stays in the journal under its name.
    """

    class Right(models.TextChoices):
        """What a token opens."""

        LEDGER_READ = "ledger:read", _("Lire la comptabilité clients")
        LEDGER_WRITE = "ledger:write", _("Envoyer clients, contacts et écritures")
        ACTIVITY_READ = "activity:read", _("Lire les relances envoyées")
        PLAN_READ = "plan:read", _("Lire le plan du jour")
        FOLLOWUP_READ = "followup:read", _("Lire promesses et litiges")
        FOLLOWUP_WRITE = "followup:write", _("Noter promesses, litiges, notes et STOP")

    company = models.ForeignKey(Company, models.CASCADE, related_name="api_tokens")
    name = models.CharField("nom", max_length=80)
    # How the secret begins: enough to recognise it, not to guess it.
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    rights = models.JSONField(default=list)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_by_name = models.CharField(max_length=160)
    expires_at = models.DateTimeField("expire le", null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    # The minute that is being counted, and the requests made in it.
    minute = models.DateTimeField(null=True)
    minute_reads = models.PositiveIntegerField(default=0)
    minute_writes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "name"),
                condition=Q(revoked_at=None),
                name="api_token_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def is_expired(self, now: datetime) -> bool:
        """True once its day is over."""
        return self.expires_at is not None and self.expires_at <= now

    def opens(self, now: datetime) -> bool:
        """True while it lets a program in."""
        return self.revoked_at is None and not self.is_expired(now)


class IdempotentReply(models.Model):
    """What a request that names itself (Idempotency-Key) was answered: given again, not done again.

    It is written in the transaction of what it answers: both are there, or neither.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="replies", db_index=False)
    key = models.CharField(max_length=120)
    # Of the method, the address and the body.
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("token", "key"), name="idempotent_reply_once"),
        )
