"""The way in without an account: the address is the key, and says nothing when it is none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from encaisse.collection.queries.customer_links import LinkGone
from encaisse.web.limits import SECONDS, is_too_often

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# A wrong address counts as many visits: nobody tries them one after the other.
_WRONG = 20


def by_address(*, cost: int = 1) -> Callable[[View[P]], View[P]]:
    """A view that an address opens; whatever is wrong with the address, one and the same answer.

    It changes nothing, nobody keeps it or finds it, and where its links lead nothing is said of
    it. Of who opens it nothing is noted.
    """

    def decorate(view: View[P]) -> View[P]:
        @require_safe
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if is_too_often(request, cost=cost):
                return _discreet(_busy(request))
            try:
                response = view(request, *args, **kwargs)
            except LinkGone:
                is_too_often(request, cost=_WRONG)
                response = render(request, "portal/gone.html", status=404)
            return _discreet(response)

        return csp_replace({"frame-ancestors": ["'none'"]})(guarded)  # type: ignore[return-value]

    return decorate


def _busy(request: HttpRequest) -> HttpResponse:
    response = render(request, "portal/busy.html", status=429)
    response["Retry-After"] = str(SECONDS)
    return response


def _discreet(response: HttpResponseBase) -> HttpResponseBase:
    headers: dict[str, Any] = {
        "Cache-Control": "private, no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "X-Frame-Options": "DENY",
    }
    for name, value in headers.items():
        response[name] = value
    return response
