"""A desk with something to do today, for the tests of « Agir par scénario »."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

from django.contrib.messages import get_messages
from django.utils import timezone

from encaisse.collection.models import Reminder, Step
from encaisse.collection.operations.setup import install_defaults
from encaisse.jobs.models import Job
from encaisse.jobs.operations import run_job
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.tenancy.models import Company
from tests import builders

ROOT = "/s/morel/agir/scenarios/"
HTMX = {"HX-Request": "true"}


@dataclass
class Desk:
    """Ateliers Morel with the default scenarios; mails are kept in a folder."""

    company: Company
    folder: Path
    entries: dict[str, LedgerEntry] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The company's day."""
        return self.company.local_day(timezone.now())

    def mail(self, name: str, euros: int = 100, **fields: Any) -> Customer:
        """A customer with an e-mail address, three weeks late and never reminded."""
        email = f"{name.lower()}@{name.lower()}.example"
        made = builders.customer(self.company, name, email=email, **fields)
        Contact.objects.create(company=self.company, customer=made, email=email)
        self.late(made, euros)
        return made

    def letter(self, name: str, euros: int = 100) -> Customer:
        """A customer without e-mail, three weeks late: the first reminder is a letter."""
        made = builders.customer(
            self.company, name, address="1 rue de la Paix", postal_code="69001", city="Lyon"
        )
        self.late(made, euros)
        return made

    def call(self, name: str, euros: int = 100, **fields: Any) -> Customer:
        """A customer reminded once by e-mail: the second reminder is a call."""
        made = self.mail(name, euros, **fields)
        builders.at_level(self.entries[name], 1, on=self.today - timedelta(days=15))
        return made

    def late(self, of: Customer, euros: int, *, days: int = 21, **fields: Any) -> LedgerEntry:
        """An entry that is late."""
        due = self.today - timedelta(days=days)
        entry = builders.invoice(of, euros=euros, due=due, **fields)
        self.entries.setdefault(of.legal_name, entry)
        return entry

    def step(self, level: int, medium: str = "email") -> Step:
        """A step of the standard scenario, with e-mail unless the first one is a letter."""
        return Step.objects.get(
            scenario__company=self.company,
            scenario__profile__is_default=True,
            scenario__with_email=medium != "letter",
            kind="reminder",
            level=level,
        )

    def work(self) -> list[Job]:
        """Run the jobs that are queued, as a worker does."""
        jobs = list(Job.objects.filter(company=self.company, status=Job.Status.QUEUED))
        for job in jobs:
            run_job.call(job_id=job.pk)
            job.refresh_from_db()
        return jobs

    def statuses(self) -> dict[str, str]:
        """The state of each customer's latest reminder."""
        rows = Reminder.objects.filter(company=self.company).select_related("customer")
        return {row.customer.legal_name: row.status for row in rows.order_by("id")}


def make_desk(folder: Path) -> Desk:
    """The company, its data of this minute, mails kept in a folder."""
    company = Company.objects.create(
        slug="morel",
        name="Ateliers Morel",
        city="Lyon",
        mail_mode="capture",
        sender_email="compta@morel.example",
        iban="FR1420041010050500013M02606",
    )
    install_defaults(company)
    builders.synced(company, at=timezone.now())
    return Desk(company, folder)


def plain(text: str) -> str:
    """A text with its spaces as one reads them."""
    return " ".join(text.split())


def text_of(response: Any) -> str:
    """The text of a page, without its tags."""
    return plain(unescape(re.sub(r"<[^>]*>", " ", response.content.decode())))


def told(response: Any) -> list[str]:
    """The messages of an answer and of those before it."""
    return [plain(str(message)) for message in get_messages(response.wsgi_request)]
