"""Files that are not what they should be are refused before anything is read from them."""

from pathlib import Path

from django.utils.translation import gettext as _

from encaisse.connectors.refusal import FileRefused

MAX_BYTES = 2**31 - 1
_START_BYTES = 64 * 1024

ZIP_SIGNATURE = b"PK\x03\x04"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM", b"RIFF")
_ARCHIVES = (ZIP_SIGNATURE, b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")
_PROGRAMS = (b"MZ", b"\x7fELF", b"SQLite format 3\x00")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def check_size(path: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Raise FileRefused for an empty file, or one larger than `max_bytes`."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused(_("Le fichier est vide. Refaites l’export, puis déposez-le de nouveau."))
    if size > max_bytes:
        raise FileRefused(
            _("Le fichier dépasse %(limit)s. Découpez l’export, par exemple un exercice à la fois.")
            % {"limit": _size_text(max_bytes)}
        )


def file_start(path: Path) -> bytes:
    """The first bytes of the file, enough to recognise its nature."""
    with path.open("rb") as file:
        return file.read(_START_BYTES)


def check_is_text(path: Path) -> None:
    """Raise FileRefused for a picture, a PDF, an archive, a workbook, a web page, a program."""
    start = file_start(path)
    nature = _nature(start)
    if nature:
        raise FileRefused(
            _("Ce fichier est %(nature)s, pas un fichier texte. Déposez le fichier texte exporté.")
            % {"nature": nature}
        )


def _nature(start: bytes) -> str:
    if start.startswith(b"%PDF"):
        return _("un document PDF")
    if start.startswith(OLE_SIGNATURE):
        return _("un classeur ou un document de bureautique")
    if start.startswith(_ARCHIVES):
        return _("une archive compressée ou un classeur")
    if _is_markup(start):
        return _("une page web ou un document XML")
    if _is_binary(start):
        return _("une image") if start.startswith(_IMAGES) else _("un fichier binaire")
    return ""


def _is_markup(start: bytes) -> bool:
    opening = start[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    return opening.startswith((b"<?xml", b"<!doctype", b"<html", b"<table"))


def _is_binary(start: bytes) -> bool:
    if start.startswith(_UTF16_MARKS):
        return False
    return b"\x00" in start or start.startswith((*_IMAGES[:3], *_PROGRAMS[1:]))


def _size_text(size: int) -> str:
    if size >= 2**30:
        return f"{size / 2**30:.0f}\u00a0Go"
    return f"{size / 2**20:.0f}\u00a0Mo" if size >= 2**20 else f"{size}\u00a0octets"
