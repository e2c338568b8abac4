"""Eighteen months relived: each past working day is synchronised, decided and sent for real.

The engine sees on each day the ledger of that day, so that levels, texts, promises and the journal
are those which the product would have written. Only the mails do not leave: they count as sent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, Step
from encaisse.collection.operations.prepare import Moment, Selection, prepare_reminders
from encaisse.collection.rules.plan import Action
from encaisse.connectors.result import ImportResult
from encaisse.demo.books import Account
from encaisse.demo.desk import Desk
from encaisse.demo.outcome import Outcomes, When
from encaisse.demo.stage import Stage
from encaisse.ledger.models import Customer, PaymentMethod
from encaisse.ledger.operations.details import Details, DetailsWriter
from encaisse.ledger.operations.synchronise import Coverage, Synchroniser
from encaisse.ledger.operations.syncs import lock_ledger, record_sync
from encaisse.tenancy.journal import AUTOMATIC, Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

SOURCE = "demo"
_SOURCE_NAME = "Comptabilité de démonstration"
# How long the company has worked with Encaisse, and with its automatic messages.
DESK_DAYS = 140
_AUTOMATIC_DAYS = 60
# Since when the desk leaves the steps that it leaves.
_LEFT_DAYS = 45
_TEXTS = (
    "phone", "mobile", "address", "postal_code", "city", "country", "siren", "siret", "vat_number",
    "language", "sales_rep", "category", "free1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LeavesSome(Selection):
    """What the desk takes on a day: all but the levels that it leaves for today."""

    left: frozenset[tuple[int, int]] = frozenset()
    reminders_only: bool = False

    def takes(self, action: Action) -> bool:
        """True when the action is chosen."""
        if self.reminders_only and action.step.kind != "reminder":
            return False
        left = (action.customer_id, action.step.level) in self.left
        return Selection.takes(self, action) and not left


@dataclass(slots=True)
class Replay:
    """The life of a company that was just made, up to a moment of today."""

    company: Company
    stage: Stage
    team: dict[str, Author]
    now: datetime
    desk_days: int = DESK_DAYS
    _customers: dict[str, Customer] = field(default_factory=dict)
    _methods: dict[str, int] = field(default_factory=dict)
    _synced: date = date.min

    def run(self) -> None:
        """Write everything. Inside the caller's transaction."""
        self._write_customers()
        customers = {customer.pk: customer for customer in self._customers.values()}
        outcomes = Outcomes(self.company, customers, self.stage)
        left = self._left()
        for day in self._days():
            self._synchronise(day, at=self._moment(day, 8, 20))
            self._decide(day)
            self._remind(day, left, outcomes)
        self._synchronise(self.stage.today, at=self.now - timedelta(minutes=7), whole=True)
        self._propose()

    def _days(self) -> Iterator[date]:
        """The working days of the desk, today not included."""
        day = self.stage.ago(self.desk_days)
        while day < self.stage.today:
            yield day
            day = self.company.calendar.on_or_after(day + timedelta(days=1))

    def _moment(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), self.company.zone)

    # -- the ledger ----------------------------------------------------------------------------

    def _write_customers(self) -> None:
        accounts = self.stage.books.accounts
        writer = DetailsWriter(self.company, write=True)
        writer.customers([_details(account) for account in accounts])
        writer.contacts([person for account in accounts for person in account.people])
        writer.finish()
        customers = Customer.objects.of(self.company).order_by("id")
        self._customers = {customer.account_code: customer for customer in customers}
        methods = PaymentMethod.objects.filter(company=self.company)
        self._methods = dict(methods.values_list("label", "id"))
        self._write_profiles(accounts)

    def _write_profiles(self, accounts: Sequence[Account]) -> None:
        profiles = {
            profile.code: profile
            for profile in CollectionProfile.objects.filter(company=self.company)
        }
        CustomerFollowUp.objects.bulk_create(
            CustomerFollowUp(
                customer=self._customers[account.code],
                company=self.company,
                profile=profiles[account.profile],
                profile_origin=CustomerFollowUp.Origin.FILE,
                is_flagged=account.is_flagged,
            )
            for account in accounts
            if account.is_flagged or account.profile != "standard"
        )

    def _synchronise(self, day: date, *, at: datetime, whole: bool = False) -> None:
        """Take over what the accounting says on a day; what did not change is not read again."""
        books = self.stage.books
        accounts = books.accounts if whole else books.changed(self._synced, day)
        bundle = {
            self._customers[account.code].pk: account.rows(day, self._methods)
            for account in accounts
        }
        lock_ledger(self.company)
        coverage = self._coverage(day)
        sync = Synchroniser(self.company, coverage, write=True)
        sync.add(bundle)
        self._synced = day
        changes = sync.changes
        result = ImportResult(
            SOURCE,
            self.company.base_currency,
            rows=sum(map(len, bundle.values())),
            accepted=sum(map(len, bundle.values())),
            customers=changes.customers,
            open_entries=changes.open_entries,
            open_minor=changes.open_minor,
            added=changes.added,
            updated=changes.updated,
            removed=changes.removed,
        )
        record_sync(
            self.company,
            source=SOURCE,
            file_name=_SOURCE_NAME,
            at=at,
            coverage=coverage,
            summary=result.as_json(),
            author=self.team["karim"],
        )

    def _coverage(self, day: date) -> Coverage:
        first = self.stage.books.first_day
        period = int(f"{first:%Y%m%d}")
        return Coverage(SOURCE, first.isoformat(), day.isoformat(), period, is_whole=True)

    # -- the desk ------------------------------------------------------------------------------

    def _decide(self, day: date) -> None:
        for happening in self.stage.happenings:
            if happening.on == day:
                author = self.team[happening.actor]
                at = self._moment(day, 9, 40)
                happening.act(Desk(self.company, self._customers, day, at, author))

    def _left(self) -> frozenset[tuple[int, int]]:
        return frozenset(
            (self._customers[account.code].pk, level)
            for account in self.stage.books.accounts
            for level in range(account.waits_at, 10)
        )

    def _remind(self, day: date, left: frozenset[tuple[int, int]], outcomes: Outcomes) -> None:
        """Prepare what is due, automatic messages first, and let it take effect."""
        age = (self.stage.today - day).days
        kept = left if age <= _LEFT_DAYS else frozenset()
        if age <= _AUTOMATIC_DAYS:
            by_itself = LeavesSome(left=kept, automatic_only=True)
            self._prepare(day, AUTOMATIC, by_itself, outcomes)
        author = self.team["claire" if day.weekday() == 4 else "karim"]
        chosen = LeavesSome(
            left=kept,
            reminders_only=age > _AUTOMATIC_DAYS,
        )
        self._prepare(day, author, chosen, outcomes)

    def _propose(self) -> None:
        """What wants to leave by itself today and waits for somebody's approval."""
        steps = Step.objects.filter(scenario__company=self.company, needs_approval=True)
        chosen = Selection(
            automatic_only=True, step_ids=frozenset(steps.values_list("pk", flat=True))
        )
        moment = Moment(self.stage.today, self.now - timedelta(minutes=5))
        prepare_reminders(Scope(self.company), moment, author=AUTOMATIC, selection=chosen)

    def _prepare(self, day: date, author: Author, selection: Selection, outcomes: Outcomes) -> None:
        moment = Moment(day, self._moment(day, 10, 5))
        scope = Scope(self.company)
        prepared = prepare_reminders(scope, moment, author=author, selection=selection)
        outcomes.take(prepared.reminders, When(day, moment.now, author))


def _details(account: Account) -> Details:
    return Details(
        code=account.code,
        name=account.name,
        texts={name: getattr(account, name) for name in _TEXTS}
        | {"payment_terms": str(account.terms), "contact_name": account.people[0].name},
        payment_method=account.method,
        credit_limit_minor=account.credit_limit_minor,
    )
