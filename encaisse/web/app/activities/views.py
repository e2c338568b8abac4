"""« Activités »: everything that was sent, printed or noted, and the export."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.collection.queries.reminders import actors
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.activities.listspec import activities_spec
from encaisse.web.app.activities.pages import ActivitiesPage, export_rows
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.exports import FORMATS, export_response, titles_of
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("activity.view")
def activities(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    state = _state(request)
    customer_id = state.kept.get("client", "")
    customer = customer_of(request, int(customer_id)) if customer_id.isdecimal() else None
    page = ActivitiesPage(request.scope, request.today, state, customer)
    return render_list(request, "activities/page.html", {"page": page}, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_activities(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Exactly what the list shows, without row limit."""
    if kind not in FORMATS:
        raise Http404
    state = _state(request)
    name = f"activites-{request.today:%Y-%m-%d}"
    rows = export_rows(request.scope, state)
    return export_response(kind, name=name, titles=titles_of(state), rows=rows)


def _state(request: CompanyRequest) -> ListState:
    return ListState.read(activities_spec(actors(request.scope)), request)
