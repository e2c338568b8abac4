"""The search of the top bar: what it suggests while one types."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from encaisse.insights.search import find_customers
from encaisse.web.access import CompanyRequest, member_can

SUGGESTED = 8


@require_GET
@member_can("ledger.view")
def search(request: CompanyRequest) -> HttpResponse:
    """Suggestions for htmx; Enter, or no JavaScript, leads to the list of those found."""
    text = request.GET.get("q", "").strip()[:200]
    everyone = f"{request.url('aging')}?{urlencode({'q': text, 'comptes': 'tous'})}"
    if not request.htmx:
        return redirect(everyone)
    found = find_customers(request.scope, text, limit=SUGGESTED)
    context = {"customers": found, "text": text, "everyone_url": everyone}
    return render(request, "search/_found.html", context)
