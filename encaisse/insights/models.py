"""What people keep of the figures: a view of a list, its file by mail, a report by mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models import Company, User


class SavedView(models.Model):
    """A list with its filters, sort and columns, under a name; the owner may share it."""

    company = models.ForeignKey(Company, models.CASCADE)
    owner = models.ForeignKey(User, models.CASCADE)
    # The url name of the screen, and what its address asks for.
    screen = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    name = models.CharField("nom", max_length=80)
    is_shared = models.BooleanField("partagée avec les collègues", default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "owner", "screen", "name"), name="saved_view_name"
            ),
        )


class RegularMail(models.Model):
    """Something that leaves by mail on some days; it holds what its owner sees."""

    company = models.ForeignKey(Company, models.CASCADE)
    owner = models.ForeignKey(User, models.CASCADE)
    # Days of the week it leaves on, 1 (Monday) to 7, as « 15 »; or `month_day`, 1 to 28.
    weekdays = models.CharField("jours", max_length=7, blank=True)
    month_day = models.PositiveSmallIntegerField("jour du mois", null=True)
    hour = models.PositiveSmallIntegerField("heure", default=7)
    is_active = models.BooleanField(default=True)
    # The last day it is done with, when it last left, and what went wrong since.
    last_day = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        abstract = True


class ScheduledExport(RegularMail):
    """The file of a list by mail."""

    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel (XLSX)")
        CSV = "csv", _("CSV")

    screen = models.CharField(max_length=40)
    query = models.TextField(blank=True)
    name = models.CharField("nom", max_length=80)
    format = models.CharField("format", max_length=4, choices=Format, default=Format.XLSX)
    # Addresses, one a line.
    recipients = models.TextField("destinataires")


class CashReport(RegularMail):
    """The figures of a person's portfolio, by mail to himself; no row, or not active: none."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "owner"), name="cash_report_once"),
        )
