"""The PDF files of the invoices that a message is about, to take along."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import MOST_BYTES, MOST_FILES, Attached
from encaisse.collection.queries.drafts import Draft
from encaisse.core.file_names import free_name
from encaisse.ledger.models import Customer, InvoiceFile, LedgerEntry
from encaisse.ledger.queries.invoice_files import invoice_files, may_have_file
from encaisse.tenancy.models import Company

_PDF = "application/pdf"
_CHUNK = 400
_NEEDED = (
    "company_id", "kind", "document_key", "document_number", "label", "customer__account_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class JoinedInvoices:
    """The files there are for some entries, and the numbers of the documents without one.

    `size` in bytes.
    """

    files: tuple[Attached, ...] = ()
    missing: tuple[str, ...] = ()
    size: int = 0

    @property
    def count(self) -> int:
        """How many documents the message is about."""
        return len(self.files) + len(self.missing)

    def fits(self, others: Sequence[Attached] = ()) -> bool:
        """True when a message can carry them beside other files."""
        size = self.size + sum(file.size for file in others)
        return len(self.files) + len(others) <= MOST_FILES and size <= MOST_BYTES

    @property
    def note(self) -> str:
        """What the history says of a message that could not take all of them along."""
        if not self.fits():
            return _("Parti sans les PDF des factures : plus de quinze fichiers ou de 15 Mo.")
        if self.missing:
            return _("Sans le PDF de : %(numbers)s.") % {"numbers": ", ".join(self.missing)}
        return ""

    def go_along(self, reminder: Reminder) -> None:
        """Put on a reminder about to leave what it takes along, and what it does not."""
        files = self.files if self.fits() else ()
        reminder.attachments = [file.as_json() for file in files]
        reminder.comment = self.note


def joined_invoices(
    company: Company, entries: Iterable[LedgerEntry], *, customer: Customer | None = None
) -> JoinedInvoices:
    """What can be joined of some entries; one query. `customer` is theirs when they share it."""
    entries = list(entries)
    return _joined(entries, invoice_files(company, entries, customer=customer))


class InvoiceJoiner:
    """The same for many messages at once: two queries, none when there are no messages."""

    def __init__(self, company: Company, drafts: Iterable[Draft]) -> None:
        ids = sorted({entry_id for draft in drafts for entry_id in draft.entry_ids})
        self._entries: dict[int, LedgerEntry] = {}
        found = LedgerEntry.objects.filter(company=company).select_related("customer")
        for start in range(0, len(ids), _CHUNK):
            self._entries |= found.only(*_NEEDED).in_bulk(ids[start : start + _CHUNK])
        self._files = invoice_files(company, self._entries.values())

    def of(self, draft: Draft) -> JoinedInvoices:
        """What one of the messages can take along."""
        entries = (self._entries.get(entry_id) for entry_id in draft.entry_ids)
        return _joined([entry for entry in entries if entry], self._files)


def _joined(entries: Sequence[LedgerEntry], known: dict[int, InvoiceFile]) -> JoinedInvoices:
    files: dict[str, Attached] = {}
    missing: dict[str, None] = {}
    size = 0
    for entry in entries:
        if not may_have_file(entry):
            continue
        file = known.get(entry.pk)
        if file is None or not Attached("", file.path).full.is_file():
            missing[str(entry)] = None
        elif file.path not in files:
            name = free_name(file.name, {one.name.lower() for one in files.values()})
            files[file.path] = Attached(name, file.path, _PDF)
            size += file.size
    return JoinedInvoices(tuple(files.values()), tuple(missing), size)
