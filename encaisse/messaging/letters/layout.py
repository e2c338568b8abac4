"""How letters and statements look: what a company chooses of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

# What a printer can leave white and a window envelope can stand, in millimetres.
LEAST_MARGIN, MOST_MARGIN = 10, 50
LONGEST_FOOTER = 400  # characters, of three lines


@dataclass(frozen=True, slots=True)
class Margins:
    """The white around a page, in millimetres."""

    left: int = 20
    right: int = 20
    top: int = 20
    bottom: int = 24


@dataclass(frozen=True, slots=True)
class Layout:
    """The choices of a company; pictures are files that the engine can read (see pictures.py).

    The letterhead is drawn under the text, over the whole first page, or every page. `footer`
    replaces the legal mentions. `has_sender`: name and address are printed. `has_slip`: a slip to
    send back with a payment stands at the foot of letters. `has_code`: a transfer code is printed.
    """

    font: str = "Roboto"
    window: Literal["right", "left"] = "right"
    margins: Margins = Margins()
    has_sender: bool = True
    has_slip: bool = False
    has_code: bool = True
    footer: str = ""
    logo: Path | None = None
    letterhead: Path | None = None
    letterhead_everywhere: bool = False
    signature: Path | None = None

    @property
    def pictures(self) -> tuple[Path, ...]:
        """The files it needs."""
        return tuple(path for path in (self.logo, self.letterhead, self.signature) if path)


USUAL = Layout()


def layout_content(layout: Layout) -> dict[str, Any]:
    """The choices as the engine reads them (sheet.typ)."""
    margins = layout.margins
    return {
        "font": layout.font,
        "window": layout.window,
        "left": margins.left,
        "right": margins.right,
        "top": margins.top,
        "bottom": margins.bottom,
        "sender": layout.has_sender,
        "logo": _path(layout.logo),
        "letterhead": _path(layout.letterhead),
        "everywhere": layout.letterhead_everywhere,
        "signature": _path(layout.signature),
    }


def _path(picture: Path | None) -> str | None:
    return str(picture) if picture else None
