"""The facts of a day, gathered for the whole company in a constant number of queries.

The SQL narrows to the entries for which something may be due today; the rules decide. Its bounds
are the widest of all scenarios, so nothing that the rules would act on is ever missed (a property
test holds them together). With `explain`, every open debit is read and gets a reason.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from encaisse.collection.models import LevelChange, Reminder
from encaisse.collection.queries.obstacles import obstacles
from encaisse.collection.queries.scenarios import ScenarioBook, scenario_book
from encaisse.collection.rules.facts import DayFacts, EntryFacts, SettledFacts
from encaisse.collection.rules.reach import reach
from encaisse.ledger.models import LedgerSync
from encaisse.ledger.queries.open_items import OpenItems, open_items
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

_CHUNK = 500
# A remerciement leaves within a week of its day, itself moved to a working day.
THANKS_DAYS = 7
Condition = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Lookout:
    """How to look: for whom, on which day, at which moment (for freshness), and how far."""

    scope: Scope
    today: date
    now: datetime | None = None
    explain: bool = False
    # Neither what is not due yet nor what was settled: what a person orders at once.
    only_overdue: bool = False
    customer_ids: tuple[int, ...] | None = None
    # Reminders that do not count as in progress: those whose last look this is.
    ignoring: frozenset[int] = frozenset()
    # Scenarios in the place of the company's own: what a change of theirs would do.
    book: ScenarioBook | None = None

    @property
    def company(self) -> Company:
        """The company looked at."""
        return self.scope.company


def gather(look: Lookout) -> DayFacts:
    """The facts of one day."""
    book = look.book or scenario_book(look.company)
    items = open_items(look.company, look.today)
    in_progress, messaged = under_way(look)
    held_customers, held_entries = obstacles(look.company, look.today)
    settled = [] if look.only_overdue else list(_settled(look, book))
    return DayFacts(
        today=look.today,
        entries=_entries(look, book, items),
        scenarios=book.rules,
        credits=_credits(look, items),
        customer_obstacles=held_customers,
        entry_obstacles=held_entries,
        in_progress=in_progress,
        messaged=messaged,
        settled=settled,
        overdue_customers=_overdue(look, items, {entry.customer_id for entry in settled}),
        is_fresh=is_fresh(look.company, look.now),
        explained=look.explain,
    )


def is_fresh(company: Company, now: datetime | None) -> bool:
    """True when the last synchronisation is young enough for automatic messages."""
    if now is None:
        return True
    syncs = LedgerSync.objects.filter(company=company)
    latest = syncs.exclude(format__in=LedgerSync.ABOUT_PEOPLE).order_by("-at").first()
    return latest is not None and now - latest.at <= timedelta(hours=company.freshness_hours)


# -- open debits -------------------------------------------------------------------------------

_ENTRY_SQL = """
SELECT e.id, e.customer_id, e.currency, {due}, {document}, {remaining},
       {level}, {level_on}, f.pre_due_on <= %s, f.cycle,
       cf.profile_id, c.has_email,
       (c.city <> '' AND (c.address <> '' OR c.postal_code <> ''))
         OR COALESCE(cf.address, '') <> '',
       COALESCE(pm.is_automatic, cpm.is_automatic)
FROM ledger_ledgerentry e
JOIN ledger_customer c ON c.id = e.customer_id
LEFT JOIN collection_entryfollowup f ON f.entry_id = e.id
LEFT JOIN collection_customerfollowup cf ON cf.customer_id = e.customer_id
LEFT JOIN ledger_paymentmethod pm ON pm.id = e.payment_method_id
LEFT JOIN ledger_paymentmethod cpm ON cpm.id = c.payment_method_id
WHERE {where} AND {positive} > 0{scope}{window}
ORDER BY e.customer_id, e.currency, e.due_date, e.id
"""


def _entries(look: Lookout, book: ScenarioBook, items: OpenItems) -> Iterator[EntryFacts]:
    days = _Days()
    scenario_of = book.by_variant
    default = book.default_profile_id
    for ids in _id_chunks(look.customer_ids):
        for row in _entry_rows(look, book, items, ids):
            (entry_id, customer_id, currency, due, document, remaining, level, level_on,
             pre_due, cycle, profile_id, has_email, has_address, automatic) = row  # fmt: skip
            if remaining <= 0:
                continue
            has_email = bool(has_email)
            yield EntryFacts(
                entry_id,
                customer_id,
                currency,
                days[due],
                days[document],  # type: ignore[arg-type]  # never null
                remaining,
                level or 0,
                days[level_on],
                bool(pre_due),
                cycle or 0,
                scenario_of.get((profile_id or default, has_email)),  # type: ignore[arg-type]
                has_email,
                bool(has_address),
                bool(automatic),
            )


def _entry_rows(
    look: Lookout, book: ScenarioBook, items: OpenItems, ids: Sequence[int] | None
) -> Sequence[tuple[Any, ...]]:
    window, window_params = _window(look, book)
    scope, scope_params = _scope(look, ids)
    level, level_on, level_params = _levels(look)
    sql = _ENTRY_SQL.format(
        due=_text("e.due_date"),
        document=_text("e.document_date"),
        level=level,
        level_on=_text(level_on),
        remaining=items.remaining,
        positive=_sign(items),
        where=items.where,
        scope=scope,
        window=window,
    )
    params = (
        *items.remaining_params,
        *level_params,
        look.today,
        *items.where_params,
        *scope_params,
        *window_params,
    )
    return _fetch(sql, params)


def _levels(look: Lookout) -> tuple[str, str, tuple[Any, ...]]:
    """Level and its day as SQL: where entries stand, or stood when the day is past."""
    later = LevelChange.objects.filter(company=look.company, on__gt=look.today)
    if not later.exists():
        return "f.level", "f.level_on", ()
    then = """(SELECT h.{column} FROM collection_levelchange h
        WHERE h.entry_id = e.id AND h.kind = 'reminder' AND h."on" <= %s
        ORDER BY h."on" DESC, h.id DESC LIMIT 1)"""
    return then.format(column="level"), then.format(column='"on"'), (look.today, look.today)


def _window(look: Lookout, book: ScenarioBook) -> Condition:
    """The widest condition under which a step may be due; everything when explaining."""
    if look.only_overdue:
        return " AND (e.due_date < %s OR e.due_date IS NULL)", (look.today,)
    if look.explain or _levels(look)[2]:
        return "", ()
    today = look.today
    active = [rule for rule in book.rules.values() if rule.is_active]
    bounds = reach(active, look.company.calendar, today)
    tests = ["COALESCE(f.level, 0) = 0 AND e.due_date <= %s"]
    params: list[Any] = [bounds.first_due]
    if bounds.first_invoice is not None:
        tests.append("COALESCE(f.level, 0) = 0 AND e.document_date <= %s")
        params.append(bounds.first_invoice)
    if bounds.next_level_on is not None:
        tests.append("f.level > 0 AND f.level < %s AND f.level_on <= %s")
        params += [bounds.top_level, bounds.next_level_on]
    if bounds.pre_due is not None:
        tests.append("e.due_date > %s AND e.due_date <= %s AND f.pre_due_on IS NULL")
        params += [today, bounds.pre_due]
    condition = " OR ".join(f"({test})" for test in tests)
    if bounds.first_invoice is None:
        # Nothing is due beyond this: said on its own, the index alone answers it.
        condition = f"e.due_date <= %s AND ({condition})"
        params.insert(0, max(today, bounds.first_due, bounds.pre_due or today))
    return f" AND {condition}", tuple(params)


# -- the rest ----------------------------------------------------------------------------------


def _credits(look: Lookout, items: OpenItems) -> dict[tuple[int, str], list[tuple[int, int]]]:
    found: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for ids in _id_chunks(look.customer_ids):
        scope, scope_params = _scope(look, ids)
        customers = "JOIN ledger_customer c ON c.id = e.customer_id" if scope else ""
        sql = f"""SELECT e.customer_id, e.currency, e.id, {items.remaining}
            FROM ledger_ledgerentry e {customers}
            WHERE {items.where} AND {_sign(items)} < 0{scope} ORDER BY e.id"""
        params = (*items.remaining_params, *items.where_params, *scope_params)
        for customer_id, currency, entry_id, remaining in _fetch(sql, params):
            if remaining < 0:
                found.setdefault((customer_id, currency), []).append((entry_id, remaining))
    return found


def under_way(look: Lookout) -> tuple[dict[int, str], frozenset[tuple[int, str]]]:
    """Entries with a message under way, and accounts that have one of this very day.

    A mail that has waited for days leaves today as well. A last look only asks whether its
    reminders still hold, whatever else leaves today.
    """
    reminders = Reminder.objects.filter(company=look.company)
    if look.customer_ids is not None:
        reminders = reminders.filter(customer_id__in=look.customer_ids)
    pending = (
        reminders.pending()
        .filter(lines__is_live=True, lines__is_credit=False)
        .exclude(id__in=look.ignoring)
    )
    states = {
        entry_id: "unknown_outcome" if status == Reminder.Status.UNKNOWN else "in_progress"
        for entry_id, status in pending.values_list("lines__entry_id", "status")
    }
    if look.ignoring:
        return states, frozenset()
    # A statement asks for nothing: it stands in nobody's way.
    reminders = reminders.exclude(kind=Reminder.Kind.STATEMENT)
    of_day = reminders.filter(day=look.today).exclude(status__in=Reminder.DEAD)
    done = reminders.filter(effective_on=look.today)
    leaving = reminders.pending().filter(medium="email", status__in=Reminder.LEAVING)
    messaged = {
        account
        for some in (of_day, done, leaving)
        for account in some.values_list("customer_id", "currency")
    }
    return states, frozenset(messaged)


# Settled by a payment: one that was closed on the same day, or that paid a part of it. An invoice
# that a credit note cancelled is nothing to say thank you for.
_BY_A_PAYMENT = """(EXISTS (
    SELECT 1 FROM ledger_ledgerentry p
    WHERE p.company_id = e.company_id AND p.settled_date = e.settled_date
      AND p.customer_id = e.customer_id AND p.currency = e.currency AND p.kind = 'payment')
  OR EXISTS (
    SELECT 1 FROM ledger_allocation a JOIN ledger_ledgerentry p ON p.id = a.credit_id
    WHERE a.debit_id = e.id AND p.kind = 'payment'))"""


def _settled(look: Lookout, book: ScenarioBook) -> Iterator[SettledFacts]:
    """Invoices settled lately and not yet thanked for, where a scenario thanks."""
    steps = [rule.thanks for rule in book.rules.values() if rule.thanks and rule.thanks.is_active]
    if not steps:
        return
    # The day before any whose remerciement, moved to a working day, may still leave.
    moved = look.company.calendar.on_or_before(look.today - timedelta(days=THANKS_DAYS + 1))
    first = moved - timedelta(days=max(step.offset_days for step in steps))
    last = look.today - timedelta(days=min(step.offset_days for step in steps))
    reminded = "AND f.level > 0" if all(step.only_after_reminder for step in steps) else ""
    days = _Days()
    for ids in _id_chunks(look.customer_ids):
        scope, scope_params = _scope(look, ids)
        sql = f"""
            SELECT e.id, e.customer_id, e.currency, e.amount_minor, {_text("e.settled_date")},
                   COALESCE(f.level, 0), COALESCE(f.cycle, 0), cf.profile_id, c.has_email,
                   c.city <> '' AND (c.address <> '' OR c.postal_code <> '')
            FROM ledger_ledgerentry e
            JOIN ledger_customer c ON c.id = e.customer_id
            LEFT JOIN collection_entryfollowup f ON f.entry_id = e.id
            LEFT JOIN collection_customerfollowup cf ON cf.customer_id = e.customer_id
            WHERE e.company_id = %s AND e.settled_date >= %s AND e.settled_date <= %s
              AND e.is_counted AND e.kind = 'invoice' AND f.thanked_on IS NULL
              {reminded} AND {_BY_A_PAYMENT}{scope}
            ORDER BY e.customer_id, e.currency, e.id"""
        params = (look.company.pk, first, last, *scope_params)
        for row in _fetch(sql, params):
            *head, settled, level, cycle, profile_id, has_email, has_address = row
            scenario_id = book.scenario_id(profile_id, has_email=bool(has_email))
            tail = (days[settled], level, cycle, scenario_id, bool(has_email), bool(has_address))
            yield SettledFacts._make((*head, *tail))


def _overdue(look: Lookout, items: OpenItems, customers: Collection[int]) -> frozenset[int]:
    """Those of some customers who have anything overdue."""
    found: set[int] = set()
    for ids in _id_chunks(tuple(customers)):
        if not ids:
            continue
        marks = ", ".join(["%s"] * len(ids))
        sql = f"""SELECT DISTINCT e.customer_id FROM ledger_ledgerentry e
            WHERE {items.where} AND e.amount_minor > 0 AND e.due_date < %s
              AND e.customer_id IN ({marks})"""
        params = (*items.where_params, look.today, *ids)
        found.update(row[0] for row in _fetch(sql, params))
    return frozenset(found)


class _Days(dict[str | None, date | None]):
    """ISO texts to dates, each parsed once: a company has few different days."""

    def __init__(self) -> None:
        super().__init__({None: None})

    def __missing__(self, text: str | None) -> date | None:
        assert text is not None
        day = self[text] = date.fromisoformat(text)
        return day


def _sign(items: OpenItems) -> str:
    """A column that has the entry's sign: the indexed one when it can be used."""
    return "e.amount_minor" if items.remaining_params else "e.remaining_minor"


def _text(column: str) -> str:
    """A date column as text: cheaper to read than the driver's own dates."""
    return f"CAST({column} AS TEXT)"


def _scope(look: Lookout, ids: Sequence[int] | None) -> tuple[str, tuple[Any, ...]]:
    sql = ""
    params: list[Any] = []
    if ids is not None:
        sql += f" AND e.customer_id IN ({', '.join(['%s'] * len(ids))})"
        params += ids
    if look.scope.sales_reps is not None:
        names = sorted(look.scope.sales_reps) or [""]
        sql += f" AND c.sales_rep IN ({', '.join(['%s'] * len(names))})"
        params += names
    return sql, tuple(params)


def _id_chunks(ids: Sequence[int] | None) -> Iterator[Sequence[int] | None]:
    if ids is None:
        yield None
        return
    ordered = sorted(ids)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def _fetch(sql: str, params: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
