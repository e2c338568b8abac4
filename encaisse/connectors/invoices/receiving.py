"""Where PDFs wait to be filed: those dropped on the screen, and a folder that programs write to.

`ENCAISSE_DATA/invoices-in/<slug>/` is read every few minutes. What was filed leaves it; what is no
PDF goes to its `refused` folder.
"""

import shutil
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.move import file_move_safe
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.connectors.invoices.importing import InvoicesResult, import_invoices
from encaisse.connectors.invoices.source import files_of
from encaisse.core.file_names import safe_file_name
from encaisse.jobs.models import Job
from encaisse.jobs.operations import start_job
from encaisse.tenancy.journal import AUTOMATIC
from encaisse.tenancy.models import Company, User

FILE = "encaisse.connectors.tasks.file_invoices"
FILE_WATCHED = "encaisse.connectors.tasks.file_watched_invoices"
REFUSED = "refused"
# A file that was written to since may still be on its way.
_AT_REST = timedelta(seconds=60)
_UNFINISHED = (Job.Status.QUEUED, Job.Status.RUNNING)


@transaction.atomic
def receive_invoices(
    company: Company, uploaded: Iterable[TemporaryUploadedFile], *, actor: User
) -> Job:
    """Keep the files that were dropped and start the job that files them."""
    token = uuid4().hex
    folder = _received(company, token)
    for rank, file in enumerate(uploaded):
        name = safe_file_name(file.name or "")
        place = folder / f"{rank:05}"
        place.mkdir(parents=True)
        file_move_safe(file.temporary_file_path(), str(place / name))
    return start_job(
        FILE,
        company=company,
        label=_("Classement des factures"),
        actor=actor,
        payload={"token": token},
    )


def received_paths(company: Company, token: str) -> list[tuple[Path, str]]:
    """What was dropped, in its order."""
    return [(path, path.name) for path in files_of(_received(company, token))]


def forget_received(company: Company, token: str) -> None:
    """Remove what was dropped: it is filed."""
    shutil.rmtree(_received(company, token), ignore_errors=True)


def last_filing(company: Company) -> Job | None:
    """The latest job that filed PDFs of the company."""
    jobs = Job.objects.filter(company=company, function__in=(FILE, FILE_WATCHED))
    return jobs.order_by("-id").first()


def _received(company: Company, token: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / str(company.pk) / f"factures-{token}"


# -- the watched folder --------------------------------------------------------------------------


def start_watched(now: datetime) -> int:
    """Start a job for each company that has files at rest in its folder; how many."""
    root = _watched_root()
    slugs = [path.name for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    started = 0
    for company in Company.objects.filter(slug__in=slugs).order_by("id"):
        running = Job.objects.filter(company=company, function=FILE_WATCHED, status__in=_UNFINISHED)
        if _at_rest(company, now) and not running.exists():
            label = _("Classement des factures")
            start_job(FILE_WATCHED, company=company, label=label, actor=None)
            started += 1
    return started


def file_watched(
    company: Company, *, now: datetime, progress: Callable[[int, int], None]
) -> InvoicesResult:
    """File what lies in the company's folder, then take it out of there."""
    paths = _at_rest(company, now)
    result = import_invoices(
        company,
        [(path, path.name) for path in paths],
        author=AUTOMATIC,
        now=now,
        progress=progress,
    )
    refused = {name for name, _why in result.refused}
    for path in paths:
        if path.name in refused:
            aside = _watched_root() / company.slug / REFUSED
            aside.mkdir(exist_ok=True)
            path.replace(aside / path.name)
        else:
            path.unlink(missing_ok=True)
    return result


def _at_rest(company: Company, now: datetime) -> list[Path]:
    folder, limit = _watched_root() / company.slug, (now - _AT_REST).timestamp()
    return [
        path
        for path in (files_of(folder) if folder.is_dir() else ())
        if path.relative_to(folder).parts[0] != REFUSED and path.stat().st_mtime < limit
    ]


def _watched_root() -> Path:
    return Path(settings.DATA) / "invoices-in"
