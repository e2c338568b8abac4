"""A reminder: first the intent, then what became of it. One row = one message or attempt."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from encaisse.collection.models.scenario import Step
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.models import Company, User


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Messages of one company or of several."""

    def pending(self) -> Self:
        """Those that have not come to their end.

        SQLite uses a partial index for the very words of its condition, never for parameters.
        """
        words = ", ".join(f"'{status}'" for status in Reminder.PENDING)
        condition = f"{Reminder._meta.db_table}.status IN ({words})"
        found: Self = self.extra(where=[condition])  # type: ignore[assignment]  # noqa: S610
        return found

    def named(self, identities: Iterable[str], service_ids: Iterable[str]) -> Self:
        """Those that bear one of some Message-IDs, or one of the names that a service gave.

        Each is looked up in its own index, whose condition is said again for SQLite.
        """
        ours = self.filter(~Q(message_id=""), message_id__in=identities)
        theirs = self.filter(~Q(service_message_id=""), service_message_id__in=service_ids)
        return self.filter(pk__in=ours.values("pk").union(theirs.values("pk"), all=True))


class Reminder(models.Model):
    """One message to one customer in one currency on one day.

    States of an e-mail: waiting → claimed → sending → accepted → sent, or failed, bounced,
    unknown. `sending` is written before the server is spoken to, so a crash leaves either « not
    sent, will be » (waiting, claimed) or « unknown » (sending whose lease ran out), never silence.
    `accepted` is what the server said; `sent` comes with the levels and the journal line, some
    messages at a time.
    Letters: waiting → claimed → printed → posted. Calls and others: to_do → noted.
    What an automatic step prepares may wait for a person's word first: to_approve → waiting.
    """

    class Kind(models.TextChoices):
        PRE_DUE = "pre_due", _("Prévenance")
        REMINDER = "reminder", _("Relance")
        THANKS = "thanks", _("Remerciement")
        STATEMENT = "statement", _("Relevé")

    class Status(models.TextChoices):
        TO_APPROVE = "to_approve", _("À valider")
        WAITING = "waiting", _("En attente")
        CLAIMED = "claimed", _("En préparation")
        SENDING = "sending", _("En cours d’envoi")
        ACCEPTED = "accepted", _("Envoyé")
        SENT = "sent", _("Envoyé")
        PRINTED = "printed", _("Imprimé, à poster")
        POSTED = "posted", _("Posté")
        TO_DO = "to_do", _("À faire")
        NOTED = "noted", _("Fait")
        FAILED = "failed", _("Refusé")
        BOUNCED = "bounced", _("Revenu")
        UNKNOWN = "unknown", _("À vérifier")
        CANCELLED = "cancelled", _("Annulé")

    PENDING = (
        Status.TO_APPROVE,
        Status.WAITING,
        Status.CLAIMED,
        Status.SENDING,
        Status.ACCEPTED,
        Status.PRINTED,
        Status.TO_DO,
        Status.UNKNOWN,
    )
    # What a worker sends as soon as it can.
    LEAVING = (Status.WAITING, Status.CLAIMED, Status.SENDING, Status.ACCEPTED)
    EFFECTIVE = (Status.SENT, Status.POSTED, Status.NOTED)
    DEAD = (Status.FAILED, Status.BOUNCED, Status.CANCELLED)
    # A mail that was given to the server, or may have been.
    LEFT = (Status.SENDING, Status.ACCEPTED, Status.SENT, Status.UNKNOWN)
    # What asks for money says only what is still due.
    CLAIMING = (Kind.REMINDER, Kind.PRE_DUE)

    # Without indexes of their own: others begin with these columns.
    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="reminders", db_index=False)
    # Company, customer, currency, step and cycle of its entries: the same intent twice is one row.
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    level = models.PositiveSmallIntegerField(default=0)
    medium = models.CharField(max_length=20, choices=Step.Medium)
    step = models.ForeignKey(Step, models.SET_NULL, null=True)
    scenario_name = models.CharField(max_length=80, blank=True)
    scenario_version = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    day = models.DateField()
    since = models.DateField()
    is_automatic = models.BooleanField(default=False)
    # Written by a person for one customer: its text leaves as it stands, with its files.
    is_written = models.BooleanField(default=False)
    # Its entries move to the next step of their scenario once it took effect.
    counts = models.BooleanField("compte dans le scénario", default=True)
    # [{"name", "path", "type"}]: the files that go along, below MEDIA_ROOT.
    attachments = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status)
    status_at = models.DateTimeField()
    # Nothing leaves before this moment: the time to change one's mind.
    not_before = models.DateTimeField(null=True)
    worker = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    message_id = models.CharField(max_length=200, blank=True)
    template_code = models.CharField(max_length=80, blank=True)
    template_version = models.PositiveIntegerField(default=0)
    language = models.CharField(max_length=5, default="fr")
    sender = models.CharField(max_length=250, blank=True)
    recipients = models.JSONField(default=list)
    copies = models.JSONField(default=list)
    subject = models.CharField(max_length=500, blank=True)
    content_html = models.TextField(blank=True)
    content_text = models.TextField(blank=True)
    file = models.CharField(max_length=250, blank=True)
    comment = models.TextField(blank=True)
    error = models.TextField(blank=True)
    effective_on = models.DateField(null=True)
    # The first time that the customer opened it, where the company asked to know.
    opened_at = models.DateTimeField(null=True)
    # When it was given to the server or the service that took it.
    accepted_at = models.DateTimeField(null=True)
    # What the e-mail service calls it, and what it told of it since.
    service_message_id = models.CharField(max_length=200, blank=True)
    delivered_at = models.DateTimeField(null=True)
    # The first click on one of its links, where the company asked to know.
    clicked_at = models.DateTimeField(null=True)
    # When it came back.
    returned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.SET_NULL, null=True)
    actor_name = models.CharField(max_length=160)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("key",),
                condition=~Q(status__in=("failed", "bounced", "cancelled")),
                name="reminder_key_once",
            ),
        )
        indexes = (
            # Wide, so that totals of a long history are read from the index alone.
            models.Index(
                fields=(
                    "company",
                    "-created_at",
                    "-id",
                    "status",
                    "medium",
                    "kind",
                    "currency",
                    "amount_minor",
                    "created_by",
                    "customer",
                ),
                name="reminder_by_time",
            ),
            models.Index(fields=("company", "day"), name="reminder_by_day"),
            models.Index(
                fields=("company", "effective_on", "medium", "status"), name="reminder_by_effect"
            ),
            models.Index(fields=("customer", "-created_at"), name="reminder_of_customer"),
            # What an answer or a return is about.
            models.Index(
                fields=("company", "message_id"),
                condition=~Q(message_id=""),
                name="reminder_by_message",
            ),
            models.Index(
                fields=("company", "service_message_id"),
                condition=~Q(service_message_id=""),
                name="reminder_by_service_id",
            ),
            models.Index(
                fields=("company", "status", "id"),
                condition=Q(
                    status__in=(
                        "to_approve",
                        "waiting",
                        "claimed",
                        "sending",
                        "accepted",
                        "printed",
                        "to_do",
                        "unknown",
                    )
                ),
                name="reminder_pending",
            ),
        )


class IncomingMail(models.Model):
    """A mail read from the company's mailbox: an answer to a reminder, or its return."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Réponse")
        AUTOMATIC = "automatic", _("Réponse automatique")
        BOUNCE = "bounce", _("Retour")
        OTHER = "other", _("Autre")

    company = models.ForeignKey(Company, models.CASCADE)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="incoming")
    reminder = models.ForeignKey(Reminder, models.SET_NULL, null=True, related_name="answers")
    kind = models.CharField(max_length=10, choices=Kind)
    message_id = models.CharField(max_length=250)
    from_address = models.CharField(max_length=250, blank=True)
    subject = models.CharField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    # Of a return: what the receiving server said, and whether it is for good.
    diagnosis = models.TextField(blank=True)
    is_permanent = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, models.SET_NULL, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "message_id"), name="incoming_once"),
        )
        indexes = (
            models.Index(
                fields=("company", "kind", "-received_at"),
                condition=Q(handled_at=None),
                name="incoming_to_handle",
            ),
            models.Index(fields=("customer", "-received_at"), name="incoming_of_customer"),
        )


class WrittenText(models.Model):
    """What a person wrote for one message, placeholders included: it is filled as it leaves.

    `address` is the envelope of a letter, one line each. `sender_name` stands before the company's
    address, in place of its own name; `reply_to` is where answers go, in place of the company's.
    """

    reminder = models.OneToOneField(
        Reminder, models.CASCADE, primary_key=True, related_name="written"
    )
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField()
    address = models.TextField(blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    reply_to = models.EmailField(blank=True)
    # What held reminders back when it was written (queries.obstacles.marks_of): its author knew.
    known = models.JSONField(default=list)


class ReminderLine(models.Model):
    """An entry of a reminder: what was claimed on it, from which level to which."""

    reminder = models.ForeignKey(Reminder, models.CASCADE, related_name="lines")
    entry = models.ForeignKey(LedgerEntry, models.CASCADE, related_name="reminder_lines")
    kind = models.CharField(max_length=10)
    level_before = models.PositiveSmallIntegerField()
    level_after = models.PositiveSmallIntegerField()
    cycle = models.PositiveIntegerField(default=0)
    claimed_minor = models.BigIntegerField()
    is_credit = models.BooleanField(default=False)
    # False once the reminder was cancelled, refused or replaced: the step may be taken again.
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("entry", "kind", "level_after", "cycle"),
                condition=Q(is_live=True, is_credit=False),
                name="line_step_once",
            ),
        )
