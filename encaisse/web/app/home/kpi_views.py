"""« Indicateurs »: DSO, CEI, lateness over twelve months, and their export."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from encaisse.insights.kpi import key_figures
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.home.kpi_pages import export_rows, headings, known_length, kpi_page
from encaisse.web.exports import export_response


@require_safe
@member_can("ledger.view")
def kpis(request: CompanyRequest) -> HttpResponse:
    """The indicators, with their definitions, formulas and table."""
    length = known_length(request.GET.get("periode", ""))
    page = kpi_page(request.scope, on=request.today, length=length)
    return render(request, "home/kpis.html", {"page": page})


@require_safe
@member_can("ledger.export")
def export_kpis(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """The table of the page as a file."""
    length = known_length(request.GET.get("periode", ""))
    figures = key_figures(request.scope, on=request.today, length=length)
    name = f"indicateurs-{request.today:%Y-%m-%d}"
    titles = headings(with_units=True)
    return export_response(kind, name=name, titles=titles, rows=export_rows(figures))
