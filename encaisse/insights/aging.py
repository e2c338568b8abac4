"""The aged balance: who owes what, since when, per customer and currency.

For each customer and currency, as of a day:
    not_due   debits due that day or later, and debits without a due date
    late      debits due before that day, by age (`bounds` 30, 60: 1–30, 31–60, 61 days and more)
    credits   unmatched credits, negative; each counts as overdue from its own date
    overdue = late + credits      balance = not_due + overdue, to the cent
Currencies are never added together.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from encaisse.insights.criteria import EVERYBODY, Accounts, Criteria, conditions
from encaisse.insights.figures import currency_order
from encaisse.insights.memory import remembered
from encaisse.insights.sql import Condition, base_first, due_day, fetch, marks_for
from encaisse.ledger.queries.open_items import OpenItems, open_items
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, CUSTOMER_FIELDS
from encaisse.tenancy.scope import Scope

# Below this a ledger is counted anew for every page: it takes no time.
_LARGE = 2_000
# Of so many customers by name, one at least usually owes something; up to so many are looked at.
_OWING = 5
_MOST_BY_NAME = 10_000
_SORTS_OF_CUSTOMER = {
    "name": "c.search_text",
    "sales_rep": "c.sales_rep",
    "category": "c.category",
    **{column: f"c.{column}" for column in CUSTOMER_COLUMNS},
    "profile": "COALESCE(p.name, d.name, '')",
    "level": "COALESCE(l.level, 0)",
}


_FREE = ", ".join(f"c.{column}" for column in CUSTOMER_COLUMNS)


@dataclass(frozen=True, slots=True)
class Amounts:
    """The figures of an aged balance, in minor units of one currency."""

    not_due: int
    late: tuple[int, ...]
    credits: int
    balance: int

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(
            self.not_due + other.not_due,
            tuple(mine + theirs for mine, theirs in zip(self.late, other.late, strict=True)),
            self.credits + other.credits,
            self.balance + other.balance,
        )

    @property
    def overdue(self) -> int:
        """What is late, less the unmatched credits."""
        return self.balance - self.not_due

    @property
    def overdue_debits(self) -> int:
        """What is late before the credits."""
        return sum(self.late)


def nothing_owed(bounds: Sequence[int]) -> Amounts:
    """The figures of someone who owes nothing, for some ageing periods."""
    return Amounts(0, (0,) * (len(bounds) + 1), 0, 0)


@dataclass(frozen=True, slots=True)
class AgedRow:
    """One customer in one currency."""

    customer_id: int
    account_code: str
    name: str
    sales_rep: str
    category: str
    free: tuple[str, ...]
    currency: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class AgedTotal:
    """All the customers kept by the criteria, in one currency.

    `overdue_count` and `not_due_count` are customers with something overdue, or still to come.
    """

    currency: str
    count: int
    overdue_count: int
    not_due_count: int
    undated: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class AgedShare:
    """The customers who pay in one way and have one profile, in one currency; None: not given."""

    currency: str
    payment_method_id: int | None
    profile_id: int | None
    count: int
    amounts: Amounts


@dataclass(frozen=True)
class AgedBalance:
    """The aged balance of what a scope sees, as of a day. Look-ups are made once, on demand.

    `periods`: the ageing bounds in days late; none for those of the company.
    """

    scope: Scope
    on: date
    periods: tuple[int, ...] = ()

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """The ageing bounds, in days late."""
        return self.periods or self.scope.company.bounds

    @cached_property
    def items(self) -> OpenItems:
        """What is open that day; three index look-ups."""
        return open_items(self.scope.company, self.on)

    def totals(self, criteria: Criteria = EVERYBODY) -> list[AgedTotal]:
        """One total a currency over the whole result, the base currency first; one query."""
        return remembered(
            ("aging", *self._key(criteria)), lambda: self._totals(criteria), worth=_is_large
        )

    def shares(self, criteria: Criteria = EVERYBODY) -> list[AgedShare]:
        """The totals by currency, payment method and profile of the customers; one query."""
        found = fetch(*_Query(self, criteria).shares())
        return [
            AgedShare(currency, method_id, profile_id, count, _amounts(figures))
            for currency, method_id, profile_id, count, *figures in found
        ]

    def page(
        self, criteria: Criteria = EVERYBODY, *, sort: str = "-overdue", offset: int, limit: int
    ) -> list[AgedRow]:
        """Some rows in order; three queries at most, the order remembered for a large ledger."""
        keys = remembered(
            ("aged page", *self._key(criteria), sort, offset, limit),
            lambda: self._ranks(criteria, sort, offset=offset, limit=limit),
            worth=lambda _found: _is_large(self.totals(criteria)),
        )
        if not keys:
            return []
        ids = tuple(sorted({key[0] for key in keys}))
        query = _Query(self, criteria, only=(f"e.customer_id IN ({marks_for(ids)})", ids))
        found = {(row.customer_id, row.currency): row for row in self._rows(query, "name")}
        return [found[customer_id, currency] for customer_id, currency in keys]

    def _key(self, criteria: Criteria) -> tuple[Hashable, ...]:
        company = self.scope.company
        reps = self.scope.sales_reps
        return (company.pk, company.facts_revision, reps, self.on, self.bounds, criteria)

    def _ranks(
        self, criteria: Criteria, sort: str, *, offset: int, limit: int
    ) -> list[tuple[Any, ...]]:
        keys: list[tuple[Any, ...]] = []
        for query in (*self._by_name(criteria, sort, offset + limit), _Query(self, criteria)):
            keys = fetch(*query.ranks(sort, offset=offset, limit=limit))
            if len(keys) == limit:
                break
        return keys

    def _by_name(self, criteria: Criteria, sort: str, last: int) -> Iterator["_Query"]:
        """The whole list by name, looked for among the first customers alone: enough of them owe
        something for the first pages.
        """
        if criteria != EVERYBODY or self.scope.sales_reps is not None:
            return
        most = last * _OWING
        if sort in ("name", "-name") and most <= _MOST_BY_NAME:
            first = (
                "e.customer_id IN (SELECT c.id FROM ledger_customer c WHERE c.company_id = %s"
                f" ORDER BY c.search_text {_direction(sort)}, c.id LIMIT %s)"
            )
            yield _Query(self, criteria, only=(first, (self.scope.company.pk, most)))

    def worst(self, limit: int) -> list[AgedRow]:
        """The customers with the most overdue; two queries, remembered for a large ledger."""
        return remembered(
            ("worst", *self._key(EVERYBODY), limit),
            lambda: self.page(Criteria(part="overdue"), offset=0, limit=limit),
            worth=lambda _found: _is_large(self.totals()),
        )

    def rows(self, criteria: Criteria = EVERYBODY, *, sort: str = "-overdue") -> Iterator[AgedRow]:
        """Every row in order, for an export; one query."""
        return self._rows(_Query(self, criteria), sort)

    def _rows(self, query: "_Query", sort: str) -> Iterator[AgedRow]:
        for row in _stream(query.rows(sort)):
            customer_id, currency, code, name, sales_rep, category, *rest = row
            free, amounts = tuple(rest[:CUSTOMER_FIELDS]), _amounts(rest[CUSTOMER_FIELDS:])
            yield AgedRow(customer_id, code, name, sales_rep, category, free, currency, amounts)

    def _totals(self, criteria: Criteria) -> list[AgedTotal]:
        found = [
            AgedTotal(currency, count, int(late), int(coming), int(undated), _amounts(figures))
            for currency, count, late, coming, undated, *figures in fetch(
                *_Query(self, criteria).totals()
            )
        ]
        currencies = currency_order(self.scope.company.base_currency)
        return sorted(found, key=lambda total: currencies(total.currency))


def _is_large(totals: Iterable[AgedTotal]) -> bool:
    return sum(total.count for total in totals) >= _LARGE


def _amounts(figures: Iterable[Any]) -> Amounts:
    balance, credits, not_due, *late = (int(figure) for figure in figures)
    return Amounts(not_due, tuple(late), credits, balance)


def _stream(statement: Condition) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        while rows := cursor.fetchmany(2_000):
            yield from rows


class _Query:
    """Builds the SQL. One aggregate over the open items, read from their covering index."""

    def __init__(
        self, aged: AgedBalance, criteria: Criteria, *, only: Condition | None = None
    ) -> None:
        self.aged = aged
        self.criteria = criteria
        self.only = only
        self.day = due_day()

    @property
    def late(self) -> list[str]:
        return [f"late_{rank}" for rank in range(len(self.aged.bounds) + 1)]

    def totals(self) -> Condition:
        names = ["balance", "credits", "not_due", *self.late]
        inner, params = self._balances([*names, "undated"])
        sums = ", ".join(f"SUM(b.{name})" for name in names)
        return (
            "SELECT b.currency, COUNT(*), SUM(CASE WHEN b.balance > b.not_due THEN 1 ELSE 0 END),"
            " SUM(CASE WHEN b.not_due > 0 THEN 1 ELSE 0 END), SUM(b.undated),"
            f" {sums} FROM ({inner}) b GROUP BY b.currency",
            params,
        )

    def shares(self) -> Condition:
        names = ["balance", "credits", "not_due", *self.late]
        inner, params = self._balances(names)
        sums = ", ".join(f"SUM(b.{name})" for name in names)
        return (
            f"SELECT b.currency, c.payment_method_id, f.profile_id, COUNT(*), {sums}"
            f" FROM ({inner}) b JOIN ledger_customer c ON c.id = b.customer_id"
            " LEFT JOIN collection_customerfollowup f ON f.customer_id = b.customer_id"
            " GROUP BY b.currency, c.payment_method_id, f.profile_id",
            params,
        )

    def ranks(self, sort: str, *, offset: int, limit: int) -> Condition:
        key = sort.removeprefix("-")
        measured = [] if key in _SORTS_OF_CUSTOMER else [key]
        inner, params = self._balances(measured)
        joins, more = self._joins(key)
        return (
            f"SELECT b.customer_id, b.currency FROM ({inner}) b {joins}"
            f" ORDER BY {_order(sort)} LIMIT %s OFFSET %s",
            (*params, *more, *self._order_params(sort), limit, offset),
        )

    def rows(self, sort: str) -> Condition:
        names = ["balance", "credits", "not_due", *self.late]
        key = sort.removeprefix("-")
        measured = [] if key in _SORTS_OF_CUSTOMER or key in names else [key]
        inner, params = self._balances([*names, *measured])
        joins, more = self._joins(key, with_customer=True)
        figures = ", ".join(f"b.{name}" for name in names)
        return (
            "SELECT b.customer_id, b.currency, c.account_code, c.legal_name, c.sales_rep,"
            f" c.category, {_FREE}, {figures}"
            f" FROM ({inner}) b {joins} ORDER BY {_order(sort)}",
            (*params, *more, *self._order_params(sort)),
        )

    def _balances(self, names: list[str]) -> Condition:
        """The balances, one row a customer and currency, with the figures asked for."""
        columns = ["e.customer_id", "e.currency"]
        params: list[Any] = []
        for name in names:
            figure, more = self._figure(name)
            columns.append(f"{figure} AS {name}")
            params += more
        where, having = self._where(), self._having()
        return (
            f"SELECT {', '.join(columns)} FROM ledger_ledgerentry e WHERE {where[0]}"
            f" GROUP BY e.customer_id, e.currency{having[0]}",
            (*params, *where[1], *having[1]),
        )

    def _where(self) -> Condition:
        items = self.aged.items
        tests, params = [items.where], list(items.where_params)
        scope, on = self.aged.scope, self.aged.on
        if self.criteria.currency:
            tests.append("e.currency = %s")
            params.append(self.criteria.currency)
        for test, more in conditions(scope, self.criteria, items, on=on):
            tests.append(test)
            params += more
        if self.only is not None:
            tests.append(self.only[0])
            params += self.only[1]
        return " AND ".join(tests), tuple(params)

    def _having(self) -> Condition:
        tests: list[str] = []
        params: list[Any] = []
        signs = {Accounts.DEBTORS: "> 0", Accounts.CREDITORS: "< 0", Accounts.ALL: ""}
        for name, test in (("balance", signs[self.criteria.accounts]), (self.criteria.part, "> 0")):
            if name and test:
                figure, more = self._figure(name)
                tests.append(f"{figure} {test}")
                params += more
        return f" HAVING {' AND '.join(tests)}" if tests else "", tuple(params)

    def _figure(self, name: str) -> Condition:
        """The SQL of one figure over a customer's open items."""
        remaining = self.aged.items.remaining
        own = self.aged.items.remaining_params
        if name == "balance":
            return f"SUM({remaining})", own
        test, params = self._test(name, remaining)
        value = "1" if name == "undated" else remaining
        repeated = () if name == "undated" else own
        return f"SUM(CASE WHEN {test} THEN {value} ELSE 0 END)", (*own, *params, *repeated)

    def _test(self, name: str, remaining: str) -> Condition:
        on = self.aged.on
        match name:
            case "credits":
                return f"{remaining} < 0", ()
            case "undated":
                return f"{remaining} > 0 AND e.due_date IS NULL", ()
            case "not_due":
                return f"{remaining} > 0 AND (e.due_date IS NULL OR {self.day} >= %s)", (on,)
            case "overdue":
                return f"{remaining} < 0 OR {self.day} < %s", (on,)
        return self._late_test(self.late.index(name), remaining)

    def _late_test(self, rank: int, remaining: str) -> Condition:
        on, bounds = self.aged.on, (0, *self.aged.bounds)
        test = f"{remaining} > 0 AND {self.day} < %s"
        latest = on - timedelta(days=bounds[rank])
        if rank + 1 == len(bounds):
            return test, (latest,)
        return f"{test} AND {self.day} >= %s", (latest, on - timedelta(days=bounds[rank + 1]))

    def _order_params(self, sort: str) -> tuple[str, ...]:
        is_amount = sort.removeprefix("-") not in _SORTS_OF_CUSTOMER
        return (self.aged.scope.company.base_currency,) if is_amount else ()

    def _joins(self, key: str, *, with_customer: bool = False) -> Condition:
        company_id = self.aged.scope.company.pk
        if key == "profile":
            return (
                "JOIN ledger_customer c ON c.id = b.customer_id"
                " LEFT JOIN collection_customerfollowup f ON f.customer_id = b.customer_id"
                " LEFT JOIN collection_collectionprofile p ON p.id = f.profile_id"
                " LEFT JOIN collection_collectionprofile d ON d.company_id = %s AND d.is_default",
                (company_id,),
            )
        if key == "level":
            items = self.aged.items
            return (
                "JOIN ledger_customer c ON c.id = b.customer_id"
                " LEFT JOIN (SELECT e.customer_id, MAX(f.level) AS level"
                " FROM ledger_ledgerentry e JOIN collection_entryfollowup f ON f.entry_id = e.id"
                f" WHERE {items.where} GROUP BY e.customer_id) l ON l.customer_id = b.customer_id",
                items.where_params,
            )
        needed = with_customer or key in _SORTS_OF_CUSTOMER
        return ("JOIN ledger_customer c ON c.id = b.customer_id" if needed else "", ())


def _direction(sort: str) -> str:
    return "DESC" if sort.startswith("-") else "ASC"


def _order(sort: str) -> str:
    key, direction = sort.removeprefix("-"), _direction(sort)
    if key in _SORTS_OF_CUSTOMER:
        return f"{_SORTS_OF_CUSTOMER[key]} {direction}, b.customer_id, b.currency"
    return f"{base_first('b.currency')}, b.{key} {direction}, b.customer_id, b.currency"
