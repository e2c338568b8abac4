"""The address that a company gives to its e-mail service."""

from django.conf import settings
from django.urls import reverse

from encaisse.tenancy.models import Company


def events_address(company: Company) -> str:
    """Where its service reports; only for a company that has one."""
    path = reverse("web:service_events", args=(company.events_token, company.mail_service))
    return f"{settings.SITE_URL}{path}"
