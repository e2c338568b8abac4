"""Start, run, stop and sweep jobs."""

import logging
import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django_tasks import task

from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company, User

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


class JobRefused(Exception):
    """The work cannot be done; the message is fit to show to the user."""


class JobStopped(Exception):
    """Someone asked the job to stop, or another worker took it over."""


class RunningJob:
    """What a job's function gets: its row, and a way to say how far it is."""

    def __init__(self, job: Job, worker: str) -> None:
        self.job = job
        self._worker = worker
        self._last_said = timezone.now() - timedelta(days=1)

    def progress(self, done: int, total: int) -> None:
        """Say how far the work is and renew the lease, at most twice a second.

        Raises JobStopped when a stop was asked for, or when the lease was lost.
        """
        now = timezone.now()
        if done < total and now - self._last_said < timedelta(milliseconds=500):
            return
        self._last_said = now
        mine = Job.objects.filter(pk=self.job.pk, worker=self._worker, status=Job.Status.RUNNING)
        if not mine.filter(stop_requested=False).update(
            done=done, total=total, lease_until=_lease(now)
        ):
            raise JobStopped


def start_job(
    function: str,
    *,
    company: Company,
    label: str,
    actor: User | None,
    payload: dict[str, Any] | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Queue a function by its dotted name; it runs once the transaction is committed."""
    job = Job.objects.create(
        company=company,
        function=function,
        label=label,
        payload=payload or {},
        created_by=actor,
        run_after=run_after,
    )
    transaction.on_commit(lambda: _enqueue(job))
    return job


def _enqueue(job: Job) -> None:
    task = run_job.using(run_after=job.run_after) if job.run_after else run_job
    task.enqueue(job_id=job.pk)


def request_stop(job: Job) -> None:
    """Ask a job to stop; one that has not begun never will."""
    unfinished = Job.objects.filter(pk=job.pk)
    if not unfinished.filter(status=Job.Status.QUEUED).update(
        status=Job.Status.STOPPED, finished_at=timezone.now()
    ):
        unfinished.filter(status=Job.Status.RUNNING).update(stop_requested=True)


@task()
def run_job(job_id: int) -> None:
    """The queue's only task. Run a job unless another worker holds it.

    What fails is recorded on its row.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    if not _claim(job_id, worker, timezone.now()):
        return
    job = Job.objects.select_related("company", "created_by").get(pk=job_id)
    # What a job says on its row, in a report or about a message, its author will read.
    author = job.created_by
    with translation.override(author.language if author else job.company.language):
        _run(job, worker)


def _run(job: Job, worker: str) -> None:
    function: Callable[[RunningJob], dict[str, Any] | None] = import_string(job.function)
    try:
        result = function(RunningJob(job, worker))
    except JobStopped:
        _close(job, worker, Job.Status.STOPPED)
    except JobRefused as refusal:
        _close(job, worker, Job.Status.FAILED, message=str(refusal))
    except Exception as error:  # recorded on the row, shown on screen and in the log
        logger.exception("Job %s (%s) failed", job.pk, job.function)
        _close(job, worker, Job.Status.FAILED, message=_("Erreur inattendue : %s") % error)
    else:
        _close(job, worker, Job.Status.DONE, result=result or {})


def _lease(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


def _claim(job_id: int, worker: str, now: datetime) -> bool:
    claimable = Q(status=Job.Status.QUEUED) | Q(status=Job.Status.RUNNING, lease_until__lt=now)
    return bool(
        Job.objects.filter(claimable, pk=job_id).update(
            status=Job.Status.RUNNING,
            worker=worker,
            lease_until=_lease(now),
            attempts=F("attempts") + 1,
        )
    )


def _close(job: Job, worker: str, status: str, **fields: Any) -> None:
    mine = Job.objects.filter(pk=job.pk, worker=worker, status=Job.Status.RUNNING)
    if status == Job.Status.DONE:
        fields["done"] = F("total")
    mine.update(status=status, finished_at=timezone.now(), lease_until=None, **fields)


def sweep(now: datetime) -> int:
    """Queue again the jobs whose worker died or whose task got lost; returns how many.

    A job that was tried MAX_ATTEMPTS times is given up, so that it cannot kill workers for ever.
    """
    dead = Q(status=Job.Status.RUNNING, lease_until__lt=now)
    lost = Q(status=Job.Status.QUEUED, created_at__lt=now - timedelta(seconds=60)) & (
        Q(run_after=None) | Q(run_after__lt=now - timedelta(seconds=60))
    )
    Job.objects.filter(dead, attempts__gte=MAX_ATTEMPTS).update(
        status=Job.Status.FAILED,
        finished_at=now,
        message=_("Le travail a été interrompu plusieurs fois : abandonné."),
    )
    stalled = list(Job.objects.filter(dead | lost).order_by("id")[:100])
    for job in stalled:
        _enqueue(job)
    return len(stalled)
