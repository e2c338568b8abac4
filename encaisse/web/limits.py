"""How often somebody without an account may ask: counted a minute, by network address.

The address is kept as a seal that nothing can be read from, and for that minute only.
"""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

SECONDS = 60
_MOST = 240


def is_too_often(request: HttpRequest, *, cost: int = 1) -> bool:
    """Count a visit; True once the visitor has asked too often within the minute.

    What costs more counts as several.
    """
    key = _key(request)
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key, cost) > _MOST
    except ValueError:  # the minute has just ended
        return False


def _key(request: HttpRequest) -> str:
    address = get_adapter().get_client_ip(request)
    return "visits:" + salted_hmac("encaisse.visits", address, algorithm="sha256").hexdigest()[:32]
