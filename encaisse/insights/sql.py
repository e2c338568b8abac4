"""Pieces of SQL that differ between databases, or that several figures share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.db import connection

from encaisse.insights.criteria import Condition
from encaisse.tenancy.scope import Scope


def month_of(column: str) -> str:
    """The month of a day, to group by; `month_text` reads what comes back."""
    if connection.vendor == "sqlite":
        return f"SUBSTR({column}, 1, 7)"
    return f"DATE_TRUNC('month', CAST({column} AS TIMESTAMP))"


def month_text(value: datetime | str) -> str:
    """A month as a text: `2026-11`."""
    return value if isinstance(value, str) else f"{value:%Y-%m}"


def days_between(later: str, earlier: str) -> str:
    """The days from one day to another, as an integer."""
    if connection.vendor == "sqlite":
        return f"CAST(JULIANDAY({later}) - JULIANDAY({earlier}) AS INTEGER)"
    return f"({later} - {earlier})"


def portfolio(scope: Scope) -> Condition:
    """The condition on `ledger_ledgerentry e`: what counts, in the portfolio of whoever looks."""
    test, company_id = "e.company_id = %s AND e.is_counted", scope.company.pk
    if scope.sales_reps is None:
        return test, (company_id,)
    marks = ", ".join(["%s"] * len(scope.sales_reps)) or "NULL"
    customers = f"SELECT o.id FROM ledger_customer o WHERE o.sales_rep IN ({marks})"
    return f"{test} AND e.customer_id IN ({customers})", (company_id, *sorted(scope.sales_reps))


def fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cast(list[tuple[Any, ...]], cursor.fetchall())


def due_day() -> str:
    """The due date of `ledger_ledgerentry e`, to be compared with a day.

    SQLite gives a column of type date a numeric affinity and would convert the other side of each
    comparison; the sign takes the affinity away. Three times faster.
    """
    return "+e.due_date" if connection.vendor == "sqlite" else "e.due_date"
