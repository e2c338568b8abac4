"""Someone asked to join a company, until he does."""

from datetime import datetime

from django.db import models

from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.membership import Membership
from encaisse.tenancy.models.user import User


class Invitation(models.Model):
    """What a person will be in one company; those of one mail share its token.

    Only a digest of the token is kept: the link cannot be read again, a new one is made.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="invitations")
    email = models.EmailField("adresse e-mail")
    language = models.CharField("langue", max_length=5, default="fr")
    role = models.CharField("rôle", max_length=20, choices=Membership.Role)
    limited_to_portfolio = models.BooleanField(default=False)
    # As in a membership: names of sales representatives, one a line.
    portfolio = models.TextField("commerciaux", blank=True)
    wants_cash_report = models.BooleanField("cash reporting", default=False)
    token_digest = models.CharField(max_length=64, db_index=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True)
    invited_by_name = models.CharField(max_length=160)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company", "email"), name="invitation_once"),
        )

    def is_expired(self, now: datetime) -> bool:
        """True once the link opens nothing any more."""
        return self.expires_at <= now

    def sales_reps(self) -> list[str] | None:
        """The sales representatives whose customers he will see; None for all of them."""
        return self.portfolio.splitlines() if self.limited_to_portfolio else None
