"""Lines that do not fall into as many cells as the header: quoted, short, or cut in their text."""

import csv
import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from encaisse.connectors.fec.header import Header
from encaisse.connectors.fec.values import REFUSALS, LineRefused, iso_date, remembered_amounts
from encaisse.core.dates import DateError

_FREE_TEXTS = ("EcritureLib", "CompAuxLib", "CompteLib", "PieceRef", "JournalLib")
_DIRECTIONS = {
    "D": 1, "DEBIT": 1, "DÉBIT": 1, "+1": 1, "1": 1, "+": 1,
    "C": -1, "CREDIT": -1, "CRÉDIT": -1, "-1": -1, "-": -1,
}  # fmt: skip


def _is_date(cell: str) -> bool:
    try:
        iso_date(cell)
    except DateError:
        return False
    return True


_SHAPES: dict[str, Callable[[str], object]] = {
    "EcritureDate": _is_date,
    "CompteNum": re.compile(r"\s*\d{3}").match,
    "PieceDate": _is_date,
    "EcritureLet": re.compile(r"[^,.]*").fullmatch,
    "DateLet": _is_date,
    "ValidDate": _is_date,
    # Not a date that slipped from the column before.
    "Montantdevise": re.compile(r"(?!\s*\d{8}\s*$)[-+\d\s.,]*").fullmatch,
    "Idevise": re.compile(r"\s*[A-Za-z€]{0,5}\s*").fullmatch,
}


class Mender:
    """Brings the lines of one file back to the cells of its header."""

    def __init__(self, header: Header, *, currency: str) -> None:
        self._header = header
        self._amounts = remembered_amounts(currency)
        self._shortest = max(header.debit, header.credit, header.places["EcritureLib"]) + 1
        self._texts = [header.places[name] for name in _FREE_TEXTS if name in header.places]
        self._shapes = [
            (header.places[name], shape) for name, shape in _SHAPES.items() if name in header.places
        ]

    def mend(self, text: str, cells: list[str], *, whole: bool) -> list[str]:
        """The cells of a line, as many as in the header, amounts as debit and credit.

        `whole` is false for a last line without a line end: if short, it is truncated.
        Raises LineRefused, without a message for a blank line or a repeated header.
        """
        if holds_no_data(text, self._header):
            raise LineRefused
        if '"' in text:
            cells = self._unquoted(text, cells)
        cells = self._fitted(cells, whole=whole)
        return self._as_debit_credit(cells) if self._header.signed else cells

    def _unquoted(self, text: str, cells: list[str]) -> list[str]:
        fits = len(cells) == self._header.width
        if fits and not any(_is_quoted(cell) for cell in cells):
            return cells
        try:
            parsed = next(csv.reader([text], delimiter=self._header.separator, strict=True))
        except csv.Error:
            return cells
        return parsed if len(parsed) == self._header.width else cells

    def _fitted(self, cells: list[str], *, whole: bool) -> list[str]:
        width = self._header.width
        if len(cells) == width:
            return cells
        if len(cells) > width:
            return self._without_excess(cells)
        if len(cells) < self._shortest or not whole:
            raise self._misfit(cells)
        return cells + [""] * (width - len(cells))

    def _without_excess(self, cells: list[str]) -> list[str]:
        """Leave out blank final cells, or join the text that holds a separator: what reads well."""
        width = self._header.width
        excess = len(cells) - width
        if not "".join(cells[width:]).strip() and self._is_well_typed(cells[:width]):
            return cells[:width]
        for place in self._texts:
            text = self._header.separator.join(cells[place : place + excess + 1])
            joined = [*cells[:place], text, *cells[place + excess + 1 :]]
            if self._is_well_typed(joined):
                return joined
        raise self._misfit(cells)

    def _is_well_typed(self, cells: list[str]) -> bool:
        """Whether each cell looks like what its column holds, so that none has slipped."""
        if not all(is_likely(cells[place]) for place, is_likely in self._shapes):
            return False
        header = self._header
        try:
            debit = self._amounts[cells[header.debit]]
            if header.signed:
                return _direction(cells[header.credit]) != 0
            return not (debit and self._amounts[cells[header.credit]])
        except REFUSALS:
            return False

    def _as_debit_credit(self, cells: list[str]) -> list[str]:
        header = self._header
        sign = _direction(cells[header.credit])
        amount = cells[header.debit]
        cells[header.debit], cells[header.credit] = (amount, "") if sign > 0 else ("", amount)
        return cells

    def _misfit(self, cells: list[str]) -> LineRefused:
        return LineRefused(
            _("La ligne a %(found)d colonnes au lieu de %(expected)d.")
            % {"found": len(cells), "expected": self._header.width}
        )


def holds_no_data(text: str, header: Header) -> bool:
    """Whether a line is blank, but for separators, or the header once more."""
    return not text.replace(header.separator, "").strip() or text == header.text


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == '"' and cell[-1] == '"'


def _direction(cell: str) -> int:
    sign = _DIRECTIONS.get(cell.strip().upper())
    if sign is None:
        raise LineRefused(
            _("Le sens « %(direction)s » n’est ni D ni C.") % {"direction": cell.strip()[:20]}
        )
    return sign
