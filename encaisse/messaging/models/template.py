"""The texts of messages, one row a language."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models import Company


class MessageTemplate(models.Model):
    """A text with placeholders; steps name its code, the customer's language picks the row."""

    class Medium(models.TextChoices):
        EMAIL = "email", _("E-mail")
        LETTER = "letter", _("Courrier")
        PHONE = "phone", _("Téléphone")

    class Kind(models.TextChoices):
        PRE_DUE = "pre_due", _("Prévenance")
        REMINDER = "reminder", _("Relance")
        THANKS = "thanks", _("Remerciement")
        STATEMENT = "statement", _("Relevé")

    company = models.ForeignKey(Company, models.CASCADE)
    code = models.CharField(max_length=80)
    language = models.CharField(max_length=5, default="fr")
    label = models.CharField("nom", max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    medium = models.CharField(max_length=10, choices=Medium)
    subject = models.CharField("objet", max_length=250, blank=True)
    body = models.TextField("contenu")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "code", "language"), name="template_code_language"
            ),
        )

    def __str__(self) -> str:
        return self.label
