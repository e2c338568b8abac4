"""Reading the addresses of a company, and what was told to them."""

from django.db.models import Count, Max, Q, QuerySet

from encaisse.tenancy.models import Company, WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.rules.webhooks import TRIAL

Status = WebhookDelivery.Status


def endpoints_of(company: Company) -> list[WebhookEndpoint]:
    """The addresses, the oldest first, with `waiting` and `failed` (counts) and `told_at`.

    One query.
    """
    rows = WebhookEndpoint.objects.filter(company=company)
    return list(
        rows.annotate(
            waiting=Count("deliveries", filter=Q(deliveries__status=Status.WAITING)),
            failed=Count(
                "deliveries",
                filter=Q(deliveries__status=Status.FAILED) & ~Q(deliveries__kind=TRIAL),
            ),
            told_at=Max("deliveries__tried_at", filter=Q(deliveries__status=Status.DELIVERED)),
        ).order_by("id")
    )


def get_endpoint(company: Company, endpoint_id: int) -> WebhookEndpoint:
    """An address of the company. Raises WebhookEndpoint.DoesNotExist."""
    return WebhookEndpoint.objects.select_related("company").get(company=company, pk=endpoint_id)


def deliveries_of(
    endpoint: WebhookEndpoint, *, status: str = "", kind: str = ""
) -> QuerySet[WebhookDelivery]:
    """What was told to an address, the newest first, without its text; empty means any."""
    rows = _of_kind(endpoint, kind)
    if status:
        rows = rows.filter(status=status)
    return rows.defer("body", "answer_text").order_by("-id")


def delivery_counts(endpoint: WebhookEndpoint, *, kind: str = "") -> dict[str, int]:
    """How many deliveries of each status; one query."""
    counted = _of_kind(endpoint, kind).order_by().values_list("status").annotate(Count("id"))
    return dict.fromkeys(Status.values, 0) | dict(counted)


def given_up(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """What an address was never told of, trials apart."""
    failed = WebhookDelivery.objects.filter(endpoint=endpoint, status=Status.FAILED)
    return failed.exclude(kind=TRIAL)


def _of_kind(endpoint: WebhookEndpoint, kind: str) -> QuerySet[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(endpoint=endpoint)
    return rows.filter(kind=kind) if kind else rows


def get_delivery(company: Company, delivery_id: int) -> WebhookDelivery:
    """A delivery of the company. Raises WebhookDelivery.DoesNotExist."""
    rows = WebhookDelivery.objects.select_related("endpoint__company")
    return rows.get(endpoint__company=company, pk=delivery_id)
