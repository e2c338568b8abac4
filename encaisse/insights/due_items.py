"""The open items (échéances): every entry that is not settled, filtered, sorted, added up.

Debits to pay and unmatched credits alike, so that the totals are those of the aged balance. A
debit is late when its due date is before the day; one without a due date is never late.
Currencies are never added together.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db import connection

from encaisse.collection.models import EntryFollowUp
from encaisse.core.text import fold
from encaisse.insights.criteria import (
    DISPUTED_ACCOUNTS,
    DISPUTED_ENTRIES,
    EVERYBODY,
    PROMISED,
    STOPPED,
    Criteria,
    FreeText,
    among,
    conditions,
    is_debit,
    pays_by,
)
from encaisse.insights.customers import profiles_of
from encaisse.insights.figures import currency_order
from encaisse.insights.marks import NO_MARKS, Marks, last_reminders, marks_of
from encaisse.insights.memory import remembered
from encaisse.insights.sql import (
    Condition,
    all_of,
    base_first,
    batches,
    due_day,
    fetch,
    holds_text,
    within,
)
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.queries.invoice_files import invoice_files
from encaisse.ledger.queries.numbers import number_column
from encaisse.ledger.queries.open_items import OpenItems, open_items
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope

# Below this the entries are added up anew for every page: it takes no time.
_LARGE = 2_000
_SORTS = {
    "name": "c.search_text",
    "document_date": "e.document_date",
    "label": "e.label",
    "level": "COALESCE(f.level, 0)",
    "method": "COALESCE(m.label, '')",
    "amount": "e.amount_minor",
    "profile": "COALESCE(p.name, d.name, '')",
    "sales_rep": "c.sales_rep",
    "category": "c.category",
    **{f"customer_{column}": f"c.{column}" for column in CUSTOMER_COLUMNS},
    **{column: f"e.{column}" for column in ENTRY_COLUMNS},
    "expected": "f.expected_date",
}


@dataclass(frozen=True, slots=True)
class DueCriteria:
    """Filters of the open items; None or empty means any.

    `who` filters their customers. `part`: `overdue`, `not_due`, `undated`, `credits`, or the days
    late from `late_from` to `late_to`, both included. `level` is the entry's own. `is_stopped`
    and `is_disputed` look at the entry and at its whole customer. `minimums`: the least that
    remains, by currency, in its minor units. `free`: what the entry's own free fields hold. `only`
    keeps some entries.
    """

    who: Criteria = EVERYBODY
    search: str = ""
    part: str = ""
    late_from: int | None = None
    late_to: int | None = None
    currency: str = ""
    payment_method_id: int | None = None
    level: int | None = None
    is_stopped: bool | None = None
    is_disputed: bool | None = None
    dispute_reason: str = ""
    is_promised: bool | None = None
    first_due: date | None = None
    last_due: date | None = None
    minimums: tuple[tuple[str, int], ...] = ()
    free: tuple[FreeText, ...] = ()
    only: frozenset[int] | None = None


EVERYTHING = DueCriteria()


@dataclass(frozen=True, slots=True)
class DueTotal:
    """The entries kept by the criteria, in one currency; amounts in its minor units.

    `remaining` and `overdue` are net of the credits among them: one that is not matched counts as
    overdue from its own date.
    """

    currency: str
    count: int
    overdue: int
    remaining: int


@dataclass(frozen=True, slots=True)
class DueItem:
    """One open entry as of a day, with what is known of it and of its customer."""

    entry: LedgerEntry
    remaining: int
    days_late: int
    level: int
    reminders: int
    expected_date: date | None
    reminded_on: date | None
    profile: str
    marks: Marks
    has_pdf: bool

    @property
    def customer(self) -> Customer:
        """Who owes it."""
        return self.entry.customer

    @property
    def method(self) -> str:
        """How it is to be paid: as the entry says, else as its customer usually pays."""
        found = self.entry.payment_method or self.customer.payment_method
        return found.label if found else ""


@dataclass(frozen=True)
class DueItems:
    """The open items of what a scope sees, as of a day."""

    scope: Scope
    on: date

    @cached_property
    def items(self) -> OpenItems:
        """What is open that day; three index look-ups."""
        return open_items(self.scope.company, self.on)

    def totals(self, criteria: DueCriteria = EVERYTHING) -> list[DueTotal]:
        """One total a currency over the whole result, the base currency first; one query."""
        return remembered(
            ("due", *self._key(criteria)), lambda: self._totals(criteria), worth=_is_large
        )

    def page(
        self, criteria: DueCriteria = EVERYTHING, *, sort: str = "due", offset: int, limit: int
    ) -> list[DueItem]:
        """Some entries in order; twelve queries, the order remembered for a large ledger."""
        sql, params = self._ranked(criteria, sort)
        keys = remembered(
            ("due page", *self._key(criteria), sort, offset, limit),
            lambda: fetch(f"{sql} LIMIT %s OFFSET %s", (*params, limit, offset)),
            worth=lambda _found: _is_large(self.totals(criteria)),
        )
        return self._filled(keys)

    def rows(self, criteria: DueCriteria = EVERYTHING, *, sort: str = "due") -> Iterator[DueItem]:
        """Every entry in order, for an export; fetched in batches."""
        for keys in batches(fetch(*self._ranked(criteria, sort))):
            yield from self._filled(keys)

    def _key(self, criteria: DueCriteria) -> tuple[Hashable, ...]:
        company = self.scope.company
        return (company.pk, company.facts_revision, self.scope.sales_reps, self.on, criteria)

    def _totals(self, criteria: DueCriteria) -> list[DueTotal]:
        where, params = self._where(criteria)
        rest, own = self.items.remaining, self.items.remaining_params
        found = fetch(
            "SELECT e.currency, COUNT(*), SUM(CASE WHEN"
            f" NOT ({is_debit(self.items)}) OR {due_day()} < %s THEN {rest} ELSE 0 END),"
            f" SUM({rest}) FROM {self._table(criteria)} WHERE {where} GROUP BY e.currency",
            (self.on, *own, *own, *params),
        )
        totals = [
            DueTotal(currency, count, int(overdue), int(remaining))
            for currency, count, overdue, remaining in found
        ]
        currencies = currency_order(self.scope.company.base_currency)
        return sorted(totals, key=lambda total: currencies(total.currency))

    # -- which entries, in which order -----------------------------------------------------------

    def _ranked(self, criteria: DueCriteria, sort: str) -> Condition:
        key = sort.removeprefix("-")
        joins, more = self._joins(key)
        where, params = self._where(criteria)
        order, last = self._order(sort)
        return (
            f"SELECT e.id, {self.items.remaining} AS rest FROM {self._table(criteria)} {joins}"
            f" WHERE {where} ORDER BY {order}",
            (*self.items.remaining_params, *more, *params, *last),
        )

    def _table(self, criteria: DueCriteria) -> str:
        """The entries, customer by customer: as they lie on the disk, far faster than otherwise.

        SQLite may take another index of the open items, in whose order reading them jumps about.
        """
        is_today = not self.items.remaining_params
        if connection.vendor == "sqlite" and is_today and criteria.only is None:
            return "ledger_ledgerentry e INDEXED BY entry_open"
        return "ledger_ledgerentry e"

    def _order(self, sort: str) -> Condition:
        key, direction = sort.removeprefix("-"), "DESC" if sort.startswith("-") else "ASC"
        if key == "due":
            # Credits and debits without a due date come last either way.
            return f"{due_day()} IS NULL, {due_day()} {direction}, e.id", ()
        if key in ("remaining", "amount"):
            figure = "rest" if key == "remaining" else "e.amount_minor"
            order = f"{base_first('e.currency')}, {figure} {direction}, e.id"
            return order, (self.scope.company.base_currency,)
        if key == "currency":
            return f"e.currency {direction}, {due_day()}, e.id", ()
        if key == "expected":
            return f"f.expected_date IS NULL, f.expected_date {direction}, {due_day()}, e.id", ()
        number = number_column(self.scope.company)
        column = number if key == "document" else _SORTS[key]
        return f"{column} {direction}, {due_day()}, e.id", ()

    def _joins(self, key: str) -> Condition:
        customer = "JOIN ledger_customer c ON c.id = e.customer_id"
        match key:
            case "level" | "expected":
                return "LEFT JOIN collection_entryfollowup f ON f.entry_id = e.id", ()
            case "method":
                return (
                    f"{customer} LEFT JOIN ledger_paymentmethod m"
                    " ON m.id = COALESCE(e.payment_method_id, c.payment_method_id)",
                    (),
                )
            case "profile":
                return (
                    "LEFT JOIN collection_customerfollowup f ON f.customer_id = e.customer_id"
                    " LEFT JOIN collection_collectionprofile p ON p.id = f.profile_id"
                    " LEFT JOIN collection_collectionprofile d"
                    " ON d.company_id = %s AND d.is_default",
                    (self.scope.company.pk,),
                )
        return (customer if _SORTS.get(key, "").startswith("c.") else ""), ()

    def _where(self, criteria: DueCriteria) -> Condition:
        return all_of(
            (
                (self.items.where, self.items.where_params),
                *conditions(self.scope, criteria.who, self.items, on=self.on),
                *_about_days(criteria, self.items, self.on),
                *_about_entries(criteria, self.items, self.scope.company),
                *_about_obstacles(criteria, self.scope.company.pk, self.on),
            )
        )

    # -- what is known of them -------------------------------------------------------------------

    def _filled(self, keys: Sequence[tuple[Any, ...]]) -> list[DueItem]:
        ids = [key for key, _rest in keys]
        company = self.scope.company
        entries = LedgerEntry.objects.select_related(
            "payment_method", "customer__payment_method"
        ).in_bulk(ids)
        follow_ups = EntryFollowUp.objects.in_bulk(ids)
        marks = marks_of(company, entries.values(), on=self.on)
        reminded = last_reminders(ids)
        profiles = profiles_of(company, {entry.customer_id for entry in entries.values()})
        files = invoice_files(company, entries.values())
        nothing = EntryFollowUp()
        items = []
        for key, rest in keys:
            entry, follow_up = entries[key], follow_ups.get(key, nothing)
            items.append(
                DueItem(
                    entry=entry,
                    remaining=int(rest),
                    days_late=entry.days_late(self.on) if entry.amount_minor > 0 else 0,
                    level=follow_up.level,
                    reminders=follow_up.reminder_count,
                    expected_date=follow_up.expected_date,
                    reminded_on=reminded.get(key),
                    profile=profiles[entry.customer_id],
                    marks=marks.get(key, NO_MARKS),
                    has_pdf=key in files,
                )
            )
        return items


def _about_days(criteria: DueCriteria, items: OpenItems, on: date) -> Iterator[Condition]:
    if criteria.part:
        yield _part(criteria.part, items, on)
    if criteria.late_from is not None:
        yield f"{is_debit(items)} AND {due_day()} <= %s", (on - timedelta(days=criteria.late_from),)
    if criteria.late_to is not None:
        yield f"{is_debit(items)} AND {due_day()} >= %s", (on - timedelta(days=criteria.late_to),)
    if criteria.first_due is not None:
        yield f"{due_day()} >= %s", (criteria.first_due,)
    if criteria.last_due is not None:
        yield f"{due_day()} <= %s", (criteria.last_due,)


def _about_entries(
    criteria: DueCriteria, items: OpenItems, company: Company
) -> Iterator[Condition]:
    if criteria.currency:
        yield "e.currency = %s", (criteria.currency,)
    if criteria.payment_method_id is not None:
        yield pays_by(company.pk, (criteria.payment_method_id,))
    if criteria.level is not None:
        word, test = ("IN", "=") if criteria.level else ("NOT IN", ">")
        yield (
            f"e.id {word} (SELECT f.entry_id FROM collection_entryfollowup f"
            f" WHERE f.company_id = %s AND f.level {test} %s)",
            (company.pk, criteria.level),
        )
    if criteria.minimums:
        whens = " ".join(["WHEN %s THEN %s"] * len(criteria.minimums))
        amounts = tuple(value for pair in criteria.minimums for value in pair)
        yield (
            f"{items.remaining} >= CASE e.currency {whens} END",
            (*items.remaining_params, *amounts),
        )
    for asked in criteria.free:
        yield holds_text(_SORTS[asked.column], asked.text)
    if criteria.only is not None:
        yield among("e.id", criteria.only)
    for word in criteria.search.split():
        yield _holds(word, company)


def _part(part: str, items: OpenItems, on: date) -> Condition:
    debit = is_debit(items)
    parts: dict[str, Condition] = {
        "overdue": (f"{debit} AND {due_day()} < %s", (on,)),
        "not_due": (f"{debit} AND ({due_day()} >= %s OR {due_day()} IS NULL)", (on,)),
        "undated": (f"{debit} AND {due_day()} IS NULL", ()),
        "credits": (f"NOT ({debit})", ()),
    }
    return parts[part]


def _holds(word: str, company: Company) -> Condition:
    """A word of the customer's name or code, of the document's number or of the label."""
    number, own = holds_text(number_column(company), word)
    label, params = holds_text("e.label", word)
    return (
        f"{number} OR {label} OR e.customer_id IN (SELECT c.id FROM ledger_customer c"
        " WHERE c.company_id = %s AND c.search_text LIKE %s ESCAPE '!')",
        (*own, *params, company.pk, within(fold(word))),
    )


_STOPPED_ENTRIES = (
    "SELECT h.entry_id FROM collection_hold h WHERE h.company_id = %s AND h.lifted_on IS NULL"
    " AND h.entry_id IS NOT NULL AND h.set_on <= %s AND (h.until IS NULL OR h.until >= %s)"
)


def _about_obstacles(criteria: DueCriteria, company_id: int, on: date) -> Iterator[Condition]:
    if criteria.is_stopped is not None:
        yield _either(
            (f"e.customer_id IN ({STOPPED})", (company_id, on, on)),
            (f"e.id IN ({_STOPPED_ENTRIES})", (company_id, on, on)),
            kept=criteria.is_stopped,
        )
    if criteria.is_disputed is not None or criteria.dispute_reason:
        reason = " AND d.reason = %s" if criteria.dispute_reason else ""
        params = (company_id, on, *([criteria.dispute_reason] if reason else []))
        yield _either(
            (f"e.customer_id IN ({DISPUTED_ACCOUNTS}{reason})", params),
            (f"e.id IN ({DISPUTED_ENTRIES}{reason})", params),
            kept=criteria.is_disputed is not False,
        )
    if criteria.is_promised is not None:
        word = "IN" if criteria.is_promised else "NOT IN"
        yield f"e.id {word} ({PROMISED})", (company_id, on)


def _either(first: Condition, second: Condition, *, kept: bool) -> Condition:
    word = "" if kept else "NOT "
    return f"{word}({first[0]} OR {second[0]})", (*first[1], *second[1])


def _is_large(totals: Iterable[DueTotal]) -> bool:
    return sum(total.count for total in totals) >= _LARGE
