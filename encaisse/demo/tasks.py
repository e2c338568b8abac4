"""The demonstration's work in the background."""

from typing import Any

from django.utils import timezone

from encaisse.demo.operations import DemoRefused, reset_demo
from encaisse.jobs.operations import JobRefused, RunningJob
from encaisse.tenancy.journal import COMMAND_LINE, Author


def reset(job: RunningJob) -> dict[str, Any]:
    """Make the job's company anew; it must be the demonstration."""
    user = job.job.created_by
    try:
        reset_demo(
            job.job.company, now=timezone.now(), author=Author.of(user) if user else COMMAND_LINE
        )
    except DemoRefused as refusal:
        raise JobRefused(str(refusal)) from refusal
    return {"company": job.job.company.slug}
