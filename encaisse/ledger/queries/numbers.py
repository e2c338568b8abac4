"""The number by which a company calls its entries, as SQL."""

from encaisse.tenancy.models import Company


def number_column(company: Company) -> str:
    """The number of `ledger_ledgerentry e` that the company shows: `LedgerEntry.number_shown`."""
    if company.numbers_shown == Company.Numbers.ENTRY:
        return "COALESCE(NULLIF(e.entry_number, ''), e.document_number)"
    return "e.document_number"
