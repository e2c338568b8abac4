"""Who outside is told of what happens, and each time that he is."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.user import User
from encaisse.tenancy.rules.webhooks import TRIAL


class WebhookEndpoint(models.Model):
    """An address that is told of some kinds of events, in requests that its secret signs."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="webhooks")
    url = models.CharField("adresse", max_length=500)
    label = models.CharField("nom", max_length=80, blank=True)
    kinds = models.JSONField(default=list)
    secret_sealed = models.TextField()
    is_active = models.BooleanField(default=True)
    # In a row, and since when; set and not active: it was stopped for that.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    # After a failure: nothing is tried before.
    rests_until = models.DateTimeField(null=True)
    # One worker at a time delivers to it.
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)

    @property
    def was_stopped(self) -> bool:
        """True when it was stopped because it took nothing for days."""
        return not self.is_active and self.failing_since is not None


class WebhookDelivery(models.Model):
    """One event for one address, its body as it is signed, and what became of it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("En attente")
        DELIVERED = "delivered", _("Remis")
        FAILED = "failed", _("Abandonné")

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False
    )
    # The same for every address that is told, and at every attempt.
    event_id = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    customer_code = models.CharField(max_length=80, blank=True)
    body = models.TextField()
    created_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    # Of the last answer; 0 where there was none.
    answer_status = models.PositiveSmallIntegerField(default=0)
    answer_text = models.TextField(blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = (
            models.Index(fields=("endpoint", "-id"), name="delivery_of_endpoint"),
            models.Index(fields=("endpoint", "status", "-id"), name="delivery_by_status"),
            models.Index(
                fields=("endpoint", "next_at"),
                name="delivery_waiting",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=("created_at",), name="delivery_by_age"),
        )

    @property
    def is_trial(self) -> bool:
        """True for what was only sent to try the address: it is tried once."""
        return self.kind == TRIAL

    @property
    def may_be_replayed(self) -> bool:
        """True for an event that is over, and was one."""
        return not self.is_waiting and not self.is_trial

    @property
    def is_waiting(self) -> bool:
        """True while it will be tried again."""
        return self.status == self.Status.WAITING
