"""What must be true before a process of ours works: schema, port, and nobody restoring."""

import errno
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from encaisse.cli.output import Refused, say
from encaisse.core.heap import set_aside
from encaisse.core.money import format_amount
from encaisse.core.workdays import working_days
from encaisse.ledger.bulk import settle_statistics

# Any number will do, as long as nothing else uses it in the same PostgreSQL database.
_MIGRATION_LOCK = 0x656E6361


def prepare() -> None:
    """Bring the schema up to date, once even when several machines start together."""
    with _one_at_a_time():
        if has_pending_migrations():
            say(_("Base de données : mise à jour du schéma…"))
            call_command("migrate", interactive=False, verbosity=0)
            # New indexes are known.
            settle_statistics("ledger_customer", "ledger_ledgerentry", "ledger_customerterm")
        call_command("createcachetable", verbosity=0)
    if settings.WHITENOISE_USE_FINDERS:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    else:
        call_command("collectstatic", interactive=False, verbosity=0)


def ensure_schema() -> None:
    """Bring the schema up to date when it is not: any command may be the first one of all."""
    if has_pending_migrations():
        prepare()


def has_pending_migrations() -> bool:
    """True when the schema is older than the code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def wait_for_migrations(*, seconds: float = 600) -> None:
    """Return once the schema is up to date; another process is expected to see to it.

    Raises Refused after that time.
    """
    end = time.monotonic() + seconds
    told = False
    while has_pending_migrations():
        if time.monotonic() > end:
            raise Refused(_("Le schéma de la base n’est pas à jour : lancez « encaisse serve »."))
        if not told:
            say(_("En attente de la mise à jour du schéma par « encaisse serve »…"))
            told = True
        time.sleep(0.5)
    connections.close_all()


def warm_up() -> None:
    """Read now what the first page or the first message would otherwise wait half a second for.

    The public holidays of a country come with those of every other, and an amount with a language.
    """
    working_days()
    for language, _name in settings.LANGUAGES:
        format_amount(0, "EUR", language)
    set_aside()


@contextmanager
def _one_at_a_time() -> Generator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
            connections.close_all()
        return
    with (settings.DATA / "migration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            connections.close_all()


def check_port() -> None:
    """Raise Refused when another program listens where the web would."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as problem:
            raise Refused(_bind_sentence(problem)) from problem


def _bind_sentence(problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        message = _(
            "Le port %(port)s est déjà pris par un autre programme : choisissez-en un autre avec"
            " la variable ENCAISSE_PORT, par exemple ENCAISSE_PORT=%(next)s."
        )
    else:
        message = _(
            "Impossible d’écouter sur %(host)s, port %(port)s (%(problem)s) : voyez les variables"
            " ENCAISSE_HOST et ENCAISSE_PORT."
        )
    return message % {
        "host": settings.HOST,
        "port": settings.PORT,
        "next": settings.PORT % 65535 + 1,
        "problem": problem.strerror,
    }


def mark_running() -> IO[str]:
    """Take the shared lock of a running process, held until the file returned is closed.

    Raises Refused while a restore is replacing the data.
    """
    lock = (settings.DATA / "running.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise Refused(_("Une restauration est en cours dans ce dossier de données.")) from problem
    return lock


@contextmanager
def nobody_running() -> Generator[None]:
    """Keep every process of ours out of the data folder meanwhile.

    Raises Refused when one is running.
    """
    with (settings.DATA / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise Refused(
                _("Encaisse est en marche sur ce dossier de données : arrêtez-le d’abord.")
            ) from problem
        yield


def stop_with_parent() -> None:
    """Ask this process to stop when its supervisor dies, however it dies.

    The supervisor holds the other end of our stdin; it closes with its last breath.
    """

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    if "ENCAISSE_SUPERVISED" in os.environ:
        threading.Thread(target=watch, name="parent", daemon=True).start()
