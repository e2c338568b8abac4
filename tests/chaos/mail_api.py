"""An e-mail service in its own process: it notes each mail on disk before it says yes.

Prints its port, then runs until its standard input is closed.
"""

import sys
from pathlib import Path

import django

django.setup()

from tests.support.mail_api import Asked, mail_api  # noqa: E402


def main(path: str, port: str) -> None:
    """Serve on a port."""
    with Path(path).open("a", buffering=1) as notebook, mail_api(int(port)) as api:

        def note(asked: Asked) -> None:
            notebook.write(f"{asked.identity} {asked.body['to'][0]['email']}\n")

        api.on_accept = note
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
