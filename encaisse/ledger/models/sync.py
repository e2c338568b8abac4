"""Synchronisations: which file or source the ledger mirrors, and how fresh it is."""

from django.db import models

from encaisse.tenancy.models import Company, User


class ImportFile(models.Model):
    """A file that was given and understood, and waits for the user's word."""

    company = models.ForeignKey(Company, models.CASCADE)
    format = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=400)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)


class LedgerSync(models.Model):
    """One synchronisation that was written: what it held and what it changed."""

    # Those that say nothing of what is owed.
    ABOUT_PEOPLE = ("customers", "contacts")

    company = models.ForeignKey(Company, models.CASCADE)
    format = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    # The days that the file covers: it replaces what was there between them.
    first_date = models.DateField(null=True)
    last_date = models.DateField(null=True)
    has_opening = models.BooleanField(default=False)
    summary = models.JSONField(default=dict)
    actor = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        indexes = (models.Index(fields=("company", "-at"), name="sync_latest"),)


class ColumnMapping(models.Model):
    """How the columns of one kind of file were understood last time, by the file's headers."""

    company = models.ForeignKey(Company, models.CASCADE)
    format = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "format", "fingerprint"), name="mapping_once"
            ),
        )
