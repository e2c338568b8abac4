"""Run the test suite on SQLite, then on PostgreSQL. Extra arguments go to pytest.

One process more than the machine has processors, eight at most: a test that waits for a browser
leaves it free.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROCESSES = ["-n", str(min(8, (os.cpu_count() or 1) + 1)), "--dist", "worksteal"]
sys.path.insert(0, str(ROOT))

from tests.support.postgres import PostgresUnavailable, throwaway_postgres  # noqa: E402


def run(database: str, arguments: list[str], **variables: str) -> int:
    """Pytest's exit status over one database."""
    print(f"── Tests sur {database}", flush=True)
    begun = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "-m", "pytest", *PROCESSES, *arguments]
    status = subprocess.run(command, cwd=ROOT, env={**environment, **variables}, check=False)
    print(f"── {database} : {time.monotonic() - begun:.0f} s", flush=True)
    return status.returncode


def main(arguments: list[str]) -> int:
    """0 when both runs passed; a run that cannot be made here is named in one line."""
    failed = run("SQLite", arguments)
    try:
        with throwaway_postgres() as url:
            return run("PostgreSQL", arguments, DATABASE_URL=url) or failed
    except PostgresUnavailable as problem:
        print(f"── PostgreSQL : passe sautée ({problem})", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
