"""The fastest way to write many rows, on either database."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.db import OperationalError, connection

Row = Sequence[Any]


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows inside the caller's transaction: COPY on PostgreSQL, executemany on SQLite.

    Dates are ISO texts or None, booleans 0 or 1: both databases read them.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # type: ignore[arg-type]


def update_rows(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Update rows by id, the last value of each row; inside the caller's transaction."""
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {sets} WHERE id = %s", rows)  # type: ignore[arg-type]


def settle_statistics(*tables: str) -> None:
    """After many rows were written: what the planner knows, and on PostgreSQL which pages need no
    second look, so that lists are read from their indexes alone. Nothing inside a transaction, nor
    while somebody else holds the tables: what was written stands, and the next time will do.
    """
    if connection.in_atomic_block:
        return
    command = "VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE"
    with suppress(OperationalError), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"{command} {table}")
