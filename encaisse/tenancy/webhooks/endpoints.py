"""The addresses of a company that are told what happens."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company, WebhookDelivery, WebhookEndpoint
from encaisse.tenancy.rules.webhooks import PATIENCE, TOLD
from encaisse.tenancy.secrets import seal
from encaisse.tenancy.webhooks.delivery import Attempt, try_delivery
from encaisse.tenancy.webhooks.outbox import publish_trial
from encaisse.tenancy.webhooks.post import AddressRefused, check_address
from encaisse.tenancy.webhooks.queries import given_up

MOST_ENDPOINTS = 10

Status = WebhookDelivery.Status


class EndpointRefused(Exception):
    """The address cannot be kept so; the message is fit to show to the user."""


@transaction.atomic
def add_endpoint(
    company: Company,
    *,
    url: str,
    kinds: Collection[str],
    author: Author,
    now: datetime,
    label: str = "",
) -> tuple[WebhookEndpoint, str]:
    """A new address, and its secret, which cannot be read again. Raises EndpointRefused."""
    locked = Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if locked.webhooks.count() >= MOST_ENDPOINTS:
        raise EndpointRefused(
            _("Une société a %(most)d adresses au plus : supprimez-en une.")
            % {"most": MOST_ENDPOINTS}
        )
    secret = _new_secret()
    endpoint = WebhookEndpoint.objects.create(
        company=company,
        url=_checked(url),
        kinds=_told(kinds),
        label=label.strip(),
        secret_sealed=seal(secret),
        created_at=now,
        created_by=author.user,
    )
    _journal("webhook.added", endpoint, author, now, kinds=endpoint.kinds)
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    endpoint: WebhookEndpoint,
    *,
    url: str,
    kinds: Collection[str],
    is_active: bool,
    author: Author,
    now: datetime,
    label: str = "",
) -> None:
    """Change an address or what it is told; turned on again, it starts afresh.

    What waits for one that is turned off is given up. Raises EndpointRefused.
    """
    given = {
        "url": _checked(url),
        "kinds": _told(kinds),
        "label": label.strip(),
        "is_active": is_active,
    }
    before = {name: getattr(endpoint, name) for name in given}
    changed = [name for name, value in given.items() if before[name] != value]
    if not changed:
        return
    for name in changed:
        setattr(endpoint, name, given[name])
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None
    endpoint.save(update_fields=[*changed, "failures", "failing_since", "rests_until"])
    if not is_active:
        endpoint.deliveries.filter(status=Status.WAITING).update(
            status=Status.FAILED, error=_("L’adresse a été arrêtée.")
        )
    _journal(
        "webhook.changed",
        endpoint,
        author,
        now,
        before={name: before[name] for name in changed},
        after={name: given[name] for name in changed},
    )


@transaction.atomic
def remove_endpoint(endpoint: WebhookEndpoint, *, author: Author, now: datetime) -> None:
    """Forget an address and what was told to it."""
    _journal("webhook.removed", endpoint, author, now)
    endpoint.delete()


@transaction.atomic
def renew_secret(endpoint: WebhookEndpoint, *, author: Author, now: datetime) -> str:
    """Another secret for an address; what leaves from now on is signed with it."""
    secret = _new_secret()
    endpoint.secret_sealed = seal(secret)
    endpoint.save(update_fields=["secret_sealed"])
    _journal("webhook.secret_renewed", endpoint, author, now)
    return secret


def try_endpoint(endpoint: WebhookEndpoint, *, author: Author, now: datetime) -> Attempt:
    """Send an event that means nothing, at once, and what was answered; ten seconds at most."""
    with transaction.atomic():
        delivery = publish_trial(endpoint, now=now)
        # It is tried here, not by a worker, and only once.
        delivery.expires_at = now
        delivery.status = Status.FAILED
        delivery.save(update_fields=["expires_at", "status"])
        _journal("webhook.tried", endpoint, author, now)
    return try_delivery(delivery)


@transaction.atomic
def replay(delivery: WebhookDelivery, *, author: Author, now: datetime) -> None:
    """Tell an event again, whatever became of it; not a trial, nor what waits anyway.

    Raises EndpointRefused for a stopped address.
    """
    if delivery.may_be_replayed:
        one = WebhookDelivery.objects.filter(pk=delivery.pk)
        _replay(one, delivery.endpoint, author, now)


@transaction.atomic
def replay_failed(endpoint: WebhookEndpoint, *, author: Author, now: datetime) -> int:
    """Tell again all that was given up; how many. Raises EndpointRefused for a stopped address."""
    return _replay(given_up(endpoint), endpoint, author, now)


def _replay(
    deliveries: QuerySet[WebhookDelivery], endpoint: WebhookEndpoint, author: Author, now: datetime
) -> int:
    if not endpoint.is_active:
        raise EndpointRefused(_("Cette adresse est arrêtée : remettez-la d’abord en marche."))
    count = deliveries.update(
        status=Status.WAITING, attempts=0, next_at=now, expires_at=now + PATIENCE, error=""
    )
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    if count:
        _journal("webhook.replayed", endpoint, author, now, count=count)
    return count


def _checked(url: str) -> str:
    try:
        check_address(url)
    except AddressRefused as refusal:
        raise EndpointRefused(str(refusal)) from refusal
    return url.strip()


def _told(kinds: Collection[str]) -> list[str]:
    chosen = [kind for kind in TOLD if kind in kinds]
    if not chosen:
        raise EndpointRefused(_("Choisissez au moins un événement."))
    return chosen


def _new_secret() -> str:
    return f"whsec_{token_urlsafe(32)}"


def _journal(
    kind: str, endpoint: WebhookEndpoint, author: Author, now: datetime, **data: Any
) -> None:
    record_event(
        kind,
        company=endpoint.company,
        author=author,
        at=now,
        webhook=endpoint.pk,
        url=endpoint.url,
        **data,
    )
