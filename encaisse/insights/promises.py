"""The promises of a company, where each stands, and their totals.

Where a promise stands is computed from the ledger, so the whole list is read at once and filtered
in memory: a constant number of queries, and none while the facts do not change.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from encaisse.collection.models import PaymentPromise, PromiseEntry
from encaisse.collection.queries.promises import Place, Standing, places, standings
from encaisse.collection.rules.promises import PromiseState
from encaisse.core.text import fold
from encaisse.insights.figures import (
    Debtor,
    Owed,
    Sorting,
    debtors_of,
    figures_of,
    people_among,
    totals_by_currency,
)
from encaisse.insights.memory import remembered
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# Below this the promises are read anew for every page: it takes no time.
_LARGE = 500
_CUSTOMERS = "SELECT p.customer_id FROM collection_paymentpromise p WHERE p.company_id = %s"
_CANCELLED = Standing(PromiseState.CANCELLED)
_WEEK = timedelta(days=7)
# The weeks of the picture, around the present one.
_WEEKS_BEFORE, _WEEKS_AFTER = 4, 8


class Status(StrEnum):
    """What a list says of a promise: one whose day has passed is late while something is to ask."""

    COMING = "coming"
    LATE = "late"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise; money in minor units of its currency. `owed`: what the customer owes in all."""

    id: int
    debtor: Debtor
    owed: Owed
    currency: str
    promised: int
    promised_date: date
    made_on: date
    standing: Standing
    status: Status
    comment: str = ""
    author: str = ""
    place: Place | None = None


def status_of(standing: Standing) -> Status:
    """What a list says of a promise that stands so."""
    if standing.is_late:
        return Status.LATE
    return _STATUSES.get(standing.state, Status.MISSED)


_STATUSES = {
    PromiseState.RUNNING: Status.COMING,
    PromiseState.KEPT: Status.KEPT,
    PromiseState.CANCELLED: Status.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class PromiseCriteria:
    """Filters of the list; empty or None means any."""

    search: str = ""
    sales_rep: str = ""
    currency: str = ""
    first: date | None = None
    last: date | None = None

    def keep(self, rows: Sequence[PromiseRow]) -> Sequence[PromiseRow]:
        """The rows that answer."""
        if self == PromiseCriteria():
            return rows
        words = fold(self.search).split()
        return [
            row
            for row in rows
            if self.sales_rep in ("", row.debtor.sales_rep)
            and self.currency in ("", row.currency)
            and (self.first is None or row.promised_date >= self.first)
            and (self.last is None or row.promised_date <= self.last)
            and row.debtor.answers(words)
        ]


@dataclass(slots=True)
class PromiseTotal:
    """The promises of a list in one currency; a customer's overdue amount counts once."""

    currency: str
    count: int = 0
    promised: int = 0
    received: int = 0
    missing: int = 0
    overdue: int = 0
    _customers: set[int] = field(default_factory=set)

    def add(self, row: PromiseRow) -> None:
        """Count one more."""
        self.count += 1
        self.promised += row.promised
        self.received += row.standing.received
        self.missing += row.standing.missing
        if row.debtor.id not in self._customers:
            self._customers.add(row.debtor.id)
            self.overdue += row.owed.overdue


@dataclass(slots=True)
class Week:
    """What was promised for a week, from Monday to Sunday; open ended at the ends of the picture.

    received + coming + missing + missed = promised.
    """

    first: date | None
    last: date | None
    count: int = 0
    promised: int = 0
    received: int = 0
    coming: int = 0
    missing: int = 0
    missed: int = 0

    def add(self, row: PromiseRow) -> None:
        """Count one more."""
        received = min(row.promised, row.standing.received)
        rest = row.promised - received
        self.count += 1
        self.promised += row.promised
        self.received += received
        if row.status == Status.COMING:
            self.coming += rest
        else:
            self.missing += row.standing.missing
            self.missed += rest - row.standing.missing


@dataclass(frozen=True, slots=True)
class PromiseBook:
    """Every promise that a scope may see, by day, with the values that they can be filtered by.

    `late`: what is to be chased, one total a currency.
    """

    rows: tuple[PromiseRow, ...]
    sales_reps: tuple[str, ...]
    currencies: tuple[str, ...]
    late: tuple[PromiseTotal, ...]


def promise_book(scope: Scope, *, on: date) -> PromiseBook:
    """The promises as they stand on a day; ten queries, however many they are."""
    company = scope.company
    key = ("promises", company.pk, company.facts_revision, scope.sales_reps, on)
    return remembered(key, lambda: _book(scope, on), worth=lambda book: len(book.rows) >= _LARGE)


def promise_rows(scope: Scope, *, on: date) -> tuple[PromiseRow, ...]:
    """Every promise that the scope may see, as it stands on a day, by day."""
    return promise_book(scope, on=on).rows


def _book(scope: Scope, on: date) -> PromiseBook:
    rows = tuple(_read(scope, on))
    late = (row for row in rows if row.status == Status.LATE)
    return PromiseBook(
        rows,
        sales_reps=tuple(sorted({row.debtor.sales_rep for row in rows} - {""})),
        currencies=tuple(sorted({row.currency for row in rows})),
        late=tuple(
            totals_by_currency(late, PromiseTotal, base_currency=scope.company.base_currency)
        ),
    )


def _read(scope: Scope, on: date) -> Iterator[PromiseRow]:
    company = scope.company
    promises = PaymentPromise.objects.filter(company=company)
    figures = figures_of(company, on=on, customers=_CUSTOMERS)
    debtors = debtors_of(scope, figures, promises.values("customer_id"))
    people = people_among(promises.values("made_by_id"))
    found = standings(company, on=on)
    series = places(promises)
    rows = promises.order_by("promised_date", "id").values_list(
        "id", "customer_id", "currency", "amount_minor", "promised_date", "made_on", "comment",
        "made_by_id",
    )  # fmt: skip
    for (
        promise_id,
        customer_id,
        currency,
        promised,
        day,
        made_on,
        comment,
        author_id,
    ) in rows:
        if customer_id in debtors:
            standing = found.get(promise_id, _CANCELLED)
            yield PromiseRow(
                id=promise_id,
                debtor=debtors[customer_id],
                owed=figures.of(customer_id, currency),
                currency=currency,
                promised=promised,
                promised_date=day,
                made_on=made_on,
                standing=standing,
                status=status_of(standing),
                comment=comment,
                author=people[author_id],
                place=series.get(promise_id),
            )


# The rows come by day, and stay so where a column says the same.
SORTING: Sorting[PromiseRow] = Sorting(
    {
        "name": lambda row: row.debtor.search_text,
        "sales_rep": lambda row: row.debtor.sales_rep,
        "level": lambda row: row.debtor.level,
        "overdue": lambda row: row.owed.overdue,
        "promised_date": lambda row: row.promised_date,
        "promised": lambda row: row.promised,
        "received": lambda row: row.standing.received,
        "status": lambda row: list(Status).index(row.status),
        "made_on": lambda row: row.made_on,
    },
    amounts=("overdue", "promised", "received"),
)


def weeks_of(rows: Iterable[PromiseRow], *, currency: str, on: date) -> list[Week]:
    """The promises of one currency week by week, those taken back left out.

    What is before or after the weeks around `on` makes an open week at each end, where there is.
    """
    monday = on - timedelta(days=on.weekday())
    start = monday - _WEEKS_BEFORE * _WEEK
    count = _WEEKS_BEFORE + 1 + _WEEKS_AFTER
    end = start + count * _WEEK
    before, after = Week(None, start - timedelta(days=1)), Week(end, None)
    weeks = [
        Week(start + rank * _WEEK, start + (rank + 1) * _WEEK - timedelta(days=1))
        for rank in range(count)
    ]
    for row in rows:
        if row.currency != currency or row.status == Status.CANCELLED:
            continue
        if row.promised_date < start:
            before.add(row)
        elif row.promised_date >= end:
            after.add(row)
        else:
            weeks[(row.promised_date - start).days // 7].add(row)
    return [*([before] if before.count else []), *weeks, *([after] if after.count else [])]


def documents_of(company: Company, promise_ids: Collection[int]) -> dict[int, list[str]]:
    """The documents that some promises of a company cover, the oldest first; one query."""
    lines = PromiseEntry.objects.filter(promise_id__in=promise_ids).select_related("entry")
    found: dict[int, list[str]] = {}
    for line in lines.order_by("entry__due_date", "entry_id"):
        found.setdefault(line.promise_id, []).append(line.entry.called(company.numbers_shown))
    return found
