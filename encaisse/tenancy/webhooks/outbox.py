"""What is to be told: written in the transaction of the journal line that it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings

from encaisse.tenancy.models import WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.rules.webhooks import PATIENCE, TOLD, TRIAL, body_of


class Happening(Protocol):
    """A line of the journal, as far as webhooks read it."""

    @property
    def kind(self) -> str: ...
    @property
    def company_id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def customer_code(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class _Trial:
    """Nothing happened: somebody tries an address."""

    company_id: int
    at: datetime
    kind: str = TRIAL
    customer_code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def publish(lines: Sequence[Happening], *, now: datetime) -> None:
    """Put what some lines of the journal say in the way of those who asked to be told.

    One look-up where nobody did: it is on the way of every operation.
    """
    telling = [line for line in lines if line.kind in TOLD]
    if not telling:
        return
    companies = {line.company_id for line in telling}
    active = WebhookEndpoint.objects.filter(company_id__in=companies, is_active=True)
    endpoints = list(active.select_related("company"))
    if endpoints:
        WebhookDelivery.objects.bulk_create(
            [delivery for line in telling for delivery in _deliveries(line, endpoints, now)],
            batch_size=500,
        )


def publish_trial(endpoint: WebhookEndpoint, *, now: datetime) -> WebhookDelivery:
    """An event that means nothing, for one address."""
    delivery = _delivery(endpoint, _new_id(), _Trial(endpoint.company_id, now), now)
    delivery.save()
    return delivery


def _deliveries(
    line: Happening, endpoints: Sequence[WebhookEndpoint], now: datetime
) -> list[WebhookDelivery]:
    event_id = _new_id()
    return [
        _delivery(endpoint, event_id, line, now)
        for endpoint in endpoints
        if endpoint.company_id == line.company_id and line.kind in endpoint.kinds
    ]


def _delivery(
    endpoint: WebhookEndpoint, event_id: str, line: Happening, now: datetime
) -> WebhookDelivery:
    code = line.customer_code
    body = body_of(
        event_id,
        line.kind,
        at=line.at,
        company=endpoint.company.slug,
        customer_code=code,
        data=line.data,
        links=_links(line),
    )
    return WebhookDelivery(
        endpoint=endpoint,
        event_id=event_id,
        kind=line.kind,
        customer_code=code,
        body=body,
        created_at=now,
        next_at=now,
        expires_at=now + PATIENCE,
    )


def _links(line: Happening) -> dict[str, str]:
    """Where the API has what a line is about."""
    api, links = f"{settings.SITE_URL}/api/v1", {}
    if line.customer_code:
        links["customer"] = f"{api}/customers/{quote(line.customer_code, safe='')}"
    if line.data.get("reminder"):
        links["reminder"] = f"{api}/reminders/{line.data['reminder']}"
    return links


def _new_id() -> str:
    return f"evt_{uuid4().hex}"
