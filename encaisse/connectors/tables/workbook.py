"""Workbooks (XLSX, XLS, ODS): checked, then read by a separate process into a CSV file."""

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from encaisse.connectors.guard import ZIP_SIGNATURE
from encaisse.connectors.refusal import FileRefused

MAX_UNPACKED_BYTES = 300_000_000
MAX_RATIO = 200
_RATIO_FROM_BYTES = 10_000_000
_UNPACK = Path(__file__).with_name("unpack.py")
_SECONDS = 150


@dataclass(frozen=True, slots=True)
class UnpackedSheet:
    """The rows of a sheet in a CSV file (UTF-8, commas) of a folder that lives as long as this."""

    csv_path: Path
    sheet: str
    sheets: tuple[str, ...]
    folder: TemporaryDirectory[str]


def unpack_sheet(path: Path, start: bytes, *, sheet: str) -> UnpackedSheet:
    """The rows of a sheet, of the first that holds a table when `sheet` is empty.

    `start` is the beginning of the file. Raises FileRefused for an archive that is no workbook or
    swells beyond reason, a protected workbook, one too large, empty or broken.
    """
    if start.startswith(ZIP_SIGNATURE):
        _check_archive(path)
    folder = TemporaryDirectory(prefix="encaisse-")
    output = Path(folder.name) / "sheet.csv"
    answer = _run(path, sheet, output)
    refused = answer.get("refused")
    if refused:
        raise _refusal(str(refused))
    return UnpackedSheet(output, str(answer["sheet"]), tuple(answer["sheets"]), folder)


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        raise _refusal("broken") from None
    names = {entry.filename for entry in entries}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise FileRefused(
            _("Ce fichier est une archive : ouvrez-la, puis déposez le fichier qu’elle contient.")
        )
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    swells = unpacked > _RATIO_FROM_BYTES and unpacked / packed > MAX_RATIO
    if unpacked > MAX_UNPACKED_BYTES or swells:
        raise _refusal("size")


def _run(path: Path, sheet: str, output: Path) -> dict[str, str | list[str]]:
    command = [sys.executable, str(_UNPACK), str(path.resolve()), sheet, str(output)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            command, capture_output=True, timeout=_SECONDS, check=False
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        answer = None
    return answer if isinstance(answer, dict) else {"refused": "broken"}


def _refusal(reason: str) -> FileRefused:
    sentences = {
        "password": _(
            "Ce classeur est protégé par un mot de passe : "
            "enregistrez-le sans protection, puis déposez-le."
        ),
        "size": _(
            "Ce classeur est démesuré (plus de 1 048 576 lignes, de 500 colonnes ou de 300 Mo). "
            "Enregistrez la feuille utile au format CSV."
        ),
        "empty": _("Ce classeur ne contient aucune feuille remplie : vérifiez l’export."),
    }
    broken = _(
        "Ce classeur est illisible : il est abîmé ou démesuré. "
        "Ouvrez-le dans votre tableur et enregistrez-le au format CSV."
    )
    return FileRefused(sentences.get(reason, broken))
