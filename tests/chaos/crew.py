"""Processes of the tests' own scripts, on the database of the test, and a crowd to remind."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection

from encaisse.core.text import fold
from encaisse.ledger.models import Contact, Customer
from tests.collection.world import Desk
from tests.support.processes import database_url, free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Crew:
    """Starts scripts and leaves none behind."""

    folder: Path
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Run `python -m tests.chaos.MODULE …` with leases of one second."""
        environment = os.environ | {
            "DATABASE_URL": database_url(connection.settings_dict),
            "DJANGO_SETTINGS_MODULE": "encaisse.settings",
            "ENCAISSE_LEASE_SECONDS": "1",
        }
        log = (self.folder / f"{module}-{len(self._started)}.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.chaos.{module}", *arguments],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
        log.close()
        self._started.append(process)
        return process

    def stop(self) -> None:
        """Kill whatever still runs."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def errors(self) -> str:
        """What the scripts complained of."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@dataclass
class Post:
    """The mail server's process, and what it accepted."""

    port: int
    notebook: Path

    def accepted(self) -> list[str]:
        """The Message-IDs, in order; one that came twice is there twice."""
        return [line.split()[0] for line in self.notebook.read_text().splitlines()]


def open_post(crew: Crew, server: str = "mail_server") -> Post:
    """Start the mail server, or the e-mail service."""
    notebook = crew.folder / "accepted.txt"
    notebook.touch()
    port = free_port()
    process = crew.start(server, str(notebook), str(port))
    assert process.stdout is not None
    assert process.stdout.readline().strip() == str(port).encode()
    return Post(port, notebook)


def connect_to(desk: Desk, port: int) -> None:
    """Let the company send through a server on this machine."""
    company = desk.company
    company.smtp_host, company.smtp_port, company.smtp_security = "127.0.0.1", port, "none"
    company.save(update_fields=["smtp_host", "smtp_port", "smtp_security"])


def crowd(desk: Desk, count: int, due: date) -> list[Customer]:
    """So many customers with an address and an invoice that is due."""
    names = [f"C{number:04}" for number in range(count)]
    made = Customer.objects.bulk_create(
        Customer(
            company=desk.company, account_code=name, legal_name=name, search_text=fold(name),
            has_email=True,
        )
        for name in names
    )  # fmt: skip
    Contact.objects.bulk_create(
        Contact(company=desk.company, customer=customer, email=f"{customer.legal_name}@example.com")
        for customer in made
    )
    for customer in made:
        desk.invoice(customer, f"F{customer.legal_name}", 100, due=due)
    desk.sync(due)
    return made
