"""Imports in the background: understand a file, then write it; file the PDFs of invoices."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from encaisse.connectors.importing import ImportOrder, run_import
from encaisse.connectors.invoices.importing import import_invoices
from encaisse.connectors.invoices.receiving import (
    file_watched,
    forget_received,
    received_paths,
    start_watched,
)
from encaisse.connectors.rates.ecb import RatesUnreachable, fetch_due, fetch_for
from encaisse.connectors.refusal import FileRefused
from encaisse.jobs.operations import JobRefused, RunningJob
from encaisse.ledger.models import ImportFile
from encaisse.tenancy.journal import AUTOMATIC, COMMAND_LINE, Author


def understand(job: RunningJob) -> dict[str, Any]:
    """Say what importing the job's file would do; the file keeps the answer."""
    return _run(job, write=False)


def write(job: RunningJob) -> dict[str, Any]:
    """Import the job's file, then drop it."""
    return _run(job, write=True)


def _run(job: RunningJob, *, write: bool) -> dict[str, Any]:
    file = ImportFile.objects.filter(
        pk=job.job.payload["import_file"], company=job.job.company
    ).first()
    if file is None:
        raise JobRefused(_("Ce fichier n’est plus là : il a été importé ou abandonné."))
    user = job.job.created_by
    order = ImportOrder(
        company=job.job.company,
        format=file.format,
        path=Path(file.path),
        file_name=file.name,
        now=timezone.now(),
        author=Author.of(user) if user else COMMAND_LINE,
        terms=file.options.get("terms", ""),
        mapping=file.mapping or None,
        progress=job.progress,
    )
    try:
        preview = run_import(order, write=write).as_json()
    except (FileRefused, FileNotFoundError) as refusal:
        lost = _("Le fichier n’est plus sur le serveur : déposez-le de nouveau.")
        preview = {"error": str(refusal) if isinstance(refusal, FileRefused) else lost}
        ImportFile.objects.filter(pk=file.pk).update(preview=preview)
        raise JobRefused(preview["error"]) from refusal
    if write:
        Path(file.path).unlink(missing_ok=True)
        file.delete()
    else:
        ImportFile.objects.filter(pk=file.pk).update(preview=preview)
    return preview


def file_invoices(job: RunningJob) -> dict[str, Any]:
    """File the PDFs that were dropped on the screen, then forget what was dropped."""
    user, token = job.job.created_by, job.job.payload["token"]
    result = import_invoices(
        job.job.company,
        received_paths(job.job.company, token),
        author=Author.of(user) if user else AUTOMATIC,
        now=timezone.now(),
        progress=job.progress,
    )
    forget_received(job.job.company, token)
    return result.as_json()


def watch_invoices(now: datetime) -> None:
    """Start a job for every company whose folder has PDFs that are wholly written."""
    start_watched(now)


def file_watched_invoices(job: RunningJob) -> dict[str, Any]:
    """File what lies in the company's folder."""
    return file_watched(job.job.company, now=timezone.now(), progress=job.progress).as_json()


def fetch_rates(now: datetime) -> None:
    """Ask for the rates of the day, for the companies that want them."""
    fetch_due(now)


def fetch_company_rates(job: RunningJob) -> dict[str, Any]:
    """The same for one company, now."""
    try:
        return fetch_for(job.job.company, now=timezone.now()).as_json()
    except RatesUnreachable as failed:
        raise JobRefused(str(failed)) from failed
