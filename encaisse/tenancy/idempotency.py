"""Requests that name themselves are done once, however often they come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from encaisse.tenancy.models import ApiToken, IdempotentReply

# How long the same request is recognised.
KEPT = timedelta(hours=24)


class KeyUsedOtherwise(Exception):
    """The key belongs to another request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `is_replayed` when it was given before."""

    status: int
    body: str
    is_replayed: bool = False


@transaction.atomic
def done_once(
    token: ApiToken,
    key: str,
    *,
    request_digest: str,
    now: datetime,
    do: Callable[[], tuple[int, str]],
) -> Reply:
    """The answer of `do`, or the one it gave before under this key; one transaction with it.

    Of two at once the second waits for the first. What raises leaves nothing: the key is free
    again. Raises KeyUsedOtherwise.
    """
    reply, is_new = IdempotentReply.objects.get_or_create(
        token=token, key=key, defaults={"request_digest": request_digest, "at": now}
    )
    if not is_new and reply.at <= now - KEPT:
        IdempotentReply.objects.filter(pk=reply.pk).update(request_digest=request_digest, at=now)
    elif not is_new:
        if reply.request_digest != request_digest:
            raise KeyUsedOtherwise
        return Reply(reply.status, reply.body, is_replayed=True)
    status, body = do()
    IdempotentReply.objects.filter(pk=reply.pk).update(status=status, body=body)
    return Reply(status, body)


def forget_replies(now: datetime) -> None:
    """Forget the answers of the day before."""
    IdempotentReply.objects.filter(at__lt=now - KEPT).delete()
