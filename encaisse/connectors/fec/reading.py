"""One pass over the lines of a FEC."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from encaisse.connectors.fec.builder import LineBuilder
from encaisse.connectors.fec.header import Header
from encaisse.connectors.fec.journals import Journals
from encaisse.connectors.fec.line import FecLine
from encaisse.connectors.fec.mending import Mender, holds_no_data
from encaisse.connectors.fec.perimeter import CUSTOMER, Perimeter
from encaisse.connectors.fec.report import SET_ASIDE_SHOWN, FecReport, are_payment_means
from encaisse.connectors.fec.values import (
    REFUSALS,
    LineRefused,
    Remembered,
    posting_date,
    remembered_amounts,
)
from encaisse.connectors.lines import LineBlocks
from encaisse.connectors.refusal import SetAside, shortened
from encaisse.core.wording import told


class Reading:
    """Reads the lines of a file once, filling a report as it goes."""

    def __init__(
        self, header: Header, *, perimeter: Perimeter, base_currency: str, report: FecReport
    ) -> None:
        self._header = header
        self._report = report
        self._amounts = remembered_amounts(base_currency)
        self._kinds = Remembered(perimeter.kind)
        self._journals = Journals(header)
        self._mender = Mender(header, currency=base_currency)
        self._builder = LineBuilder(
            header, perimeter=perimeter, base_currency=base_currency, report=report
        )

    def lines(self, blocks: LineBlocks, *, after: int) -> Iterator[FecLine]:
        """The customers' lines past the line `after`; the report is complete at the end.

        Millions of lines go through this loop: locals and dictionaries only, and the fewest
        operations for the lines that are in no customer's account.
        """
        separator, width = self._header.separator, self._header.ready_width
        journal_at, number_at, date_at, account_at, debit_at, credit_at = self._header.entry_places
        amounts, kinds, dates = self._amounts, self._kinds, Remembered(posting_date)
        turn, build = self._journals.turn, self._builder.build
        journal = entry = entry_day = ""
        balance = touched = debits = credits = 0
        for first, texts in self._past(after, blocks):
            for number, text in enumerate(texts, first):
                try:
                    cells = text.split(separator)
                    if len(cells) != width or '"' in text:
                        cells = self._mended(text, cells, whole=number != blocks.unterminated)
                    debit = amounts[cells[debit_at]]
                    credit = amounts[cells[credit_at]]
                    day = dates[cells[date_at]]
                    kind = kinds[cells[account_at]]
                except REFUSALS as refusal:
                    self._set_aside(number, text, told(refusal, _))
                    continue
                debits += debit
                credits += credit
                if cells[number_at] != entry or day != entry_day or cells[journal_at] != journal:
                    turn(cells, day, balance, touched)
                    journal, entry, entry_day = cells[journal_at], cells[number_at], day
                    balance = touched = 0
                balance += debit - credit
                touched |= kind
                if kind == CUSTOMER:
                    line = build(number, cells, day, debit - credit)
                    if line is not None:
                        yield line
        self._journals.close(balance, touched)
        self._finish(debits, credits)

    def _past(self, after: int, blocks: LineBlocks) -> Iterator[tuple[int, list[str]]]:
        told = 0
        for first, texts in blocks:
            skipped = max(0, after + 1 - first)
            self._report.rows += max(0, len(texts) - skipped)
            yield first + skipped, texts[skipped:] if skipped else texts
            for number in blocks.overlong[told:]:
                self._report.rows += 1
                self._keep(number, _("La ligne est démesurée."))
            told = len(blocks.overlong)

    def _mended(self, text: str, cells: list[str], *, whole: bool) -> list[str]:
        try:
            return self._mender.mend(text, cells, whole=whole)
        except LineRefused as refusal:
            if not whole and str(refusal):
                self._report.warnings.append(
                    _("La dernière ligne est coupée : le fichier est sans doute incomplet.")
                )
            raise

    def _set_aside(self, number: int, text: str, reason: str) -> None:
        if reason and not holds_no_data(text, self._header):
            self._keep(number, reason)
        else:
            self._report.rows -= 1

    def _keep(self, number: int, reason: str) -> None:
        self._report.set_aside_count += 1
        if len(self._report.set_aside) < SET_ASIDE_SHOWN:
            self._report.set_aside.append(SetAside(number, shortened(reason)))

    def _finish(self, debit_minor: int, credit_minor: int) -> None:
        report, journals = self._report, self._journals
        report.debit_minor, report.credit_minor = debit_minor, credit_minor
        report.control_balance_minor = sum(report.balance_by_account_prefix.values())
        report.unbalanced_entries = journals.unbalanced_entries
        report.first_date, report.last_date = journals.first_date, journals.last_date
        report.journal_kinds = journals.kinds()
        report.customers_look_like_payment_means = are_payment_means(self._builder.names)
        if report.without_date:
            report.warnings.append(
                _(
                    "%(count)d lignes n’ont pas de date de pièce lisible : "
                    "la date comptable est prise à la place."
                )
                % {"count": report.without_date}
            )
