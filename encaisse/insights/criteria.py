"""Which customers a list of balances is about, as SQL conditions on `e.customer_id`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from encaisse.core.text import fold
from encaisse.ledger.queries.open_items import OpenItems
from encaisse.tenancy.scope import Scope

Condition = tuple[str, tuple[Any, ...]]


class Accounts(StrEnum):
    """Which balances count: those who owe (the default), those we owe, or both."""

    DEBTORS = "debtors"
    CREDITORS = "creditors"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Filters of a list of balances; None or empty means any.

    `profile_id` with `is_default_profile` also takes the customers who were given none.
    `part` keeps who has something in a part of the ageing: `overdue`, `not_due`, `late_0`…
    """

    search: str = ""
    accounts: Accounts = Accounts.DEBTORS
    part: str = ""
    currency: str = ""
    sales_rep: str = ""
    category: str = ""
    payment_method_id: int | None = None
    profile_id: int | None = None
    is_default_profile: bool = False
    level: int | None = None
    is_stopped: bool | None = None
    is_disputed: bool = False
    customer_id: int | None = None


def conditions(
    scope: Scope, criteria: Criteria, items: OpenItems, *, on: date
) -> Iterator[Condition]:
    """SQL conditions that keep the customers asked for, and only those the scope may see."""
    if criteria.customer_id is not None:
        yield "e.customer_id = %s", (criteria.customer_id,)
    if criteria.currency:
        yield "e.currency = %s", (criteria.currency,)
    yield from _ledger(scope, criteria)
    yield from _follow_up(scope, criteria, on=on)
    if criteria.level is not None:
        yield _level(criteria.level, items)


def _ledger(scope: Scope, criteria: Criteria) -> Iterator[Condition]:
    tests: list[str] = ["c.company_id = %s"]
    params: list[Any] = [scope.company.pk]
    if scope.sales_reps is not None:
        marks = ", ".join(["%s"] * len(scope.sales_reps)) or "NULL"
        tests.append(f"c.sales_rep IN ({marks})")
        params += sorted(scope.sales_reps)
    for column in ("sales_rep", "category", "payment_method_id"):
        if value := getattr(criteria, column):
            tests.append(f"c.{column} = %s")
            params.append(value)
    for word in fold(criteria.search).split():
        tests.append("c.search_text LIKE %s")
        params.append(f"%{word}%")
    if len(tests) > 1:
        condition = " AND ".join(tests)
        yield (
            f"e.customer_id IN (SELECT c.id FROM ledger_customer c WHERE {condition})",
            tuple(params),
        )


def _follow_up(scope: Scope, criteria: Criteria, *, on: date) -> Iterator[Condition]:
    company_id = scope.company.pk
    if criteria.is_stopped is not None:
        word = "IN" if criteria.is_stopped else "NOT IN"
        yield f"e.customer_id {word} ({_STOPPED})", (company_id, on, on)
    if criteria.is_disputed:
        yield f"e.customer_id IN ({_DISPUTED})", (company_id, on)
    if criteria.profile_id is not None:
        word, test = ("NOT IN", "<>") if criteria.is_default_profile else ("IN", "=")
        yield (
            f"e.customer_id {word} (SELECT p.customer_id FROM collection_customerfollowup p"
            f" WHERE p.company_id = %s AND p.profile_id {test} %s)",
            (company_id, criteria.profile_id),
        )


_STOPPED = (
    "SELECT h.customer_id FROM collection_hold h WHERE h.company_id = %s AND h.lifted_on IS NULL"
    " AND h.entry_id IS NULL AND h.set_on <= %s AND (h.until IS NULL OR h.until >= %s)"
)
_DISPUTED = (
    "SELECT d.customer_id FROM collection_dispute d"
    " WHERE d.company_id = %s AND d.closed_on IS NULL AND d.opened_on <= %s"
)


def _level(level: int, items: OpenItems) -> Condition:
    """A customer's level is the highest among his open entries; 0 = never reminded."""
    word, test = ("IN", "=") if level else ("NOT IN", ">")
    return (
        f"e.customer_id {word} (SELECT e.customer_id FROM ledger_ledgerentry e"
        f" JOIN collection_entryfollowup f ON f.entry_id = e.id WHERE {items.where}"
        f" GROUP BY e.customer_id HAVING MAX(f.level) {test} %s)",
        (*items.where_params, level),
    )
