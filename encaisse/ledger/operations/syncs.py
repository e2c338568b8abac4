"""One synchronisation at a time, and the trace it leaves."""

from datetime import date, datetime
from typing import Any

from encaisse.ledger.models import LedgerEntry, LedgerSync
from encaisse.ledger.operations.synchronise import Coverage
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company


def lock_ledger(company: Company) -> None:
    """Wait until no other synchronisation of the company runs; held to the end of the transaction.

    Rows that point to the company may be written meanwhile. On SQLite the transaction itself
    excludes other writers.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def same_period(company: Company, source: str, first: str, last: str) -> tuple[str, str]:
    """The days that a file from `first` to `last` replaces.

    A file that shares most of its days with an earlier one is the same fiscal year, exported
    again: it replaces all that the earlier one brought, even before its own first line or after
    its last. A few common days are only a line dated in the wrong year.
    """
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    earlier = LedgerSync.objects.filter(
        company=company, format=source, first_date__lte=ends, last_date__gte=begins
    )
    for begun, ended in list(earlier.values_list("first_date", "last_date")):
        if begun and ended and _share_most(begun, ended, begins, ends):
            first, last = min(first, f"{begun}"), max(last, f"{ended}")
    return first, last


def _share_most(begun: date, ended: date, begins: date, ends: date) -> bool:
    shared = (min(ended, ends) - max(begun, begins)).days + 1
    shorter = min((ended - begun).days, (ends - begins).days) + 1
    return shared * 2 > shorter


def periods_opened(company: Company, source: str) -> set[int]:
    """The periods whose files carried opening entries."""
    opened = LedgerSync.objects.filter(
        company=company, format=source, has_opening=True
    ).values_list("first_date", flat=True)
    return {int(f"{day:%Y%m%d}") for day in opened if day}


def has_entries_of_others(company: Company, source: str) -> bool:
    """True when another source has open entries: the same invoice could count twice."""
    others = LedgerEntry.objects.filter(company=company, is_counted=True).exclude(source=source)
    return others.exclude(remaining_minor=0).exists()


def record_sync(
    company: Company,
    *,
    source: str,
    file_name: str,
    at: datetime,
    coverage: Coverage | None,
    summary: dict[str, Any],
    author: Author,
) -> LedgerSync:
    """Note that a synchronisation was written, and tell senders to look again."""
    sync = LedgerSync.objects.create(
        company=company,
        format=source,
        file_name=file_name[:200],
        at=at,
        first_date=_day(coverage.first_date) if coverage else None,
        last_date=_day(coverage.last_date) if coverage else None,
        has_opening=bool(coverage and coverage.period in coverage.opened),
        summary=summary,
        actor=author.user,
    )
    record_event(
        "ledger.synchronised",
        company=company,
        author=author,
        at=at,
        format=source,
        file=file_name,
        changes=summary.get("changes", {}),
    )
    facts_changed(company.pk)
    return sync


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
