"""The search of the top bar: what it suggests while one types, and the page of all results."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.search.pages import LISTED, SUGGESTED, search_page

_LONGEST = 200
# The element that the box of the top bar fills.
_BOX = "found"


@require_safe
@member_can("ledger.view")
def search(request: CompanyRequest) -> HttpResponse:
    """Suggestions for the box; Enter, or no JavaScript, leads to the page of all results."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:_LONGEST]
    in_box = bool(request.htmx) and request.htmx.target in (_BOX, None)
    page = search_page(request, text, most=SUGGESTED if in_box else LISTED)
    context = {"page": page, "finder_text": text}
    template = "search/_found.html" if in_box else "search/page.html"
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response
