"""The customers, all of them, with the balance of each account and what is late in it.

A customer is one row whatever his currencies; his balances are never added together. A balance
may be nil or negative: what we owe him.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from encaisse.insights.criteria import EVERYBODY, Criteria, conditions, is_debit
from encaisse.insights.customers import Facts, facts_of
from encaisse.insights.figures import currency_order
from encaisse.insights.memory import remembered
from encaisse.insights.sql import (
    Condition,
    all_of,
    batches,
    days_between,
    due_day,
    fetch,
    marks_for,
)
from encaisse.ledger.models import Customer
from encaisse.ledger.queries.open_items import OpenItems, open_items
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.tenancy.scope import Scope

# Below this the customers are counted anew for every page: it takes no time.
_LARGE = 2_000
_SORTS = {
    "name": "c.search_text",
    "code": "c.account_code",
    "email": "c.has_email",
    "sales_rep": "c.sales_rep",
    "category": "c.category",
    "city": "c.city",
    **{column: f"c.{column}" for column in CUSTOMER_COLUMNS},
    "profile": "COALESCE(p.name, d.name, '')",
    "level": "COALESCE(l.level, 0)",
    "balance": "COALESCE(b.balance, 0)",
    "overdue": "COALESCE(b.overdue, 0)",
    "late": days_between("'9999-12-31'", "t.oldest"),
    "reminded": "COALESCE(t.last, '1900-01-01')",
}


@dataclass(frozen=True, slots=True)
class Balance:
    """One customer's account in one currency; negative when we owe him.

    `overdue` is what is late less the unmatched credits, as in the aged balance.
    """

    currency: str
    balance: int
    overdue: int


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer; `balances` has no line where nothing is open, the base currency first."""

    customer: Customer
    facts: Facts
    balances: tuple[Balance, ...]


@dataclass(frozen=True, slots=True)
class CustomerTotals:
    """How many customers the criteria keep, and their balances, the base currency first."""

    count: int
    balances: tuple[Balance, ...]


@dataclass(frozen=True)
class CustomerList:
    """The customers that a scope sees, as of a day."""

    scope: Scope
    on: date

    @cached_property
    def items(self) -> OpenItems:
        """What is open that day; three index look-ups."""
        return open_items(self.scope.company, self.on)

    def totals(self, criteria: Criteria = EVERYBODY) -> CustomerTotals:
        """The totals over the whole result; two queries."""
        company = self.scope.company
        reps = self.scope.sales_reps
        key = ("customers", company.pk, company.facts_revision, reps, self.on, criteria)
        return remembered(
            key, lambda: self._totals(criteria), worth=lambda found: found.count >= _LARGE
        )

    def page(
        self, criteria: Criteria = EVERYBODY, *, sort: str = "name", offset: int, limit: int
    ) -> list[CustomerRow]:
        """Some customers in order; nine queries, however long the list is."""
        found: list[tuple[Any, ...]] = []
        for sql, params in (*self._owing(criteria, sort), self._ranked(criteria, sort)):
            found = fetch(f"{sql} LIMIT %s OFFSET %s", (*params, limit, offset))
            if len(found) == limit:
                break
        return self._filled([row[0] for row in found])

    def batches(
        self, criteria: Criteria = EVERYBODY, *, sort: str = "name"
    ) -> Iterator[list[CustomerRow]]:
        """Every customer in order by the batch, for an export."""
        return map(self._filled, batches(self.ids(criteria, sort=sort)))

    def ids(self, criteria: Criteria = EVERYBODY, *, sort: str = "name") -> list[int]:
        """The ids of every customer in order; one query."""
        return [row[0] for row in fetch(*self._ranked(criteria, sort))]

    def _totals(self, criteria: Criteria) -> CustomerTotals:
        where, params = self._where(criteria)
        ((count,),) = fetch(f"SELECT COUNT(*) FROM ledger_customer c WHERE {where}", params)
        found = conditions(self.scope, criteria, self.items, on=self.on)
        test, more = all_of(((self.items.where, self.items.where_params), *found))
        return CustomerTotals(count, self._balances(test, more).get(None, ()))

    def _balances(
        self, where: str, params: tuple[Any, ...], *, by_customer: bool = False
    ) -> dict[int | None, tuple[Balance, ...]]:
        """The balances of some open entries by currency, in all or customer by customer."""
        rest, own = self.items.remaining, self.items.remaining_params
        who = "e.customer_id" if by_customer else "NULL"
        found = fetch(
            f"SELECT {who}, e.currency, SUM({rest}), {self._overdue} FROM ledger_ledgerentry e"
            f" WHERE {where} GROUP BY {'e.customer_id, ' if by_customer else ''}e.currency",
            (*own, *self._overdue_params, *params),
        )
        currencies = currency_order(self.scope.company.base_currency)
        balances: dict[int | None, list[Balance]] = {}
        for customer_id, currency, balance, overdue in found:
            one = Balance(currency, int(balance), int(overdue))
            balances.setdefault(customer_id, []).append(one)
        return {
            key: tuple(sorted(some, key=lambda one: currencies(one.currency)))
            for key, some in balances.items()
        }

    @property
    def _overdue(self) -> str:
        rest = self.items.remaining
        return f"SUM(CASE WHEN {rest} < 0 OR {due_day()} < %s THEN {rest} ELSE 0 END)"

    @property
    def _overdue_params(self) -> tuple[Any, ...]:
        own = self.items.remaining_params
        return (*own, self.on, *own)

    def _ranked(self, criteria: Criteria, sort: str) -> Condition:
        key, direction = sort.removeprefix("-"), "DESC" if sort.startswith("-") else "ASC"
        joins, more = self._joins(key)
        where, params = self._where(criteria)
        return (
            f"SELECT c.id FROM ledger_customer c {joins} WHERE {where}"
            f" ORDER BY {_SORTS[key]} {direction}, c.id",
            (*more, *params),
        )

    def _owing(self, criteria: Criteria, sort: str) -> Iterator[Condition]:
        """Where an order begins with those who owe the most, or for the longest: these alone, from
        the open entries. The others are all the customers there are; hardly anybody turns that
        many pages.
        """
        found = conditions(self.scope, criteria, self.items, on=self.on)
        if sort == "-late":
            open_debits = (
                f"{self.items.where} AND {is_debit(self.items)} AND e.due_date IS NOT NULL"
            )
            test, params = all_of(((open_debits, self.items.where_params), *found))
            yield (
                f"SELECT e.customer_id FROM ledger_ledgerentry e WHERE {test}"
                " GROUP BY e.customer_id ORDER BY MIN(e.due_date), e.customer_id",
                params,
            )
        elif sort in ("-balance", "-overdue"):
            figure, own = self._figure(sort[1:])
            test, params = all_of((*self._in_base_currency, *found))
            yield (
                f"SELECT e.customer_id FROM ledger_ledgerentry e WHERE {test}"
                f" GROUP BY e.customer_id HAVING {figure} > 0"
                f" ORDER BY {figure} DESC, e.customer_id",
                (*params, *own, *own),
            )

    @property
    def _in_base_currency(self) -> tuple[Condition, ...]:
        """Amounts of two currencies do not compare: the base currency says the order."""
        base = self.scope.company.base_currency
        return (self.items.where, self.items.where_params), ("e.currency = %s", (base,))

    def _figure(self, key: str) -> Condition:
        """The SQL of an amount over a customer's open items."""
        if key == "balance":
            return f"SUM({self.items.remaining})", self.items.remaining_params
        return self._overdue, self._overdue_params

    def _where(self, criteria: Criteria) -> Condition:
        found = conditions(self.scope, criteria, self.items, on=self.on, column="c.id")
        return all_of((("c.company_id = %s", (self.scope.company.pk,)), *found))

    def _joins(self, key: str) -> Condition:
        company, items = self.scope.company, self.items
        match key:
            case "profile":
                return (
                    "LEFT JOIN collection_customerfollowup f ON f.customer_id = c.id"
                    " LEFT JOIN collection_collectionprofile p ON p.id = f.profile_id"
                    " LEFT JOIN collection_collectionprofile d"
                    " ON d.company_id = %s AND d.is_default",
                    (company.pk,),
                )
            case "level":
                return (
                    "LEFT JOIN (SELECT e.customer_id, MAX(f.level) AS level"
                    " FROM ledger_ledgerentry e"
                    " JOIN collection_entryfollowup f ON f.entry_id = e.id"
                    f" WHERE {items.where} GROUP BY e.customer_id) l ON l.customer_id = c.id",
                    items.where_params,
                )
            case "late":
                return (
                    "LEFT JOIN (SELECT e.customer_id, MIN(e.due_date) AS oldest"
                    f" FROM ledger_ledgerentry e WHERE {items.where} AND {is_debit(items)}"
                    " GROUP BY e.customer_id) t ON t.customer_id = c.id",
                    items.where_params,
                )
            case "reminded":
                return (
                    "LEFT JOIN (SELECT r.customer_id, MAX(r.effective_on) AS last"
                    " FROM collection_reminder r WHERE r.company_id = %s AND r.kind = 'reminder'"
                    " AND r.status IN ('sent', 'posted', 'noted')"
                    " GROUP BY r.customer_id) t ON t.customer_id = c.id",
                    (company.pk,),
                )
            case "balance" | "overdue":
                figure, params = self._figure(key)
                test, own = all_of(self._in_base_currency)
                return (
                    f"LEFT JOIN (SELECT e.customer_id, {figure} AS {key}"
                    f" FROM ledger_ledgerentry e WHERE {test}"
                    " GROUP BY e.customer_id) b ON b.customer_id = c.id",
                    (*params, *own),
                )
        return "", ()

    def _filled(self, ids: Sequence[int]) -> list[CustomerRow]:
        company = self.scope.company
        customers = Customer.objects.in_bulk(ids)
        facts = facts_of(company, ids, items=self.items, on=self.on)
        balances = self._balances_of(ids)
        return [CustomerRow(customers[pk], facts[pk], balances.get(pk, ())) for pk in ids]

    def _balances_of(self, ids: Collection[int]) -> dict[int | None, tuple[Balance, ...]]:
        if not ids:
            return {}
        where = f"{self.items.where} AND e.customer_id IN ({marks_for(ids)})"
        return self._balances(where, (*self.items.where_params, *ids), by_customer=True)
