"""ACME's desk: its books, its clock and its mailbox, one line a fact.

Everything goes through the product's own operations: the books through a synchronisation, the
messages through preparation, delivery, printing and posting. Amounts are euros as people say them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from encaisse.collection.models import (
    CollectionProfile,
    EntryFollowUp,
    Reminder,
    Scenario,
    Step,
    Threshold,
)
from encaisse.collection.operations.deliver import Delivered, DeliveryRun
from encaisse.collection.operations.effects import mark_posted
from encaisse.collection.operations.prepare import Moment, Prepared, Selection, prepare_reminders
from encaisse.collection.operations.print_letters import print_waiting_letters
from encaisse.collection.operations.setup import install_templates
from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.queries.writing import template_code
from encaisse.collection.rules.plan import Plan
from encaisse.core.money import to_minor
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.operations.synchronise import Coverage, SourceRow, Synchroniser
from encaisse.ledger.operations.syncs import record_sync
from encaisse.messaging.transport import CaptureSession
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope
from tests import builders

WHOLE = Coverage("books", "", "", 0, is_whole=True)
# kind, level, medium, trigger, days
Steps = list[tuple[str, int, str, str, int]]
FIXTURE: Steps = [
    ("pre_due", 0, "email", "due", -8),
    ("reminder", 1, "email", "due", 8),
    ("reminder", 2, "email", "previous", 8),
    ("reminder", 3, "letter", "previous", 8),
    ("reminder", 4, "registered_letter", "previous", 8),
]
BY_POST: Steps = [
    ("reminder", level, "letter", "due" if level == 1 else "previous", 8) for level in (1, 2, 3)
]


def cents(euros: int | str | Decimal, currency: str = "EUR") -> int:
    """The minor units of an amount as people say it."""
    return to_minor(Decimal(euros), currency)


@dataclass
class Desk:
    """A company at work. Its folder keeps the mails that left."""

    company: Company
    folder: Path
    rows: dict[str, SourceRow] = field(default_factory=dict)
    owners: dict[str, Customer] = field(default_factory=dict)

    # -- books ---------------------------------------------------------------------------------

    def customer(self, code: str = "DUPONT", *, email: bool = True, town: bool = True) -> Customer:
        """A customer, with an e-mail address and a postal one unless said otherwise."""
        made = builders.customer(
            self.company,
            code.title(),
            account_code=code,
            email=f"{code.lower()}@example.com" if email else "",
            address="1 rue de la Paix" if town else "",
            postal_code="69001" if town else "",
            city="Lyon" if town else "",
        )
        if email:
            Contact.objects.create(company=self.company, customer=made, email=made.email)
        return made

    def invoice(
        self, of: Customer, document: str, euros: int | str, *, due: date | None, **changes: object
    ) -> str:
        """An invoice posted thirty days before its due date, known at the next synchronisation."""
        on = changes.pop("on", (due or date(2026, 3, 1)) - timedelta(days=30))
        return self._row(of, document, euros, "invoice", on, due, **changes)  # type: ignore[arg-type]

    def payment(
        self, of: Customer, document: str, euros: int | str, *, on: date, **changes: object
    ) -> str:
        """A payment, its amount given positive."""
        return self._row(of, document, -Decimal(euros), "payment", on, on, **changes)  # type: ignore[arg-type]

    def credit_note(
        self, of: Customer, document: str, euros: int | str, *, on: date, **changes: object
    ) -> str:
        """A credit note, its amount given positive."""
        return self._row(of, document, -Decimal(euros), "credit_note", on, on, **changes)  # type: ignore[arg-type]

    def _row(
        self,
        of: Customer,
        document: str,
        euros: int | str | Decimal,
        kind: str,
        on: date,
        due: date | None,
        currency: str = "EUR",
    ) -> str:
        amount = cents(euros, currency)
        day = on.isoformat()
        self.owners[document] = of
        self.rows[document] = SourceRow(
            document, kind, "411000", "VE", document, document, day, day,
            due.isoformat() if due else "", "given" if due else "missing", document, currency,
            amount, amount, "", "",
        )  # fmt: skip
        return document

    def match(self, *documents: str, on: date, letter: str = "A") -> None:
        """The accounting gives some lines a letter."""
        for document in documents:
            self.rows[document] = self.rows[document]._replace(
                match_code=letter, match_date=on.isoformat()
            )

    def unmatch(self, *documents: str) -> None:
        """The accounting takes their letter back."""
        for document in documents:
            self.rows[document] = self.rows[document]._replace(match_code="", match_date="")

    def change(self, document: str, **fields: object) -> None:
        """The accounting changes a line."""
        self.rows[document] = self.rows[document]._replace(**fields)  # type: ignore[arg-type]

    def remove(self, *documents: str) -> None:
        """Lines leave the accounting."""
        for document in documents:
            del self.rows[document]

    def sync(self, day: date, hour: int = 8) -> None:
        """The ledger takes over the whole books."""
        synchroniser = Synchroniser(self.company, WHOLE, write=True)
        bundle: dict[int, list[SourceRow]] = {owner.pk: [] for owner in self.owners.values()}
        for document, row in self.rows.items():
            bundle[self.owners[document].pk].append(row)
        synchroniser.add(bundle)
        record_sync(
            self.company, source=WHOLE.source, file_name="", at=self.at(day, hour), coverage=None,
            summary={}, author=COMMAND_LINE,
        )  # fmt: skip

    def entry(self, document: str) -> LedgerEntry:
        """A line as the ledger holds it."""
        return LedgerEntry.objects.get(company=self.company, source_id=document)

    # -- days ----------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        """The whole company, as the database holds it now."""
        return Scope(Company.objects.get(pk=self.company.pk))

    def at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """A moment of a day in the company's own time zone."""
        return datetime.combine(day, time(hour, minute), tzinfo=self.company.zone)

    def prepare(self, day: date, selection: Selection | None = None) -> Prepared:
        """Prepare what is due."""
        moment = Moment(day, self.at(day))
        return prepare_reminders(
            self.scope, moment, author=COMMAND_LINE, selection=selection or Selection()
        )

    def deliver(self, day: date, hour: int = 9, minute: int = 1) -> Delivered:
        """Send the waiting mails."""
        now = self.at(day, hour, minute)
        return DeliveryRun(
            self.scope.company, lambda _company: CaptureSession(self.folder), clock=lambda: now
        ).run()

    def print(self, day: date) -> list[Path]:
        """Print the waiting letters."""
        return print_waiting_letters(self.scope.company, clock=lambda: self.at(day, 10))

    def post(self, day: date) -> tuple[int, list[Reminder]]:
        """Post the printed letters."""
        printed = Reminder.objects.filter(company=self.company, status="printed")
        ids = list(printed.values_list("pk", flat=True))
        return mark_posted(self.scope, ids, on=day, now=self.at(day, 17), author=COMMAND_LINE)

    def work(self, day: date) -> int:
        """Do everything that is due on a day; returns how many messages were prepared."""
        count = self.prepare(day).count
        self.deliver(day)
        if self.print(day):
            self.post(day)
        return count

    def work_through(self, first: date, last: date) -> None:
        """Work every working day from one to the other."""
        for day in self.working_days(first, last):
            self.work(day)

    def working_days(self, first: date, last: date) -> Iterator[date]:
        """The working days from one to the other."""
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if self.company.calendar.is_working(day):
                yield day

    # -- what became of it ---------------------------------------------------------------------

    def plan(self, day: date, *, explain: bool = True) -> Plan:
        """The plan of a day."""
        return plan_of_day(self.scope, day, explain=explain)

    def reasons(self, day: date) -> dict[str, str]:
        """Why each line is left out of a day's plan; the last reason of those with several."""
        documents = dict(LedgerEntry.objects.values_list("pk", "source_id"))
        return {documents[left.entry_id]: left.reason.value for left in self.plan(day).left_out}

    def level(self, document: str) -> int:
        """The level that a line reached."""
        found = EntryFollowUp.objects.filter(entry__source_id=document).first()
        return found.level if found else 0

    def done(self) -> list[tuple[str, int, str, Decimal]]:
        """What took effect: day, level, medium, euros; in order."""
        rows = Reminder.objects.filter(company=self.company, status__in=Reminder.EFFECTIVE)
        return [
            (f"{row.effective_on}", row.level, row.medium, Decimal(row.amount_minor) / 100)
            for row in rows.order_by("effective_on", "id")
        ]

    def days(self) -> list[tuple[str, int]]:
        """Day and level of what took effect; a prévenance or a remerciement is level 0."""
        return [(day, level) for day, level, _medium, _amount in self.done()]

    def mails(self) -> list[EmailMessage]:
        """The mails that left, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [
            message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[misc]
            for path in files
        ]


def open_desk(folder: Path, **fields: object) -> Desk:
    """ACME, with the scenario of the cases in both variants."""
    company = builders.company("ACME", sender_email="compta@acme.example", **fields)
    install_templates(company)
    write_scenario(company, FIXTURE, with_email=True)
    write_scenario(company, BY_POST, with_email=False)
    return Desk(company, folder)


def write_scenario(
    company: Company,
    steps: Steps,
    *,
    with_email: bool = True,
    profile: CollectionProfile | None = None,
    minimum: int | str = 5,
    **fields: object,
) -> Scenario:
    """A scenario in its first version, of the default profile unless given."""
    profile = profile or CollectionProfile.objects.get(company=company, is_default=True)
    scenario = Scenario.objects.create(
        company=company, profile=profile, with_email=with_email, name="Standard", **fields
    )
    Threshold.objects.create(
        scenario=scenario, currency=company.base_currency, total_minimum_minor=cents(minimum)
    )
    publish(scenario, steps, version=1)
    return scenario


def publish(scenario: Scenario, steps: Steps, *, version: int, **fields: object) -> None:
    """Steps that replace a scenario's current ones."""
    Step.objects.bulk_create(
        Step(
            scenario=scenario,
            version=version,
            kind=kind,
            level=level,
            medium=medium,
            trigger=trigger,
            offset_days=days,
            template_code=template_code(kind, level, medium),
            **fields,
        )
        for kind, level, medium, trigger, days in steps
    )
    scenario.version = version
    scenario.save(update_fields=["version"])
