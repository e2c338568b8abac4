"""Pieces of SQL that differ between databases, or that several figures share."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar, cast

from django.db import connection

from encaisse.tenancy.scope import Scope

# A piece of SQL and its parameters.
Condition = tuple[str, tuple[Any, ...]]
T = TypeVar("T")
# As many rows as are filled at once for an export.
_BATCH = 500


def fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cast(list[tuple[Any, ...]], cursor.fetchall())


def batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Rows by the batch, to look up what belongs to them."""
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def marks_for(values: Collection[object]) -> str:
    """The parameters' places between the parentheses of `IN`; NULL where there is no value."""
    return ", ".join(["%s"] * len(values)) or "NULL"


def all_of(conditions: Iterable[Condition]) -> Condition:
    """All the conditions at once."""
    found = list(conditions)
    return (
        " AND ".join(f"({test})" for test, _params in found),
        tuple(param for _test, params in found for param in params),
    )


def base_first(column: str) -> str:
    """What puts the base currency first, then the others: amounts of two do not compare.

    Its parameter is the base currency.
    """
    return f"CASE WHEN {column} = %s THEN '' ELSE {column} END"


def holds_text(column: str, text: str) -> Condition:
    """The condition that a column holds a text, in capitals or not.

    SQLite knows capitals of ASCII alone: a word with an accent is looked for as it is usually
    written, « été », « Été » and « ÉTÉ ».
    """
    lower = text.lower()
    ways = (lower,) if lower.isascii() else (lower, lower.capitalize(), lower.upper())
    test = " OR ".join([f"LOWER({column}) LIKE %s ESCAPE '!'"] * len(ways))
    return test, tuple(map(within, ways))


def within(text: str) -> str:
    """The pattern of « holds this text », for LIKE … ESCAPE '!'."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"


def month_of(column: str) -> str:
    """The month of a day, to group by; `month_text` reads what comes back."""
    if connection.vendor == "sqlite":
        return f"SUBSTR({column}, 1, 7)"
    return f"DATE_TRUNC('month', CAST({column} AS TIMESTAMP))"


def month_text(value: datetime | str) -> str:
    """A month as a text: `2026-11`."""
    return value if isinstance(value, str) else f"{value:%Y-%m}"


def known_day(value: Any) -> date:
    """A day as a database gives it to a cursor: SQLite keeps texts."""
    return date.fromisoformat(value) if isinstance(value, str) else cast(date, value)


def day_or_none(value: Any) -> date | None:
    """The same where there may be none."""
    return None if value is None else known_day(value)


def days_between(later: str, earlier: str) -> str:
    """The days from one day to another, as an integer."""
    if connection.vendor == "sqlite":
        return f"CAST(JULIANDAY({later}) - JULIANDAY({earlier}) AS INTEGER)"
    return f"({later} - {earlier})"


def due_day() -> str:
    """The due date of `ledger_ledgerentry e`, to be compared with a day.

    SQLite gives a column of type date a numeric affinity and would convert the other side of each
    comparison; the sign takes the affinity away. Three times faster.
    """
    return "+e.due_date" if connection.vendor == "sqlite" else "e.due_date"


def portfolio(scope: Scope) -> Condition:
    """The condition on `ledger_ledgerentry e`: what counts, in the portfolio of whoever looks."""
    test, company_id = "e.company_id = %s AND e.is_counted", scope.company.pk
    if scope.sales_reps is None:
        return test, (company_id,)
    customers = (
        f"SELECT o.id FROM ledger_customer o WHERE o.sales_rep IN ({marks_for(scope.sales_reps)})"
    )
    return f"{test} AND e.customer_id IN ({customers})", (company_id, *sorted(scope.sales_reps))
