"""« Qui vous doit quoi ? »: the aged balance, and its export."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.insights.aging import DEFAULT_BOUNDS, AgedBalance, BoundsRefused, parse_bounds
from encaisse.insights.choices import choices_of
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.aging.exported import export_rows
from encaisse.web.app.aging.listspec import DETAIL, aging_spec
from encaisse.web.app.aging.pages import Novelty, aging_page
from encaisse.web.exports import export_list
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("ledger.view")
def aging(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    aged, state = _asked(request)
    page = aging_page(state, aged, _novelty(request))
    return render_list(request, "aging/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_aging(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    aged, state = _asked(request)
    rows = export_rows(state, aged, _novelty(request))
    return export_list(request, kind, name="qui-vous-doit-quoi", state=state, rows=rows)


def _novelty(request: CompanyRequest) -> Novelty:
    return Novelty.of(request.membership, request.today)


def _asked(request: CompanyRequest) -> tuple[AgedBalance, ListState]:
    bounds = DEFAULT_BOUNDS
    if text := request.GET.get("tranches"):
        try:
            bounds = parse_bounds(text)
        except BoundsRefused as refusal:
            messages.error(request, str(refusal))
    is_detailed = request.GET.get("vue") == DETAIL
    spec = aging_spec(bounds, choices_of(request.scope), is_detailed=is_detailed)
    return AgedBalance(request.scope, request.today, bounds), ListState.read(spec, request)
