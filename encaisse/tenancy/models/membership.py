"""A user's role in a company, and the portfolio he is limited to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from encaisse.tenancy.models.company import Company
from encaisse.tenancy.models.user import User


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships, narrowed by what they open."""

    def active(self) -> "MembershipQuerySet":
        """Those of people who may come in."""
        return self.filter(is_active=True, user__is_active=True)


class Membership(models.Model):
    """What one user may do in one company."""

    class Role(models.TextChoices):
        READER = "reader", _("Lecture")
        COLLECTOR = "collector", _("Gestionnaire")
        ADMINISTRATOR = "administrator", _("Administrateur")

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    company = models.ForeignKey(Company, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.READER)
    limited_to_portfolio = models.BooleanField("voit seulement son portefeuille", default=False)
    # Names of sales representatives as the ledger writes them, one a line.
    portfolio = models.TextField("commerciaux", blank=True)
    # Off for someone who left: what he did stays under his name, he opens nothing any more.
    is_active = models.BooleanField(default=True)
    # The last day on which he opened the company, and the one before: « NOUV » counts from there.
    visited_on = models.DateField(null=True)
    visited_before = models.DateField(null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "company"), name="membership_once"),)

    def sales_reps(self) -> frozenset[str] | None:
        """The sales representatives whose customers he sees; None for all of them."""
        if not self.limited_to_portfolio:
            return None
        return frozenset(line.strip() for line in self.portfolio.splitlines() if line.strip())
