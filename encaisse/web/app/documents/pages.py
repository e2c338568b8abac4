"""« Factures (PDF) »: how many are known, what the last drop gave, those to bind by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from encaisse.connectors.invoices.receiving import last_filing
from encaisse.jobs.models import Job
from encaisse.ledger.models import InvoiceFile
from encaisse.ledger.operations.invoice_files import reason_words
from encaisse.ledger.queries.invoice_files import get_leftover, known_count, leftovers
from encaisse.web.access import CompanyRequest
from encaisse.web.lists import Column, Listing, ListSpec, ListState

LEFTOVERS = ListSpec(
    columns=(
        Column("file", _("Fichier"), sortable=False, fixed=True),
        Column("reason", _("Motif"), sortable=False),
        Column("added", _("Déposé"), sortable=False),
        Column("bind", _("Rattacher à la pièce"), sortable=False, fixed=True),
    ),
    rows="documents/_leftover_rows.html",
    empty="documents/_leftovers_empty.html",
    caption=_("Factures à rattacher"),
)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A file to bind; what was typed for it, and why that was refused."""

    file: InvoiceFile
    number: str = ""
    customer_code: str = ""
    refusal: str = ""

    @property
    def reason(self) -> str:
        """Why its document was not recognised."""
        return reason_words(self.file.problem)


@dataclass(frozen=True, slots=True)
class InvoicesPage:
    """The screen. `job`: the last filing."""

    known: int
    listing: Listing
    job: Job | None

    @property
    def is_busy(self) -> bool:
        """True while files are being filed."""
        return self.job is not None and not self.job.is_finished

    @property
    def result(self) -> Mapping[str, Any]:
        """What the last filing gave; empty while it runs, or when it failed."""
        return self.job.result if self.job is not None and self.job.is_finished else {}


def invoices_page(request: CompanyRequest, *, refused: Leftover | None = None) -> InvoicesPage:
    """The screen; `refused` is the line whose binding was just refused."""
    state = ListState.read(LEFTOVERS, request)
    files = leftovers(request.company).order_by("-id")
    lines = [
        refused if refused and refused.file.pk == file.pk else Leftover(file)
        for file in files[state.offset : state.offset + state.size]
    ]
    listing = Listing(state, rows=lines, count=files.count())
    return InvoicesPage(known_count(request.company), listing, last_filing(request.company))


def leftover_of(request: CompanyRequest, file_id: int) -> InvoiceFile:
    """A file to bind. Raises Http404."""
    try:
        return get_leftover(request.company, file_id)
    except InvoiceFile.DoesNotExist:
        raise Http404 from None


def drop_context() -> dict[str, int]:
    """What the drop zone says and checks."""
    return {"max_mb": settings.MAX_UPLOAD_MB, "max_bytes": settings.MAX_UPLOAD_MB << 20}
