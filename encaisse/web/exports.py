"""Exports of a list: CSV and XLSX of what is shown, without row limit, streamed."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import xlsxwriter
from django.conf import settings
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from encaisse.core.dates import short_date
from encaisse.core.money import decimal_string, exponent, to_decimal
from encaisse.web.lists import Column, ListState

FORMATS = ("csv", "xlsx")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CSV_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of an export: a number there, not a text."""

    minor: int
    currency: str


Cell = str | int | date | Money | None


def titles_of(state: ListState) -> list[str]:
    """The headings of an export: those of the visible columns."""
    shown = [column for column in state.spec.columns if state.shows(column.key)]
    return [str(title) for column in shown for title in _titles(column)]


def _titles(column: Column) -> Sequence[Any]:
    return column.titles or (column.label,)


def export_response(
    kind: str, *, name: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    """The file to download, `csv` or `xlsx`; `name` without its ending."""
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_lines(titles, rows), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    return FileResponse(xlsx_file(titles, rows), as_attachment=True, filename=f"{name}.xlsx")


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The lines of a CSV as a French Excel opens it: UTF-8 with a mark, `;`, decimal comma."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    lines = ["\ufeff" + cast(str, writer.writerow([_text(title) for title in titles]))]
    for row in rows:
        lines.append(cast(str, writer.writerow([_text(cell) for cell in row])))
        if len(lines) == _CSV_CHUNK:
            yield "".join(lines).encode()
            lines = []
    yield "".join(lines).encode()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return decimal_string(cell.minor, cell.currency).replace(".", ",")
    if isinstance(cell, date):
        return short_date(cell)
    if isinstance(cell, int):
        return str(cell)
    # A spreadsheet would run it as a formula.
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def xlsx_file(
    titles: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> "tempfile._TemporaryFileWrapper[bytes]":
    """A workbook on disk, gone once it is closed; one row in memory at a time."""
    file = tempfile.NamedTemporaryFile(suffix=".xlsx", dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(settings.FILE_UPLOAD_TEMP_DIR),
    }
    with xlsxwriter.Workbook(file.name, options) as book:
        _fill(book, titles, rows)
    file.seek(0)
    return file


def _fill(book: xlsxwriter.Workbook, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, max(0, len(titles) - 1), 18)
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    patterns = {0: "#,##0", 2: "#,##0.00", 3: "#,##0.000", 4: "#,##0.0000"}
    money = {size: book.add_format({"num_format": mask}) for size, mask in patterns.items()}
    sheet.write_row(0, 0, titles, bold)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, Money):
                amount = float(to_decimal(cell.minor, cell.currency))
                sheet.write_number(number, column, amount, money[exponent(cell.currency)])
            elif isinstance(cell, date):
                sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 -- a spreadsheet's day has no zone
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            elif cell:
                sheet.write_string(number, column, cell)
