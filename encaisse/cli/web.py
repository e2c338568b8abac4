"""`encaisse web`: the site alone, for machines where the workers run elsewhere."""

import click
from django.conf import settings
from django.utils.translation import gettext as _
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from encaisse.cli.startup import (
    check_port,
    mark_running,
    stop_with_parent,
    wait_for_migrations,
    warm_up,
)

# Threads that run requests in each process: more only wait for Python's lock.
THREADS = 2

# granian writes its log on stdout, which here is kept for results.
_TO_STDERR = {
    "class": "logging.StreamHandler",
    "stream": "ext://sys.stderr",
    "formatter": "generic",
}
LOG = {"handlers": {"console": _TO_STDERR, "access": _TO_STDERR}}


@click.command(help=_("Lance le site seul (sans le travail de fond)."))
def web() -> None:
    """Serve HTTP until SIGTERM; waits for the schema to be up to date first."""
    check_port()
    with mark_running():
        wait_for_migrations()
        warm_up()
        stop_with_parent()
        server = Granian(
            "encaisse.wsgi:application",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=settings.WEB_PROCESSES,
            blocking_threads=THREADS,
            respawn_failed_workers=True,
            workers_kill_timeout=20,
            log_level=LogLevels.warning,
            log_dictconfig=LOG,
            websockets=False,
        )
        server.serve()
