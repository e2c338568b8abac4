"""What some customers owe and the level they have reached, for whole lists of decisions."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from django.db.models import QuerySet

from encaisse.insights.sql import fetch
from encaisse.ledger.models import Customer
from encaisse.ledger.queries.open_items import open_items
from encaisse.tenancy.models import Company, User
from encaisse.tenancy.scope import Scope


@dataclass(frozen=True, slots=True)
class Owed:
    """One customer in one currency: what is late, credits deducted, and the whole balance."""

    overdue: int = 0
    balance: int = 0


NOTHING = Owed()


@dataclass(slots=True)
class Figures:
    """What each customer owes by currency, and the highest level among his open entries."""

    owed: dict[int, dict[str, Owed]] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)

    def of(self, customer_id: int, currency: str) -> Owed:
        """What a customer owes in a currency."""
        return self.owed.get(customer_id, {}).get(currency, NOTHING)


def figures_of(company: Company, *, on: date, customers: str) -> Figures:
    """The figures of the customers that `customers` selects; four look-ups however many they are.

    `customers` is a subquery of customer ids with one parameter, the company. Money in minor
    units; an unmatched credit is late from its own date.
    """
    items = open_items(company, on)
    left, own = items.remaining, items.remaining_params
    found = Figures()
    rows = fetch(
        f"SELECT e.customer_id, e.currency, SUM({left}),"
        f" SUM(CASE WHEN {left} < 0 OR e.due_date < %s THEN {left} ELSE 0 END),"
        " MAX(COALESCE(f.level, 0)) FROM ledger_ledgerentry e"
        " LEFT JOIN collection_entryfollowup f ON f.entry_id = e.id"
        f" WHERE {items.where} AND e.customer_id IN ({customers})"
        " GROUP BY e.customer_id, e.currency",
        (*own, *own, on, *own, *items.where_params, company.pk),
    )
    for customer_id, currency, balance, overdue, level in rows:
        found.owed.setdefault(customer_id, {})[currency] = Owed(int(overdue), int(balance))
        found.levels[customer_id] = max(found.levels.get(customer_id, 0), level)
    return found


class Debtor(NamedTuple):
    """A customer as lists of decisions name him; `level` is that of his open entries."""

    id: int
    account_code: str
    name: str
    search_text: str
    sales_rep: str
    level: int = 0

    def answers(self, words: Sequence[str]) -> bool:
        """True when every word, folded, is in his name or his code."""
        return all(word in self.search_text for word in words)


def debtors_of(scope: Scope, figures: Figures, ids: QuerySet[Any, Any]) -> dict[int, Debtor]:
    """Those of some customers that the scope may see; one query."""
    rows = Customer.objects.visible_in(scope).filter(pk__in=ids)
    return {
        customer_id: Debtor(customer_id, code, name, text, rep, figures.levels.get(customer_id, 0))
        for customer_id, code, name, text, rep in rows.values_list(
            "id", "account_code", "legal_name", "search_text", "sales_rep"
        )
    }


def people_among(ids: QuerySet[Any, Any]) -> dict[int | None, str]:
    """The names of some users; one query. Nobody has no name."""
    return {None: "", **{user.pk: user.full_name for user in User.objects.filter(pk__in=ids)}}


def currency_order(base_currency: str) -> Callable[[str], tuple[bool, str]]:
    """Sorts currencies: that of the company first, for amounts of two never compare."""
    return lambda currency: (currency != base_currency, currency)


# -- lists of decisions, read whole --------------------------------------------------------------


class Decision(Protocol):
    """A promise or a dispute, in one currency."""

    @property
    def currency(self) -> str:
        """The currency of its amounts."""


D = TypeVar("D", bound=Decision)


class Total(Protocol):
    """The decisions of a list in one currency."""

    currency: str

    def add(self, row: Any, /) -> None:
        """Count one more."""


T = TypeVar("T", bound=Total)


def totals_by_currency(
    rows: Iterable[Decision], start: Callable[[str], T], *, base_currency: str
) -> list[T]:
    """One total a currency, that of the company first."""
    found: dict[str, T] = {}
    for row in rows:
        if row.currency not in found:
            found[row.currency] = start(row.currency)
        found[row.currency].add(row)
    currencies = currency_order(base_currency)
    return sorted(found.values(), key=lambda total: currencies(total.currency))


@dataclass(frozen=True, slots=True)
class Sorting(Generic[D]):
    """What a list can be sorted by, column by column; amounts go currency by currency."""

    keys: Mapping[str, Callable[[D], Any]]
    amounts: Collection[str]

    def of(self, rows: Iterable[D], sort: str, *, base_currency: str) -> list[D]:
        """The rows by a column, `-` first for the other way round; else in the order they have."""
        key = sort.removeprefix("-")
        ordered = sorted(rows, key=self.keys[key], reverse=sort.startswith("-"))
        if key in self.amounts:
            currencies = currency_order(base_currency)
            ordered.sort(key=lambda row: currencies(row.currency))
        return ordered
