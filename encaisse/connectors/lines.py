"""The lines of a text file of any length, in bounded memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

from encaisse.connectors.encoding import decoded_blocks

MAX_LINE = 1 << 20

Progress = Callable[[int, int], None]


class LineBlocks:
    """Lists of complete lines, each with the number of its first line, without line ends.

    A line ends with LF, CR LF, CR CR LF or CR. A line longer than `MAX_LINE` characters is
    replaced by an empty one and its number kept in `overlong`. `unterminated` is the number of
    the last line when the file stops without a line end.
    """

    def __init__(self, path: Path, *, encoding: str, on_progress: Progress | None = None) -> None:
        self.overlong: list[int] = []
        self.unterminated: int | None = None
        self._path = path
        self._encoding = encoding
        self._on_progress = on_progress
        self._next = 1
        self._carry = ""
        self._skipping = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        total = self._path.stat().st_size
        held = ""
        for block, read in decoded_blocks(self._path, self._encoding):
            text, held = _hold_line_end(held + block)
            yield from self._complete(_with_line_feeds(text))
            if self._on_progress:
                self._on_progress(read, total)
        yield from self._complete(_with_line_feeds(held))
        yield from self._last()

    def _complete(self, text: str) -> Iterator[tuple[int, list[str]]]:
        lines = text.split("\n")
        # Only the line begun in an earlier block can exceed the limit: blocks are not longer.
        lines[0] = self._carry + lines[0]
        self._carry = ""
        if self._skipping or len(lines[0]) > MAX_LINE:
            self._skipping = True
            lines[0] = ""
        if len(lines) == 1:
            self._carry = lines[0]
            return
        self._carry = lines.pop()
        first = self._end_skipping()
        self._next = first + len(lines)
        yield first, lines

    def _last(self) -> Iterator[tuple[int, list[str]]]:
        if self._carry or self._skipping:
            self.unterminated = self._next
            yield self._end_skipping(), [self._carry]

    def _end_skipping(self) -> int:
        if self._skipping:
            self.overlong.append(self._next)
            self._skipping = False
        return self._next


def _hold_line_end(text: str) -> tuple[str, str]:
    """Split off a final CR or CR CR: only the next block says which line end it begins."""
    if not text.endswith("\r"):
        return text, ""
    held = 2 if text.endswith("\r\r") else 1
    return text[:-held], text[-held:]


def _with_line_feeds(text: str) -> str:
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
