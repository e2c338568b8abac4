"""« Échéances »: the open entries one by one, and their export."""

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from encaisse.insights.choices import choices_of
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.due_items.listspec import due_items_spec
from encaisse.web.app.due_items.pages import DueItemsPage, export_rows
from encaisse.web.exports import export_list
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("ledger.view")
def due_items(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    page = _page(request)
    return render_list(request, "due_items/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_due_items(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    page = _page(request)
    return export_list(request, kind, name="echeances", state=page.state, rows=export_rows(page))


def _page(request: CompanyRequest) -> DueItemsPage:
    choices = choices_of(request.scope)
    state = ListState.read(due_items_spec(choices), request)
    return DueItemsPage(request.scope, request.today, timezone.now(), choices, state)
