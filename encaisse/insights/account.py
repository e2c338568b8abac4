"""One customer's account (situation de compte): its entries, open or matched, and their totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from encaisse.collection.models import EntryFollowUp
from encaisse.insights.figures import currency_order
from encaisse.insights.sql import Condition, batches, fetch, holds_text
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.queries.numbers import number_column
from encaisse.ledger.queries.open_items import (
    Matching,
    OpenItems,
    entries_of_account,
    open_items,
)

_DUE = "COALESCE(e.due_date, e.document_date)"
_SORTS = {
    "document_date": "e.document_date",
    "posting_date": "e.posting_date",
    "expected": "COALESCE(f.expected_date, e.due_date, e.document_date)",
    "due": _DUE,
    "level": "COALESCE(f.level, 0)",
    "label": "e.label",
    "method": "COALESCE(m.label, '')",
    "debit": "e.amount_minor",
    "credit": "-e.amount_minor",
    "match": "e.match_code",
}


@dataclass(frozen=True, slots=True)
class AccountCriteria:
    """Filters of an account; empty means any."""

    matching: Matching = Matching.OPEN
    search: str = ""
    currency: str = ""
    is_overdue: bool = False
    entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class AccountTotal:
    """The sums of some entries in one currency; `remaining` is the balance they leave."""

    currency: str
    count: int
    debit: int
    credit: int
    remaining: int

    @property
    def paid(self) -> int:
        """What is already settled of them: debit − credit − paid = remaining, to the cent."""
        return self.debit - self.credit - self.remaining


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """An entry as of a day: what remained of it then, its level and how often it was reminded."""

    entry: LedgerEntry
    remaining: int
    level: int
    reminders: int
    expected_date: date | None

    @property
    def paid(self) -> int:
        """What is already settled of it; negative, what is already used of a credit."""
        return self.entry.amount_minor - self.remaining


@dataclass(frozen=True)
class Account:
    """The account of a customer as of a day."""

    customer: Customer
    on: date

    @cached_property
    def items(self) -> OpenItems:
        """What is open that day; three index look-ups."""
        return open_items(self.customer.company, self.on)

    def currencies(self) -> list[str]:
        """The currencies of all his entries, in order; one query."""
        entries = LedgerEntry.objects.filter(customer=self.customer, is_counted=True)
        return list(entries.order_by("currency").values_list("currency", flat=True).distinct())

    def totals(self, criteria: AccountCriteria = AccountCriteria()) -> list[AccountTotal]:
        """One total a currency over the whole result, the base currency first; one query."""
        where, params = self._where(criteria)
        found = fetch(
            "SELECT e.currency, COUNT(*),"
            " SUM(CASE WHEN e.amount_minor > 0 THEN e.amount_minor ELSE 0 END),"
            " SUM(CASE WHEN e.amount_minor < 0 THEN -e.amount_minor ELSE 0 END),"
            f" SUM({self.items.remaining})"
            f" FROM ledger_ledgerentry e WHERE {where} GROUP BY e.currency",
            (*self.items.remaining_params, *params),
        )
        totals = [
            AccountTotal(currency, *(int(figure) for figure in figures))
            for currency, *figures in found
        ]
        currencies = currency_order(self.customer.company.base_currency)
        return sorted(totals, key=lambda total: currencies(total.currency))

    def page(
        self,
        criteria: AccountCriteria = AccountCriteria(),
        *,
        sort: str = "due",
        offset: int = 0,
        limit: int | None = None,
    ) -> list[AccountEntry]:
        """Some entries in order, or all without a limit; three queries."""
        where, params = self._where(criteria)
        remaining = self.items.remaining
        window: tuple[int, ...] = () if limit is None else (limit, offset)
        order = _order(sort, number_column(self.customer.company))
        keys = fetch(
            f"SELECT e.id, {remaining} AS rest FROM ledger_ledgerentry e"
            " LEFT JOIN collection_entryfollowup f ON f.entry_id = e.id"
            " LEFT JOIN ledger_paymentmethod m ON m.id = e.payment_method_id"
            f" WHERE {where} ORDER BY {order}{' LIMIT %s OFFSET %s' if window else ''}",
            (*self.items.remaining_params, *params, *window),
        )
        return _filled(keys)

    def _where(self, criteria: AccountCriteria) -> Condition:
        found, own = entries_of_account(self.customer, self.on, self.items, criteria.matching)
        tests = [found]
        params: list[Any] = [*own]
        if criteria.currency:
            tests.append("e.currency = %s")
            params.append(criteria.currency)
        if criteria.entry_id is not None:
            tests.append("e.id = %s")
            params.append(criteria.entry_id)
        if criteria.is_overdue:
            tests.append("e.due_date < %s AND e.amount_minor > 0")
            params.append(self.on)
        if criteria.search:
            number, own = holds_text(number_column(self.customer.company), criteria.search)
            label, more = holds_text("e.label", criteria.search)
            tests.append(f"({number} OR {label})")
            params += [*own, *more]
        return " AND ".join(tests), tuple(params)


def _order(sort: str, number: str) -> str:
    key = sort.removeprefix("-")
    expression = {**_SORTS, "document": number, "remaining": "rest"}[key]
    direction = "DESC" if sort.startswith("-") else "ASC"
    return f"{expression} {direction}, {_DUE}, e.id"


def _filled(keys: Sequence[tuple[Any, ...]]) -> list[AccountEntry]:
    ids = [key[0] for key in keys]
    entries: dict[int, LedgerEntry] = {}
    follow_ups: dict[int, EntryFollowUp] = {}
    for some in batches(ids):
        entries |= LedgerEntry.objects.select_related("payment_method").in_bulk(some)
        follow_ups |= EntryFollowUp.objects.in_bulk(some)
    return [_line(entries[key], int(rest), follow_ups.get(key)) for key, rest in keys]


def _line(entry: LedgerEntry, rest: int, follow_up: EntryFollowUp | None) -> AccountEntry:
    if follow_up is None:
        return AccountEntry(entry, rest, 0, 0, None)
    return AccountEntry(
        entry, rest, follow_up.level, follow_up.reminder_count, follow_up.expected_date
    )
