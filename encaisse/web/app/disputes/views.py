"""« Litiges »: what customers contest, and the export."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.insights.disputes import dispute_rows
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.disputes.listspec import TABS, disputes_spec
from encaisse.web.app.disputes.pages import DisputesPage, export_rows
from encaisse.web.exports import FORMATS, export_response, titles_of
from encaisse.web.lists import ListState, render_list
from encaisse.web.tabs import PARAMETER


@require_GET
@member_can("ledger.view")
def disputes(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    page = _asked(request)
    return render_list(request, "disputes/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_disputes(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    if kind not in FORMATS:
        raise Http404
    page = _asked(request)
    name = f"litiges-{request.today:%Y-%m-%d}"
    return export_response(kind, name=name, titles=titles_of(page.state), rows=export_rows(page))


def _asked(request: CompanyRequest) -> DisputesPage:
    rows = dispute_rows(request.scope, on=request.today)
    asked = request.GET.get(PARAMETER, "")
    spec = disputes_spec(rows, tab=asked if asked in TABS else "")
    return DisputesPage(request.scope, ListState.read(spec, request), rows)
