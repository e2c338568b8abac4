"""« Configurer »: the scenarios as lines of time."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from encaisse.insights.scenarios import scenario_pictures
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section


@require_GET
@member_can("company.configure")
def scenarios(request: CompanyRequest) -> HttpResponse:
    """Each scenario with its steps, media, triggers and texts."""
    context = {"pictures": scenario_pictures(request.company)}
    return render_section(request, "settings_scenarios", "configure/scenarios.html", context)
