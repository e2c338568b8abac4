"""What must be settled before Django reads its settings; loaded by `-p tests.environment`.

Tests never touch the developer's own data: the variables of the shell are dropped, the data folder
is a throwaway, and the database is SQLite in it, or a PostgreSQL server of this run alone.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.support.postgres import PostgresUnavailable, throwaway_postgres

ROOT = Path(__file__).resolve().parents[1]
_WORKER = os.environ.get("PYTEST_XDIST_WORKER")


def _settle() -> None:
    if _WORKER:
        _use(Path(os.environ["ENCAISSE_DATA"]) / _WORKER)
        return
    for name in [name for name in os.environ if name.startswith("ENCAISSE_")]:
        del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="encaisse-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _use(folder)
    os.environ["ENCAISSE_LOG"] = "error"
    _keep_bytecode()
    # Playwright's synchronous interface runs an event loop in the thread of the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def _keep_bytecode() -> None:
    # Dozens of processes load the same modules; a shell that forbids to write what was compiled
    # beside the sources would have each of them compile Django anew.
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / "build" / "bytecode"))
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"]


def _use(data: Path) -> None:
    # The folder of collected files must exist, or whitenoise warns.
    (data / "static").mkdir(parents=True)
    os.environ["ENCAISSE_DATA"] = str(data)


_settle()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --db: without it, the database is the one of DATABASE_URL, or SQLite."""
    parser.addoption("--db", choices=("sqlite", "postgresql"), help="database of this run")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Choose the database; a wrapper, so that it comes before pytest-django loads the settings."""
    wanted = early_config.known_args_namespace.db
    if wanted and not _WORKER:
        os.environ.pop("DATABASE_URL", None)
        if wanted == "postgresql":
            os.environ["DATABASE_URL"] = _start_postgres()
    return (yield)


def _start_postgres() -> str:
    server = throwaway_postgres()
    try:
        url = server.__enter__()
    except PostgresUnavailable as problem:
        raise pytest.UsageError(f"PostgreSQL : {problem}") from problem
    atexit.register(server.__exit__, None, None, None)
    return url
