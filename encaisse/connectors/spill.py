"""Rows put aside on disk by customer, so that a customer's whole account fits in memory.

A file of a million lines is in the order of its journals, not of its customers; sorting it needs
either the memory or the disk. This is the disk: 64 files, each holding some customers entirely.
"""

import marshal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, BinaryIO, Self
from zlib import crc32

_BUCKETS = 64
_BUFFERED = 1_000

Row = tuple[Any, ...]


class Spill:
    """Rows by a text key; every key is wholly in one bucket. A context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = TemporaryDirectory(dir=folder, prefix="import-")
        self._files: list[BinaryIO] = [
            open(Path(self._folder.name) / str(number), "w+b")  # noqa: SIM115 (closed in close)
            for number in range(_BUCKETS)
        ]
        self._buffers: list[list[tuple[str, Row]]] = [[] for _ in range(_BUCKETS)]
        self._bucket_of: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.close()
        self._folder.cleanup()

    @property
    def keys(self) -> int:
        """How many different keys were put aside."""
        return len(self._bucket_of)

    def add(self, key: str, row: Row) -> None:
        """Put a row aside."""
        bucket = self._bucket_of.get(key)
        if bucket is None:
            bucket = self._bucket_of[key] = crc32(key.encode()) % _BUCKETS
        buffer = self._buffers[bucket]
        buffer.append((key, row))
        if len(buffer) >= _BUFFERED:
            marshal.dump(buffer, self._files[bucket])
            buffer.clear()

    def buckets(self) -> Iterator[dict[str, list[Row]]]:
        """The rows by key, bucket after bucket, in the order in which they were added."""
        for number, file in enumerate(self._files):
            found: dict[str, list[Row]] = {}
            file.seek(0)
            while True:
                try:
                    rows = marshal.load(file)  # noqa: S302 (written by this very process)
                except EOFError:
                    break
                for key, row in rows:
                    found.setdefault(key, []).append(row)
            for key, row in self._buffers[number]:
                found.setdefault(key, []).append(row)
            file.seek(0, 2)
            if found:
                yield found
