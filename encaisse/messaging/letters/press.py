"""Printing letters as PDF, one compilation a letter, and putting them together for the printer.

A process that has printed a letter must not fork: the child would hang. Workers are started as
separate processes.
"""

import json
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import font_roboto
import font_source_sans_pro
import font_source_serif_pro
import pikepdf
import typst
from django.utils.translation import gettext as _

from encaisse.messaging.letters.glyphs import printable_characters
from encaisse.messaging.letters.layout import Layout
from encaisse.messaging.letters.letter import LetterData
from encaisse.messaging.letters.paper import Sheet

_LAYOUT = Path(__file__).with_name("letter.typ")
# Each font that a layout may name, and its file.
_FONTS = {
    "Roboto": Path(font_roboto.__file__).parent / "files" / "Roboto-Regular.ttf",
    "Source Sans Pro": Path(font_source_sans_pro.__file__).parent
    / "files"
    / "SourceSansPro-Regular.ttf",
    "Source Serif Pro": Path(font_source_serif_pro.__file__).parent
    / "files"
    / "SourceSerifPro-Regular.ttf",
}
_MERGED_AT_ONCE = 100


class LetterRefused(ValueError):
    """The letter cannot be printed; the text is fit to show to the user."""


class Press:
    """Prints one layout; one for a process, as it reads its fonts. Threads wait for each other."""

    def __init__(self, template: Path) -> None:
        # Pictures are read from the files folder: only this code says which.
        self._compiler = typst.Compiler(template, root=Path(template.anchor), font_paths=_fonts())
        self._lock = threading.Lock()

    def pdf(self, content: dict[str, Any], *, day: date) -> bytes:
        """The PDF of a content, dated; made to be archived (PDF/A) and read aloud (PDF/UA)."""
        noon = datetime.combine(day, time(12), UTC)
        pdf = self.run(
            content,
            format="pdf",
            # Both are checked by the engine.
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(noon.timestamp()),
        )
        if not isinstance(pdf, bytes):
            raise TypeError("the engine gave no PDF")
        return pdf

    def run(self, content: dict[str, Any], **options: Any) -> bytes | list[bytes] | None:
        """What the engine makes of a content, as the options ask."""
        data = json.dumps(content, ensure_ascii=False)
        with self._lock:
            return self._compiler.compile(sys_inputs={"data": data}, **options)


@cache
def _fonts() -> typst.Fonts:
    folders = [str(file.parent) for file in _FONTS.values()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def printable(font: str) -> frozenset[int]:
    """The characters that a font can print."""
    return printable_characters(_FONTS[font])


class LetterPress:
    """Prints letters."""

    def __init__(self) -> None:
        self._press = Press(_LAYOUT)

    def compile(self, letter: LetterData) -> bytes:
        """The PDF of a letter; the same bytes for the same letter.

        Raises LetterRefused when a picture of its layout cannot be read.
        """
        with pictures_blamed(letter.layout):
            return self._press.pdf(self._sheet(letter).content, day=letter.letter_date)

    def images(self, letter: LetterData, *, dots_per_inch: int = 110) -> list[bytes]:
        """The pages of a letter as PNG images, to look at. Raises LetterRefused like `compile`."""
        with pictures_blamed(letter.layout):
            pages = self._press.run(self._sheet(letter).content, format="png", ppi=dots_per_inch)
        found = pages if isinstance(pages, list) else [pages]
        return [page for page in found if isinstance(page, bytes)]

    def warnings(self, letter: LetterData) -> list[str]:
        """What will differ on paper: characters the font lacks, address lines left out."""
        return self._sheet(letter).warnings()

    def _sheet(self, letter: LetterData) -> Sheet:
        return Sheet(letter, printable=printable(letter.layout.font))


@contextmanager
def pictures_blamed(layout: Layout) -> Iterator[None]:
    """Of what is printed, only pictures may be something that the engine cannot read."""
    try:
        yield
    except typst.TypstError as error:
        if not layout.pictures:
            raise
        raise LetterRefused(
            _(
                "Une image de la mise en page des courriers est illisible : déposez-la de nouveau "
                "dans Configurer, Courriers."
            )
        ) from error


def merge_letters(pdfs: Iterable[bytes | Path], out: Path) -> None:
    """One PDF for the printer, the letters in order; `pdfs` may be a generator.

    The merged file is not tagged: archive the letters one by one, print this one.
    """
    with pikepdf.new() as merged:
        batch: list[bytes | Path] = []
        for pdf in pdfs:
            batch.append(pdf)
            if len(batch) == _MERGED_AT_ONCE:
                _append(merged, batch)
                batch = []
        _append(merged, batch)
        merged.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _append(merged: pikepdf.Pdf, batch: list[bytes | Path]) -> None:
    with ExitStack() as opened:
        for pdf in batch:
            source = pikepdf.open(BytesIO(pdf) if isinstance(pdf, bytes) else pdf)
            merged.pages.extend(opened.enter_context(source).pages)
