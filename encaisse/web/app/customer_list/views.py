"""« Clients »: all of them, whatever they owe, and the export."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customer_list.pages import customers_page, export_rows
from encaisse.web.exports import export_list
from encaisse.web.lists import render_list


@require_GET
@member_can("ledger.view")
def customers(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    page = customers_page(request)
    return render_list(request, "customer_list/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_customers(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    page = customers_page(request)
    return export_list(request, kind, name="clients", state=page.state, rows=export_rows(page))
