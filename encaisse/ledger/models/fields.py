"""What a company calls the free fields of its accounting software, and where it shows them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from encaisse.ledger.rules.free_fields import CUSTOMER_FIELDS, ENTRY_FIELDS
from encaisse.tenancy.models import Company


class FreeField(models.Model):
    """A free field of customers or of entries; no row means the usual choices."""

    class About(models.TextChoices):
        CUSTOMER = "customer", _("Client")
        ENTRY = "entry", _("Pièce")

    company = models.ForeignKey(Company, models.CASCADE)
    about = models.CharField(max_length=8, choices=About)
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=40, blank=True)
    # The title of the column that the last file gave it in.
    source_column = models.CharField(max_length=80, blank=True)
    # On the page of the customer, or in the panel of the entry.
    on_page = models.BooleanField(default=True)
    # Columns that are there without being asked for; filters that are offered.
    in_customers = models.BooleanField(default=False)
    in_due_items = models.BooleanField(default=False)
    filters_customers = models.BooleanField(default=True)
    filters_due_items = models.BooleanField(default=True)
    filters_criteria = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "about", "number"), name="free_field_once"),
            models.CheckConstraint(
                name="free_field_number",
                condition=Q(about="customer", number__range=(1, CUSTOMER_FIELDS))
                | Q(about="entry", number__range=(1, ENTRY_FIELDS)),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def column(self) -> str:
        """The column of the customer or of the entry that holds it."""
        return f"free{self.number}"

    @property
    def name(self) -> str:
        """What it is called: by the company, else by its file, else by its number."""
        return self.label or self.source_column or self.usual_name

    @property
    def usual_name(self) -> str:
        """« Champ 1 », as long as nothing names it."""
        return gettext("Champ %(number)s") % {"number": self.number}
