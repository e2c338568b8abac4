"""Pictures that people give for their letters, made fit for every printer.

A picture is kept as PNG, JPEG or SVG, no larger than paper can show: a print run reads it for each
of its letters. What the engine could not print is refused when it is given, not when it is needed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import typst
from django.utils.translation import gettext as _
from PIL import Image

MOST_BYTES = 1024 * 1024
MOST_LETTERHEAD_BYTES = 5 * MOST_BYTES

_MOST_PIXELS = 50_000_000
_DOTS = 300  # an inch, of logos and signatures
_LETTERHEAD_DOTS = 200
_A4 = (210, 297)
_A4_TOLERANCE = 0.02
# What an SVG could do besides drawing, or fetch.
_UNSAFE_SVG = re.compile(rb"<!DOCTYPE|<!ENTITY|<script|<foreignObject|javascript:", re.IGNORECASE)
# A drawing alone, in the frame of a logo.
_ALONE = """#set document(title: "x", date: auto)
#set page(width: auto, height: auto, margin: 0mm, fill: none)
#context {
  let tall = image(sys.inputs.file, alt: "x", height: 16mm)
  if measure(tall).width > 60mm { image(sys.inputs.file, alt: "x", width: 60mm) } else { tall }
}
"""
_PROOF = """#set document(title: "x", date: auto)
#set page(width: 210mm, height: 297mm, margin: 0mm)
#image(sys.inputs.file, alt: "x", {size})
"""


class PictureRefused(ValueError):
    """The picture cannot be printed; the text is fit to show to the user."""


class Use(StrEnum):
    """What a picture is for."""

    LOGO = "logo"
    LETTERHEAD = "letterhead"
    SIGNATURE = "signature"


# The frame a picture is printed in, in millimetres.
_FRAMES = {Use.LOGO: (60, 16), Use.SIGNATURE: (60, 18), Use.LETTERHEAD: _A4}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be kept; `suffix` is png, jpg or svg, `name` what it was called."""

    content: bytes
    suffix: str
    name: str


def made_fit(use: Use, content: bytes, *, name: str) -> Picture:
    """The picture as letters can use it.

    PNG and JPEG for all uses, SVG for a logo or a signature, PDF (its first page) for a letterhead,
    which must be A4. Raises PictureRefused.
    """
    most = MOST_LETTERHEAD_BYTES if use is Use.LETTERHEAD else MOST_BYTES
    if len(content) > most:
        raise PictureRefused(
            _("Ce fichier dépasse %(most)d Mo : réduisez-le.") % {"most": most // 2**20}
        )
    kind = _kind(content)
    if kind == "svg" and use is not Use.LETTERHEAD:
        picture = Picture(_safe_svg(content), "svg", name)
    elif kind == "pdf" and use is Use.LETTERHEAD:
        picture = _shrunk(use, _first_page(content), name)
    elif kind in ("png", "jpg"):
        picture = _shrunk(use, content, name)
    else:
        raise PictureRefused(_wanted(use))
    _prove(picture)
    return picture


def _kind(content: bytes) -> str:
    """The format, told by the content: a file may be named anything."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith(b"%PDF-"):
        return "pdf"
    return "svg" if b"<svg" in content[:2000] else ""


def _wanted(use: Use) -> str:
    if use is Use.LETTERHEAD:
        return _("Donnez une page A4 en PNG, JPEG ou PDF.")
    return _("Donnez une image PNG, JPEG ou SVG.")


def _unreadable() -> PictureRefused:
    return PictureRefused(_("Cette image est illisible : ouvrez-la et enregistrez-la de nouveau."))


def _safe_svg(content: bytes) -> bytes:
    if _UNSAFE_SVG.search(content):
        raise PictureRefused(
            _("Ce dessin SVG contient autre chose qu’un dessin : enregistrez-le « simple ».")
        )
    return content


def _shrunk(use: Use, content: bytes, name: str) -> Picture:
    """The same picture with the dots that paper can show, in plain RGB."""
    try:
        with Image.open(BytesIO(content)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise PictureRefused(_("Cette image a trop de points : réduisez-la."))
            image = _plain(opened)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, PictureRefused):
            raise
        raise _unreadable() from error
    if use is Use.LETTERHEAD:
        _check_a4(image.width, image.height)
        image = _on_white(image)
    dots = _LETTERHEAD_DOTS if use is Use.LETTERHEAD else _DOTS
    width, height = (round(side / 25.4 * dots) for side in _FRAMES[use])
    image.thumbnail((width, height), Image.Resampling.LANCZOS)
    return _lightest(image, name)


def _plain(opened: Image.Image) -> Image.Image:
    """The picture in RGB, transparent where it was."""
    has_holes = "A" in opened.getbands() or "transparency" in opened.info
    return opened.convert("RGBA" if has_holes else "RGB")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    sheet = Image.new("RGB", image.size, "white")
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet


def _lightest(image: Image.Image, name: str) -> Picture:
    """The picture as PNG, or as JPEG where that is half as heavy: a photograph."""
    png = BytesIO()
    image.save(png, "PNG", optimize=True)
    if image.mode == "RGB":
        jpeg = BytesIO()
        image.save(jpeg, "JPEG", quality=88, optimize=True)
        if jpeg.tell() * 2 < png.tell():
            return Picture(jpeg.getvalue(), "jpg", name)
    return Picture(png.getvalue(), "png", name)


def _check_a4(width: float, height: float) -> None:
    if not width or abs(height / width - _A4[1] / _A4[0]) > _A4_TOLERANCE:
        raise PictureRefused(_("Cette page n’est pas au format A4, debout."))


def _first_page(content: bytes) -> bytes:
    """The first page of a PDF, as PNG."""
    try:
        with pikepdf.open(BytesIO(content)) as document, pikepdf.new() as alone:
            left, bottom, right, top = (float(side) for side in document.pages[0].mediabox)
            _check_a4(right - left, top - bottom)
            alone.pages.append(document.pages[0])
            page = BytesIO()
            alone.save(page)
    except (pikepdf.PdfError, IndexError) as error:
        raise PictureRefused(_("Ce PDF est illisible, ou protégé.")) from error
    return _drawn(page.getvalue(), "pdf", format="png", ppi=_LETTERHEAD_DOTS)


def _prove(picture: Picture) -> None:
    """Print it once, as an archived letter is. Raises PictureRefused."""
    _drawn(picture.content, picture.suffix, format="pdf", pdf_standards=["a-2a", "ua-1"])


def drawing_as_png(content: bytes) -> bytes:
    """An SVG logo with the dots that paper can show. Raises OSError when it cannot be drawn."""
    try:
        return _drawn(content, "svg", page=_ALONE, format="png", ppi=_DOTS)
    except PictureRefused as refusal:
        raise OSError(str(refusal)) from refusal


def _drawn(content: bytes, suffix: str, *, page: str = _PROOF, **options: Any) -> bytes:
    """What the engine makes of a page that holds the picture alone."""
    with TemporaryDirectory() as folder:
        file, template = Path(folder) / f"picture.{suffix}", Path(folder) / "proof.typ"
        file.write_bytes(content)
        size = "width: 210mm, height: 297mm" if suffix == "pdf" else "width: 60mm"
        template.write_text(page.replace("{size}", size), encoding="utf-8")
        compiler = typst.Compiler(template, root=folder, font_paths=_no_fonts())
        try:
            drawn = compiler.compile(sys_inputs={"file": file.name}, **options)
        except typst.TypstError as error:
            raise _unreadable() from error
    if not isinstance(drawn, bytes):
        raise _unreadable()
    return drawn


def _no_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[])
