"""The PDF files there are in a file, an archive or a folder, one at a time and never whole."""

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from encaisse.connectors.guard import ZIP_SIGNATURE, check_size, file_start
from encaisse.connectors.refusal import FileRefused

MOST_FILES = 20_000
# What an archive may come to once it is unpacked, and how much more than its own size.
MOST_UNPACKED = 8 << 30
_MOST_INFLATED = 200
_AT_ONCE = 1 << 18
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be an invoice: its own name, and how to read it a part at a time."""

    name: str
    parts: Callable[[], Iterator[bytes]]


def candidates(path: Path, name: str) -> Iterator[Candidate]:
    """The files of a path, given with its name: itself, those of an archive or of a folder.

    Raises FileRefused for an archive that cannot be read, or that is made to fill a disk.
    """
    if path.is_dir():
        for file in files_of(path):
            yield from candidates(file, file.name)
    elif file_start(path).startswith(ZIP_SIGNATURE):
        yield from _in_archive(path)
    else:
        yield Candidate(name, lambda: _parts_of(path.open("rb")))


def files_of(folder: Path) -> list[Path]:
    """The files of a folder and of those in it, in order; links lead elsewhere: not followed."""
    return sorted(
        path
        for path in folder.rglob("*")
        if not path.is_symlink() and path.is_file() and not _is_hidden(path.relative_to(folder))
    )


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _in_archive(path: Path) -> Iterator[Candidate]:
    check_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _is_file(member)]
            _check_archive(members, path.stat().st_size)
            for member in members:
                name = PurePosixPath(member.filename.replace("\\", "/")).name
                yield Candidate(name, partial(_unpacked, archive, member))
    except zipfile.BadZipFile as error:
        raise FileRefused(_("Cette archive ZIP est abîmée : refaites-la.")) from error


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Not a folder, a link, nor what systems add beside the files."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    is_hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
    return bool(parts) and not (member.is_dir() or is_link or is_hidden)


def _check_archive(members: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Raise FileRefused for what no honest archive of PDF files is."""
    if len(members) > MOST_FILES:
        raise FileRefused(
            _("Cette archive contient plus de %(most)d fichiers : faites-en plusieurs.")
            % {"most": MOST_FILES}
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > min(MOST_UNPACKED, max(size, 1 << 20) * _MOST_INFLATED):
        raise FileRefused(_("Cette archive est démesurée une fois ouverte : elle est refusée."))


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a member, never more than the archive announced."""
    if member.flag_bits & 1:
        raise FileRefused(_("Ce fichier est protégé par un mot de passe."))
    try:
        yield from _parts_of(archive.open(member))
    except _BROKEN as error:
        raise FileRefused(_("Ce fichier de l’archive est abîmé.")) from error


def _parts_of(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_AT_ONCE):
            yield part


def total_of(paths: Iterable[Path]) -> int:
    """About how many files there are, to say how far one is."""
    total = 0
    for path in paths:
        if path.is_dir():
            total += total_of(files_of(path))
            continue
        total += 1
        with suppress(*_BROKEN), zipfile.ZipFile(path) as archive:
            total += len(archive.infolist()) - 1
    return total
