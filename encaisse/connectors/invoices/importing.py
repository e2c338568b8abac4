"""Filing the PDF files of invoices: from the screen, the command line or a watched folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from encaisse.connectors.invoices.source import Candidate, candidates, total_of
from encaisse.connectors.refusal import FileRefused
from encaisse.ledger.operations.invoice_files import (
    InvoiceFileRefused,
    Stored,
    file_invoices,
    store_pdf,
)
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

# Filed together: one transaction, one line of the journal.
_BATCH = 100
# What a result lists at most; it counts them all.
_LISTED = 200


@dataclass(slots=True)
class InvoicesResult:
    """What became of the files: those filed, those known already, those left, those refused."""

    files: int = 0
    bound: int = 0
    replaced: int = 0
    already: int = 0
    left: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs, and for the job that did it."""
        return {
            "files": self.files,
            "bound": self.bound,
            "replaced": self.replaced,
            "already": self.already,
            "left": len(self.left),
            "refused": len(self.refused),
            "left_files": [{"name": name, "reason": why} for name, why in self.left[:_LISTED]],
            "refused_files": [
                {"name": name, "reason": why} for name, why in self.refused[:_LISTED]
            ],
        }


def import_invoices(
    company: Company,
    paths: Sequence[tuple[Path, str]],
    *,
    author: Author,
    now: datetime,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> InvoicesResult:
    """File the PDF files of some paths, each given with its name. Done again, nothing changes.

    What is no PDF, too large, or a bad archive is refused by itself.
    """
    total = total_of(path for path, _name in paths)
    result, batch = InvoicesResult(), list[Stored]()

    def write() -> None:
        filed = file_invoices(company, batch, author=author, now=now)
        result.bound += filed.bound
        result.replaced += filed.replaced
        result.already += filed.already
        result.left += filed.left
        batch.clear()

    for path, name in paths:
        try:
            for one in candidates(path, name):
                result.files += 1
                if stored := _stored(company, one, result):
                    batch.append(stored)
                if len(batch) == _BATCH:
                    write()
                progress(result.files, max(total, result.files))
        except (FileRefused, FileNotFoundError) as refusal:
            lost = _("Le fichier n’est plus sur le serveur : déposez-le de nouveau.")
            why = str(refusal) if isinstance(refusal, FileRefused) else lost
            result.refused.append((name, why))
    write()
    return result


def _stored(company: Company, one: Candidate, result: InvoicesResult) -> Stored | None:
    try:
        return store_pdf(company, one.name, one.parts())
    except (InvoiceFileRefused, FileRefused) as refusal:
        result.refused.append((one.name, str(refusal)))
        return None
