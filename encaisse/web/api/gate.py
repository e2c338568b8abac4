"""Who comes in: a token, its right for what is asked, and how often it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from encaisse.tenancy.api_tokens import Usage, author_of, count_use, token_of_secret
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import ApiToken, Company
from encaisse.tenancy.scope import Scope
from encaisse.web.api.problems import Problem

Right = ApiToken.Right
_READS = ("GET", "HEAD")
# A batch of a thousand entries is below one megabyte.
LARGEST_BODY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that was let in: its token, what it sees, and the company's day and moment."""

    token: ApiToken
    scope: Scope
    author: Author
    now: datetime

    @property
    def company(self) -> Company:
        """The token's company."""
        return self.token.company

    @property
    def today(self) -> date:
        """The company's calendar day."""
        return self.company.local_day(self.now)


class ApiRequest(HttpRequest):
    """A request that came in. `limits` are headers for its answer."""

    auth: Caller
    limits: Mapping[str, str]


class Token(HttpBearer):
    """Lets in the tokens that hold a right. One a right: `auth=needs(Right.PLAN_READ)`."""

    def __init__(self, right: str) -> None:
        super().__init__()
        self.right = right

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller; None for a secret that opens nothing. Raises Problem."""
        now = timezone.now()
        found = token_of_secret(token, now=now)
        if found is None:
            return None
        usage = count_use(found, is_write=request.method not in _READS, now=now)
        limits = _headers(usage, now)
        request.limits = limits  # type: ignore[attr-defined]
        if usage.is_over:
            text = _("Trop de demandes : %(limit)d par minute au plus.") % {"limit": usage.limit}
            headers = {**limits, "Retry-After": limits["RateLimit-Reset"]}
            raise Problem(HTTPStatus.TOO_MANY_REQUESTS, text, headers=headers)
        if self.right and self.right not in found.rights:
            text = _("Ce jeton n’a pas le droit « %s ».") % self.right
            raise Problem(HTTPStatus.FORBIDDEN, text)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            text = _("Le corps dépasse 4 Mo : envoyez moins d’éléments à la fois.")
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
        return Caller(found, Scope(found.company), author_of(found), now)


def needs(right: str = "") -> Token:
    """What an operation asks for; without a right, any token."""
    return Token(right)


def limited(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The same answer, which nobody keeps, and which says how many requests are left."""
    response["Cache-Control"] = "no-store"
    for name, value in getattr(request, "limits", {}).items():
        response[name] = value
    return response


def _headers(usage: Usage, now: datetime) -> dict[str, str]:
    return {
        "RateLimit-Limit": str(usage.limit),
        "RateLimit-Remaining": str(usage.left),
        "RateLimit-Reset": str(max(1, round((usage.ends_at - now).total_seconds()))),
    }
