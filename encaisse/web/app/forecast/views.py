"""« Prévisions »: the board of expected receipts, its export, and moving its cards."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from encaisse.collection.operations.followup import reposition_entries
from encaisse.collection.rules.forecast import Window
from encaisse.insights.choices import choices_of
from encaisse.insights.forecast import Forecast
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.forecast.listspec import criteria_of, currency_of, forecast_spec
from encaisse.web.app.forecast.moves import (
    Dates,
    MoveRefused,
    asked_dates,
    moves_of,
    nothing_told,
    told,
    undo_query,
    undone_dates,
)
from encaisse.web.app.forecast.pages import BoardPage, export_rows, export_titles
from encaisse.web.exports import export_response
from encaisse.web.filters import day_of
from encaisse.web.lists import ListState, render_list

# Nobody expects a payment after that.
_FURTHEST = timedelta(days=5 * 365)


@require_safe
@member_can("ledger.view")
def forecast(request: CompanyRequest) -> HttpResponse:
    """The board, or its changing part for htmx."""
    return _shown(request, _page(request))


@require_safe
@member_can("ledger.export")
def export_forecast(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """Everything that the board adds up, without limit."""
    name = f"previsions-{request.today:%Y-%m-%d}"
    rows = export_rows(_page(request).forecast)
    return export_response(kind, name=name, titles=export_titles(), rows=rows)


@require_safe
@member_can("ledger.view")
def week(request: CompanyRequest) -> HttpResponse:
    """The further cards of one column (`semaine`), after those already shown (`vus`)."""
    page = _page(request)
    key, seen = request.GET.get("semaine", ""), request.GET.get("vus", "")
    if key not in page.window.columns:
        raise Http404
    column = page.column(key, shown=int(seen[:9]) if seen.isdecimal() else 0)
    template = "forecast/_cards.html" if request.htmx else "forecast/week.html"
    response = render(request, template, {"page": page, "column": column})
    patch_vary_headers(response, ("HX-Request",))
    return response


@require_POST
@member_can("followup.edit")
def move(request: CompanyRequest) -> HttpResponseBase:
    """Expect entries in another week, or as they were (`retour`); then the board again."""
    page = _page(request)
    undone = undone_dates(request.GET)
    try:
        dates = undone or asked_dates(request.POST, page.window, request.company.calendar)
    except MoveRefused as refusal:
        messages.warning(request, str(refusal))
    else:
        before = reposition_entries(
            moves_of(request.scope, dates), author=Author.of(request.user), now=timezone.now()
        )
        _tell(request, page, before, dates if not undone else {})
    return _shown(request, page) if request.htmx else redirect(page.listing.url)


def _tell(request: CompanyRequest, page: BoardPage, before: Dates, moved: Dates) -> None:
    """Say what changed; `moved` is empty when something was undone."""
    if not before:
        messages.info(request, nothing_told(request.POST.get("semaine", "")))
    elif not moved:
        messages.success(request, _("Les pièces sont revenues où elles étaient."))
    else:
        query = page.state.query()
        undo = f"{request.url('forecast_move')}{query}{'&' if query else '?'}{undo_query(before)}"
        messages.success(request, told(before, next(iter(moved.values()))), extra_tags=undo)


def _page(request: CompanyRequest) -> BoardPage:
    """What the address asks of the board, whichever of its addresses it is."""
    choices = choices_of(request.scope)
    state = ListState.read(forecast_spec(choices), request, path=request.url("forecast"))
    forecast = Forecast(
        request.scope,
        request.today,
        currency_of(state.get("devise"), choices, request.company.base_currency),
        criteria_of(state, choices),
        with_disputes=not state.get("sans-litige"),
    )
    return BoardPage(forecast, _window(request), state)


def _window(request: CompanyRequest) -> Window:
    day = day_of(request.GET.get("debut", ""))
    furthest: date = request.today + _FURTHEST
    return Window.starting(request.today, min(day, furthest) if day else None)


def _shown(request: CompanyRequest, page: BoardPage) -> HttpResponse:
    return render_list(
        request,
        "forecast/page.html",
        {"page": page},
        listing=page.listing,
        part="forecast/_board.html",
    )
