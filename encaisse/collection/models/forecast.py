"""What the company wants to collect, month by month."""

from django.db import models

from encaisse.tenancy.models import Company


class CashTarget(models.Model):
    """The receipts aimed at in one month: up to three curves, in minor units."""

    company = models.ForeignKey(Company, models.CASCADE)
    # The first day of the month.
    month = models.DateField("mois")
    currency = models.CharField(max_length=3)
    pessimistic_minor = models.BigIntegerField("pessimiste", null=True)
    realistic_minor = models.BigIntegerField("réaliste", null=True)
    optimistic_minor = models.BigIntegerField("optimiste", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "month", "currency"), name="cash_target_once"
            ),
        )
