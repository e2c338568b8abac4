"""What a company's scenarios would send over a period, day by day. Writes nothing.

Each action counts as done on its day; payments come from the ledger's own match dates. The first
day starts from where the entries stood then, so a simulated day equals the real run of that day.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from encaisse.collection.models import Reminder, ReminderLine
from encaisse.collection.queries.facts import Lookout, gather, under_way
from encaisse.collection.queries.obstacles import obstacles
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.rules.facts import DayFacts, EntryFacts, SettledFacts
from encaisse.collection.rules.plan import Plan, decide
from encaisse.collection.rules.timetable import Timetable
from encaisse.core.dates import end_of_month
from encaisse.ledger.models import Allocation, LedgerEntry
from encaisse.tenancy.scope import Scope

_DAY = timedelta(days=1)
_NEVER = date.max


def simulate(scope: Scope, start: date, end: date, *, every: str = "day") -> Iterator[Plan]:
    """The plans of the run days from `start` to `end`, both included.

    `every`: "day" = each working day, "week" = the first working day of each week,
    "month-end" = the last working day of each month.
    """
    world = _World(scope, start, end)
    for day in run_days(scope, start, end, every=every):
        plan = world.plan(day)
        world.take(plan)
        yield plan


def run_days(scope: Scope, start: date, end: date, *, every: str) -> Iterator[date]:
    """The days on which the simulated desk works."""
    calendar = scope.company.calendar
    day = start
    while day <= end:
        if calendar.is_working(day) and _is_run_day(calendar.on_or_after, day, every):
            yield day
        day += _DAY


def _is_run_day(on_or_after: Any, day: date, every: str) -> bool:
    if every == "week":
        return bool(on_or_after(day - timedelta(days=day.weekday())) == day)
    if every == "month-end":
        following = on_or_after(day + _DAY)
        return bool(following > end_of_month(day))
    return True


@dataclass(slots=True)
class _Debit:
    """A debit through the period, and where it stands in the simulation."""

    facts: EntryFacts
    posting_date: date
    settled_date: date
    kind: str
    amount: int
    paid: list[tuple[date, int]] = field(default_factory=list)
    thanked: bool = False

    def remaining(self, day: date) -> int:
        return self.amount - sum(part for on, part in self.paid if on <= day)


class _World:
    """The ledger over the period, in memory; entries sleep until a step may be due."""

    def __init__(self, scope: Scope, start: date, end: date) -> None:
        self._scope = scope
        self._calendar = scope.company.calendar
        self._book: ScenarioBook = scenario_book(scope.company)
        self._timetable = Timetable(self._book.rules, self._calendar)
        self._debits = _debits(scope, start, end, self._book)
        self._credits = _credits(scope, start, end)
        self._wake: dict[date, list[int]] = defaultdict(list)
        self._awake: set[int] = set()
        self._by_customer: dict[int, list[int]] = defaultdict(list)
        self._settling: dict[date, list[int]] = defaultdict(list)
        self._start = start
        # The real day may have begun: some messages left, others are under way.
        self._in_progress, self._messaged = under_way(Lookout(scope, start))
        self._leaving = _leaving(scope)
        by_a_payment = _settled_by_a_payment(scope, self._debits, self._credits)
        for number, debit in self._debits.items():
            self._by_customer[debit.facts.customer_id].append(number)
            self._sleep(number, start)
            if number in by_a_payment:
                self._settling[debit.settled_date].append(number)

    def plan(self, day: date) -> Plan:
        """The plan of one day."""
        for past in [wake for wake in self._wake if wake <= day]:
            self._awake.update(self._wake.pop(past))
        is_first = day == self._start
        if not is_first:
            self._finish_under_way()
        customers, entries = obstacles(self._scope.company, day)
        settled = list(self._settled(day))
        facts = DayFacts(
            today=day,
            entries=self._entries(day),
            scenarios=self._book.rules,
            credits=self._open_credits(day),
            customer_obstacles=customers,
            entry_obstacles=entries,
            in_progress=self._in_progress if is_first else {},
            messaged=self._messaged if is_first else frozenset(),
            settled=settled,
            overdue_customers=self._overdue(day, {entry.customer_id for entry in settled}),
        )
        return decide(facts, self._calendar)

    def take(self, plan: Plan) -> None:
        """Every action of the day is done on that day."""
        for action in plan.actions:
            for claim in action.claims:
                if not claim.is_credit:
                    self._do(claim.entry_id, action.step.kind, claim.level_after, plan.on)
            for claim in action.pre_due:
                self._do(claim.entry_id, "pre_due", 0, plan.on)

    def _finish_under_way(self) -> None:
        """What was under way on the first day is done on that day."""
        for entry_id, kind, level in self._leaving:
            self._do(entry_id, kind, level, self._start)
        self._leaving = []

    def _do(self, number: int, kind: str, level: int, on: date) -> None:
        debit = self._debits.get(number)
        if debit is None:
            return
        if kind == "thanks":
            debit.thanked = True
        elif kind == "pre_due":
            debit.facts = debit.facts._replace(pre_due_done=True)
        else:
            debit.facts = debit.facts._replace(level=level, level_on=on)
        self._sleep(number, on)

    def _sleep(self, number: int, today: date) -> None:
        """Let an entry sleep until its next step."""
        debit = self._debits[number]
        self._awake.discard(number)
        entry = debit.facts
        scenario = self._book.rules.get(entry.scenario_id or 0)
        if scenario is None or not scenario.is_active or entry.due_date is None:
            return
        days = []
        if scenario.pre_due and not entry.pre_due_done and not entry.level:
            days.append(self._timetable.pre_due_day(scenario.pre_due, entry.due_date))
        if found := self._timetable.next_reminder(entry):
            days.append(found[1])
        if days:
            self._wake[max(min(days), debit.posting_date)].append(number)

    def _entries(self, day: date) -> list[EntryFacts]:
        found = []
        for number in list(self._awake):
            debit = self._debits[number]
            if debit.settled_date <= day:
                self._awake.discard(number)
                continue
            remaining = debit.remaining(day)
            if remaining > 0:
                found.append(debit.facts._replace(remaining=remaining))
        found.sort(key=lambda e: (e.customer_id, e.currency, e.due_date or date.max, e.id))
        return found

    def _open_credits(self, day: date) -> dict[tuple[int, str], list[tuple[int, int]]]:
        found: dict[tuple[int, str], list[tuple[int, int]]] = {}
        accounts = {
            (self._debits[number].facts.customer_id, self._debits[number].facts.currency)
            for number in self._awake
        }
        for account in accounts:
            for credit in self._credits.get(account, ()):
                if credit.posting_date <= day < credit.settled_date:
                    remaining = credit.amount + sum(part for on, part in credit.paid if on <= day)
                    if remaining < 0:
                        found.setdefault(account, []).append((credit.facts.id, remaining))
        return found

    def _settled(self, day: date) -> Iterator[SettledFacts]:
        first = day - timedelta(days=60)
        numbers = [
            number
            for on, some in self._settling.items()
            if first <= on <= day
            for number in some
            if not self._debits[number].thanked
        ]
        for number in sorted(numbers, key=lambda n: (*_account(self._debits[n]), n)):
            debit = self._debits[number]
            entry = debit.facts
            yield SettledFacts(
                entry.id,
                entry.customer_id,
                entry.currency,
                debit.amount,
                debit.settled_date,
                entry.level,
                entry.cycle,
                entry.scenario_id,
                entry.has_email,
                entry.has_address,
            )

    def _overdue(self, day: date, customers: set[int]) -> frozenset[int]:
        return frozenset(
            customer
            for customer in customers
            for number in self._by_customer[customer]
            if self._is_overdue(self._debits[number], day)
        )

    def _is_overdue(self, debit: _Debit, day: date) -> bool:
        due = debit.facts.due_date
        late = due is not None and due < day
        return late and debit.posting_date <= day < debit.settled_date


def _account(debit: _Debit) -> tuple[int, str]:
    return debit.facts.customer_id, debit.facts.currency


def _debits(scope: Scope, start: date, end: date, book: ScenarioBook) -> dict[int, _Debit]:
    """Debits alive in the period (and those settled just before it, for the thanks)."""
    known = {entry.id: entry for entry in gather(Lookout(scope, start, explain=True)).entries}
    debits: dict[int, _Debit] = {}
    rows = _rows(scope, start, end).filter(amount_minor__gt=0)
    for row in rows.iterator(chunk_size=5_000):
        entry = known.get(row.pk) or _facts_of(row, book)
        debit = _Debit(
            entry, row.posting_date, row.settled_date or _NEVER, row.kind, row.amount_minor
        )
        state = getattr(row, "follow_up", None)
        debit.thanked = bool(state and state.thanked_on and state.thanked_on <= start)
        debits[row.pk] = debit
    for entry_id, on, amount in _paid(scope, "debit"):
        if entry_id in debits:
            debits[entry_id].paid.append((on, amount))
    for debit in debits.values():
        if not debit.paid and debit.settled_date == _NEVER:
            debit.amount = debit.facts.remaining  # the source gave what is left
    return debits


def _facts_of(row: LedgerEntry, book: ScenarioBook) -> EntryFacts:
    """An entry that is posted, or was settled, outside the first day: where it stands then."""
    customer = row.customer
    follow_up = getattr(customer, "follow_up", None)
    state = getattr(row, "follow_up", None)
    method = row.payment_method or customer.payment_method
    address = customer.has_postal_address() or bool(follow_up and follow_up.address)
    return EntryFacts(
        row.pk,
        customer.pk,
        row.currency,
        row.due_date,
        row.document_date,
        row.remaining_minor or row.amount_minor,
        level=state.level if state and row.settled_date else 0,
        scenario_id=book.scenario_id(
            follow_up.profile_id if follow_up else None, has_email=customer.has_email
        ),
        has_email=customer.has_email,
        has_address=address,
        is_automatic_method=bool(method and method.is_automatic),
    )


def _rows(scope: Scope, start: date, end: date):  # type: ignore[no-untyped-def]
    alive = Q(settled_date=None) | Q(settled_date__gte=start - timedelta(days=60))
    return (
        LedgerEntry.objects.filter(
            alive, scope.customers("customer__"), is_counted=True, posting_date__lte=end
        )
        .select_related(
            "customer__follow_up", "customer__payment_method", "payment_method", "follow_up"
        )
        .order_by("id")
    )


def _credits(scope: Scope, start: date, end: date) -> dict[tuple[int, str], list[_Debit]]:
    credits: dict[int, _Debit] = {}
    for row in _rows(scope, start, end).filter(amount_minor__lt=0).iterator(chunk_size=5_000):
        facts = EntryFacts(row.pk, row.customer_id, row.currency, None, row.document_date, 0)
        credits[row.pk] = _Debit(
            facts, row.posting_date, row.settled_date or _NEVER, row.kind, row.amount_minor
        )
    for entry_id, on, amount in _paid(scope, "credit"):
        if entry_id in credits:
            credits[entry_id].paid.append((on, amount))
    by_account: dict[tuple[int, str], list[_Debit]] = defaultdict(list)
    for credit in credits.values():
        by_account[_account(credit)].append(credit)
    return by_account


def _settled_by_a_payment(
    scope: Scope, debits: dict[int, _Debit], credits: dict[tuple[int, str], list[_Debit]]
) -> set[int]:
    """The invoices to say thank you for (queries.facts)."""
    closed = {
        (account, credit.settled_date)
        for account, some in credits.items()
        for credit in some
        if credit.kind == "payment"
    }
    partly = Allocation.objects.filter(company=scope.company, credit__kind="payment")
    paid = set(partly.values_list("debit_id", flat=True))
    return {
        number
        for number, debit in debits.items()
        if debit.kind == "invoice"
        and debit.settled_date != _NEVER
        and (number in paid or (_account(debit), debit.settled_date) in closed)
    }


def _leaving(scope: Scope) -> list[tuple[int, str, int]]:
    """Entry, kind and level of the lines of the messages that are under way."""
    lines = ReminderLine.objects.filter(
        scope.customers("reminder__customer__"),
        is_live=True,
        is_credit=False,
        reminder__status__in=Reminder.PENDING,
    )
    return list(lines.values_list("entry_id", "kind", "level_after"))


def _paid(scope: Scope, side: str) -> Iterator[tuple[int, date, int]]:
    allocations = Allocation.objects.filter(company=scope.company)
    yield from allocations.values_list(f"{side}_id", "on", "amount_minor").iterator()
