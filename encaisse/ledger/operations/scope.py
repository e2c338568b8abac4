"""Changing which accounts and journals the ledger takes: what is stored follows at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, Sum

from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.operations.synchronise import OUT, Coverage, Synchroniser
from encaisse.ledger.operations.syncs import lock_ledger, periods_opened
from encaisse.ledger.queries.stored import ledger_scope
from encaisse.ledger.rules.scope import LedgerScope
from encaisse.tenancy.journal import Author, facts_changed, record_event
from encaisse.tenancy.models import Company

# The sources whose payments are matched here, by letters: the others say what remains themselves.
_MATCHED = frozenset({"fec", "demo"})
_BATCH = 400


@dataclass(frozen=True, slots=True)
class Owed:
    """What was open in one currency before a change and is after it: entries, minor units."""

    currency: str
    entries: int
    minor: int
    entries_after: int
    minor_after: int

    @property
    def change(self) -> int:
        """What the balance gains, negative for what it loses."""
        return self.minor_after - self.minor

    @property
    def lost(self) -> int:
        """The same the other way round."""
        return -self.change


@dataclass(frozen=True, slots=True)
class ScopeEffect:
    """What a change of scope does: entries that leave it, entries that come back, and what is open
    before and after, one line a currency (those that stay as they are left out).
    """

    left: int = 0
    back: int = 0
    owed: tuple[Owed, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """True when no entry moves."""
        return not (self.left or self.back or self.owed)


@transaction.atomic
def change_scope(
    company: Company,
    scope: LedgerScope,
    *,
    author: Author,
    now: datetime,
    write: bool = True,
) -> ScopeEffect:
    """Give a company another scope and refilter its ledger; `write=False` only tells the effect.

    What leaves the scope counts no more and keeps its follow-up. What comes back counts again and
    is matched anew, where the payments of its source are matched here; else its next file brings
    it.
    """
    lock_ledger(company)
    # The senders' counter may have moved since the page was read, the scope as well.
    company.refresh_from_db(fields=["account_prefixes", "excluded_journals", "facts_revision"])
    before = ledger_scope(company)
    if scope == before:
        return ScopeEffect()
    open_before = _open(company)
    company.account_prefixes = list(scope.prefixes)
    company.excluded_journals = sorted(scope.journals)
    company.save(update_fields=["account_prefixes", "excluded_journals"])
    left, back = _refilter(company, scope)
    effect = ScopeEffect(left, back, tuple(_owed(open_before, _open(company))))
    if write:
        _journal(company, before, scope, effect, author, now)
        facts_changed(company.pk)
    else:
        transaction.set_rollback(True)
        company.account_prefixes = list(before.prefixes)
        company.excluded_journals = sorted(before.journals)
    return effect


def _refilter(company: Company, scope: LedgerScope) -> tuple[int, int]:
    """Put out what is outside and take back what is not; how many entries left and came back."""
    entries = LedgerEntry.objects.filter(company=company)
    outside = _outside(scope)
    changing = Q(outside, is_counted=True) | Q(outside, kind="opening")
    if outside:
        changing |= ~outside & Q(fingerprint=OUT)
    else:
        changing = Q(fingerprint=OUT)
    affected = entries.filter(changing).order_by("source", "customer_id")
    counted_before = entries.filter(is_counted=True).count()
    customers: dict[str, list[int]] = {}
    for source, customer_id in affected.values_list("source", "customer_id").distinct():
        customers.setdefault(source, []).append(customer_id)
    left = sum(_settle(company, source, ids) for source, ids in customers.items())
    back = entries.filter(is_counted=True).count() - counted_before + left
    return left, back


def _settle(company: Company, source: str, customer_ids: Sequence[int]) -> int:
    """Settle the accounts of some customers again; how many entries stopped counting."""
    opened = frozenset(periods_opened(company, source))
    coverage = Coverage(source, "", "", 0, opened, keeps=source not in _MATCHED)
    sync = Synchroniser(company, coverage, write=True)
    for start in range(0, len(customer_ids), _BATCH):
        sync.add(dict.fromkeys(customer_ids[start : start + _BATCH], ()))
    return sync.changes.removed


def _outside(scope: LedgerScope) -> Q:
    """The condition on entries that a scope leaves out; empty when it leaves nothing out."""
    outside = Q(journal_code__in=sorted(scope.journals)) if scope.journals else Q()
    if scope.prefixes:
        inside = Q(account="")
        for prefix in scope.prefixes:
            inside |= Q(account__startswith=prefix)
        outside |= ~inside
    return outside


def _open(company: Company) -> dict[str, tuple[int, int]]:
    """How many entries are open and what remains of them, by currency."""
    entries = LedgerEntry.objects.filter(company=company).exclude(remaining_minor=0)
    sums = entries.values("currency").annotate(lines=Count("pk"), minor=Sum("remaining_minor"))
    return {row["currency"]: (row["lines"], int(row["minor"])) for row in sums.order_by()}


def _owed(
    before: Mapping[str, tuple[int, int]], after: Mapping[str, tuple[int, int]]
) -> Iterator[Owed]:
    for currency in sorted({*before, *after}):
        was, becomes = before.get(currency, (0, 0)), after.get(currency, (0, 0))
        if was != becomes:
            yield Owed(currency, *was, *becomes)


def _journal(
    company: Company,
    before: LedgerScope,
    after: LedgerScope,
    effect: ScopeEffect,
    author: Author,
    now: datetime,
) -> None:
    def told(scope: LedgerScope) -> dict[str, list[str]]:
        return {
            "account_prefixes": list(scope.prefixes),
            "excluded_journals": sorted(scope.journals),
        }

    record_event(
        "company.scope_changed",
        company=company,
        author=author,
        at=now,
        before=told(before),
        after=told(after),
        left=effect.left,
        back=effect.back,
    )
