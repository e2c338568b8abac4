"""A copy of the database in a file, and back: SQLite by its backup interface, PostgreSQL by its own
programs."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, connections
from django.utils.translation import gettext as _

from encaisse.cli.output import Refused

_NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def engine() -> str:
    """The database in use: sqlite or postgresql."""
    return connection.vendor


def has_tables() -> bool:
    """True when the database holds anything."""
    try:
        return bool(connection.introspection.table_names())
    finally:
        connections.close_all()


def dump(folder: Path) -> Path:
    """Write a consistent copy of the database into a folder, while others write; returns the file.

    Raises Refused when the copy cannot be made or is damaged.
    """
    target = folder / _NAMES[engine()]
    if engine() == "postgresql":
        _run("pg_dump", "--format=custom", "--no-owner", "--file", str(target))
        return target
    with (
        closing(sqlite3.connect(_sqlite_path())) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _check(copy)
    return target


def load(folder: Path) -> None:
    """Replace the database by the copy of a folder.

    Raises Refused when the copy is damaged or cannot be loaded; the database is then as before.
    """
    source = folder / _NAMES[engine()]
    if not source.exists():
        raise Refused(_("La sauvegarde ne contient pas de base de données."))
    connections.close_all()
    if engine() == "postgresql":
        name = str(connection.settings_dict["NAME"])
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
             "--dbname", name, str(source))  # fmt: skip
        return
    with closing(sqlite3.connect(source)) as copy:
        _check(copy)
    path = _sqlite_path()
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    source.replace(path)


def _sqlite_path() -> str:
    return str(connection.settings_dict["NAME"])


def _check(copy: sqlite3.Connection) -> None:
    try:
        (answer,) = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as problem:
        answer = str(problem)
    if answer != "ok":
        raise Refused(_("La copie de la base est abîmée : %(answer)s") % {"answer": answer})


def _run(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise Refused(
            _("Il faut le programme %(program)s : installez les outils clients de PostgreSQL.")
            % {"program": program}
        )
    parts = connection.settings_dict
    variables = {
        "PGHOST": parts["HOST"],
        "PGPORT": parts["PORT"],
        "PGUSER": parts["USER"],
        "PGPASSWORD": parts["PASSWORD"],
        "PGDATABASE": parts["NAME"],
        **{f"PG{name.upper()}": value for name, value in parts["OPTIONS"].items()},
    }
    given = {name: str(value) for name, value in variables.items() if value}
    done = subprocess.run(  # noqa: S603 — a program of PostgreSQL, found on the PATH
        [path, *arguments], env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [program]
        raise Refused(
            _("%(program)s a échoué : %(reason)s") % {"program": program, "reason": lines[0]}
        )
