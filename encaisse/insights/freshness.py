"""How fresh the mirror of the accounting is."""

from datetime import date, datetime, timedelta

from django.db.models import Max

from encaisse.ledger.models import LedgerSync
from encaisse.tenancy.models import Company

# Books closed for so long say nothing of what was paid since.
_OLD_BOOKS = timedelta(days=60)


def old_books_end(company: Company, *, on: date) -> date | None:
    """The last day of the books that were imported, when it is long past; else None."""
    end: date | None = LedgerSync.objects.filter(company=company).aggregate(end=Max("last_date"))[
        "end"
    ]
    return end if end and is_old(end, on=on) else None


def is_old(end: date, *, on: date) -> bool:
    """True of books that end on a day long past."""
    return on - end > _OLD_BOOKS


def last_sync_at(company: Company) -> datetime | None:
    """When the ledger was last synchronised; None before the first time."""
    syncs = LedgerSync.objects.filter(company=company).exclude(format__in=LedgerSync.ABOUT_PEOPLE)
    return syncs.order_by("-at", "-id").values_list("at", flat=True).first()


def last_sync_id(company: Company) -> int | None:
    """Which synchronisation was written last: the ledger is the same as long as this is."""
    syncs = LedgerSync.objects.filter(company=company).order_by("-id")
    return syncs.values_list("id", flat=True).first()
