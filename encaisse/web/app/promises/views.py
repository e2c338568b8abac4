"""« Promesses »: what customers promised to pay, and the export."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.insights.promises import promise_book
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.promises.listspec import promises_spec
from encaisse.web.app.promises.pages import PromisesPage, export_rows
from encaisse.web.exports import FORMATS, export_response, titles_of
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("ledger.view")
def promises(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    page = _asked(request)
    return render_list(request, "promises/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_promises(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    if kind not in FORMATS:
        raise Http404
    page = _asked(request)
    name = f"promesses-{request.today:%Y-%m-%d}"
    return export_response(kind, name=name, titles=titles_of(page.state), rows=export_rows(page))


def _asked(request: CompanyRequest) -> PromisesPage:
    book = promise_book(request.scope, on=request.today)
    state = ListState.read(promises_spec(book), request)
    return PromisesPage(request.scope, request.today, state, book)
