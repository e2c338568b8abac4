"""FEC files made on the spot, one line per fact."""

from collections.abc import Sequence
from pathlib import Path

from encaisse.connectors.fec.line import FecLine, FecOptions
from encaisse.connectors.fec.reader import FecFile
from encaisse.connectors.fec.report import FecReport

HEADER = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib"
    "|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise"
    "|Idevise"
)
COLUMNS = HEADER.split("|")

INVOICE = {
    "JournalCode": "VE", "JournalLib": "Ventes", "EcritureNum": "1", "EcritureDate": "20260115",
    "CompteNum": "411000", "CompteLib": "Clients", "CompAuxNum": "DUPONT",
    "CompAuxLib": "Dupont SARL", "PieceRef": "FA001", "PieceDate": "20260114",
    "EcritureLib": "Facture FA001", "Debit": "1200,00", "Credit": "0,00", "ValidDate": "20260131",
}  # fmt: skip
SALE = INVOICE | {
    "CompteNum": "707000", "CompteLib": "Ventes de marchandises", "CompAuxNum": "",
    "CompAuxLib": "", "Debit": "0,00", "Credit": "1200,00",
}  # fmt: skip


def invoice(**changes: str) -> dict[str, str]:
    """A customer's line: Dupont owes 1 200 € since 14/01/2026."""
    return INVOICE | changes


def payment(**changes: str) -> dict[str, str]:
    """A customer's line: Dupont paid 1 200 € on 10/02/2026."""
    paid = {
        "JournalCode": "BQ", "JournalLib": "Banque", "EcritureNum": "2",
        "EcritureDate": "20260210", "PieceRef": "VIR", "PieceDate": "20260210",
        "Debit": "0,00", "Credit": "1200,00",
    }  # fmt: skip
    return INVOICE | paid | changes


def text_of(
    rows: Sequence[dict[str, str]],
    *,
    columns: Sequence[str] = COLUMNS,
    separator: str = "\t",
    eol: str = "\n",
) -> str:
    """The text of a file with these rows."""
    lines = [columns, *([row.get(column, "") for column in columns] for row in rows)]
    return "".join(separator.join(cells) + eol for cells in lines)


def write(folder: Path, content: str | bytes, *, name: str = "fec.txt") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, *, options: FecOptions | None = None) -> tuple[list[FecLine], FecReport]:
    """The customers' lines of a file, and its report."""
    file = FecFile(path, options=options or FecOptions())
    lines = list(file.lines())
    return lines, file.report


def plain(text: str) -> str:
    """A French sentence with ordinary spaces, as tests write them."""
    return text.replace("\u00a0", " ")
