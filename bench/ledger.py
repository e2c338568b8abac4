"""Import and plan at size: `python -m bench.ledger CUSTOMERS ENTRIES`."""

import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from bench.generate import write_fec
from bench.house import Result, peak_megabytes, prepare_django, seconds, tell

TODAY = date(2026, 11, 20)
IMPORT_BOUND = 4.0
MEMORY_BOUND = 400.0
PLAN_BOUND = 5.0
GROWTH_BOUND = 12.0


def main(customers: int, entries: int) -> list[Result]:
    """Import a generated FEC, load the same rows plainly, plan a day, group the open entries."""
    database = prepare_django()
    from bench.world import desk, with_history

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "123456789FEC20261231.txt"
        lines = write_fec(path, customers=customers, entries=entries, today=TODAY)
        company = desk("bench")
        size = f"{entries // 1000}k"
        spent = seconds(lambda: _import(company, path))
    memory = peak_megabytes()
    plain = _plain_load(company)
    with_history(company, TODAY)
    _settle()
    plan = seconds(lambda: _plan(company), times=3)
    grouped = seconds(lambda: _group(company), times=3)
    return [
        Result(
            f"Import FEC {size} / chargement brut", database, spent / plain, IMPORT_BOUND,
            detail=f"{spent:.1f} s / {plain:.1f} s, {lines} lignes",
        ),
        Result(f"Import FEC {size}, mémoire", database, memory, MEMORY_BOUND, unit="Mo"),
        Result(
            f"Plan du jour {size} / GROUP BY client", database, plan / grouped, PLAN_BOUND,
            detail=f"{plan * 1000:.0f} ms / {grouped * 1000:.0f} ms",
        ),
        Result(f"Plan du jour {size}, secondes", database, plan, 10.0, unit="s"),
    ]  # fmt: skip


def _import(company: Any, path: Path) -> None:
    from django.utils import timezone

    from encaisse.connectors.importing import ImportOrder, run_import
    from encaisse.tenancy.journal import COMMAND_LINE

    order = ImportOrder(company, "fec", path, path.name, timezone.now(), COMMAND_LINE)
    result = run_import(order, write=True)
    assert result.agrees, "the open items must add up to the accounting's balance"


def _plain_load(company: Any) -> float:
    """The fastest plain load of the very rows that the import wrote: same table, same indexes,
    one transaction, rows ready in memory, COPY on PostgreSQL and executemany on SQLite.
    """
    from django.db import connection, transaction

    from encaisse.ledger.bulk import insert_rows
    from encaisse.ledger.models import LedgerEntry
    from encaisse.ledger.operations.synchronise import _INSERTED

    table = LedgerEntry._meta.db_table
    columns = ", ".join(
        f"CAST({name} AS TEXT)" if name.endswith("_date") else name for name in _INSERTED
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {table} WHERE company_id = %s ORDER BY id", [company.pk]
        )
        rows = cursor.fetchall()

    class Undo(Exception):
        pass

    def load() -> None:
        with transaction.atomic():
            insert_rows(table, _INSERTED, rows)

    # The same rows under another source: the unique key is checked, the rows are the same.
    place = _INSERTED.index("source")
    rows = [(*row[:place], "plain", *row[place + 1 :]) for row in rows]
    spent = seconds(load)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE source = 'plain'")
    return spent


def _settle() -> None:
    """The plain load left a million dead rows: forget them, as a server does by itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")


def _plan(company: Any) -> None:
    from encaisse.collection.queries.plan import plan_of_day
    from encaisse.tenancy.scope import Scope

    plan = plan_of_day(Scope(company), TODAY)
    assert plan.actions


def _group(company: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, SUM(remaining_minor), MIN(due_date) FROM ledger_ledgerentry"
            " WHERE company_id = %s AND NOT (remaining_minor = 0) GROUP BY customer_id",
            [company.pk],
        )
        cursor.fetchall()


if __name__ == "__main__":
    tell(main(int(sys.argv[1]), int(sys.argv[2])))
