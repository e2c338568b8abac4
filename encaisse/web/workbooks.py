"""Workbooks (XLSX) of any length: numbers are numbers, days are days, and it prints well."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from encaisse.core.money import exponent, to_decimal

# Widths in characters.
_NARROWEST, _WIDEST = 9, 48
_DAY_WIDTH, _MONEY_WIDTH = 11, 14
_FILTER_ARROW = 3
_MASKS = {0: "#,##0", 2: "#,##0.00", 3: "#,##0.000", 4: "#,##0.0000"}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of an export: a number there, not a text."""

    minor: int
    currency: str


# A Decimal is a number with two decimals: days, percents.
Cell = str | int | date | Decimal | Money | None


def xlsx_file(
    titles: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    about: Sequence[tuple[str, str]] = (),
) -> "tempfile._TemporaryFileWrapper[bytes]":
    """A workbook on disk, gone once it is closed; one row in memory at a time.

    `about` fills a second sheet, one pair a line.
    """
    file = tempfile.NamedTemporaryFile(suffix=".xlsx", dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(settings.FILE_UPLOAD_TEMP_DIR),
    }
    with xlsxwriter.Workbook(file.name, options) as book:
        _List(book, titles).fill(rows)
        if about:
            _tell(book, about)
    file.seek(0)
    return file


class _List:
    """The first sheet: headings that stay in sight and filter, then the rows."""

    def __init__(self, book: xlsxwriter.Workbook, titles: Sequence[str]) -> None:
        self._sheet: Worksheet = book.add_worksheet(_("Liste"))
        self._day: Format = book.add_format({"num_format": "dd/mm/yyyy"})
        self._money = {size: book.add_format({"num_format": mask}) for size, mask in _MASKS.items()}
        self._widths = [len(title) + _FILTER_ARROW for title in titles]
        self._sheet.write_row(0, 0, titles, _heading(book))
        self._sheet.freeze_panes(1, 1)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(0)

    def fill(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write the rows, then the widths that they ask for."""
        number = 0
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                self._write(number, column, cell)
        if self._widths:
            self._sheet.autofilter(0, 0, number, len(self._widths) - 1)
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(max(width, _NARROWEST), _WIDEST))

    def _write(self, number: int, column: int, cell: Cell) -> None:
        width = 0
        if isinstance(cell, Money):
            amount = float(to_decimal(cell.minor, cell.currency))
            self._sheet.write_number(number, column, amount, self._money[exponent(cell.currency)])
            width = _MONEY_WIDTH
        elif isinstance(cell, date):
            moment = datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 -- a spreadsheet's day has no zone
            self._sheet.write_datetime(number, column, moment, self._day)
            width = _DAY_WIDTH
        elif isinstance(cell, Decimal):
            self._sheet.write_number(number, column, float(cell), self._money[2])
        elif isinstance(cell, int):
            self._sheet.write_number(number, column, cell)
        elif cell:
            self._sheet.write_string(number, column, cell)
            width = len(cell) + 1
        if width > self._widths[column]:
            self._widths[column] = width


def _tell(book: xlsxwriter.Workbook, about: Sequence[tuple[str, str]]) -> None:
    """The second sheet: what the list is, and what was left out of it."""
    sheet, bold = book.add_worksheet(_("Filtres")), book.add_format({"bold": True})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, _WIDEST)
    for number, (label, value) in enumerate(about):
        sheet.write_string(number, 0, label, bold)
        sheet.write_string(number, 1, value)


def _heading(book: xlsxwriter.Workbook) -> Format:
    look = {"bold": True, "bg_color": "#E3F0EA", "font_color": "#0D6148", "bottom": 1}
    return book.add_format({**look, "bottom_color": "#0D6148", "valign": "vcenter"})
