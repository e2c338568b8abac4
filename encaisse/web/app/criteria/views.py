"""« Par critère »: the customers who are late, and the export."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.criteria.pages import criteria_page, export_rows
from encaisse.web.exports import export_list
from encaisse.web.lists import render_list


@require_GET
@member_can("ledger.view")
def by_criteria(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    page = criteria_page(request)
    return render_list(request, "criteria/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    page = criteria_page(request)
    rows = export_rows(page)
    return export_list(request, kind, name="clients-en-retard", state=page.state, rows=rows)
