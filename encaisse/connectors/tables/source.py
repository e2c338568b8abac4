"""A table in a file, whatever the file: its column names, then its rows as texts."""

import csv
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _

from encaisse.connectors.encoding import Encoding, detect_encoding
from encaisse.connectors.guard import (
    MAX_BYTES,
    OLE_SIGNATURE,
    ZIP_SIGNATURE,
    check_is_text,
    check_size,
    file_start,
)
from encaisse.connectors.lines import LineBlocks
from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.tables.mapping import is_known_header, normalised
from encaisse.connectors.tables.workbook import unpack_sheet

MAX_COLUMNS = 500
_SEPARATORS = (";", "\t", ",", "|")
_HEADER_WITHIN = 30
# Past that, a quotation mark was left open and swallows the rows that follow.
_MOST_LINES_IN_A_ROW = 50

Record = tuple[int, list[str]]
Records = Callable[[], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table ready to be read.

    `fingerprint` is the same for all the files with the same column names: a mapping saved under
    it serves again. `sheet` and `sheets` are empty for a text file, `separator` for a workbook.
    """

    headers: list[str]
    fingerprint: str
    encoding: Encoding | None
    separator: str
    sheet: str
    sheets: tuple[str, ...]
    header_line: int
    records: Records

    def rows(self) -> Iterator[Record]:
        """Line number and cells of each row, as many cells as headers or more; blanks left out."""
        width = len(self.headers)
        for number, cells in self.records():
            if number <= self.header_line:
                continue
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, _fitted(stripped, width)

    def preview(self, count: int = 10) -> list[list[str]]:
        """The cells of the first rows."""
        return [cells for _number, cells in islice(self.rows(), count)]


def open_table(path: Path, *, sheet: str = "", max_bytes: int = MAX_BYTES) -> Table:
    """The table of a CSV, XLSX, XLS or ODS file, told by its content and not by its name.

    Raises FileRefused when there is none to be read.
    """
    check_size(path, max_bytes=max_bytes)
    start = file_start(path)
    if start.startswith((ZIP_SIGNATURE, OLE_SIGNATURE)):
        return _sheet_table(path, start, sheet)
    check_is_text(path)
    return _text_table(path)


def _sheet_table(path: Path, start: bytes, sheet: str) -> Table:
    unpacked = unpack_sheet(path, start, sheet=sheet)

    def records() -> Iterator[Record]:
        with unpacked.csv_path.open(encoding="utf-8", newline="") as file:
            yield from enumerate(csv.reader(file), 1)

    number, headers = _header(list(islice(records(), _HEADER_WITHIN)))
    return _checked(
        Table(
            headers,
            _fingerprint(headers),
            encoding=None,
            separator="",
            sheet=unpacked.sheet,
            sheets=unpacked.sheets,
            header_line=number,
            records=records,
        )
    )


def _text_table(path: Path) -> Table:
    encoding = detect_encoding(path)
    separator = max(_SEPARATORS, key=lambda candidate: _likelihood(path, encoding, candidate))

    def records() -> Iterator[Record]:
        return _text_records(path, encoding, separator)

    number, headers = _header(list(islice(records(), _HEADER_WITHIN)))
    return _checked(
        Table(
            headers,
            _fingerprint(headers),
            encoding=encoding,
            separator=separator,
            sheet="",
            sheets=(),
            header_line=number,
            records=records,
        )
    )


def _likelihood(path: Path, encoding: Encoding, separator: str) -> tuple[int, int]:
    """How well a separator cuts the header: known names, then number of cells."""
    start: list[Record] = []
    # An open quotation mark is told once the table is read with the right separator.
    with suppress(FileRefused):
        start.extend(islice(_text_records(path, encoding, separator), _HEADER_WITHIN))
    _number, headers = _header(start)
    return sum(map(is_known_header, headers)), len(headers)


def _text_records(path: Path, encoding: Encoding, separator: str) -> Iterator[Record]:
    reader = csv.reader(_text_lines(path, encoding), delimiter=separator)
    number = 1
    try:
        for cells in reader:
            if reader.line_num - number > _MOST_LINES_IN_A_ROW:
                raise _open_quote(number)
            yield number, cells
            number = reader.line_num + 1
    except csv.Error:
        raise _open_quote(number) from None


def _text_lines(path: Path, encoding: Encoding) -> Iterator[str]:
    blocks = LineBlocks(path, encoding=encoding.name)
    for _first, texts in blocks:
        if blocks.overlong:
            raise FileRefused(
                _("La ligne %(line)d est démesurée : ce fichier n’est pas un tableau.")
                % {"line": blocks.overlong[0]}
            )
        for text in texts:
            yield f"{text}\n"


def _open_quote(line: int) -> FileRefused:
    return FileRefused(
        _("Un guillemet ouvert à la ligne %(line)d n’est pas refermé : corrigez cette ligne.")
        % {"line": line}
    )


def _header(start: Sequence[Record]) -> tuple[int, list[str]]:
    """Line and names of the columns: the first row with two known names, else the first row.

    Titles printed above the table are thus left out, as is the `sep=;` some software begins with.
    """
    filled = [
        record
        for record in start
        if any(cell.strip() for cell in record[1]) and not record[1][0].startswith("sep=")
    ]
    named = (record for record in filled if sum(map(is_known_header, record[1])) >= 2)
    number, cells = next(named, filled[0] if filled else (0, []))
    headers = [" ".join(cell.split()) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return number, headers


def _checked(table: Table) -> Table:
    if len(table.headers) > MAX_COLUMNS:
        raise FileRefused(
            _("Ce fichier a plus de 500 colonnes : gardez les colonnes utiles, puis déposez-le.")
        )
    if len(table.headers) < 2:
        raise FileRefused(
            _("Ce fichier n’a pas de colonnes : séparez-les par des points-virgules.")
        )
    if next(table.rows(), None) is None:
        raise FileRefused(_("Ce fichier ne contient aucune ligne sous les noms de colonnes."))
    return table


def _fingerprint(headers: Sequence[str]) -> str:
    names = "\x1f".join(normalised(header) for header in headers)
    return hashlib.sha256(names.encode()).hexdigest()[:32]


def _fitted(cells: list[str], width: int) -> list[str]:
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells + [""] * (width - len(cells))
