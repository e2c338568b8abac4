"""From a FEC file to the ledger: read, put aside by customer, settle, write what differs."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.connectors.fec.line import FecLine
from encaisse.connectors.fec.reader import FecFile, FecOptions
from encaisse.connectors.fec.report import FecReport
from encaisse.connectors.fec.rows import FecRows
from encaisse.connectors.order import ImportOrder
from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.result import ImportResult, outside_words
from encaisse.connectors.spill import Spill
from encaisse.ledger.operations.customers import CustomerDirectory
from encaisse.ledger.operations.synchronise import (
    Changes,
    Coverage,
    SourceRow,
    Synchroniser,
    customers_with_entries,
)
from encaisse.ledger.operations.syncs import lock_ledger, periods_opened, record_sync, same_period
from encaisse.ledger.queries.stored import ledger_scope
from encaisse.ledger.rules.scope import USUAL_ACCOUNTS
from encaisse.ledger.rules.terms import PaymentTerms, parse_terms
from encaisse.tenancy.models import Company

SOURCE = "fec"


def import_fec(order: ImportOrder, *, write: bool) -> ImportResult:
    """Import a FEC, or only say what importing it would do. All or nothing.

    Raises FileRefused.
    """
    return _FecImport(order).run(write=write)


@dataclass(frozen=True, slots=True)
class _FecImport:
    order: ImportOrder

    @property
    def company(self) -> Company:
        return self.order.company

    def run(self, *, write: bool) -> ImportResult:
        default = self.order.payment_terms or parse_terms(self.company.default_payment_terms)
        scope = ledger_scope(self.company)
        options = FecOptions(scope.prefixes or USUAL_ACCOUNTS, journals=scope.journals)
        file = FecFile(
            self.order.path,
            options=options,
            base_currency=self.company.base_currency,
            on_progress=self._reading,
        )
        with Spill(Path(settings.FILE_UPLOAD_TEMP_DIR)) as spill:
            names = _put_aside(file, spill)
            if not file.report.customer_rows:
                raise FileRefused(
                    _("Ce FEC ne contient aucune écriture de compte client (%(accounts)s).")
                    % {"accounts": ", ".join(options.accounts)}
                )
            result = _result_of(file, self.company)
            with transaction.atomic():
                self._write(spill, names, file.report, result, default, write=write)
        return result

    def _reading(self, done: int, total: int) -> None:
        if self.order.progress:
            self.order.progress(done, total * 2)

    def _write(
        self,
        spill: Spill,
        names: dict[str, str],
        report: FecReport,
        result: ImportResult,
        default: PaymentTerms,
        *,
        write: bool,
    ) -> None:
        lock_ledger(self.company)
        coverage = self._coverage(report)
        directory = CustomerDirectory(self.company, write=write)
        sync = Synchroniser(self.company, coverage, write=write)
        makes = FecRows(report.journal_kinds)
        seen: set[int] = set()
        for number, bucket in enumerate(spill.buckets()):
            ids = directory.ids({code: names.get(code, "") for code in bucket})
            bundle: dict[int, list[SourceRow]] = {}
            for code, rows in bucket.items():
                lines = [FecLine._make(row) for row in rows]
                terms = directory.terms(code, default)
                bundle[ids[code]] = makes.of_customer(lines, terms)
            sync.add(bundle)
            seen.update(key for key in bundle if key > 0)
            if self.order.progress:
                self.order.progress(64 + number, 128)
        _empty_absent(sync, customers_with_entries(self.company, coverage), seen)
        _fill(result, sync.changes, directory, makes)
        if write:
            record_sync(
                self.company,
                source=SOURCE,
                file_name=self.order.file_name,
                at=self.order.now,
                coverage=coverage,
                summary=result.as_json() | {"set_aside": []},
                author=self.order.author,
            )

    def _coverage(self, report: FecReport) -> Coverage:
        first, last = same_period(self.company, SOURCE, report.first_date, report.last_date)
        period = int(first.replace("-", ""))
        opened = periods_opened(self.company, SOURCE)
        opened.discard(period)
        left_out = ledger_scope(self.company).journals
        kinds = {kind for code, kind in report.journal_kinds.items() if code not in left_out}
        if "opening" in kinds:
            opened.add(period)
        return Coverage(SOURCE, first, last, period, frozenset(opened))


def _put_aside(file: FecFile, spill: Spill) -> dict[str, str]:
    names: dict[str, str] = {}
    for line in file.lines():
        code = line.auxiliary or line.account
        if line.customer_name:
            names[code] = line.customer_name
        spill.add(code, tuple(line))
    return names


def _empty_absent(sync: Synchroniser, with_entries: Iterable[int], seen: set[int]) -> None:
    """Customers whose entries of these days are not in the file any more lose them."""
    absent = [customer_id for customer_id in with_entries if customer_id not in seen]
    for start in range(0, len(absent), 500):
        sync.add(dict.fromkeys(absent[start : start + 500], ()))


def _result_of(file: FecFile, company: Company) -> ImportResult:
    report = file.report
    return ImportResult(
        format=SOURCE,
        currency=company.base_currency,
        encoding=file.encoding.name,
        samples=list(file.encoding.samples),
        rows=report.rows,
        accepted=report.customer_rows,
        set_aside=report.set_aside,
        set_aside_count=report.set_aside_count,
        warnings=_warnings(report),
        control_minor=report.control_balance_minor,
        debit_minor=report.debit_minor,
        credit_minor=report.credit_minor,
        first_date=report.first_date,
        last_date=report.last_date,
    )


def _warnings(report: FecReport) -> list[str]:
    warnings = list(report.warnings)
    if report.outside:
        warnings.append(outside_words(report.outside))
    if report.customers_look_like_payment_means:
        warnings.append(
            _(
                "Les « clients » de ce fichier ressemblent à des moyens de paiement "
                "(recette CB, espèces…) : il ne convient sans doute pas à la relance."
            )
        )
    if report.debit_minor != report.credit_minor:
        warnings.append(
            _("Le fichier n’est pas équilibré : total débit et total crédit diffèrent.")
        )
    if report.foreign_currencies:
        currencies = ", ".join(sorted(report.foreign_currencies))
        warnings.append(
            _("Écritures en devises (%(currencies)s) : leur solde est suivi à part.")
            % {"currencies": currencies}
        )
    return warnings


def _fill(
    result: ImportResult, changes: Changes, directory: CustomerDirectory, makes: FecRows
) -> None:
    result.customers = changes.customers
    result.new_customers = directory.created
    result.open_entries = changes.open_entries
    result.open_minor = changes.open_minor
    result.foreign_minor = changes.foreign_base_minor
    result.computed_due_dates = makes.computed
    result.added, result.updated, result.removed = (
        changes.added,
        changes.updated,
        changes.removed,
    )
