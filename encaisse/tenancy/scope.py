"""What a reader may see: one company, whole or limited to a portfolio."""

from dataclasses import dataclass
from typing import Self

from django.db.models import Q

from encaisse.tenancy.models import Company, Membership


@dataclass(frozen=True, slots=True)
class Scope:
    """Every query on customers goes through one of these, so nothing else is ever reachable."""

    company: Company
    sales_reps: frozenset[str] | None = None

    @classmethod
    def of(cls, membership: Membership) -> Self:
        """What this member sees."""
        return cls(membership.company, membership.sales_reps())

    def customers(self, prefix: str = "") -> Q:
        """The condition on customers; `prefix` leads to them from another model (`customer__`)."""
        condition = Q(**{f"{prefix}company_id": self.company.pk})
        if self.sales_reps is not None:
            condition &= Q(**{f"{prefix}sales_rep__in": sorted(self.sales_reps)})
        return condition
