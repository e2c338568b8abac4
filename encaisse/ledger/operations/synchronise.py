"""Writing a source's entries into the ledger: replace and diff.

The caller streams bundles (some customers, each with all his lines of the file); this module
compares them with what the ledger holds, settles each customer's whole account and writes only
what differs. Rows are never deleted: an entry that left the source stops counting and keeps its
follow-up. Each source is settled by itself: letters of one mean nothing in another. Run it inside
one transaction: all or nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

from django.db.models import Q

from encaisse.ledger.bulk import insert_rows, update_rows
from encaisse.ledger.models import Allocation, Customer, LedgerEntry
from encaisse.ledger.queries.stored import Stored, in_chunks, ledger_scope, stored_entries
from encaisse.ledger.rules.finding import document_key
from encaisse.ledger.rules.free_fields import ENTRY_COLUMNS, padded
from encaisse.ledger.rules.matching import Line, Paid, settle
from encaisse.tenancy.models import Company

_TABLE = LedgerEntry._meta.db_table


class SourceRow(NamedTuple):
    """One line as a source gives it. Dates are ISO texts, "" for none; money is minor units."""

    source_id: str
    kind: str
    account: str
    journal_code: str
    entry_number: str
    document_number: str
    document_date: str
    posting_date: str
    due_date: str
    due_date_source: str
    label: str
    currency: str
    amount_minor: int
    base_minor: int
    match_code: str
    match_date: str
    payment_method_id: int | None = None
    free1: str = ""
    free2: str = ""
    free3: str = ""
    given_remaining: int | None = None
    # The free fields after the third, without the blank ones at their end.
    more_free: tuple[str, ...] = ()


_GIVEN = (
    "source_id",
    "kind",
    "account",
    "journal_code",
    "entry_number",
    "document_number",
    "document_date",
    "posting_date",
    "due_date",
    "due_date_source",
    "label",
    "currency",
    "amount_minor",
    "base_minor",
    "match_code",
    "match_date",
    "payment_method_id",
    "free1",
    "free2",
    "free3",
)
_COMPUTED = (
    "period", "document_key", "remaining_minor", "settled_date", "is_counted", "fingerprint",
)  # fmt: skip
_INSERTED = ("company_id", "customer_id", "source", *_GIVEN, *_COMPUTED)
_MORE_FREE = ENTRY_COLUMNS[3:]
_NO_MORE_FREE = padded((), len(_MORE_FREE))
# The fingerprints of an entry that left its source, and of one that the company put out of its
# scope. Entries that only a later opening entry replaces keep theirs: they are settled again with
# the rest of the account.
LEFT, OUT = 0, 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a file replaces: a source's entries posted between two days (ISO), as one period.

    `is_whole`: the file is the source's whole state, whatever the days. `gone`: the source ids of
    entries that left it, where nothing else says so. `keeps`: nothing is matched anew, what remains
    of each entry is what its source said.
    """

    source: str
    first_date: str
    last_date: str
    period: int
    opened: frozenset[int] = frozenset()
    is_whole: bool = False
    gone: frozenset[str] = frozenset()
    keeps: bool = False

    def replaces(self, entry: Stored) -> bool:
        """True when the entry must be in the file to stay."""
        if entry.source != self.source:
            return False
        if self.is_whole or entry.source_id in self.gone:
            return True
        return self.first_date <= entry.posting_date <= self.last_date


@dataclass(slots=True)
class Changes:
    """What a synchronisation does to the ledger."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    customers: int = 0
    open_entries: int = 0
    open_minor: dict[str, int] = field(default_factory=dict)
    # What the open lines in other currencies stand for in the company's.
    foreign_base_minor: int = 0


class Synchroniser:
    """Takes bundles of customers in turn; `write=False` only counts what would change."""

    def __init__(self, company: Company, coverage: Coverage, *, write: bool) -> None:
        self.company = company
        self.coverage = coverage
        self.scope = ledger_scope(company)
        self.changes = Changes()
        self._write = write
        self._is_first = not LedgerEntry.objects.filter(company=company).exists()

    def add(self, bundle: Mapping[int, Sequence[SourceRow]]) -> None:
        """Take some customers (by id; negative ids for those not yet written) with their rows."""
        bundle = self._in_scope(bundle)
        stored = self._stored(bundle)
        inserts: list[tuple[Any, ...]] = []
        updates: list[tuple[Any, ...]] = []
        states: list[tuple[Any, ...]] = []
        paid: list[Paid] = []
        removed = self.changes.removed
        has_more = bool(self._more_columns(bundle))
        for customer_id, rows in bundle.items():
            account = _Account(self, customer_id, rows, stored.get(customer_id, ()))
            paid += account.settle()
            inserts += account.inserts(has_more=has_more)
            updates += account.updates()
            states += account.state_changes()
            self._count(account)
        self.changes.added += len(inserts)
        self.changes.updated += len(updates) + len(states) - (self.changes.removed - removed)
        if self._write:
            self._store(bundle, inserts, updates, states, paid)

    def _in_scope(
        self, bundle: Mapping[int, Sequence[SourceRow]]
    ) -> Mapping[int, Sequence[SourceRow]]:
        """The rows that the company's ledger takes."""
        if self.scope.is_all:
            return bundle
        covers = self.scope.covers
        return {
            customer_id: [row for row in rows if covers(row.account, row.journal_code)]
            for customer_id, rows in bundle.items()
        }

    def _stored(self, bundle: Mapping[int, Sequence[SourceRow]]) -> dict[int, list[Stored]]:
        by_customer: dict[int, list[Stored]] = {}
        if self._is_first:
            return by_customer
        for entry in stored_entries(self.company, [key for key in bundle if key > 0]):
            by_customer.setdefault(entry.customer_id, []).append(entry)
        return by_customer

    def _count(self, account: "_Account") -> None:
        changes = self.changes
        changes.customers += 1
        changes.removed += account.removed
        open_minor, base = changes.open_minor, self.company.base_currency
        for entry, remaining in account.open_lines():
            changes.open_entries += 1
            open_minor[entry.currency] = open_minor.get(entry.currency, 0) + remaining
            if entry.currency != base:
                share = entry.base_minor * remaining / entry.amount_minor
                changes.foreign_base_minor += round(share)

    def _store(
        self,
        bundle: Mapping[int, Sequence[SourceRow]],
        inserts: list[tuple[Any, ...]],
        updates: list[tuple[Any, ...]],
        states: list[tuple[Any, ...]],
        paid: list[Paid],
    ) -> None:
        if inserts:
            insert_rows(_TABLE, (*self._more_columns(bundle), *_INSERTED), inserts)
        if updates:
            update_rows(_TABLE, (*_MORE_FREE, *_GIVEN, *_COMPUTED), updates)
        if states:
            update_rows(
                _TABLE, ("remaining_minor", "settled_date", "is_counted", "fingerprint"), states
            )
        if not self.coverage.keeps:
            self._store_allocations(bundle, paid)

    @staticmethod
    def _more_columns(bundle: Mapping[int, Sequence[SourceRow]]) -> tuple[str, ...]:
        """The columns that new rows need besides; the database fills those of a usual file."""
        return _MORE_FREE if any(row.more_free for rows in bundle.values() for row in rows) else ()

    def _store_allocations(self, bundle: Iterable[int], paid: list[Paid]) -> None:
        if not self._is_first:
            for ids in in_chunks(list(bundle)):
                Allocation.objects.filter(
                    debit__customer_id__in=ids, debit__source=self.coverage.source
                ).delete()
        keys = {key for part in paid for key in (part.debit, part.credit) if isinstance(key, str)}
        ids_of = _ids_of(self.company, self.coverage.source, keys)
        insert_rows(
            Allocation._meta.db_table,
            ("company_id", "debit_id", "credit_id", "amount_minor", "on"),
            (
                (
                    self.company.pk,
                    ids_of.get(part.debit, part.debit),
                    ids_of.get(part.credit, part.credit),
                    part.amount,
                    part.on,
                )
                for part in paid
            ),
        )


class _Account:
    """One customer's account: the file's rows beside what the ledger holds."""

    def __init__(
        self,
        sync: Synchroniser,
        customer_id: int,
        rows: Sequence[SourceRow],
        stored: Sequence[Stored],
    ) -> None:
        self._sync = sync
        self._coverage = coverage = sync.coverage
        self._customer_id = customer_id
        self._rows = rows
        known = {entry.source_id: entry for entry in stored if entry.source == coverage.source}
        given = {row.source_id for row in rows}
        self._gone = [
            entry for key, entry in known.items() if key not in given and coverage.replaces(entry)
        ]
        self._twin: dict[str, Stored] = {row.source_id: known[row.source_id] for row in rows
                                         if row.source_id in known}  # fmt: skip
        self._recognise_moved()
        kept = {entry.id for entry in self._twin.values()} | {entry.id for entry in self._gone}
        rest = [entry for entry in known.values() if entry.id not in kept]
        self._others = [e for e in rest if self._is_covered(e) and self._may_count(e)]
        self._elsewhere = [entry for entry in stored if entry.source != coverage.source]
        self._leaving = [e for e in self._gone if e.is_counted or e.fingerprint != LEFT]
        self._put_out = [
            e
            for e in rest
            if not self._is_covered(e) and (e.is_counted or e.fingerprint not in (LEFT, OUT))
        ]
        leaving = sum(entry.fingerprint != OUT for entry in self._leaving)
        self.removed = leaving + sum(entry.is_counted for entry in self._put_out)

    def _is_covered(self, entry: Stored) -> bool:
        return self._sync.scope.covers(entry.account, entry.journal_code)

    def _may_count(self, entry: Stored) -> bool:
        """True for what counts, for what a later opening replaces, and for what is in scope again.

        What remains of that is not known where the source says it: its next file brings it back.
        """
        if entry.is_counted:
            return True
        if entry.fingerprint == OUT:
            return not self._coverage.keeps
        return entry.kind == "opening" and entry.fingerprint != LEFT

    def _recognise_moved(self) -> None:
        """A line that changed its number only (drafts that were validated) stays the same entry."""
        fresh = [row for row in self._rows if row.source_id not in self._twin]
        if not fresh or not self._gone:
            return
        gone: dict[tuple[str, str, int], list[Stored]] = {}
        for entry in self._gone:
            key = (entry.document_number, entry.document_date, entry.amount_minor)
            gone.setdefault(key, []).append(entry)
        for row in fresh:
            same = gone.get((row.document_number, row.document_date, row.amount_minor))
            if same:
                self._twin[row.source_id] = same.pop(0)
        moved = {entry.id for entry in self._twin.values()}
        self._gone = [entry for entry in self._gone if entry.id not in moved]

    def settle(self) -> list[Paid]:
        """Settle the whole account, the file's rows and the rest; keys are ids or source ids."""
        period = self._coverage.period
        self._fresh = [
            Line(
                twin.id if (twin := self._twin.get(row.source_id)) else row.source_id,
                row.amount_minor,
                row.posting_date,
                row.due_date,
                period,
                row.currency,
                row.document_number,
                row.account,
                row.match_code,
                row.match_date,
                row.kind == "opening",
                row.base_minor,
                row.given_remaining,
            )
            for row in self._rows
        ]
        self._rest = [_line(entry) for entry in self._others]
        if self._coverage.keeps:
            for line, entry in zip(self._rest, self._others, strict=True):
                line.remaining, line.settled_date, line.is_counted = entry.state
            return []
        return settle([*self._rest, *self._fresh], opened=self._coverage.opened)

    def inserts(self, *, has_more: bool) -> Iterator[tuple[Any, ...]]:
        """The rows that the ledger does not have, `has_more` free fields first."""
        head = (self._sync.company.pk, self._customer_id, self._coverage.source)
        for row, line in zip(self._rows, self._fresh, strict=True):
            if row.source_id not in self._twin:
                more = _more_free(row) if has_more else ()
                yield (*more, *head, *self._values(row, line))

    def updates(self) -> Iterator[tuple[Any, ...]]:
        """The rows that the ledger has otherwise, id last."""
        for row, line in zip(self._rows, self._fresh, strict=True):
            twin = self._twin.get(row.source_id)
            if twin is None:
                continue
            values = self._values(row, line)
            if values[-1] != twin.fingerprint or _state(line) != twin.state:
                yield (*_more_free(row), *values, twin.id)

    def state_changes(self) -> Iterator[tuple[Any, ...]]:
        """Entries outside the file whose state changes, and those that left it."""
        for entry, line in zip(self._others, self._rest, strict=True):
            if _state(line) != entry.state:
                settled = line.settled_date or None
                yield (line.remaining, settled, line.is_counted, entry.fingerprint, entry.id)
        for fingerprint, entries in ((LEFT, self._leaving), (OUT, self._put_out)):
            for entry in entries:
                day = entry.settled_date or entry.posting_date
                yield (0, day, False, fingerprint, entry.id)

    def open_lines(self) -> Iterator[tuple[SourceRow | Stored, int]]:
        """Every open line of the whole account, with what remains of it."""
        for row, line in zip(self._rows, self._fresh, strict=True):
            if line.remaining:
                yield row, line.remaining
        for entry, line in zip(self._others, self._rest, strict=True):
            if line.remaining:
                yield entry, line.remaining
        for entry in self._elsewhere:
            if entry.remaining_minor:
                yield entry, entry.remaining_minor

    def _values(self, row: SourceRow, line: Line) -> tuple[Any, ...]:
        given = (
            *row[:8],
            row.due_date or None,
            *row[9:15],
            row.match_date or None,
            *row[16:20],
            self._coverage.period,
        )
        state = (line.remaining, line.settled_date or None, line.is_counted)
        told = (*given, row.more_free) if row.more_free else given
        return (*given, document_key(row.document_number), *state, _fingerprint(told))


def _more_free(row: SourceRow) -> tuple[str, ...]:
    return padded(row.more_free, len(_MORE_FREE)) if row.more_free else _NO_MORE_FREE


def _state(line: Line) -> tuple[int, str, bool]:
    return line.remaining, line.settled_date, line.is_counted


def _line(entry: Stored) -> Line:
    return Line(
        entry.id,
        entry.amount_minor,
        entry.posting_date,
        entry.due_date,
        entry.period,
        entry.currency,
        entry.document_number,
        entry.account,
        entry.match_code,
        entry.match_date,
        entry.kind == "opening",
        entry.base_minor,
    )


def _fingerprint(values: tuple[Any, ...]) -> int:
    digest = blake2b(repr(values).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _ids_of(company: Company, source: str, keys: set[str]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for some in in_chunks(sorted(keys)):
        entries = LedgerEntry.objects.filter(company=company, source=source, source_id__in=some)
        found.update(entries.values_list("source_id", "id"))
    return found


def follow_customers(
    company: Company, coverage: Coverage, bundle: Mapping[int, Sequence[SourceRow]]
) -> None:
    """Entries that the source now gives to another customer go over to him, follow-up included.

    A customer whose account code changed is another customer for the ledger.
    """
    owners = {row.source_id: owner for owner, rows in bundle.items() for row in rows}
    for some in in_chunks(list(owners)):
        entries = LedgerEntry.objects.filter(
            company=company, source=coverage.source, source_id__in=some
        )
        for pk, source_id, owner in list(entries.values_list("pk", "source_id", "customer_id")):
            if owners[source_id] != owner:
                entries.filter(pk=pk).update(customer_id=owners[source_id])


def customers_with_entries(company: Company, coverage: Coverage) -> Iterable[int]:
    """Customers whose account the file changes even when they are absent from it.

    They have entries that it must still hold, or that its opening entries must restate.
    """
    entries = LedgerEntry.objects.filter(company=company, source=coverage.source, is_counted=True)
    if not coverage.is_whole:
        inside = Q(posting_date__range=(coverage.first_date, coverage.last_date))
        if coverage.period in coverage.opened:
            inside |= Q(posting_date__lt=coverage.first_date) & ~Q(remaining_minor=0)
        entries = entries.filter(inside)
    return entries.values_list("customer_id", flat=True).distinct().order_by("customer_id")


def customer_ids(company: Company, codes: Iterable[str]) -> dict[str, int]:
    """The ids of the customers by account code."""
    found: dict[str, int] = {}
    for some in in_chunks(list(codes)):
        customers = Customer.objects.of(company).filter(account_code__in=some)
        found.update(customers.values_list("account_code", "id"))
    return found
