"""Who may open what: the request of a company's page, and the right each view asks for."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from encaisse.tenancy.models import Company, Membership, User
from encaisse.tenancy.policy import member_holds, role_can
from encaisse.tenancy.scope import Scope

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request of someone who has logged in."""

    user: User
    htmx: HtmxDetails


class CompanyRequest(MemberRequest):
    """A request under /s/<slug>/, once the middleware has let its user in.

    `can("ledger.view")` says whether his role holds a capability; `url("customer", 12)` is the
    address of a page of this company; `today` is the company's calendar day.
    """

    company: Company
    membership: Membership
    scope: Scope
    today: date
    can: Callable[[str], bool]
    url: Callable[..., str]


View = Callable[Concatenate[CompanyRequest, P], HttpResponseBase]


def memberships(request: HttpRequest) -> Sequence[Membership]:
    """The user's memberships with their companies, by name; one query a request."""
    if not isinstance(request.user, User):
        return ()
    if not hasattr(request, "_memberships"):
        rows = request.user.memberships.filter(is_active=True).select_related("company")
        request._memberships = tuple(rows.order_by("company__name", "id"))  # type: ignore[attr-defined]
    return cast(Sequence[Membership], request._memberships)  # type: ignore[attr-defined]


def enter(request: HttpRequest, membership: Membership, *, today: date) -> None:
    """Turn the request into a CompanyRequest: its user is a member of the company."""
    inside = cast(CompanyRequest, request)
    inside.company = membership.company
    inside.membership = membership
    inside.scope = Scope.of(membership)
    inside.today = today
    inside.can = partial(member_holds, membership)
    inside.url = partial(company_url, membership.company)


def company_url(company: Company, name: str, *args: object) -> str:
    """The address of a company's page, by the url name without its namespace."""
    return reverse(f"web:{name}", args=(company.slug, *args))


def member_can(capability: str) -> Callable[[View[P]], View[P]]:
    """Ask a capability for a view: the 403 page without it.

    Every view under /s/ carries one (tests/web/test_access.py walks them all). An unknown
    capability stops the start with a KeyError.
    """
    role_can(Membership.Role.ADMINISTRATOR, capability)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: CompanyRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if not request.can(capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]
        return guarded

    return decorate


def capability_of(view: Callable[..., Any]) -> str | None:
    """The capability a view asks for; None for a view that asks none."""
    return getattr(view, "capability", None)
