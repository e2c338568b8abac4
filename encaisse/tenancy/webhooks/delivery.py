"""Delivering what waits: signed, at least once, tried again for a day.

An address is delivered to by one worker at a time, which holds its lease, in the order in which
things happened, as far as the other side takes them.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.rules.webhooks import GIVEN_UP_AFTER, TRIAL, next_wait, rest_after, signature
from encaisse.tenancy.secrets import unseal
from encaisse.tenancy.webhooks.post import TIMEOUT, AddressRefused, Answer, NotReached, post

# A worker goes on with an address for so long, then lets others work.
_AT_ONCE = 20.0
_KEPT = timedelta(days=30)

COURIER = Author("Webhooks")

Status = WebhookDelivery.Status


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one request: the answer, 0 for none, and what is wrong, empty for a yes."""

    status: int = 0
    text: str = ""
    error: str = ""


def deliver_webhooks(now: datetime) -> None:
    """Start a task for every address that something waits for and that no worker holds."""
    for endpoint_id in _due(now).order_by().values_list("endpoint_id", flat=True).distinct():
        lease = _take(endpoint_id, now)
        if lease is not None:
            deliver_endpoint.enqueue(endpoint_id=endpoint_id, lease=lease.isoformat())


def forget_deliveries(now: datetime) -> None:
    """Remove what was told, or given up, more than a month ago."""
    old = WebhookDelivery.objects.filter(created_at__lt=now - _KEPT)
    old.exclude(status=Status.WAITING).delete()


@task()
def deliver_endpoint(endpoint_id: int, lease: str) -> None:
    """Deliver what waits for an address, unless its lease went to another worker since."""
    deliver_waiting(endpoint_id, datetime.fromisoformat(lease))


def deliver_waiting(endpoint_id: int, lease: datetime) -> int:
    """Deliver what waits for an address that this worker has leased; how many attempts it made."""
    attempts, stop_at = 0, time.monotonic() + _AT_ONCE
    held: datetime | None = lease
    while held is not None and time.monotonic() < stop_at:
        held = _renew(endpoint_id, held)
        delivery = _due(timezone.now()).filter(endpoint=endpoint_id).first() if held else None
        if delivery is None:
            break
        attempts += 1
        if try_delivery(delivery).error:
            break
    WebhookEndpoint.objects.filter(pk=endpoint_id, lease_until=held).update(lease_until=None)
    return attempts


def try_delivery(delivery: WebhookDelivery) -> Attempt:
    """Send a delivery now, and write down what came of it."""
    endpoint = delivery.endpoint
    with translation.override(endpoint.company.language):
        attempt = _send(endpoint, delivery)
        _note(endpoint, delivery, attempt, timezone.now())
    return attempt


def _send(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> Attempt:
    secret = unseal(endpoint.secret_sealed)
    if not secret:
        return Attempt(error=_("Le secret ne peut plus être lu : renouvelez-le."))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Encaisse ({settings.SITE_URL})",
        "Connection": "close",
        "Encaisse-Event": delivery.kind,
        "Encaisse-Event-Id": delivery.event_id,
        "Encaisse-Signature": signature(secret, delivery.body, timezone.now()),
    }
    try:
        answer = post(endpoint.url, delivery.body, headers)
    except (AddressRefused, NotReached) as failure:
        return Attempt(error=str(failure))
    return Attempt(answer.status, answer.text.replace("\0", ""), _refusal(answer))


def _refusal(answer: Answer) -> str:
    if answer.is_accepted:
        return ""
    if 300 <= answer.status < 400:
        return _("Redirection (%d) : elle n’est pas suivie.") % answer.status
    return _("Réponse %d.") % answer.status


@transaction.atomic
def _note(
    endpoint: WebhookEndpoint, delivery: WebhookDelivery, attempt: Attempt, now: datetime
) -> None:
    attempts = delivery.attempts + 1
    next_at = now + next_wait(attempts)
    status = Status.WAITING if next_at <= delivery.expires_at else Status.FAILED
    # Both may be gone by now, or changed.
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        status=status if attempt.error else Status.DELIVERED,
        attempts=attempts,
        tried_at=now,
        next_at=next_at,
        answer_status=attempt.status,
        answer_text=attempt.text,
        error=attempt.error,
    )
    if not attempt.error:
        failing = WebhookEndpoint.objects.filter(pk=endpoint.pk, failures__gt=0)
        failing.update(failures=0, failing_since=None, rests_until=None)
    elif delivery.kind != TRIAL:
        _rest(endpoint, attempt, now)
        if status == Status.FAILED:
            _give_up(endpoint, attempt, now)


def _rest(endpoint: WebhookEndpoint, attempt: Attempt, now: datetime) -> None:
    """Leave an address alone for a while; what waited for a day by then is given up."""
    resting = WebhookEndpoint.objects.filter(pk=endpoint.pk, is_active=True).update(
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", now),
        rests_until=now + rest_after(endpoint.failures + 1),
    )
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint, status=Status.WAITING)
    # Turned off meanwhile: nothing waits for it any more.
    over = waiting.filter(expires_at__lt=now) if resting else waiting
    over.update(status=Status.FAILED, error=attempt.error)


def _give_up(endpoint: WebhookEndpoint, attempt: Attempt, now: datetime) -> None:
    """Stop an address that took nothing for three days; the journal and the screen say so."""
    since = endpoint.failing_since
    if since is None or now - since <= GIVEN_UP_AFTER:
        return
    if WebhookEndpoint.objects.filter(pk=endpoint.pk, is_active=True).update(is_active=False):
        waiting = WebhookDelivery.objects.filter(endpoint=endpoint, status=Status.WAITING)
        waiting.update(status=Status.FAILED, error=attempt.error)
        record_event(
            "webhook.stopped",
            company=endpoint.company,
            author=COURIER,
            at=now,
            webhook=endpoint.pk,
            url=endpoint.url,
            since=since,
        )


def _due(now: datetime) -> QuerySet[WebhookDelivery]:
    """What may be tried, the oldest first."""
    rested = Q(endpoint__rests_until=None) | Q(endpoint__rests_until__lte=now)
    rows = WebhookDelivery.objects.filter(rested, status=Status.WAITING, next_at__lte=now)
    return rows.filter(endpoint__is_active=True).select_related("endpoint__company").order_by("id")


def _take(endpoint_id: int, now: datetime) -> datetime | None:
    """The end of the lease that was just taken; None where a worker holds it."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    until = _lease(now)
    taken = WebhookEndpoint.objects.filter(free, pk=endpoint_id).update(lease_until=until)
    return until if taken else None


def _renew(endpoint_id: int, lease: datetime) -> datetime | None:
    """The new end of a lease; None when it was lost."""
    until = _lease(timezone.now())
    mine = WebhookEndpoint.objects.filter(pk=endpoint_id, lease_until=lease)
    return until if mine.update(lease_until=until) else None


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS + TIMEOUT)
