"""The PDF files of documents: which entry has one, and those that no document was found for."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from encaisse.ledger.models import Customer, InvoiceFile, LedgerEntry
from encaisse.tenancy.models import Company

_CHUNK = 400
_NEEDED = ("company_id", "kind", "document_key", "customer__account_code")
# What bears the number of a document without being one.
_NO_DOCUMENTS = (LedgerEntry.Kind.PAYMENT, LedgerEntry.Kind.REJECTED_PAYMENT)


def invoice_files(
    company: Company, entries: Iterable[LedgerEntry], *, customer: Customer | None = None
) -> dict[int, InvoiceFile]:
    """The current file of each entry that has one, by the entry's id; one query for a page.

    `customer` is theirs when they share it; otherwise each carries its own.
    """
    wanted = [entry for entry in entries if may_have_file(entry)]
    found: dict[tuple[str, str], InvoiceFile] = {}
    for keys in _chunks(sorted({entry.document_key for entry in wanted})):
        current = _current(company).filter(document_key__in=keys)
        found |= {(file.document_key, file.customer_code): file for file in current}
    files = {}
    for entry in wanted if found else ():
        code = (customer or entry.customer).account_code
        if file := found.get((entry.document_key, code)):
            files[entry.pk] = file
    return files


def files_of(company: Company, entry_ids: Iterable[int]) -> dict[int, InvoiceFile]:
    """The file of each of some entries that has one, by the entry's id; two queries for some
    hundreds. Files that are no longer on the disk are left out.
    """
    wanted = sorted(set(entry_ids))
    entries: dict[int, LedgerEntry] = {}
    ledger = LedgerEntry.objects.filter(company=company).select_related("customer")
    for start in range(0, len(wanted), _CHUNK):
        entries |= ledger.only(*_NEEDED).in_bulk(wanted[start : start + _CHUNK])
    found = invoice_files(company, entries.values())
    return {pk: file for pk, file in found.items() if full_path(file).is_file()}


def full_path(file: InvoiceFile) -> Path:
    """Where a file lies."""
    return Path(settings.MEDIA_ROOT) / file.path


def may_have_file(entry: LedgerEntry) -> bool:
    """True for what is a document that the company made: not for a payment."""
    return bool(entry.document_key) and entry.kind not in _NO_DOCUMENTS


def owners_of(company: Company, keys: Iterable[str]) -> dict[str, list[str]]:
    """The codes of the customers who have a document of each key, in order."""
    found: dict[str, set[str]] = {}
    for some in _chunks(sorted(set(keys) - {""})):
        entries = LedgerEntry.objects.filter(
            company=company, document_key__in=some, is_counted=True
        ).exclude(kind__in=_NO_DOCUMENTS)
        # The index of document numbers, which SQLite takes for the very words of its condition.
        entries = entries.extra(where=[f"NOT ({LedgerEntry._meta.db_table}.document_key = '')"])  # noqa: S610
        for key, code in entries.values_list("document_key", "customer__account_code").distinct():
            found.setdefault(key, set()).add(code)
    return {key: sorted(codes) for key, codes in found.items()}


def leftovers(company: Company) -> QuerySet[InvoiceFile]:
    """The files whose document was not recognised."""
    return _current(company).filter(document_key="").select_related("added_by")


def known_count(company: Company) -> int:
    """How many documents have their file."""
    return _current(company).exclude(document_key="").count()


def get_leftover(company: Company, file_id: int) -> InvoiceFile:
    """One of those that were not recognised. Raises InvoiceFile.DoesNotExist."""
    return leftovers(company).select_related("company").get(pk=file_id)


def _current(company: Company) -> QuerySet[InvoiceFile]:
    return InvoiceFile.objects.filter(company=company, is_current=True)


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
