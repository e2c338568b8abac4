"""`make bench`: every measure on SQLite and PostgreSQL, the table, and its file in results/.

`--small` uses 10,000 customers and 100,000 entries; `--only ledger|mail|letters` one subject.
"""

import platform
import sys
from datetime import date
from pathlib import Path

from bench.house import Result, installation, run_apart
from tests.support.postgres import PostgresUnavailable, throwaway_postgres

RESULTS = Path(__file__).with_name("results")
SIZES = {"small": (10_000, 100_000), "large": (100_000, 1_000_000)}
GROWTH_BOUND = 12.0


def main() -> int:
    """Measure, print, write the file; 1 when a bound is broken."""
    only = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else ""
    sizes = ["small"] if "--small" in sys.argv else ["small", "large"]
    results = _all(only, sizes, {})
    try:
        with throwaway_postgres() as url:
            results += _all(only, sizes, {"DATABASE_URL": url})
    except PostgresUnavailable as reason:
        print(f"PostgreSQL : non mesuré ({reason})", file=sys.stderr)
    if only in ("", "letters"):
        with installation() as environment:
            results += run_apart("bench.letters", environment)
    table = "\n".join(result.line() for result in results)
    print(table)
    name = f"{date.today():%Y-%m-%d}{'-' * bool(only)}{only}.txt"
    head = f"{platform.platform()}, Python {platform.python_version()}\n\n"
    (RESULTS / name).write_text(head + table + "\n", encoding="utf-8")
    return 0 if all(result.holds for result in results) else 1


def _all(only: str, sizes: list[str], database: dict[str, str]) -> list[Result]:
    results: list[Result] = []
    plans = []
    for number, size in enumerate(sizes):
        if only not in ("", "ledger", "pages"):
            continue
        with installation() as environment:
            environment |= _own_database(database, f"ledger{number}")
            measured = run_apart("bench.ledger", environment, *map(str, SIZES[size]))
            results += measured
            plans.append(next(row.value for row in measured if row.unit == "s"))
            if size == sizes[-1]:
                results += run_apart("bench.pages", environment, "bench")
    if len(plans) == 2:
        growth = Result("Plan : 100k → 1M", results[-1].database, plans[1] / plans[0], GROWTH_BOUND)
        results.append(growth)
    if only in ("", "mail"):
        with installation() as environment:
            results += run_apart("bench.mail", environment | _own_database(database, "mail"))
    return results


def _own_database(database: dict[str, str], name: str) -> dict[str, str]:
    """A database of its own on the throwaway server; SQLite is in the installation's folder."""
    if not database:
        return {"DATABASE_URL": ""}
    import psycopg

    url = database["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return {"DATABASE_URL": url.replace("/encaisse?", f"/{name}?")}


if __name__ == "__main__":
    sys.exit(main())
