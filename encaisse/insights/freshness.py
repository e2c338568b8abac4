"""How fresh the mirror of the accounting is."""

from datetime import datetime

from encaisse.ledger.models import LedgerSync
from encaisse.tenancy.models import Company


def last_sync_at(company: Company) -> datetime | None:
    """When the ledger was last synchronised; None before the first time."""
    latest = LedgerSync.objects.filter(company=company).order_by("-at", "-id")
    return latest.values_list("at", flat=True).first()


def last_sync_id(company: Company) -> int | None:
    """Which synchronisation was written last: the ledger is the same as long as this is."""
    syncs = LedgerSync.objects.filter(company=company).order_by("-id")
    return syncs.values_list("id", flat=True).first()
