"""What the options of a company are chosen by: its journals, what promises hold back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from encaisse.collection.models import PromiseEntry
from encaisse.insights.memory import remembered
from encaisse.insights.sql import Condition, fetch
from encaisse.ledger.rules.scope import LedgerScope
from encaisse.tenancy.models import Company

_LARGE = 2_000


@dataclass(frozen=True, slots=True)
class Source:
    """The entries of one journal on the accounts that begin alike; `open`: minor units by
    currency, for those that count.
    """

    journal: str
    account: str
    entries: int
    open: tuple[tuple[str, int], ...]
    is_covered: bool


def sources(company: Company) -> Sequence[Source]:
    """Where the entries of a company come from, by journal and account; one query."""
    key = ("sources", company.pk, company.facts_revision)
    return remembered(
        key,
        lambda: _sources(company),
        worth=lambda found: sum(one.entries for one in found) >= _LARGE,
    )


def _sources(company: Company) -> list[Source]:
    scope = LedgerScope(tuple(company.account_prefixes), frozenset(company.excluded_journals))
    test, prefixes = _has_account(scope)
    rows = fetch(
        f"SELECT e.journal_code, SUBSTR(e.account, 1, 3), {test}, e.currency, COUNT(*),"
        " SUM(e.remaining_minor) FROM ledger_ledgerentry e WHERE e.company_id = %s"
        " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
        (*prefixes, company.pk),
    )
    counts: dict[tuple[str, str, bool], int] = {}
    remaining: dict[tuple[str, str, bool], list[tuple[str, int]]] = {}
    for journal, account, has_account, currency, count, minor in rows:
        key = (journal, account, bool(has_account) and journal not in scope.journals)
        counts[key] = counts.get(key, 0) + count
        if minor:
            remaining.setdefault(key, []).append((currency, int(minor)))
    return [
        Source(journal, account, count, tuple(remaining.get(key, ())), is_covered)
        for key, count in counts.items()
        for journal, account, is_covered in (key,)
    ]


def _has_account(scope: LedgerScope) -> Condition:
    """1 for an entry whose account the scope takes, as SQL."""
    if not scope.prefixes:
        return "1", ()
    tests = " OR ".join(["e.account = ''", *["e.account LIKE %s"] * len(scope.prefixes)])
    return f"CASE WHEN {tests} THEN 1 ELSE 0 END", tuple(f"{one}%" for one in scope.prefixes)


def promised_entries(company: Company, on: date) -> int:
    """How many open entries a promise covers whose day has not passed; one query."""
    running = PromiseEntry.objects.filter(
        Q(promise__cancelled_on=None) | Q(promise__cancelled_on__gt=on),
        promise__company=company,
        promise__promised_date__gte=on,
    )
    return running.exclude(entry__remaining_minor=0).values("entry_id").distinct().count()
