"""The disputes of a company, what each contests, and how long they take.

What is contested follows the ledger, so the whole list is read at once and filtered in memory: a
constant number of queries, and none while the facts do not change.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from encaisse.collection.models import Dispute, DisputeEntry
from encaisse.collection.queries.promises import Owed as EntryOwed
from encaisse.collection.queries.promises import parts_paid
from encaisse.core.text import fold
from encaisse.insights.figures import (
    Debtor,
    Figures,
    Sorting,
    debtors_of,
    figures_of,
    people_among,
)
from encaisse.insights.memory import remembered
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# Below this the disputes are read anew for every page: it takes no time.
_LARGE = 500
_CUSTOMERS = "SELECT d.customer_id FROM collection_dispute d WHERE d.company_id = %s"


class Stage(StrEnum):
    """Where a dispute stands: settled when nothing of what it contests is owed any more."""

    OPEN = "open"
    SETTLED = "settled"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """One dispute in one currency; money in minor units.

    `contested`: of an open dispute, what is contested and still owed; of a closed one, what was
    contested when it was opened, None where that is not known (the whole account). `balance`:
    what the customer owes in all. `days`: how long it has been open, or took to close.
    """

    id: int
    debtor: Debtor
    currency: str
    contested: int | None
    balance: int
    reason: str
    comment: str
    documents: tuple[str, ...]
    suspends: bool
    stage: Stage
    opened_on: date
    closed_on: date | None
    outcome: str
    days: int
    author: str = ""

    @property
    def is_open(self) -> bool:
        """True until somebody closes it."""
        return self.stage != Stage.CLOSED

    @property
    def is_whole(self) -> bool:
        """True when it is about the whole account."""
        return not self.documents


@dataclass(frozen=True, slots=True)
class DisputeCriteria:
    """Filters of the list; empty or None means any."""

    search: str = ""
    sales_rep: str = ""
    reason: str = ""
    suspends: bool | None = None
    first: date | None = None
    last: date | None = None

    def keep(self, rows: Iterable[DisputeRow]) -> list[DisputeRow]:
        """The rows that answer; `first` and `last` are days of opening."""
        words = fold(self.search).split()
        return [
            row
            for row in rows
            if self.sales_rep in ("", row.debtor.sales_rep)
            and self.reason in ("", row.reason)
            and self.suspends in (None, row.suspends)
            and (self.first is None or row.opened_on >= self.first)
            and (self.last is None or row.opened_on <= self.last)
            and row.debtor.answers(words)
        ]


@dataclass(slots=True)
class DisputeTotal:
    """The disputes of a list in one currency; a customer's balance counts once."""

    currency: str
    count: int = 0
    contested: int = 0
    balance: int = 0
    _customers: set[int] = field(default_factory=set)

    def add(self, row: DisputeRow) -> None:
        """Count one more."""
        self.count += 1
        self.contested += row.contested or 0
        if row.debtor.id not in self._customers:
            self._customers.add(row.debtor.id)
            self.balance += row.balance


@dataclass(slots=True)
class ReasonTotal:
    """What is contested for one reason in one currency."""

    reason: str
    count: int = 0
    contested: int = 0


@dataclass(frozen=True, slots=True)
class Resolution:
    """How long the closed disputes of a list took, in days on average."""

    count: int
    days: int


@dataclass(slots=True)
class _Contested:
    """What a dispute contests by currency, its documents, and whether anything is still owed."""

    amounts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    documents: list[str] = field(default_factory=list)
    left: int = 0


def dispute_rows(scope: Scope, *, on: date) -> tuple[DisputeRow, ...]:
    """Every dispute that the scope may see, as it stands on a day; eight queries."""
    company = scope.company
    key = ("disputes", company.pk, company.facts_revision, scope.sales_reps, on)
    return remembered(key, lambda: tuple(_read(scope, on)), worth=lambda rows: len(rows) >= _LARGE)


def _read(scope: Scope, on: date) -> Iterator[DisputeRow]:
    disputes = Dispute.objects.filter(company=scope.company)
    figures = figures_of(scope.company, on=on, customers=_CUSTOMERS)
    debtors = debtors_of(scope, figures, disputes.values("customer_id"))
    people = people_among(disputes.values("opened_by_id"))
    contested = _contested(scope, on)
    for dispute in disputes.order_by("opened_on", "id"):
        debtor = debtors.get(dispute.customer_id)
        if debtor is None:
            continue
        lines = contested.get(dispute.pk)
        author = people[dispute.opened_by_id]
        for currency, amount in _amounts(dispute, lines, figures, scope.company.base_currency):
            balance = figures.of(debtor.id, currency).balance
            yield _row(dispute, debtor, currency, amount, balance, lines, author, on)


def _row(
    dispute: Dispute,
    debtor: Debtor,
    currency: str,
    amount: int | None,
    balance: int,
    lines: _Contested | None,
    author: str,
    on: date,
) -> DisputeRow:
    left = lines.left if lines else max(0, balance)
    open_stage = Stage.OPEN if left else Stage.SETTLED
    return DisputeRow(
        id=dispute.pk,
        debtor=debtor,
        currency=currency,
        contested=amount,
        balance=balance,
        reason=dispute.reason,
        comment=dispute.comment,
        documents=tuple(lines.documents) if lines else (),
        suspends=dispute.suspends,
        stage=Stage.CLOSED if dispute.closed_on else open_stage,
        opened_on=dispute.opened_on,
        closed_on=dispute.closed_on,
        outcome=dispute.outcome,
        days=((dispute.closed_on or on) - dispute.opened_on).days,
        author=author,
    )


def _amounts(
    dispute: Dispute, lines: _Contested | None, figures: Figures, base_currency: str
) -> list[tuple[str, int | None]]:
    """The currencies of a dispute with what it contests; the whole account when it names nothing.

    A customer who owes nothing has one line all the same, in the currency of the company.
    """
    if lines is not None:
        return list(lines.amounts.items())
    if dispute.closed_on:
        return [(base_currency, None)]
    owed = figures.owed.get(dispute.customer_id, {})
    found: list[tuple[str, int | None]] = [
        (currency, one.balance) for currency, one in sorted(owed.items()) if one.balance > 0
    ]
    return found or [(base_currency, 0)]


def _contested(scope: Scope, on: date) -> dict[int, _Contested]:
    """What the disputes over named entries contest; two queries."""
    lines = DisputeEntry.objects.filter(dispute__company=scope.company)
    parts = parts_paid(lines.values("entry_id"))
    found: dict[int, _Contested] = defaultdict(_Contested)
    by_entry = scope.company.numbers_shown == Company.Numbers.ENTRY
    rows = lines.order_by("entry__due_date", "entry_id").values_list(
        "dispute_id", "entry_id", "amount_minor", "dispute__opened_on", "dispute__closed_on",
        "entry__currency", "entry__document_number", "entry__entry_number", "entry__label",
        "entry__amount_minor", "entry__remaining_minor", "entry__settled_date",
    )  # fmt: skip
    for (
        dispute_id, entry_id, part, opened_on, closed_on,
        currency, number, entry_number, label, amount, remaining, settled_date,
    ) in rows:  # fmt: skip
        owed = EntryOwed(amount, remaining, settled_date, parts.get(entry_id, ()))
        left = max(0, owed.left_on(on))
        whole = left if closed_on is None else max(0, owed.left_on(opened_on))
        one = found[dispute_id]
        one.amounts[currency] += whole if part is None else min(whole, part)
        one.documents.append((entry_number if by_entry else "") or number or label)
        one.left += left
    return found


# The rows come by the day of their opening, and stay so where a column says the same.
SORTING: Sorting[DisputeRow] = Sorting(
    {
        "name": lambda row: row.debtor.search_text,
        "sales_rep": lambda row: row.debtor.sales_rep,
        "level": lambda row: row.debtor.level,
        "reason": lambda row: fold(row.reason),
        "documents": lambda row: len(row.documents),
        "contested": lambda row: row.contested or 0,
        "balance": lambda row: row.balance,
        "opened_on": lambda row: row.opened_on,
        "closed_on": lambda row: row.closed_on or date.max,
        "suspends": lambda row: not row.suspends,
    },
    amounts=("contested", "balance"),
)


def by_reason(rows: Iterable[DisputeRow], *, currency: str) -> list[ReasonTotal]:
    """What is contested in one currency for each reason, the most first."""
    found: dict[str, ReasonTotal] = {}
    for row in rows:
        if row.currency == currency:
            one = found.setdefault(row.reason, ReasonTotal(row.reason))
            one.count += 1
            one.contested += row.contested or 0
    return sorted(found.values(), key=lambda one: (-one.contested, -one.count, one.reason))


def resolution_of(rows: Iterable[DisputeRow]) -> Resolution | None:
    """How long the closed disputes of a list took; None when none was closed."""
    days = list({row.id: row.days for row in rows if not row.is_open}.values())
    return Resolution(len(days), round(sum(days) / len(days))) if days else None


def sales_reps_of(rows: Sequence[DisputeRow]) -> list[str]:
    """The sales representatives of a list, in order."""
    return sorted({row.debtor.sales_rep for row in rows} - {""})


def reasons_of(rows: Sequence[DisputeRow]) -> list[str]:
    """The reasons of a list, in order."""
    return sorted({row.reason for row in rows}, key=fold)
