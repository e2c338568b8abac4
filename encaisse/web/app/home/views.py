"""Accueil: three figures, the ten worst, what to do next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from encaisse.insights.readiness import readiness
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.home.pages import home_page, to_remind_card
from encaisse.web.frame import freshness


@require_GET
@member_can("ledger.view")
def home(request: CompanyRequest) -> HttpResponse:
    """The home page of a company."""
    fresh = freshness(request.company, now=timezone.now())
    page = home_page(request.scope, on=request.today, fresh=fresh, list_url=request.url("aging"))
    steps = readiness(request.company) if request.can("company.configure") else None
    return render(request, "home/page.html", {"page": page, "readiness": steps})


@require_GET
@member_can("ledger.view")
def to_remind(request: CompanyRequest) -> HttpResponse:
    """What can be done now: a card that the page asks for after it is shown."""
    page = to_remind_card(request.scope, on=request.today, now=timezone.now())
    return render(request, "home/_to_remind.html", {"page": page})
