"""Workbooks made on the spot: XLSX, ODS, XLS, and some that no one should open."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

Value = str | int | float

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def write_xlsx(path: Path, rows: Sequence[Sequence[Value]], *, sheet: str = "Feuil1") -> Path:
    """An XLSX workbook of one sheet."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return path


def write_ods(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """An ODS workbook of one sheet of texts."""
    cells = (
        "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p>'
            "</table:table-cell>"
            for value in row
        )
        for row in rows
    )
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in cells)
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{manifest}">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
            "</manifest:manifest>",
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Feuille1">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def write_xls(path: Path, rows: Sequence[Sequence[Value]]) -> Path:
    """An XLS workbook (BIFF8) of one sheet."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)
    name = struct.pack("<IHBB", 0, 0, 6, 0)[:6] + b"\x06\x00Feuil1"
    start = 2 * 4 + len(begin) + len(name) + 4
    name = struct.pack("<I", start) + name[4:]
    cells = b"".join(
        _xls_cell(number, column, value)
        for number, row in enumerate(rows)
        for column, value in enumerate(row)
    )
    stream = (
        _record(0x0809, begin) + _record(0x0085, name) + _record(0x000A)
        + _record(0x0809, sheet_begin) + cells + _record(0x000A)
    )  # fmt: skip
    return write_ole(path, "Workbook", stream)


def _xls_cell(row: int, column: int, value: Value) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x0204, place + struct.pack("<HB", len(value), 1) + text)
    return _record(0x0203, place + struct.pack("<d", value))


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def write_ole(path: Path, name: str, stream: bytes) -> Path:
    """An OLE2 compound file with one stream."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    fat = [_FAT, _END, *range(3, count + 2), _END]
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
        + struct.pack("<109I", 0, *[_FREE] * 108)
    )  # fmt: skip
    directory = _ole_entry("Root Entry", 5, _END, 0, child=1) + _ole_entry(
        name, 2, 2, len(stream), child=_FREE
    )
    path.write_bytes(header + struct.pack("<128I", *fat) + directory.ljust(_SECTOR, b"\0") + stream)
    return path


def _ole_entry(name: str, kind: int, start: int, size: int, *, child: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + b"\0" * 36
        + struct.pack("<IQ", start, size)
    )


def write_sparse_xlsx(path: Path) -> Path:
    """Two cells as far apart as a sheet allows: a few kilobytes, terabytes once laid out."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write(0, 0, "Code")
        page.write(1_048_575, 16_383, "Nom")
    return path


def write_zip_bomb(path: Path, megabytes: int) -> Path:
    """A workbook whose sheet is one repeated byte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            for _ in range(megabytes):
                file.write(b" " * (1 << 20))
    return path
