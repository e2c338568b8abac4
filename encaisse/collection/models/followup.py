"""What people here know and decided. It hangs on the ledger's rows, which a sync never deletes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from encaisse.collection.models.reminder import Reminder
from encaisse.collection.models.scenario import CollectionProfile
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company, User


class CustomerFollowUp(models.Model):
    """A customer's profile and flag; no row means the default profile and no flag."""

    class Origin(models.TextChoices):
        """Who gave the profile: a person, whose choice stands, or something that may take it back.

        A person goes before a file, a file before a rule.
        """

        PERSON = "", _("Choisi ici")
        FILE = "file", _("Donné par un fichier")
        RULE = "rule", _("Donné par une règle")

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="follow_up"
    )
    company = models.ForeignKey(Company, models.CASCADE)
    profile = models.ForeignKey(CollectionProfile, models.PROTECT, null=True)
    profile_origin = models.CharField(max_length=4, choices=Origin, blank=True, default="")
    is_flagged = models.BooleanField(default=False)
    # A postal address typed here, used while the accounting knows none.
    address = models.TextField(blank=True)
    # How often the addresses that he was given were renewed: those from before open nothing.
    links_renewed = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (
            models.Index(
                fields=("company",), condition=models.Q(is_flagged=True), name="customer_flagged"
            ),
        )


class EntryFollowUp(models.Model):
    """Where an entry stands: its level, since when, and how many reminders it got."""

    entry = models.OneToOneField(
        LedgerEntry, models.CASCADE, primary_key=True, related_name="follow_up"
    )
    company = models.ForeignKey(Company, models.CASCADE)
    level = models.PositiveSmallIntegerField(default=0)
    level_on = models.DateField(null=True)
    reminder_count = models.PositiveIntegerField(default=0)
    # Raised when the level is set back by hand: the same step may then be taken once more.
    cycle = models.PositiveIntegerField(default=0)
    pre_due_on = models.DateField(null=True)
    thanked_on = models.DateField(null=True)
    expected_date = models.DateField(null=True)


class LevelChange(models.Model):
    """The history of an entry's level: by a reminder that took effect, or by hand."""

    company = models.ForeignKey(Company, models.CASCADE)
    entry = models.ForeignKey(LedgerEntry, models.CASCADE, related_name="level_changes")
    kind = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField()
    on = models.DateField()
    reminder = models.ForeignKey(Reminder, models.SET_NULL, null=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        indexes = (models.Index(fields=("company", "on"), name="level_change_by_day"),)


class Note(models.Model):
    """Something written about a customer or about one of his entries; answers follow a note."""

    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes")
    entry = models.ForeignKey(LedgerEntry, models.CASCADE, null=True, related_name="notes")
    # The note that this one answers; an answer is never answered itself.
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="answers")
    text = models.TextField()
    author = models.ForeignKey(User, models.SET_NULL, null=True)
    author_name = models.CharField(max_length=160)
    at = models.DateTimeField()


class NoteMention(models.Model):
    """A colleague named in a note (@…): he is told by mail and on his home page until he saw it."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.CASCADE, related_name="mentions")
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("note", "user"), name="mention_once"),)
