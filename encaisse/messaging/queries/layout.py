"""How the letters of a company look."""

from pathlib import Path
from typing import Literal, cast

from django.conf import settings

from encaisse.messaging.letters.layout import Layout, Margins
from encaisse.messaging.models import LetterLayout
from encaisse.tenancy.models import Company

# All that is chosen but the pictures.
LAYOUT_CHOICES = (
    "window", "font", "margin_left", "margin_right", "margin_top", "margin_bottom", "has_sender",
    "has_slip", "has_code", "footer", "letterhead_everywhere",
)  # fmt: skip


def layout_row(company: Company) -> LetterLayout:
    """What the company chose, or a row with the usual choices, not saved."""
    found = LetterLayout.objects.filter(company=company).first()
    return found or LetterLayout(company=company)


def letter_layout(company: Company) -> Layout:
    """The layout of the company's letters and statements; one query."""
    return layout_of(layout_row(company))


def layout_of(row: LetterLayout) -> Layout:
    """The layout that a row describes."""
    return Layout(
        font=row.font,
        window=cast(Literal["right", "left"], row.window),
        margins=Margins(row.margin_left, row.margin_right, row.margin_top, row.margin_bottom),
        has_sender=row.has_sender,
        has_slip=row.has_slip,
        has_code=row.has_code,
        footer=row.footer,
        logo=_file(row.logo),
        letterhead=_file(row.letterhead),
        letterhead_everywhere=row.letterhead_everywhere,
        signature=_file(row.signature),
    )


def _file(path: str) -> Path | None:
    return Path(settings.MEDIA_ROOT).resolve() / path if path else None
