"""Imports a FEC and dies by SIGKILL in the middle of the writing.

    python -m tests.chaos.importer SLUG FILE STEP

STEP is how far it gets: 64 to 127 while the customers are written, 0 for the whole of it.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

django.setup()

from encaisse.connectors.fec.importing import import_fec  # noqa: E402
from encaisse.connectors.order import ImportOrder  # noqa: E402
from encaisse.tenancy.journal import COMMAND_LINE  # noqa: E402
from encaisse.tenancy.models import Company  # noqa: E402


def main(slug: str, path: str, step: str) -> None:
    """Import, up to a step."""

    def progress(done: int, total: int) -> None:
        if total == 128 and int(step) and done >= int(step):
            os.kill(os.getpid(), signal.SIGKILL)

    company = Company.objects.get(slug=slug)
    now = datetime(2026, 11, 20, 8, tzinfo=UTC)
    file = Path(path)
    order = ImportOrder(company, "fec", file, file.name, now, COMMAND_LINE, progress=progress)
    import_fec(order, write=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
