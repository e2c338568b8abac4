"""« Configurer »: the demonstration."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from encaisse.jobs.operations import start_job
from encaisse.web.access import CompanyRequest, member_can


@require_POST
@member_can("demo.reset")
def reset_demo(request: CompanyRequest) -> HttpResponse:
    """Put the demonstration back as it was on the first day."""
    if not request.company.is_demo:
        raise Http404
    start_job(
        "encaisse.demo.tasks.reset",
        company=request.company,
        label=_("Réinitialisation de la démonstration"),
        actor=request.user,
    )
    messages.success(request, _("La démonstration se réinitialise : quelques instants."))
    return redirect(request.url("settings"))
