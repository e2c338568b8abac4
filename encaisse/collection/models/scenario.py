"""Profiles and scenarios: which customers are reminded how."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models import Company


class CollectionProfile(models.Model):
    """A kind of customer, as the collection desk sees him. One per company is the default."""

    company = models.ForeignKey(Company, models.CASCADE)
    code = models.SlugField(max_length=40)
    name = models.CharField("nom", max_length=60)
    is_default = models.BooleanField(default=False)
    # Neither late-payment interest nor the recovery sum is claimed from a consumer.
    is_business = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "code"), name="profile_code"),
            models.UniqueConstraint(
                fields=("company",), condition=Q(is_default=True), name="profile_one_default"
            ),
        )

    def __str__(self) -> str:
        return self.name


class ProfileRule(models.Model):
    """Which customers get a profile by themselves; the first rule that fits decides.

    `conditions` are those of `collection.rules.profiles`, as a configuration document writes them:
    all of them must hold.
    """

    company = models.ForeignKey(Company, models.CASCADE)
    profile = models.ForeignKey(CollectionProfile, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    conditions = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "position"), name="profile_rule_position"),
        )


class Scenario(models.Model):
    """The steps of one profile, in one of two variants: customers with or without e-mail.

    Steps are versioned: `version` names the current ones; what was done keeps the version under
    which it was done.
    """

    class Grouping(models.TextChoices):
        STATEMENT = "statement", _("À la situation de compte")
        LEVEL = "level", _("À la pièce")

    company = models.ForeignKey(Company, models.CASCADE)
    profile = models.ForeignKey(CollectionProfile, models.CASCADE, related_name="scenarios")
    with_email = models.BooleanField()
    name = models.CharField("nom", max_length=80)
    is_active = models.BooleanField(default=True)
    grouping = models.CharField(max_length=12, choices=Grouping, default=Grouping.STATEMENT)
    thanks_while_overdue = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("profile", "with_email"), name="scenario_variant"),
        )

    def __str__(self) -> str:
        return self.name


class ScenarioVersion(models.Model):
    """A scenario as it was written once, as a configuration document, and by whom.

    A scenario never changed has no row. The first row of one that came with the product has no
    author and no moment.
    """

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="history")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    saved_at = models.DateTimeField(null=True)
    author_name = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("scenario", "number"), name="scenario_history_number"),
        )

    def __str__(self) -> str:
        return f"{self.scenario} ({self.number})"


class Step(models.Model):
    """One step of a scenario: what leaves, when, how, and whether a person must press."""

    class Kind(models.TextChoices):
        PRE_DUE = "pre_due", _("Prévenance")
        REMINDER = "reminder", _("Relance")
        THANKS = "thanks", _("Remerciement")

    class Medium(models.TextChoices):
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Courrier")
        REGISTERED_LETTER = "registered_letter", _("Lettre recommandée")
        PHONE = "phone", _("Téléphone")
        OTHER = "other", _("Autre")

    class Trigger(models.TextChoices):
        DUE = "due", _("jours après l’échéance")
        END_OF_MONTH = "end_of_month", _("jours après l’échéance, fin de mois")
        INVOICE = "invoice", _("jours après la date de facture")
        PREVIOUS = "previous", _("jours après l’étape précédente")
        MATCH = "match", _("jours après le lettrage")

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="steps")
    version = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=Kind)
    level = models.PositiveSmallIntegerField(default=0)
    medium = models.CharField(max_length=20, choices=Medium)
    trigger = models.CharField(max_length=15, choices=Trigger)
    offset_days = models.SmallIntegerField()
    template_code = models.CharField(max_length=80, blank=True)
    is_automatic = models.BooleanField("envoi automatique", default=False)
    # An automatic step that waits for a person's word before it leaves.
    needs_approval = models.BooleanField("à valider", default=False)
    is_active = models.BooleanField("active", default=True)
    # Contact services (roles) that receive it, and copies, one a line; empty = everyone / nobody.
    recipient_roles = models.TextField(blank=True)
    copies = models.TextField(blank=True)
    # An e-mail takes the PDF files of its invoices along.
    attach_invoices = models.BooleanField("joindre les factures", default=False)
    only_after_reminder = models.BooleanField("remercier seulement après une relance", default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("scenario", "version", "kind", "level"), name="step_level_once"
            ),
            models.CheckConstraint(
                name="step_level_of_kind",
                condition=Q(kind="reminder", level__range=(1, 9))
                | (~Q(kind="reminder") & Q(level=0)),
            ),
        )


class Threshold(models.Model):
    """The amounts below or above which a scenario leaves out, per currency, in minor units."""

    scenario = models.ForeignKey(Scenario, models.CASCADE, related_name="thresholds")
    currency = models.CharField(max_length=3)
    entry_minimum_minor = models.BigIntegerField(default=0)
    total_minimum_minor = models.BigIntegerField(default=0)
    total_maximum_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("scenario", "currency"), name="threshold_currency"),
        )
