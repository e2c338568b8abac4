"""Many files as one ZIP archive, written while it is sent: none of it is kept in memory."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from encaisse.core.file_names import free_name

_AT_ONCE = 1 << 18


def zip_response(files: Iterable[tuple[str, Path]], *, name: str) -> StreamingHttpResponse:
    """The answer that sends files under their names in an archive; those gone are left out."""
    response = StreamingHttpResponse(zipped(files), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def zipped(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """The archive, part by part. A name that comes again gets a number."""
    sink, taken = _Sink(), set[str]()
    # PDF files hardly get smaller: they are stored as they are.
    with ZipFile(sink, "w", ZIP_STORED) as archive:
        for name, path in files:
            if not path.is_file():
                continue
            free = free_name(name, taken)
            taken.add(free.lower())
            with path.open("rb") as source, archive.open(free, "w", force_zip64=True) as target:
                while part := source.read(_AT_ONCE):
                    target.write(part)
                    yield sink.take()
    yield sink.take()


class _Sink(RawIOBase):
    """What an archive is written to: it cannot be gone back in, and is emptied as it fills."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Keep a part until it is taken."""
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What came since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
