"""The running jobs of the frame: how far they are, and a way to stop one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from encaisse.jobs.operations import request_stop
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.frame import running_jobs


@require_safe
@never_cache
@member_can("ledger.view")
def jobs(request: CompanyRequest) -> HttpResponse:
    """The panel of running jobs; tells the page when the last one has ended."""
    found = running_jobs(request.company, now=timezone.now())
    response = render(
        request,
        "jobs/_panel.html",
        {"jobs": found, "is_busy": any(not job.is_finished for job in found)},
    )
    if found and all(job.is_finished for job in found):
        response["HX-Trigger"] = "jobs-finished"
    return response


@require_POST
@member_can("reminder.cancel")
def stop_job(request: CompanyRequest, job_id: int) -> HttpResponse:
    """Ask a job to stop; what it has already done stays done."""
    request_stop(get_object_or_404(request.company.job_set, pk=job_id))
    if request.htmx:
        return jobs_panel(request)
    return redirect(request.url("home"))


def jobs_panel(request: CompanyRequest) -> HttpResponse:
    """The panel again, after something changed."""
    found = running_jobs(request.company, now=timezone.now())
    return render(request, "jobs/_panel.html", {"jobs": found, "is_busy": True})
