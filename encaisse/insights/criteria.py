"""Which customers a list is about, as SQL conditions on the column that holds their id."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection

from encaisse.core.text import fold
from encaisse.insights.sql import Condition, holds_text, marks_for
from encaisse.ledger.queries.open_items import OpenItems
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.tenancy.scope import Scope


class Accounts(StrEnum):
    """Which balances count: those who owe (the default), those we owe, or both."""

    DEBTORS = "debtors"
    CREDITORS = "creditors"
    ALL = "all"


class FreeText(NamedTuple):
    """What a free field (`free1`…) must be, or only hold somewhere."""

    column: str
    text: str
    is_whole: bool = True


class Span(NamedTuple):
    """Numbers of days or amounts from one to another, both included; None has no end."""

    at_least: int | None = None
    at_most: int | None = None


_ANY = Span()


class Standing(StrEnum):
    """How a customer's account stands: in one of his currencies at least, or wholly, for nil."""

    OWES = "owes"
    CREDITOR = "creditor"
    NIL = "nil"


@dataclass(frozen=True, slots=True)
class Criteria:
    """Filters of a list of customers or balances; None or empty means any.

    `profile_id` with `is_default_profile` also takes the customers who were given none.
    `part` keeps who has something in a part of the ageing: `overdue`, `not_due`, `late_0`…
    `dispute_reason` keeps those who contest something for that reason.
    `new_since` keeps who has an entry that became overdue on that day or later: the first day
    late of an entry is the day after its due date, so it is due on that very day or later.
    `late` keeps who has a debit due for so many days, in each of the spans, in `late_currency`
    if given; `overdue` says for a currency what is late less the credits, in minor units.
    `silent` counts the days since the last reminder; whoever never got one was silent for ever.
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
    is_disputed: bool | None = None
    dispute_reason: str = ""
    customer_id: int | None = None
    free: tuple[FreeText, ...] = ()
    has_email: bool | None = None
    standing: Standing | None = None
    new_since: date | None = None
    late: tuple[Span, ...] = ()
    late_currency: str = ""
    overdue: tuple[str, Span] | None = None
    silent: Span = _ANY
    is_promised: bool | None = None
    only: frozenset[int] | None = None


EVERYBODY = Criteria()


def conditions(
    scope: Scope,
    criteria: Criteria,
    items: OpenItems,
    *,
    on: date,
    column: str = "e.customer_id",
) -> Iterator[Condition]:
    """SQL conditions that keep the customers asked for, and only those the scope may see.

    `column` holds the customer's id. The criteria that are figures (`accounts`, `part`) are not
    conditions on one row, and `currency` says something of entries only.
    """
    if criteria.customer_id is not None:
        yield f"{column} = %s", (criteria.customer_id,)
    if criteria.only is not None:
        yield among(column, criteria.only)
    found = (
        *_ledger(scope, criteria),
        *_follow_up(scope, criteria, on=on),
        *_open(criteria, items, on=on),
    )
    for test, params in found:
        yield f"{column} {test}", params


def among(column: str, ids: Collection[int]) -> Condition:
    """The condition that a column holds one of some ids, however many they are."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", (sorted(ids),)
    return f"{column} IN (SELECT value FROM json_each(%s))", (json.dumps(sorted(ids)),)


def pays_by(company_id: int, method_ids: Collection[int]) -> Condition:
    """The condition that an entry is paid by some methods: its own, else its customer's."""
    marks = marks_for(method_ids)
    return (
        f"e.payment_method_id IN ({marks}) OR e.payment_method_id IS NULL AND e.customer_id IN"
        " (SELECT c.id FROM ledger_customer c"
        f" WHERE c.company_id = %s AND c.payment_method_id IN ({marks}))",
        (*method_ids, company_id, *method_ids),
    )


def is_debit(items: OpenItems) -> str:
    """The condition that an entry is a debit, on a column that the index of open items has.

    The sign keeps SQLite from looking for amounts in another index than that of the open items.
    """
    return "e.amount_minor > 0" if items.remaining_params else "+e.remaining_minor > 0"


def _ledger(scope: Scope, criteria: Criteria) -> Iterator[Condition]:
    tests: list[str] = ["c.company_id = %s"]
    params: list[Any] = [scope.company.pk]
    if scope.sales_reps is not None:
        tests.append(f"c.sales_rep IN ({marks_for(scope.sales_reps)})")
        params += sorted(scope.sales_reps)
    for column in ("sales_rep", "category", "payment_method_id"):
        if value := getattr(criteria, column):
            tests.append(f"c.{column} = %s")
            params.append(value)
    if criteria.has_email is not None:
        tests.append("c.has_email" if criteria.has_email else "NOT c.has_email")
    for asked in criteria.free:
        test, more = _free_text(asked)
        tests.append(f"({test})")
        params += more
    for word in fold(criteria.search).split():
        tests.append("c.search_text LIKE %s")
        params.append(f"%{word}%")
    if len(tests) > 1:
        condition = " AND ".join(tests)
        yield f"IN (SELECT c.id FROM ledger_customer c WHERE {condition})", tuple(params)


def _free_text(asked: FreeText) -> Condition:
    if asked.column not in CUSTOMER_COLUMNS:
        raise KeyError(asked.column)
    if asked.is_whole:
        return f"c.{asked.column} = %s", (asked.text,)
    return holds_text(f"c.{asked.column}", asked.text)


def _follow_up(scope: Scope, criteria: Criteria, *, on: date) -> Iterator[Condition]:
    company_id = scope.company.pk
    if criteria.is_stopped is not None:
        yield f"{_in(criteria.is_stopped)} ({STOPPED})", (company_id, on, on)
    if criteria.is_disputed is not None:
        yield f"{_in(criteria.is_disputed)} ({DISPUTED})", (company_id, on)
    if criteria.dispute_reason:
        yield f"IN ({DISPUTED} AND d.reason = %s)", (company_id, on, criteria.dispute_reason)
    if criteria.is_promised is not None:
        yield (
            f"{_in(criteria.is_promised)} (SELECT e.customer_id FROM ledger_ledgerentry e"
            f" WHERE e.id IN ({PROMISED}))",
            (company_id, on),
        )
    yield from _silent(criteria.silent, company_id, on)
    if criteria.profile_id is not None:
        word, test = ("NOT IN", "<>") if criteria.is_default_profile else ("IN", "=")
        yield (
            f"{word} (SELECT p.customer_id FROM collection_customerfollowup p"
            f" WHERE p.company_id = %s AND p.profile_id {test} %s)",
            (company_id, criteria.profile_id),
        )


_REMINDED = (
    "(SELECT r.customer_id FROM collection_reminder r WHERE r.company_id = %s"
    " AND r.kind = 'reminder' AND r.status IN ('sent', 'posted', 'noted')"
    " AND r.effective_on {test} %s)"
)


def _silent(span: Span, company_id: int, on: date) -> Iterator[Condition]:
    """The days since the last reminder."""
    if span.at_least is not None:
        yield f"NOT IN {_REMINDED.format(test='>')}", (company_id, _before(on, span.at_least))
    if span.at_most is not None:
        yield f"IN {_REMINDED.format(test='>=')}", (company_id, _before(on, span.at_most))


def _before(on: date, days: int) -> date:
    return on - timedelta(days=days)


def _in(is_kept: bool) -> str:  # noqa: FBT001 -- private
    return "IN" if is_kept else "NOT IN"


# Customers who are stopped as a whole, and those who contest anything; as of a day.
STOPPED = (
    "SELECT h.customer_id FROM collection_hold h WHERE h.company_id = %s AND h.lifted_on IS NULL"
    " AND h.entry_id IS NULL AND h.set_on <= %s AND (h.until IS NULL OR h.until >= %s)"
)
DISPUTED = (
    "SELECT d.customer_id FROM collection_dispute d"
    " WHERE d.company_id = %s AND d.closed_on IS NULL AND d.opened_on <= %s"
)
# The same for disputes over whole accounts, and the entries that the others name.
DISPUTED_ACCOUNTS = (
    "SELECT d.customer_id FROM collection_dispute d WHERE NOT EXISTS"
    " (SELECT 1 FROM collection_disputeentry l WHERE l.dispute_id = d.id)"
    " AND d.company_id = %s AND d.closed_on IS NULL AND d.opened_on <= %s"
)
DISPUTED_ENTRIES = (
    "SELECT l.entry_id FROM collection_disputeentry l"
    " JOIN collection_dispute d ON d.id = l.dispute_id"
    " WHERE d.company_id = %s AND d.closed_on IS NULL AND d.opened_on <= %s"
)
# A promise runs while its day has not passed and what it covers has not come in: what came in since
# the first promise on an entry pays the earliest day first. As entries; as of a day.
PROMISED = (
    "SELECT l.entry_id FROM collection_promiseentry l"
    " JOIN collection_paymentpromise p ON p.id = l.promise_id"
    " JOIN ledger_ledgerentry x ON x.id = l.entry_id"
    " WHERE p.company_id = %s AND p.cancelled_on IS NULL AND p.promised_date >= %s"
    " AND x.remaining_minor > (SELECT MAX(k.remaining_then_minor) - SUM(k.amount_minor)"
    " FROM collection_promiseentry k JOIN collection_paymentpromise q ON q.id = k.promise_id"
    " WHERE k.entry_id = l.entry_id AND q.cancelled_on IS NULL"
    " AND q.promised_date <= p.promised_date)"
)


def _open(criteria: Criteria, items: OpenItems, *, on: date) -> Iterator[Condition]:
    """What the open entries say of a customer."""
    if criteria.level is not None:
        yield _level(criteria.level, items)
    if criteria.late or criteria.late_currency:
        yield _late(criteria, items, on)
    if criteria.overdue is not None:
        yield from _overdue(*criteria.overdue, items, on)
    if criteria.standing is not None:
        yield _standing(criteria.standing, items)
    if criteria.new_since is not None:
        yield (
            f"IN (SELECT e.customer_id FROM ledger_ledgerentry e WHERE {items.where}"
            f" AND {is_debit(items)} AND e.due_date >= %s AND e.due_date < %s)",
            (*items.where_params, criteria.new_since, on),
        )


def _level(level: int, items: OpenItems) -> Condition:
    """A customer's level is the highest among his open entries; 0 = never reminded."""
    word, test = ("IN", "=") if level else ("NOT IN", ">")
    return (
        f"{word} (SELECT e.customer_id FROM ledger_ledgerentry e"
        f" JOIN collection_entryfollowup f ON f.entry_id = e.id WHERE {items.where}"
        f" GROUP BY e.customer_id HAVING MAX(f.level) {test} %s)",
        (*items.where_params, level),
    )


def _late(criteria: Criteria, items: OpenItems, on: date) -> Condition:
    """Someone with one debit whose days late lie in all the spans."""
    tests, params = [items.where, is_debit(items), "e.due_date < %s"], [*items.where_params, on]
    for span in criteria.late:
        if span.at_least is not None:
            tests.append("e.due_date <= %s")
            params.append(_before(on, span.at_least))
        if span.at_most is not None:
            tests.append("e.due_date >= %s")
            params.append(_before(on, span.at_most))
    if criteria.late_currency:
        tests.append("e.currency = %s")
        params.append(criteria.late_currency)
    where = " AND ".join(tests)
    return f"IN (SELECT e.customer_id FROM ledger_ledgerentry e WHERE {where})", tuple(params)


def _overdue(currency: str, span: Span, items: OpenItems, on: date) -> Iterator[Condition]:
    """What is late less the credits, in one currency."""
    rest, own = items.remaining, items.remaining_params
    for bound, test in ((span.at_least, ">="), (span.at_most, "<=")):
        if bound is not None:
            yield (
                f"IN (SELECT e.customer_id FROM ledger_ledgerentry e WHERE {items.where}"
                f" AND e.currency = %s GROUP BY e.customer_id HAVING"
                f" SUM(CASE WHEN {rest} < 0 OR e.due_date < %s THEN {rest} ELSE 0 END) {test} %s)",
                (*items.where_params, currency, *own, on, *own, bound),
            )


def _standing(standing: Standing, items: OpenItems) -> Condition:
    word, test = {
        Standing.OWES: ("IN", "> 0"),
        Standing.CREDITOR: ("IN", "< 0"),
        Standing.NIL: ("NOT IN", "<> 0"),
    }[standing]
    return (
        f"{word} (SELECT e.customer_id FROM ledger_ledgerentry e WHERE {items.where}"
        f" GROUP BY e.customer_id, e.currency HAVING SUM({items.remaining}) {test})",
        (*items.where_params, *items.remaining_params),
    )
