"""Lets members into their company's pages, in their language, and says what has just been done."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from encaisse.tenancy.models import User
from encaisse.tenancy.operations import note_visit
from encaisse.tenancy.second_factor import has_second_factor
from encaisse.web import access

# Pages of ours that show nothing of a company, and those that their address alone opens.
_OPEN_TO_ALL = frozenset(
    {
        "guide", "guide_page", "opening", "follow_link", "portal", "portal_statement",
        "portal_invoice", "portal_invoices", "portal_message_invoice", "portal_zip",
    }
)  # fmt: skip


class CompanyMiddleware:
    """Everything under /s/<slug>/ goes through here.

    A visitor is sent to the login page. A company one is no member of does not exist (404).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User):
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        if getattr(request, "htmx", False) and _stays_on_page(response):
            _carry_messages(request, response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Open the company named in the address; its views never see the slug.

        Who lacks the second step that one of his companies asks of everybody is led to it first.
        """
        if _lacks_second_factor(request):
            return _to_second_factor(request)
        if "slug" not in kwargs:
            return None
        slug = kwargs.pop("slug")
        if not isinstance(request.user, User):
            return _to_login(request)
        for membership in access.memberships(request):
            if membership.company.slug == slug:
                today = membership.company.local_day(timezone.now())
                access.enter(request, membership, today=today)
                note_visit(membership, today=today)
                return None
        raise Http404


def _lacks_second_factor(request: HttpRequest) -> bool:
    """At most one query more, and only where a company asks."""
    match = request.resolver_match
    if not isinstance(request.user, User) or match is None or match.namespaces != ["web"]:
        return False
    if match.url_name in _OPEN_TO_ALL:
        return False
    asked = any(one.company.requires_second_factor for one in access.memberships(request))
    return asked and not has_second_factor(request.user)


def _to_second_factor(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(resolve_url("account_second_factor"))
    return redirect_to_login(request.get_full_path(), resolve_url("account_second_factor"))


def _to_login(request: HttpRequest) -> HttpResponseBase:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(resolve_url("account_login"))
    return redirect_to_login(request.get_full_path())


def _stays_on_page(response: HttpResponseBase) -> bool:
    leaves = "HX-Redirect" in response or "HX-Refresh" in response
    return not leaves and (response.status_code < 300 or response.status_code == 422)


def _carry_messages(request: HttpRequest, response: HttpResponseBase) -> None:
    """Hand the messages of this answer to the page that asked for it (js/toasts.js)."""
    told = [
        {"text": str(message), "level": message.level_tag, "undo": message.extra_tags or ""}
        for message in messages.get_messages(request)
    ]
    if told:
        triggers = json.loads(response.get("HX-Trigger", "{}"))
        response["HX-Trigger"] = json.dumps(triggers | {"toasts": told})
