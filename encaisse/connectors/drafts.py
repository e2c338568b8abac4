"""Files given on screen: received, set up, read, then imported or abandoned."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.move import file_move_safe
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.connectors.fec.reader import FecFile
from encaisse.connectors.importing import FORMATS, recognise
from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.tables.importing import FIELDS
from encaisse.connectors.tables.mapping import guess_mapping, missing_fields
from encaisse.connectors.tables.source import open_table
from encaisse.jobs.models import Job
from encaisse.jobs.operations import start_job
from encaisse.ledger.models import ColumnMapping, ImportFile, LedgerSync
from encaisse.tenancy.models import Company, User

UNDERSTAND = "encaisse.connectors.tasks.understand"
WRITE = "encaisse.connectors.tasks.write"
_KEPT = timedelta(days=7)
_PREVIEW_ROWS = 10
_LONGEST_CELL = 80
_UNSAFE = re.compile(r"[^\w.-]+")

Mapped = Mapping[str, int | None]


class DraftRefused(Exception):
    """What was asked of the file cannot be done; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file on its way in, and the last job on it. `file` is None once it was imported."""

    file: ImportFile | None
    job: Job | None

    @property
    def is_busy(self) -> bool:
        """True while a job reads or writes the file."""
        return self.job is not None and not self.job.is_finished

    @property
    def is_writing(self) -> bool:
        """True while, or after, the last job wrote it."""
        return self.job is not None and self.job.function == WRITE

    @property
    def is_lost(self) -> bool:
        """True when the file waits but is not on the disk any more."""
        return self.file is not None and not Path(self.file.path).is_file()

    @property
    def is_understood(self) -> bool:
        """True when the file was read and only waits for the user's word."""
        return self.file is not None and bool(self.file.preview) and not self.error

    @property
    def error(self) -> str:
        """Why the last reading or writing failed."""
        if self.file is not None and "error" in self.file.preview:
            return str(self.file.preview["error"])
        failed = self.job is not None and self.job.status == Job.Status.FAILED
        return self.job.message if self.job is not None and failed else ""


def receive_file(
    company: Company, uploaded: TemporaryUploadedFile, *, actor: User, now: datetime
) -> ImportFile:
    """Keep a file that was sent, say what it is and how its columns are understood.

    Raises FileRefused, and keeps nothing then. Files abandoned for a week are forgotten.
    """
    forget_abandoned(company, now=now)
    path = _folder(company) / f"{uuid4().hex}_{_safe_name(uploaded.name or '')}"
    file_move_safe(uploaded.temporary_file_path(), str(path))
    try:
        name, options = _recognised(path)
    except FileRefused:
        path.unlink(missing_ok=True)
        raise
    return ImportFile.objects.create(
        company=company,
        format=name,
        name=(uploaded.name or path.name)[:200],
        path=str(path),
        mapping=_first_mapping(company, name, options),
        options={**options, "terms": company.default_payment_terms},
        created_by=actor,
    )


def drafts(company: Company) -> list[ImportFile]:
    """The files that wait, newest first."""
    waiting = ImportFile.objects.filter(company=company).select_related("created_by")
    return list(waiting.order_by("-id"))


def get_draft(company: Company, file_id: int) -> Draft | None:
    """A file and its last job; None when this company never had such a file."""
    file = ImportFile.objects.filter(company=company, pk=file_id).first()
    job = _jobs(company, file_id).order_by("-id").first()
    return Draft(file, job) if file or job else None


def is_stale(draft: Draft) -> bool:
    """True when another file was imported since this one was read: its counts are of before."""
    if draft.file is None or draft.job is None or draft.job.finished_at is None:
        return False
    since = LedgerSync.objects.filter(company_id=draft.file.company_id)
    return since.filter(at__gt=draft.job.finished_at).exists()


def other_writer(company: Company, *, than: int) -> Job | None:
    """The import of another file that is being written; one waits for the other."""
    running = Job.objects.filter(company=company, function=WRITE).exclude(payload__import_file=than)
    unfinished = running.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    return unfinished.select_related("created_by").order_by("id").first()


def choose_format(file: ImportFile, name: str) -> None:
    """Read the file as another kind; its columns are guessed anew. Raises FileRefused."""
    if name not in FORMATS:
        raise FileRefused(_("Choisissez ce que contient le fichier."))
    if name == file.format:
        return
    described = _described(Path(file.path), name)
    file.options = {**described, "terms": file.options.get("terms", "")}
    file.format = name
    file.mapping = _first_mapping(file.company, name, described)
    file.preview = {}
    file.save(update_fields=["format", "options", "mapping", "preview"])


@transaction.atomic
def choose_mapping(file: ImportFile, mapping: Mapped) -> None:
    """Say which column holds what, and remember it for files with the same columns.

    Raises FileRefused when a required field has no column, or two fields share one.
    """
    if file.format not in FIELDS:
        raise FileRefused(_("Choisissez ce que contient le fichier."))
    missing = missing_fields(mapping, FIELDS[file.format])
    if missing:
        raise FileRefused(_("Indiquez la colonne de : %(names)s.") % {"names": ", ".join(missing)})
    places = [place for place in mapping.values() if place is not None]
    if len(places) != len(set(places)):
        raise FileRefused(_("Une même colonne est choisie deux fois."))
    file.mapping = dict(mapping)
    file.preview = {}
    file.save(update_fields=["mapping", "preview"])
    ColumnMapping.objects.update_or_create(
        company_id=file.company_id,
        format=file.format,
        fingerprint=file.options["table"]["fingerprint"],
        defaults={"mapping": file.mapping},
    )


def choose_terms(file: ImportFile, terms: str) -> None:
    """Say how due dates are computed where the file gives none."""
    file.options = {**file.options, "terms": terms}
    file.preview = {}
    file.save(update_fields=["options", "preview"])


def start_reading(file: ImportFile, *, actor: User) -> Job:
    """Have the file read, without writing anything; the job that already reads it, if any."""
    return _start(file, UNDERSTAND, _("Lecture de %(name)s"), actor)


def start_writing(file: ImportFile, *, actor: User) -> Job:
    """Have the file imported; a second click finds the job of the first. Raises DraftRefused."""
    return _start(file, WRITE, _("Import de %(name)s"), actor)


@transaction.atomic
def discard(file: ImportFile) -> None:
    """Drop a file. Raises DraftRefused while it is being imported."""
    draft = get_draft(file.company, file.pk)
    if draft and draft.is_busy and draft.is_writing:
        raise DraftRefused(_("L’import a déjà commencé : attendez qu’il finisse, ou arrêtez-le."))
    ImportFile.objects.filter(pk=file.pk).delete()
    with suppress(OSError):
        Path(file.path).unlink(missing_ok=True)


def forget_abandoned(company: Company, *, now: datetime) -> None:
    """Drop the files nobody came back to for a week."""
    old = ImportFile.objects.filter(company=company, created_at__lt=now - _KEPT)
    for file in old:
        with suppress(DraftRefused):
            discard(file)


@transaction.atomic
def _start(file: ImportFile, function: str, label: str, actor: User) -> Job:
    # Two clicks, two tabs: the second waits here, then finds the job of the first.
    locked = ImportFile.objects.select_for_update().filter(pk=file.pk).first()
    draft = get_draft(file.company, file.pk)
    if draft and draft.job and draft.is_busy:
        return draft.job
    if locked is None or draft is None:
        raise DraftRefused(_("Ce fichier n’est plus là : il a été importé ou abandonné."))
    if draft.is_lost:
        raise DraftRefused(
            _("Le fichier n’est plus sur le serveur : abandonnez-le, puis déposez-le de nouveau.")
        )
    if function == WRITE and not draft.is_understood:
        raise DraftRefused(_("Ce fichier doit d’abord être lu."))
    return start_job(
        function,
        company=file.company,
        label=(label % {"name": file.name})[:160],
        actor=actor,
        payload={"import_file": file.pk},
    )


def _jobs(company: Company, file_id: int) -> Any:
    return Job.objects.filter(
        company=company, function__in=(UNDERSTAND, WRITE), payload__import_file=file_id
    )


def _folder(company: Company) -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports" / str(company.pk)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _safe_name(name: str) -> str:
    return _UNSAFE.sub("_", name)[-100:].lstrip(".") or "fichier"


def _recognised(path: Path) -> tuple[str, dict[str, Any]]:
    """The format of a file, "" when it is not sure, and what the screens show of it."""
    try:
        return "fec", _described(path, "fec")
    except FileRefused:
        name = recognise(path)
        return name, _described(path, name)


def _described(path: Path, name: str) -> dict[str, Any]:
    """What the screens show of a file before it is read whole. Raises FileRefused."""
    if name == "fec":
        encoding = FecFile(path).encoding
        return {"encoding": encoding.name, "samples": list(encoding.samples)}
    table = open_table(path)
    return {
        "encoding": table.encoding.name if table.encoding else "",
        "samples": list(table.encoding.samples) if table.encoding else [],
        "table": {
            "headers": table.headers,
            "fingerprint": table.fingerprint,
            "sheet": table.sheet,
            "other_sheets": [sheet for sheet in table.sheets if sheet != table.sheet],
            "rows": [
                [cell[:_LONGEST_CELL] for cell in cells] for cells in table.preview(_PREVIEW_ROWS)
            ],
        },
    }


def _first_mapping(company: Company, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping remembered for these columns, else the one their names suggest."""
    if name not in FIELDS:
        return {}
    table = options["table"]
    remembered = ColumnMapping.objects.filter(
        company=company, format=name, fingerprint=table["fingerprint"]
    ).first()
    if remembered:
        return dict(remembered.mapping)
    return guess_mapping(table["headers"], FIELDS[name])
