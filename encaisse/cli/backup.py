"""`encaisse backup create FILE` and `restore FILE`: the whole of a data folder in one archive.

The archive is a tar.gz with manifest.json, the database (database.sqlite3 or database.dump),
secret.key when it is kept in the data folder, and files/.
"""

import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import click
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from encaisse.cli import dumps
from encaisse.cli.output import Refused, answer, json_option, say
from encaisse.cli.startup import nobody_running

MANIFEST = "manifest.json"
KEY = "secret.key"
FILES = "files"
# Raised when an archive of today could not be read by the code of yesterday.
FORMAT = 1


@click.group(help=_("Sauvegarde ou rétablit la base, les fichiers et la clé."))
def backup() -> None:
    """The group of the two commands."""


@backup.command(help=_("Écrit tout dans une archive, sans arrêter Encaisse."))
@click.argument("archive", metavar=_("FICHIER"), type=click.Path(path_type=Path, dir_okay=False))
@json_option
def create(*, archive: Path, as_json: bool) -> None:
    """Write a consistent archive; the file appears under its name only once complete."""
    if archive.exists():
        raise Refused(_("%(file)s existe déjà : choisissez un autre nom.") % {"file": archive})
    with _workshop() as folder:
        partial = archive.with_name(archive.name + ".partial")
        try:
            count = _write(partial, folder)
            partial.replace(archive)
        except OSError as problem:
            raise Refused(
                _("%(file)s ne peut pas être écrit : %(problem)s")
                % {"file": archive, "problem": problem.strerror}
            ) from problem
        finally:
            partial.unlink(missing_ok=True)
    if not (settings.DATA / KEY).exists():
        say(_("La clé vient de ENCAISSE_SECRET_KEY : gardez-la à part, elle n’est pas ici."))
    size = archive.stat().st_size
    text = ngettext(
        "Sauvegarde écrite : %(archive)s (%(bytes)s octets, %(files)s fichier joint).",
        "Sauvegarde écrite : %(archive)s (%(bytes)s octets, %(files)s fichiers joints).",
        count,
    )
    result = {"archive": str(archive), "bytes": size, "files": count, "engine": dumps.engine()}
    answer(result, text % result, as_json=as_json)


def _write(archive: Path, folder: Path) -> int:
    """Write the archive and return how many attached files it holds."""
    database = dumps.dump(folder)
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps(_manifest(timezone.now())))
    count = 0
    # The archive holds the key that opens the sealed passwords: for its owner's eyes only.
    descriptor = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
        tar.add(manifest, MANIFEST)
        tar.add(database, database.name)
        if (settings.DATA / KEY).exists():
            tar.add(settings.DATA / KEY, KEY)
        # After the database: a file it names is never missing, at worst one too many is kept.
        for path in sorted(settings.MEDIA_ROOT.rglob("*")):
            if path.is_file():
                tar.add(path, f"{FILES}/{path.relative_to(settings.MEDIA_ROOT)}")
                count += 1
    return count


def _manifest(now: datetime) -> dict[str, Any]:
    return {
        "product": "encaisse",
        "format": FORMAT,
        "engine": dumps.engine(),
        "created_at": now.isoformat(),
    }


@backup.command(help=_("Rétablit une archive dans un dossier de données vide."))
@click.argument(
    "archive", metavar=_("FICHIER"), type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--force", is_flag=True, help=_("Remplace les données présentes."))
@json_option
def restore(*, archive: Path, force: bool, as_json: bool) -> None:
    """Put an archive's data in place; nothing is touched before the archive was read whole."""
    with nobody_running(), _workshop() as folder:
        if not force and _has_data():
            raise Refused(
                _("%(folder)s contient déjà des données : ajoutez --force pour les remplacer.")
                % {"folder": settings.DATA}
            )
        manifest = _extract(archive, folder)
        dumps.load(folder)
        _put_back(folder)
    result = {"archive": str(archive), "engine": manifest["engine"], "at": manifest["created_at"]}
    answer(result, _("Données du %(at)s rétablies.") % result, as_json=as_json)


def _has_data() -> bool:
    has_files = settings.MEDIA_ROOT.exists() and any(settings.MEDIA_ROOT.iterdir())
    return has_files or dumps.has_tables()


def _extract(archive: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _take_out(tar, member, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        version, theirs = int(manifest["format"]), str(manifest["engine"])
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError) as problem:
        raise Refused(
            _("%(file)s n’est pas une sauvegarde lisible : %(problem)s")
            % {"file": archive, "problem": problem}
        ) from problem
    if version > FORMAT:
        raise Refused(_("Cette sauvegarde vient d’une version plus récente d’Encaisse."))
    if theirs != dumps.engine():
        raise Refused(
            _("Cette sauvegarde vient de %(theirs)s et ne se rétablit pas dans %(ours)s.")
            % {"theirs": theirs, "ours": dumps.engine()}
        )
    return manifest


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    # By hand: tarfile's own filter against paths that climb out only came with Python 3.11.4.
    path = PurePosixPath(member.name)
    expected = path.parts[:1] == (FILES,) or path.name == member.name
    if not member.isfile() or not expected or ".." in path.parts:
        raise tarfile.TarError(member.name)
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


def _put_back(folder: Path) -> None:
    if (folder / KEY).exists():
        (folder / KEY).chmod(0o600)
        (folder / KEY).replace(settings.DATA / KEY)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    (folder / FILES).mkdir(exist_ok=True)
    (folder / FILES).replace(settings.MEDIA_ROOT)


@contextmanager
def _workshop() -> Generator[Path]:
    # In the data folder: what is restored is then put in place by renaming, never half copied.
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.DATA) as folder:
        yield Path(folder)
