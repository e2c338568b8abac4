"""« Activités »: everything that was sent, printed or noted, and the export."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from encaisse.collection.queries.reminders import actors
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.activities.listspec import activities_spec
from encaisse.web.app.activities.pages import ActivitiesPage, export_rows
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.exports import export_list
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
    state = _state(request)
    rows = export_rows(request.scope, state)
    return export_list(request, kind, name="activites", state=state, rows=rows)


def _state(request: CompanyRequest) -> ListState:
    return ListState.read(activities_spec(actors(request.scope)), request)
