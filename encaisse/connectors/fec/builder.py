"""From the cells of a customer's line to a FecLine, counting what the report tells."""

from operator import itemgetter

from encaisse.connectors.currency import currency_code
from encaisse.connectors.fec.header import Header
from encaisse.connectors.fec.line import FecLine
from encaisse.connectors.fec.perimeter import Perimeter
from encaisse.connectors.fec.report import FecReport
from encaisse.connectors.fec.values import (
    Remembered,
    iso_date_or_blank,
    remembered_amounts,
)
from encaisse.core.money import AmountError

_COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "CompteNum", "CompteLib", "CompAuxNum",
    "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "EcritureLet", "DateLet",
    "Montantdevise", "Idevise", "DateEcheance", "NumFacture", "ModeRglt",
)  # fmt: skip
_FILLERS = frozenset(
    {
        *("ran", "an", "ano", "a nouveau", "à nouveau", "a nouveaux", "à nouveaux", "anouveau"),
        *("néant", "neant", "sans"),
    }
)
_FILLER_SIGNS = "0-–_/\\.*xX "
_NAMES_KEPT = 1_000
_NAME_LENGTH = 60

_new = tuple.__new__


class LineBuilder:
    """Builds the lines of one reading of one file."""

    def __init__(
        self, header: Header, *, perimeter: Perimeter, base_currency: str, report: FecReport
    ) -> None:
        self.names: set[str] = set()
        self._report = report
        self._base = base_currency
        self._left_out = perimeter.journals
        self._balances = report.balance_by_account_prefix = dict.fromkeys(perimeter.prefixes, 0)
        self._pick = itemgetter(*(header.place(name) for name in _COLUMNS))
        self._accounts = Remembered(perimeter.customer_account)
        self._dates = Remembered(iso_date_or_blank)
        self._currencies = Remembered(currency_code)
        self._amounts: dict[str, Remembered[int]] = {}

    def build(self, number: int, cells: list[str], day: str, amount: int) -> FecLine | None:
        """The line of a customer's account; None when its amount is zero, and in a journal that the
        company leaves out.
        """
        report = self._report
        # The cell of the columns this file does not have: see Header.place.
        cells.append("")
        (
            journal, journal_label, entry, account_cell, account_label, auxiliary,
            name, reference, document_date, label, letter, letter_date,
            currency_amount, currency_cell, due_date, invoice, mode,
        ) = self._pick(cells)  # fmt: skip
        journal = journal.strip()
        if journal in self._left_out:
            report.outside += 1
            return None
        account, own_code, prefix = self._accounts[account_cell]
        report.customer_rows += 1
        self._balances[prefix] += amount
        if not amount:
            report.zero_rows += 1
            return None
        auxiliary = auxiliary.strip()
        name = name.strip()
        if not auxiliary:
            auxiliary = own_code
            name = name or (account_label.strip() if own_code else "")
            report.without_auxiliary += not own_code
        if len(self.names) < _NAMES_KEPT:
            self.names.add((name or auxiliary)[:_NAME_LENGTH])
        document_date = self._dates[document_date]
        report.without_date += not document_date
        currency = self._currencies[currency_cell] or self._base
        if currency != self._base:
            report.foreign_currencies.add(currency)
        return _new(
            FecLine,
            (
                number, account, auxiliary, name, journal, journal_label.strip(),
                entry.strip(), day, _reference(reference), document_date or day, label.strip(),
                amount, letter.strip(), self._dates[letter_date], currency,
                self._currency_amount(currency_amount, currency, amount),
                self._dates[due_date], invoice.strip(), mode.strip(),
            ),
        )  # fmt: skip

    def _currency_amount(self, cell: str, currency: str, amount: int) -> int | None:
        """Montantdevise with the sign of the amount: software writes it signed or not."""
        if not cell or cell.isspace():
            return None
        amounts = self._amounts.get(currency)
        if amounts is None:
            amounts = self._amounts[currency] = remembered_amounts(currency)
        try:
            value = abs(amounts[cell])
        except AmountError:
            return None
        if not value:
            return None
        return value if amount > 0 else -value


def _reference(cell: str) -> str:
    """PieceRef without the signs that stand for « none »."""
    reference = cell.strip()
    if not reference.strip(_FILLER_SIGNS) or reference.lower() in _FILLERS:
        return ""
    return reference
