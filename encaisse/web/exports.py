"""Exports of a list: CSV and XLSX of what is shown, without row limit, streamed."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from encaisse.core.dates import short_date
from encaisse.core.money import decimal_string
from encaisse.web.access import CompanyRequest
from encaisse.web.lists import Column, ListState
from encaisse.web.workbooks import Cell as Cell
from encaisse.web.workbooks import Money as Money
from encaisse.web.workbooks import xlsx_file as xlsx_file

FORMATS = ("csv", "xlsx")
# A line of a list by column; a column with several `titles` has as many cells.
Line = Mapping[str, Cell | tuple[Cell, ...]]
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CSV_CHUNK = 500


def titles_of(state: ListState) -> list[str]:
    """The headings of an export: those of the visible columns."""
    shown = [column for column in state.spec.columns if state.shows(column.key)]
    return [str(title) for column in shown for title in _titles(column)]


def _titles(column: Column) -> Sequence[Any]:
    return column.titles or (column.label,)


def amount_titles(title: str, currencies: Sequence[str]) -> tuple[str, ...]:
    """The headings of an amount that has a column a currency."""
    return tuple(f"{title} {currency}" for currency in currencies[1:] and currencies) or (title,)


def amounts_in(currencies: Sequence[str], minors: Mapping[str, int]) -> tuple[Cell, ...]:
    """The cells under these headings; what is not open is nil."""
    return tuple(Money(minors.get(currency, 0), currency) for currency in currencies) or (None,)


def file_word(text: str) -> str:
    """A text as a part of a file's name, which any system takes."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")


def rows_of(state: ListState, lines: Iterable[Line]) -> Iterator[list[Cell]]:
    """The rows of an export: the cells of the visible columns."""
    for line in lines:
        row: list[Cell] = []
        for key in state.columns:
            cells = line[key]
            row += cells if isinstance(cells, tuple) else (cells,)
        yield row


def export_list(
    request: CompanyRequest,
    kind: str,
    *,
    name: str,
    state: ListState,
    lines: Iterable[Line],
) -> HttpResponseBase:
    """The file of a list as it is shown; `name` without the day and its ending.

    A workbook says on a second sheet what the list was. Raises Http404 for an unknown format.
    """
    return export_response(
        kind,
        name=f"{name}-{request.today:%Y-%m-%d}",
        titles=titles_of(state),
        rows=rows_of(state, lines),
        about=_about(request, state),
    )


def _about(request: CompanyRequest, state: ListState) -> list[tuple[str, str]]:
    """Whose list it is, of which day, and its filters in words."""
    filters = [words for _key, words in state.filters()] or [_("aucun")]
    return [
        (_("Société"), request.company.name),
        (_("Liste"), str(state.spec.caption)),
        (_("Au"), short_date(request.today)),
        (_("Exportée par"), request.user.full_name),
        *((_("Filtre"), words) for words in filters),
    ]


def export_response(
    kind: str,
    *,
    name: str,
    titles: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    about: Sequence[tuple[str, str]] = (),
) -> HttpResponseBase:
    """The file to download, `csv` or `xlsx`; `name` without its ending.

    `about` fills a second sheet of the workbook, one pair a line. Raises Http404 for another
    format.
    """
    if kind not in FORMATS:
        raise Http404
    if kind == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            csv_lines(titles, rows), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    file = xlsx_file(titles, rows, about=about)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


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
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", ",")
    if isinstance(cell, int):
        return str(cell)
    # A spreadsheet would run it as a formula.
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
