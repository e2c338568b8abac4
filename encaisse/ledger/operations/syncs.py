"""One synchronisation at a time, and the trace it leaves."""

from datetime import date, datetime
from typing import Any

from encaisse.ledger.models import LedgerEntry, LedgerSync
from encaisse.ledger.operations.synchronise import LEFT, OUT, Coverage
from encaisse.ledger.queries.stored import ledger_scope
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
    """The periods whose files carried opening entries, and whose openings are in scope."""
    opened = LedgerSync.objects.filter(
        company=company, format=source, has_opening=True
    ).values_list("first_date", flat=True)
    return {int(f"{day:%Y%m%d}") for day in opened if day} - _left_out(company, source)


def _left_out(company: Company, source: str) -> set[int]:
    """The periods whose opening entries are all outside the scope: they restate nothing."""
    scope = ledger_scope(company)
    if scope.is_all:
        return set()
    openings = LedgerEntry.objects.filter(company=company, source=source, kind="opening")
    rows = openings.values_list("period", "account", "journal_code").distinct()
    seen = {(period, scope.covers(account, journal)) for period, account, journal in rows}
    return {period for period, _is_in in seen} - {period for period, is_in in seen if is_in}


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
    if coverage and not ledger_scope(company).is_all:
        _forget_outside(company, coverage)
    facts_changed(company.pk)
    return sync


def _forget_outside(company: Company, coverage: Coverage) -> None:
    """What stayed outside the scope is no longer known to be in the source: its next file tells.

    Where a source pushes a few entries, nothing is known of the others.
    """
    outside = LedgerEntry.objects.filter(
        company=company, source=coverage.source, fingerprint=OUT, is_counted=False
    )
    if not coverage.is_whole:
        if not coverage.first_date:
            return
        outside = outside.filter(posting_date__range=(coverage.first_date, coverage.last_date))
    outside.update(fingerprint=LEFT)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
