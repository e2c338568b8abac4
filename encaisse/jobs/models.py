"""A piece of long work and how far it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models import Company, User


class Job(models.Model):
    """One run of a registered function, owned by at most one worker at a time (its lease)."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminé")
        FAILED = "failed", _("Échoué")
        STOPPED = "stopped", _("Arrêté")

    company = models.ForeignKey(Company, models.CASCADE)
    function = models.CharField(max_length=120)
    label = models.CharField(max_length=160)
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    stop_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    run_after = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("status", "lease_until"), name="job_unfinished"),
            models.Index(fields=("company", "-id"), name="job_of_company"),
        )

    @property
    def is_finished(self) -> bool:
        """True once nothing more will happen."""
        return self.status in (self.Status.DONE, self.Status.FAILED, self.Status.STOPPED)

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        if self.status == self.Status.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0


class Schedule(models.Model):
    """When a regular piece of work is due next; claimed by conditional update."""

    name = models.CharField(max_length=60, unique=True)
    next_run_at = models.DateTimeField()
