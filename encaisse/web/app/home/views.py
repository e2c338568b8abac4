"""Accueil: what is owed, the ten worst, what to do next; and the cards it asks for later."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.home.alert_pages import alert_page
from encaisse.web.app.home.kpi_pages import kpi_card
from encaisse.web.app.home.pages import home_page, to_remind_card
from encaisse.web.app.home.payment_ways import ways_card
from encaisse.web.app.start.pages import start_card
from encaisse.web.frame import freshness


@require_safe
@member_can("ledger.view")
def home(request: CompanyRequest) -> HttpResponse:
    """The home page of a company."""
    page = home_page(request, fresh=freshness(request.company, now=timezone.now()))
    start = start_card(request) if request.can("company.configure") else None
    return render(request, "home/page.html", {"page": page, "start": start})


@require_safe
@member_can("ledger.view")
def to_remind(request: CompanyRequest) -> HttpResponse:
    """What can be done now: a card that the page asks for after it is shown."""
    page = to_remind_card(request.scope, on=request.today, now=timezone.now())
    return render(request, "home/_to_remind.html", {"page": page})


@require_safe
@member_can("ledger.view")
def kpis_card(request: CompanyRequest) -> HttpResponse:
    """Four indicators over twelve months: a card that the page asks for after it is shown."""
    card = kpi_card(request.scope, on=request.today)
    return render(request, "home/_kpis.html", {"card": card})


@require_safe
@member_can("ledger.view")
def payment_ways(request: CompanyRequest) -> HttpResponse:
    """How customers pay: a card that the page asks for after it is shown."""
    card = ways_card(request.scope, on=request.today, list_url=request.url("aging"))
    return render(request, "home/_ways.html", {"card": card})


@require_safe
@member_can("ledger.view")
def alert(request: CompanyRequest, kind: str) -> HttpResponse:
    """What an alert is about, row by row."""
    page = alert_page(request.scope, kind, on=request.today)
    return render(request, "home/alert.html", {"page": page})
