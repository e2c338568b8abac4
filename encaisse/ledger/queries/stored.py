"""What the ledger holds, as a synchronisation compares it with its source."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from django.db import connection

from encaisse.ledger.models import LedgerEntry
from encaisse.ledger.rules.scope import LedgerScope
from encaisse.tenancy.models import Company

_TABLE = LedgerEntry._meta.db_table
_CHUNK = 400
T = TypeVar("T")

_READ = (
    "id", "customer_id", "source", "source_id", "fingerprint", "period", "kind", "account",
    "document_number", "document_date", "posting_date", "due_date", "amount_minor", "match_code",
    "match_date", "remaining_minor", "settled_date", "currency", "base_minor", "journal_code",
    "is_counted",
)  # fmt: skip


class Stored(NamedTuple):
    """What the ledger holds of an entry, dates as ISO texts."""

    id: int
    customer_id: int
    source: str
    source_id: str
    fingerprint: int
    period: int
    kind: str
    account: str
    document_number: str
    document_date: str
    posting_date: str
    due_date: str
    amount_minor: int
    match_code: str
    match_date: str
    remaining_minor: int
    settled_date: str
    currency: str
    base_minor: int
    journal_code: str
    is_counted: bool

    @property
    def state(self) -> tuple[int, str, bool]:
        """What settling computes."""
        return self.remaining_minor, self.settled_date, self.is_counted


def ledger_scope(company: Company) -> LedgerScope:
    """What the company's ledger takes of its accounting."""
    return LedgerScope(tuple(company.account_prefixes), frozenset(company.excluded_journals))


def stored_entries(company: Company, customer_ids: Sequence[int]) -> Iterator[Stored]:
    """The entries of some customers, dates as ISO texts, in chunks of a bounded size."""
    columns = ", ".join(_text_column(name) for name in _READ)
    for ids in in_chunks(customer_ids):
        marks = ", ".join(["%s"] * len(ids))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {_TABLE} WHERE company_id = %s"
                f" AND customer_id IN ({marks}) ORDER BY id",
                [company.pk, *ids],
            )
            for row in cursor.fetchall():
                yield Stored._make((*row[:-1], bool(row[-1])))


def _text_column(name: str) -> str:
    if name.endswith("_date"):
        return f"COALESCE(CAST({name} AS TEXT), '')"
    return name


def in_chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items, some hundreds at a time: as many as a query takes."""
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
