"""What every measure needs: a throwaway installation, clocks, and the list of results."""

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """One measure: a ratio, or a figure, and the bound that it must respect."""

    subject: str
    database: str
    value: float
    bound: float
    unit: str = "×"
    at_most: bool = True
    detail: str = ""

    @property
    def holds(self) -> bool:
        """True when the bound is respected."""
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def line(self) -> str:
        """The row of the table."""
        sign = "≤" if self.at_most else "≥"
        verdict = "ok" if self.holds else "RATÉ"
        value = f"{self.value:8.2f} {self.unit:<4}"
        head = f"{self.subject:<44} {self.database:<11} {value}"
        return f"{head} {sign} {self.bound:<6g} {verdict:<5} {self.detail}"


def seconds(work: Callable[[], object], *, times: int = 1) -> float:
    """The best of some runs of a piece of work."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def percentile(samples: list[float], share: float) -> float:
    """The value under which a share of the samples lies."""
    return statistics.quantiles(samples, n=100)[round(share * 100) - 1]


def peak_megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def installation() -> Iterator[dict[str, str]]:
    """The environment of a throwaway installation."""
    with tempfile.TemporaryDirectory(prefix="encaisse-bench-") as folder:
        yield {
            **os.environ,
            "ENCAISSE_DATA": folder,
            "ENCAISSE_LOG": "error",
            "DJANGO_SETTINGS_MODULE": "encaisse.settings",
            "PYTHONPATH": str(ROOT),
        }


def run_apart(module: str, environment: dict[str, str], *arguments: str) -> list[Result]:
    """Run a measure in its own process, so that its memory is its own; read its results."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(f"{module} a échoué ({done.returncode})")
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return [Result(**row) for row in rows]


def tell(results: list[Result]) -> None:
    """Give the results to the process that asked."""
    names = Result.__slots__
    json.dump([{name: getattr(row, name) for name in names} for row in results], sys.stdout)


def prepare_django() -> str:
    """Set Django up on the throwaway installation; returns the database's name."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
