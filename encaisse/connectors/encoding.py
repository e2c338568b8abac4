"""Which characters the bytes of a French accounting file stand for.

No statistical detector: they are wrong on most files of old French software. A ladder instead:
byte order mark, strict UTF-8, DOS code page 850 by its own letters, else Windows 1252.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

BLOCK_BYTES = 1 << 20
SAMPLE_COUNT = 5
SAMPLE_LENGTH = 160

_ASCII = bytes(range(128))
# é à ç ê è ° É in code page 850; 0x90 (É) is not even a character in Windows 1252.
_DOS_BYTES = frozenset(b"\x82\x85\x87\x88\x8a\xf8\x90")
_LATIN_BYTES = frozenset(range(0xC0, 0xFD)) - _DOS_BYTES
_WINDOWS_BYTES = frozenset(range(0x80, 0xA0))
# œ and Œ inside a word, or €: in Windows 1252 these bytes would be ½, ¼ and ¤.
_LATIN9 = re.compile(rb"[A-Za-z]\xbd|\xbd[a-z]|\xbc[A-Za-z]|\xa4")
_ACCENTED = re.compile(r"[^\x00-\x7f]")
_LINE_END = re.compile(r"[\r\n]")
_SAMPLE_CANDIDATES = 10_000


@dataclass(frozen=True, slots=True)
class Encoding:
    """The Python name of an encoding, and up to five accented lines for the user to confirm."""

    name: str
    samples: tuple[str, ...] = ()


def detect_encoding(path: Path) -> Encoding:
    """The encoding of a text file, read as a stream to its end."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif _is_ascii(path):
        return Encoding("utf-8")
    elif _is_utf8(path):
        name = "utf-8"
    else:
        name = _legacy_name(path)
    return Encoding(name, tuple(_samples(path, name)))


def decoded_blocks(path: Path, name: str) -> Iterator[tuple[str, int]]:
    """The text of a file, a block at a time, with the number of bytes read so far.

    A byte that has no meaning in the encoding becomes U+FFFD; null characters are dropped, no
    database takes them.
    """
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    read = 0
    for block in _blocks(path):
        read += len(block)
        text = decoder.decode(block)
        if "\x00" in text:
            text = text.replace("\x00", "")
        if name == "cp1252":
            # The euro of ISO-8859-15 lies where Windows 1252 keeps a sign nobody writes.
            text = text.replace("¤", "€")
        yield text, read
    yield decoder.decode(b"", True), read  # noqa: FBT003 - the signature of the codecs


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _is_ascii(path: Path) -> bool:
    return all(block.isascii() for block in _blocks(path))


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in _blocks(path):
            decoder.decode(block)
    except UnicodeDecodeError:
        return False
    # A last character cut in two is a truncated file, not another encoding.
    return True


def _legacy_name(path: Path) -> str:
    counts: Counter[int] = Counter()
    latin9 = False
    for block in _blocks(path):
        counts.update(block.translate(None, _ASCII))
        latin9 = latin9 or _LATIN9.search(block) is not None
    dos = sum(counts[byte] for byte in _DOS_BYTES)
    latin = sum(counts[byte] for byte in _LATIN_BYTES)
    if dos * 2 > counts.total() and dos > latin * 2:
        return "cp850"
    if latin9 and not any(counts[byte] for byte in _WINDOWS_BYTES):
        return "iso8859-15"
    return "cp1252"


def _samples(path: Path, name: str) -> Iterator[str]:
    seen: set[str] = set()
    for sample in islice(_accented_lines(path, name), _SAMPLE_CANDIDATES):
        if sample not in seen:
            seen.add(sample)
            yield sample
        if len(seen) == SAMPLE_COUNT:
            return


def _accented_lines(path: Path, name: str) -> Iterator[str]:
    for text, _ in decoded_blocks(path, name):
        position = 0
        while match := _ACCENTED.search(text, position):
            found = match.start()
            start = max(text.rfind("\n", position, found), text.rfind("\r", position, found)) + 1
            end = _LINE_END.search(text, found)
            position = end.start() if end else len(text)
            if position - start > SAMPLE_LENGTH:
                start = max(start, found - SAMPLE_LENGTH // 2)
            yield " ".join(text[start : min(position, start + SAMPLE_LENGTH)].split())
