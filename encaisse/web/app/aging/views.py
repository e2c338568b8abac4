"""« Qui vous doit quoi ? »: the aged balance, and its export."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.insights.aging import DEFAULT_BOUNDS, AgedBalance, BoundsRefused, parse_bounds
from encaisse.insights.choices import choices_of
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.aging.listspec import aging_spec
from encaisse.web.app.aging.pages import aging_page, export_rows
from encaisse.web.exports import FORMATS, export_response, titles_of
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("ledger.view")
def aging(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    aged, state = _asked(request)
    page = aging_page(state, aged)
    return render_list(request, "aging/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_aging(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    if kind not in FORMATS:
        raise Http404
    aged, state = _asked(request)
    name = f"qui-vous-doit-quoi-{request.today:%Y-%m-%d}"
    rows = export_rows(state, aged)
    return export_response(kind, name=name, titles=titles_of(state), rows=rows)


def _asked(request: CompanyRequest) -> tuple[AgedBalance, ListState]:
    bounds = DEFAULT_BOUNDS
    if text := request.GET.get("tranches"):
        try:
            bounds = parse_bounds(text)
        except BoundsRefused as refusal:
            messages.error(request, str(refusal))
    spec = aging_spec(bounds, choices_of(request.scope))
    return AgedBalance(request.scope, request.today, bounds), ListState.read(spec, request)
