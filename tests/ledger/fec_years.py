"""A company's fiscal years as FEC files, one line a fact, and the ledger that they make."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from encaisse.connectors.fec.importing import import_fec
from encaisse.connectors.order import ImportOrder
from encaisse.connectors.result import ImportResult
from encaisse.ledger.models import Allocation, LedgerEntry
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from tests.connectors.fec_files import text_of

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
_JOURNALS = {
    "AN": ("À nouveaux", "890000"),
    "VE": ("Ventes", "707000"),
    "BQ": ("Banque", "512000"),
}


@dataclass
class Fec:
    """One export of one fiscal year. Amounts are euros; dates are ISO."""

    year: int
    rows: list[dict[str, str]] = field(default_factory=list)

    def opening(self, code: str, euros: int, *, ref: str = "RAN", letter: str = "") -> "Fec":
        """What a customer owed on the first day."""
        return self._line("AN", code, ref, euros, f"{self.year}-01-01", letter, "AN1")

    def invoice(
        self, code: str, ref: str, euros: int, on: str, *, letter: str = "", number: str = ""
    ) -> "Fec":
        """An invoice; negative, a credit note."""
        return self._line("VE", code, ref, euros, on, letter, number or ref)

    def payment(self, code: str, ref: str, euros: int, on: str, *, letter: str = "") -> "Fec":
        """A payment, its amount given positive; negative, a payment that the bank sent back."""
        return self._line("BQ", code, ref, -euros, on, letter, ref)

    def in_currency(self, units: int, code: str = "USD") -> "Fec":
        """Say what the last line, its amount in euros, is in another currency."""
        self.rows[-2] |= {"Montantdevise": f"{units},00", "Idevise": code}
        return self

    def write(self, folder: Path, name: str = "") -> Path:
        """The file."""
        path = folder / (name or f"{self.year}.txt")
        path.write_text(text_of(self.rows), encoding="utf-8")
        return path

    def _line(
        self, journal: str, code: str, ref: str, euros: int, on: str, letter: str, number: str
    ) -> "Fec":
        label, other = _JOURNALS[journal]
        day = on.replace("-", "")
        line = {
            "JournalCode": journal, "JournalLib": label, "EcritureNum": number,
            "EcritureDate": day, "CompteNum": "411000", "CompteLib": "Clients",
            "CompAuxNum": code, "CompAuxLib": code.title(), "PieceRef": ref, "PieceDate": day,
            "EcritureLib": f"{label} {ref}", "Debit": f"{max(euros, 0)},00",
            "Credit": f"{max(-euros, 0)},00", "EcritureLet": letter, "ValidDate": day,
        }  # fmt: skip
        balancing = line | {
            "CompteNum": other, "CompteLib": label, "CompAuxNum": "", "CompAuxLib": "",
            "Debit": line["Credit"], "Credit": line["Debit"], "EcritureLet": "",
        }  # fmt: skip
        self.rows += [line, balancing]
        return self


def bring(company: Company, path: Path, *, write: bool = True, progress=None) -> ImportResult:
    """Import a file; `write=False` only says what it would do."""
    order = ImportOrder(company, "fec", path, path.name, NOW, COMMAND_LINE, progress=progress)
    return import_fec(order, write=write)


def still_open(company: Company) -> dict[str, int]:
    """Euros that remain, by customer and document."""
    entries = LedgerEntry.objects.filter(company=company).exclude(remaining_minor=0)
    found: Counter[str] = Counter()
    for entry in entries.select_related("customer"):
        name = f"{entry.customer.account_code} {entry.document_number}"
        found[name] += entry.remaining_minor // 100
    return dict(found)


def snapshot(company: Company) -> tuple[list[tuple], list[tuple]]:
    """Everything that the ledger holds, whatever the ids."""
    kept = [
        f.attname for f in LedgerEntry._meta.concrete_fields if f.name not in ("id", "customer")
    ]
    entries = LedgerEntry.objects.filter(company=company)
    paid = Allocation.objects.filter(company=company)
    return (
        sorted(entries.values_list("customer__account_code", *kept), key=repr),
        sorted(paid.values_list("debit__source_id", "credit__source_id", "amount_minor", "on")),
    )
