"""Which characters a font can print, read from its `cmap` table (OpenType, formats 4 and 12)."""

import struct
from collections.abc import Iterator
from pathlib import Path


def printable_characters(font: Path) -> frozenset[int]:
    """The code points the font has a glyph for. Raises ValueError for a file without `cmap`."""
    data = font.read_bytes()
    cmap = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    found: set[int] = set()
    for record in range(count):
        (offset,) = struct.unpack_from(">I", data, cmap + 8 + 8 * record)
        found.update(_subtable(data, cmap + offset))
    return frozenset(found)


def _table(data: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for record in range(count):
        name, _checksum, offset, _length = struct.unpack_from(">4sIII", data, 12 + 16 * record)
        if name == tag:
            return int(offset)
    raise ValueError(f"no {tag.decode()} table in this font")


def _subtable(data: bytes, start: int) -> Iterator[int]:
    (version,) = struct.unpack_from(">H", data, start)
    if version == 4:
        yield from _segments(data, start)
    elif version == 12:
        (groups,) = struct.unpack_from(">I", data, start + 12)
        for group in range(groups):
            first, last, _glyph = struct.unpack_from(">III", data, start + 16 + 12 * group)
            yield from range(first, last + 1)


def _segments(data: bytes, start: int) -> Iterator[int]:
    """The characters of a format 4 table whose glyph is not the missing one (0)."""
    (double,) = struct.unpack_from(">H", data, start + 6)
    ends = start + 14
    for segment in range(0, double, 2):
        (last,) = struct.unpack_from(">H", data, ends + segment)
        (first,) = struct.unpack_from(">H", data, ends + double + 2 + segment)
        (delta,) = struct.unpack_from(">H", data, ends + 2 * double + 2 + segment)
        where = ends + 3 * double + 2 + segment
        (offset,) = struct.unpack_from(">H", data, where)
        for char in range(first, min(last, 0xFFFE) + 1):
            if offset == 0:
                glyph = (char + delta) & 0xFFFF
            else:
                (glyph,) = struct.unpack_from(">H", data, where + offset + 2 * (char - first))
            if glyph:
                yield char
