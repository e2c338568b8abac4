"""« Configurer »: the scenarios as lines of time."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from encaisse.collection.queries.scenario_edit import profiles_of
from encaisse.insights.scenarios import scenario_pictures
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.scenario_page import VARIANTS


@require_safe
@member_can("company.configure")
def scenarios(request: CompanyRequest) -> HttpResponse:
    """Each scenario with its steps, media, triggers and texts."""
    pictures = scenario_pictures(request.company)
    known = {(one.scenario.profile_id, one.slug) for one in pictures}
    missing = [
        (profile, slug)
        for profile in profiles_of(request.company)
        for slug in VARIANTS
        if (profile.pk, slug) not in known
    ]
    context = {"pictures": pictures, "missing": missing}
    return render_section(request, "settings_scenarios", "configure/scenarios.html", context)
