"""« Encaissements »: what came in over a period, and its export."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.insights.choices import choices_of
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.receipts.listspec import receipts_spec
from encaisse.web.app.receipts.pages import ReceiptsPage, export_rows
from encaisse.web.exports import export_list
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("ledger.view")
def receipts(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    page = _page(request)
    return render_list(request, "receipts/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_receipts(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    page = _page(request)
    rows = export_rows(page)
    return export_list(request, kind, name="encaissements", state=page.state, rows=rows)


def _page(request: CompanyRequest) -> ReceiptsPage:
    choices = choices_of(request.scope)
    state = ListState.read(receipts_spec(choices), request)
    return ReceiptsPage(request.scope, request.today, choices, state)
