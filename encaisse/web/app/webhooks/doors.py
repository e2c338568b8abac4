"""The address or the delivery that a page is about."""

from django.http import Http404

from encaisse.tenancy.models import WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.webhooks.queries import get_delivery, get_endpoint
from encaisse.web.access import CompanyRequest


def endpoint_of(request: CompanyRequest, endpoint_id: int) -> WebhookEndpoint:
    """An address of the company. Raises Http404."""
    try:
        return get_endpoint(request.company, endpoint_id)
    except WebhookEndpoint.DoesNotExist:
        raise Http404 from None


def delivery_of(request: CompanyRequest, delivery_id: int) -> WebhookDelivery:
    """A delivery of the company. Raises Http404."""
    try:
        return get_delivery(request.company, delivery_id)
    except WebhookDelivery.DoesNotExist:
        raise Http404 from None
