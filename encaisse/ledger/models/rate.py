"""What other currencies are worth, day after day, and where that is learnt."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from encaisse.ledger.rules.rates import Rate
from encaisse.tenancy.models import Company


class ExchangeRate(models.Model):
    """How many units of a currency one unit of the base currency was worth on a day.

    `base` is the company's currency when the rate was given: rates told for another one serve no
    more once the company changes it.
    """

    class Source(models.TextChoices):
        TYPED = "typed", _("Saisi")
        FILE = "file", _("Fichier")
        ECB = "ecb", _("BCE")

    company = models.ForeignKey(Company, models.CASCADE, db_index=False)
    base = models.CharField(max_length=3)
    currency = models.CharField("devise", max_length=3)
    day = models.DateField("jour")
    # In hundred-millionths: exact on every database.
    units = models.BigIntegerField("cours")
    source = models.CharField("origine", max_length=10, choices=Source)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("company", "base", "currency", "day"), name="exchange_rate_day"
            ),
            models.CheckConstraint(
                name="exchange_rate_of_another",
                condition=Q(units__gt=0) & ~Q(base=F("currency")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.base}/{self.currency} {self.day:%Y-%m-%d}"

    @property
    def rate(self) -> Rate:
        """The rate itself."""
        return Rate(self.base, self.currency, self.day, self.units)


class RateFeed(models.Model):
    """Whether a company's rates are asked of the European Central Bank, and what came of it."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="rate_feed")
    is_on = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return str(self.company_id)
