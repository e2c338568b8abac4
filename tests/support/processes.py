"""Real processes of the `encaisse` command, for tests that start, kill and stop them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote


def database_url(parts: dict[str, Any]) -> str:
    """The DATABASE_URL of a Django connection, so that a child uses the same database."""
    if parts["ENGINE"].endswith("sqlite3"):
        return f"sqlite://{quote(str(parts['NAME']))}"
    user = quote(parts["USER"]) + (f":{quote(parts['PASSWORD'])}" if parts["PASSWORD"] else "")
    if parts["HOST"].startswith("/"):
        return f"postgresql://{user}@/{quote(parts['NAME'])}?host={quote(parts['HOST'])}"
    return f"postgresql://{user}@{parts['HOST']}:{parts['PORT'] or 5432}/{quote(parts['NAME'])}"


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Return as soon as the condition holds; fail after the given time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


class Process:
    """One running command; what it says goes to files, so that nothing ever blocks on a pipe."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("wb") as errors, log.with_suffix(".out").open("wb") as output:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "encaisse.cli", *arguments],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
            )
        self.pid = self._popen.pid

    def errors(self) -> str:
        """What it wrote on stderr so far."""
        return self._log.read_text()

    def output(self) -> str:
        """What it wrote on stdout so far."""
        return self._log.with_suffix(".out").read_text()

    def is_running(self) -> bool:
        """True until it exits."""
        return self._popen.poll() is None

    def wait(self, seconds: float = 30) -> int:
        """Its exit status."""
        return self._popen.wait(seconds)

    def kill(self) -> None:
        """SIGKILL: no last word."""
        self._popen.kill()
        self._popen.wait(10)

    def terminate(self, seconds: float = 40) -> int:
        """SIGTERM, then its exit status."""
        self._popen.send_signal(signal.SIGTERM)
        return self.wait(seconds)


class Processes:
    """Starts commands with one environment, and leaves none behind."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment = {**kept, "ENCAISSE_LOG": "info", "ENCAISSE_DATA": str(data), **variables}
        self._started: list[Process] = []

    def start(self, *arguments: str, **variables: str) -> Process:
        """Start `encaisse …` and return at once."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        log = self.data.parent / f"process-{len(self._started)}.log"
        process = Process(arguments, {**self.environment, **variables}, log)
        self._started.append(process)
        return process

    def run(self, *arguments: str, **variables: str) -> Process:
        """Run `encaisse …` to its end."""
        process = self.start(*arguments, **variables)
        process.wait(60)
        return process

    def stop(self) -> None:
        """Stop whatever still runs, politely, then not."""
        for process in self._started:
            if process.is_running():
                process.terminate()
