"""What is asked of a push, and what came of it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from encaisse.collection.operations.profile_rules import apply_profile_rules
from encaisse.connectors.result import ImportResult, moved_words
from encaisse.ledger.operations.synchronise import Coverage
from encaisse.ledger.operations.syncs import record_sync
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

# The source of what was pushed, beside `fec` and the tables.
SOURCE = "api"

Snapshot = Mapping[Any, object]


class Outcome(StrEnum):
    """What became of one item."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    # Of an account or a journal that the company does not take.
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an item cannot be taken; `field` is its name in the API, `why` fit to show."""

    index: int
    field: str
    why: str


class PushRefused(Exception):
    """Some items cannot be taken: nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(f"{len(refusals)} items refused")
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class PushOrder:
    """For whom, by whom, when; `label` is what the history of imports calls it."""

    company: Company
    author: Author
    now: datetime
    label: str


@dataclass(frozen=True, slots=True)
class PushedEntry:
    """One échéance of a document, or one payment; money in minor units, positive is owed.

    `base_minor` is the same amount in the company's currency, None when nobody said. The lines of
    one customer that share a `match_code` settle one another.
    """

    id: str
    customer_code: str
    document_date: date
    amount_minor: int
    currency: str = ""
    customer_name: str = ""
    kind: str = ""
    document_number: str = ""
    posting_date: date | None = None
    due_date: date | None = None
    label: str = ""
    base_minor: int | None = None
    match_code: str = ""
    match_date: date | None = None
    payment_method: str = ""
    account: str = ""
    journal: str = ""
    # The free fields, without the blank ones at the end.
    free: tuple[str, ...] = ()


@dataclass(slots=True)
class PushResult:
    """What became of each item, in the order in which they came."""

    items: list[tuple[str, Outcome]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """How many items had this outcome."""
        return sum(one == outcome for _id, one in self.items)

    def add(self, name: str, key: Hashable, before: Snapshot, after: Snapshot) -> None:
        """Note an item by what the ledger held of it before and after."""
        if key not in before:
            outcome = Outcome.CREATED
        elif before[key] == after.get(key):
            outcome = Outcome.UNCHANGED
        else:
            outcome = Outcome.UPDATED
        self.items.append((name, outcome))


def record_push(
    order: PushOrder, result: PushResult, *, kind: str = SOURCE, **figures: Any
) -> None:
    """Give profiles by the company's rules, and leave the trace of a push: in the history of
    imports and in the journal. `kind`: the format that the history tells; customers and contacts
    alone do not make the ledger fresh.
    """
    moved = apply_profile_rules(order.company, author=order.author, now=order.now)
    result.warnings += moved_words(moved)
    told = ImportResult(
        format=kind,
        currency=order.company.base_currency,
        rows=len(result.items),
        accepted=len(result.items) - result.count(Outcome.LEFT_OUT),
        warnings=result.warnings,
        added=result.count(Outcome.CREATED),
        updated=result.count(Outcome.UPDATED),
        removed=result.count(Outcome.REMOVED),
        **figures,
    )
    record_sync(
        order.company,
        source=kind,
        file_name=order.label,
        at=order.now,
        coverage=None,
        summary=told.as_json(),
        author=order.author,
    )


def upsert(gone: frozenset[str]) -> Coverage:
    """A push replaces nothing but what it names: no day is covered, and only `gone` leaves."""
    return Coverage(SOURCE, "", "", 0, gone=gone)
