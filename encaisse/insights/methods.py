"""Payment methods and how many customers pay so."""

from django.db.models import Count, QuerySet

from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.models import Company


def payment_methods(company: Company) -> QuerySet[PaymentMethod]:
    """The methods by label; `customers` counts those who pay so."""
    methods = PaymentMethod.objects.filter(company=company)
    return methods.annotate(customers=Count("customer")).order_by("label", "id")
