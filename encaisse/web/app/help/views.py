"""« Aide »: the guide, opened at the page of the screen one comes from."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.views.decorators.http import require_safe

from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.help.guide import Address, guide_pages, rendered, search
from encaisse.web.app.help.guide import guide_page as page_named

# Url name of a screen, or how its screens' names begin → page of the guide.
_PAGE_OF = (
    ("import", "importer"),
    ("aging", "qui-vous-doit-quoi"),
    ("due_items", "echeances-encaissements-clients"),
    ("receipts", "echeances-encaissements-clients"),
    ("customers", "echeances-encaissements-clients"),
    ("customer", "fiche-client"),
    ("contact", "fiche-client"),
    ("promise", "promesses-et-litiges"),
    ("dispute", "promesses-et-litiges"),
    ("forecast", "previsions"),
    ("search", "rechercher"),
    ("cash", "previsions"),
    ("plan", "relancer"),
    ("scenario", "relancer"),
    ("reminder", "relancer"),
    ("approval", "relancer"),
    ("write", "relancer"),
    ("by_c", "relancer"),
    ("activit", "activites"),
    ("answer", "activites"),
    ("scheduled_export", "listes"),
    ("settings_rights", "utilisateurs-et-securite"),
    ("settings_user", "utilisateurs-et-securite"),
    ("settings_invit", "utilisateurs-et-securite"),
    ("settings_webhook", "webhooks"),
    ("settings", "configurer"),
    ("new-company", "demarrer"),
    ("home", "accueil"),
    ("kpis", "accueil"),
    ("alert", "accueil"),
)


@require_safe
@member_can("ledger.view")
def company_help(request: CompanyRequest) -> HttpResponse:
    """The guide inside a company; leads to the page of the screen one comes from."""
    screen = "" if "q" in request.GET else page_of_screen(request.headers.get("Referer", ""))
    if screen:
        return redirect(request.url("help_page", screen))
    return _contents(request, lambda name: request.url("help_page", name), request.url("help"))


@require_safe
@member_can("ledger.view")
def company_help_page(request: CompanyRequest, page: str) -> HttpResponse:
    """A page of the guide inside a company."""
    address: Address = lambda name: request.url("help_page", name)  # noqa: E731
    return _page(request, page, address, request.url("help"))


@require_safe
@login_required
def guide(request: HttpRequest) -> HttpResponse:
    """The guide outside any company."""
    return _contents(request, _guide_address, reverse("web:guide"))


@require_safe
@login_required
def guide_page(request: HttpRequest, page: str) -> HttpResponse:
    """A page of the guide outside any company."""
    return _page(request, page, _guide_address, reverse("web:guide"))


def page_of_screen(referer: str) -> str:
    """The page of the guide about the screen at an address; "" when there is none."""
    try:
        name = resolve(urlsplit(referer).path).url_name or ""
    except Resolver404:
        return ""
    return next((page for start, page in _PAGE_OF if name.startswith(start)), "")


def _guide_address(name: str) -> str:
    return reverse("web:guide_page", args=(name,))


def _contents(request: HttpRequest, address: Address, home: str) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    findings = [
        {"finding": found, "url": f"{address(found.page.name)}#{found.section.anchor}"}
        for found in search(query)
    ]
    context = {"query": query, "findings": findings, **_shared(address, home)}
    return render(request, "help/contents.html", context)


def _page(request: HttpRequest, name: str, address: Address, home: str) -> HttpResponse:
    page = page_named(name)
    if page is None:
        raise Http404
    context = {"page": page, "content": rendered(page, address), **_shared(address, home)}
    return render(request, "help/page.html", context)


def _shared(address: Address, home: str) -> dict[str, Any]:
    entries = [{"page": page, "url": address(page.name)} for page in guide_pages()]
    return {"entries": entries, "help_url": home}
