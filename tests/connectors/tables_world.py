"""Tables as files made on the spot, imported into a company."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from encaisse.connectors.importing import ImportOrder, run_import
from encaisse.connectors.result import ImportResult
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def bring(
    company: Company, kind: str, path: Path, *, write: bool = True, terms: str = ""
) -> ImportResult:
    """Import a file; `write=False` only says what it would do."""
    company.refresh_from_db()
    order = ImportOrder(company, kind, path, path.name, NOW, COMMAND_LINE, terms=terms)
    return run_import(order, write=write)


def table(folder: Path, text: str, name: str = "table.csv") -> Path:
    """A CSV file; the lines of `text` may be indented."""
    path = folder / name
    lines = (line.strip() for line in text.strip().splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def changes(result: ImportResult) -> tuple[int, int, int]:
    """Added, updated, removed."""
    return result.added, result.updated, result.removed


def reasons(result: ImportResult) -> list[tuple[int, str]]:
    """The rows set aside, with ordinary spaces."""
    return [(row.line, plain(row.reason)) for row in result.set_aside]


def plain(text: str) -> str:
    """A French sentence with ordinary spaces, as tests write them."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def everything(company: Company) -> tuple[list[object], ...]:
    """All that imports write about a company, whatever the ids."""
    return tuple(
        _rows(model.objects.filter(company=company), ("id", "customer"))
        for model in (Customer, Contact, LedgerEntry)
    )


def _rows(query: object, left_out: Sequence[str]) -> list[object]:
    names = [f.attname for f in query.model._meta.concrete_fields if f.name not in left_out]  # type: ignore[attr-defined]
    return sorted(query.values_list(*names), key=repr)  # type: ignore[attr-defined]
