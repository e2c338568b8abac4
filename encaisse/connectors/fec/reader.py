"""Reading a FEC of any length, line by line, in bounded memory.

Sign: a debit is positive, a credit negative; a negative debit is a credit (extourne).
"""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from encaisse.connectors.encoding import detect_encoding
from encaisse.connectors.fec.header import Header, read_header
from encaisse.connectors.fec.line import FecLine, FecOptions
from encaisse.connectors.fec.mending import holds_no_data
from encaisse.connectors.fec.perimeter import Perimeter
from encaisse.connectors.fec.reading import Reading
from encaisse.connectors.fec.report import FecReport, report_of
from encaisse.connectors.guard import MAX_BYTES, check_is_text, check_size
from encaisse.connectors.lines import LineBlocks, Progress
from encaisse.connectors.refusal import FileRefused

__all__ = ["FecFile", "FecLine", "FecOptions", "FecReport"]

_DEFAULT_OPTIONS = FecOptions()


class FecFile:
    """A FEC ready to be read: its encoding, separator and columns are known.

    `on_progress` receives the bytes read and the bytes in all. Raises FileRefused when the file
    is not a FEC. `report` is complete once `lines()` is exhausted.
    """

    def __init__(
        self,
        path: Path,
        *,
        options: FecOptions = _DEFAULT_OPTIONS,
        base_currency: str = "EUR",
        on_progress: Progress | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        check_size(path, max_bytes=max_bytes)
        check_is_text(path)
        self._path = path
        self._options = options
        self._base_currency = base_currency
        self._on_progress = on_progress
        self.encoding = detect_encoding(path)
        self._header_line, self._header = self._find_header()
        self.separator = self._header.separator
        self.columns = [name for name in self._header.names if name]
        self.report: FecReport = report_of(path)

    def lines(self) -> Iterator[FecLine]:
        """The lines of the customers' accounts, in the order of the file.

        A line that cannot be read is set aside in the report, with the reason.
        """
        self.report = report_of(self._path)
        reading = Reading(
            self._header,
            perimeter=Perimeter(self._options),
            base_currency=self._base_currency,
            report=self.report,
        )
        blocks = LineBlocks(self._path, encoding=self.encoding.name, on_progress=self._on_progress)
        return reading.lines(blocks, after=self._header_line)

    def _find_header(self) -> tuple[int, Header]:
        blocks = LineBlocks(self._path, encoding=self.encoding.name)
        header: Header | None = None
        header_line = 0
        for first, texts in blocks:
            for number, text in enumerate(texts, first):
                if header is None and (text.strip() or number in blocks.overlong):
                    header, header_line = read_header(text), number
                elif header is not None and not holds_no_data(text, header):
                    return header_line, header
        raise FileRefused(
            _("Ce FEC ne contient aucune écriture : vérifiez la période, puis refaites l’export.")
        )
