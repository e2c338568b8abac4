"""Finding customers and entries from anywhere, the best first, with what is owed.

A customer by his name, code, numbers, people, addresses or telephone; an entry by its document
number or its amount. A mistyped name is understood when few customers answer to it as it is.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from encaisse.core.money import exponent
from encaisse.insights.sql import day_or_none, fetch, marks_for
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.ledger.queries.finding import (
    Meant,
    customers_found,
    customers_near,
    entries_by_amount,
    entries_by_document,
)
from encaisse.ledger.queries.open_items import open_items
from encaisse.ledger.rules.finding import ELSEWHERE, Asked, Card, distance, read_asked, terms_of
from encaisse.tenancy.scope import Scope

# As many of the closest customers are told apart by what they owe.
_WEIGHED = 60


@dataclass(frozen=True, slots=True)
class Owed:
    """What a customer owes in one currency as of the day, in minor units; `overdue` is part of
    `balance`, credits of both. `days_late`: of the oldest debit past due, 0 when there is none.
    """

    currency: str
    balance: int
    overdue: int
    days_late: int


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A customer who answers. `hint`: what led to him when it is neither name nor code."""

    customer_id: int
    name: str
    code: str
    hint: str
    owed: tuple[Owed, ...]


@dataclass(frozen=True, slots=True)
class EntryHit:
    """An entry that answers, with its customer."""

    entry: LedgerEntry
    days_late: int

    @property
    def is_open(self) -> bool:
        """True when something of it remains."""
        return self.entry.remaining_minor != 0


@dataclass(frozen=True, slots=True)
class Found:
    """What answers, the best first; the counts are those of everything that was weighed."""

    customers: Sequence[CustomerHit] = ()
    entries: Sequence[EntryHit] = ()
    customer_count: int = 0
    entry_count: int = 0

    @property
    def has_more(self) -> bool:
        """True when more answers than what is shown."""
        shown = len(self.customers) + len(self.entries)
        return self.customer_count + self.entry_count > shown


def search(scope: Scope, text: str, *, today: date, customers: int, entries: int) -> Found:
    """The best customers and entries for a text, as many as asked; a constant number of queries."""
    asked = read_asked(text)
    people, customer_count = _customers(scope, asked, today=today, limit=customers)
    pieces, entry_count = _entries(scope, asked, today=today, limit=entries)
    return Found(people, pieces, customer_count, entry_count)


# -- customers ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    pk: int
    name: str
    code: str
    distance: int


def _customers(
    scope: Scope, asked: Asked, *, today: date, limit: int
) -> tuple[list[CustomerHit], int]:
    ids = customers_found(scope, asked)
    meant: Meant = {}
    if len(ids) < limit:
        more, meant = customers_near(scope, asked)
        ids |= more
    candidates = _ranked(scope, ids, asked, meant)
    owed = _owed(scope, [one.pk for one in candidates[:_WEIGHED]], today=today)
    best = sorted(
        candidates[:_WEIGHED], key=lambda one: (one.distance, _weight(owed.get(one.pk, ())))
    )
    shown = [*best, *candidates[_WEIGHED:]][:limit]
    hints = _hints(asked, [one.pk for one in shown if one.distance >= ELSEWHERE])
    hits = [
        CustomerHit(one.pk, one.name, one.code, hints.get(one.pk, ""), tuple(owed.get(one.pk, ())))
        for one in shown
    ]
    return hits, len(candidates)


def _ranked(scope: Scope, ids: Collection[int], asked: Asked, meant: Meant) -> list[_Candidate]:
    if not ids:
        return []
    rows = Customer.objects.visible_in(scope).filter(pk__in=ids)
    found = [
        _Candidate(pk, name, code, distance(asked, meant, name, code))
        for pk, name, code in rows.values_list("pk", "legal_name", "account_code")
    ]
    return sorted(found, key=lambda one: (one.distance, one.name, one.code))


def _weight(owed: Iterable[Owed]) -> tuple[bool, bool]:
    """Among customers who answer as well: those who are late first, then those who owe."""
    sums = list(owed)
    return not any(one.overdue > 0 for one in sums), not any(one.balance > 0 for one in sums)


def _owed(scope: Scope, ids: Sequence[int], *, today: date) -> dict[int, list[Owed]]:
    """What some customers owe, by id; four queries."""
    if not ids:
        return {}
    items = open_items(scope.company, today)
    rest, own = items.remaining, items.remaining_params
    found: dict[int, list[Owed]] = {}
    rows = fetch(
        f"SELECT e.customer_id, e.currency, SUM({rest}),"
        f" SUM(CASE WHEN {rest} < 0 OR e.due_date < %s THEN {rest} ELSE 0 END),"
        f" MIN(CASE WHEN {rest} > 0 THEN e.due_date END)"
        f" FROM ledger_ledgerentry e WHERE {items.where} AND e.customer_id IN ({marks_for(ids)})"
        " GROUP BY e.customer_id, e.currency ORDER BY e.currency",
        (*own, *own, today, *own, *own, *items.where_params, *ids),
    )
    for pk, currency, balance, overdue, oldest in rows:
        due = day_or_none(oldest)
        days = max(0, (today - due).days) if due else 0
        found.setdefault(pk, []).append(Owed(currency, int(balance), int(overdue), days))
    return found


def _hints(asked: Asked, ids: Sequence[int]) -> dict[int, str]:
    """For customers found by something else than name or code, what it is; two queries."""
    if not ids:
        return {}
    texts: dict[int, list[tuple[str, Card]]] = {}
    for customer in Customer.objects.filter(pk__in=ids):
        told = texts.setdefault(customer.pk, [])
        numbers = (customer.siret or customer.siren, customer.vat_number)
        told += [(number, Card("", "", numbers=(number,))) for number in numbers]
        told += [(one, Card("", "", emails=(one,))) for one in customer.email.split(",")]
        told += _person(customer.contact_name, "", customer.phone, customer.mobile)
    for contact in Contact.objects.filter(customer_id__in=ids).order_by("id"):
        told = texts.setdefault(contact.customer_id, [])
        told += _person(contact.name, contact.email, contact.phone, contact.mobile)
    starts = [start for start in (*asked.words, asked.email) if start]
    return {
        pk: next((text.strip() for text, card in told if _answers(card, starts)), "")
        for pk, told in texts.items()
    }


def _person(name: str, email: str, *phones: str) -> list[tuple[str, Card]]:
    named = [(name, Card("", "", people=(name,))), (email, Card("", "", emails=(email,)))]
    return named + [(phone, Card("", "", phones=(phone,))) for phone in phones]


def _answers(card: Card, starts: Sequence[str]) -> bool:
    return any(
        term.lstrip("@").startswith(start.lstrip("@"))
        for term in terms_of(card)
        for start in starts
    )


# -- entries -----------------------------------------------------------------------------------


def _entries(scope: Scope, asked: Asked, *, today: date, limit: int) -> tuple[list[EntryHit], int]:
    documents = set(entries_by_document(scope, asked))
    amounts = set(entries_by_amount(scope, asked))
    if not documents | amounts:
        return [], 0
    rows = LedgerEntry.objects.filter(pk__in=documents | amounts).values_list(
        "pk", "document_key", "amount_minor", "remaining_minor", "currency", "posting_date"
    )
    ranked: list[tuple[Any, ...]] = []
    for pk, key, amount, remaining, currency, posted in rows:
        by_amount = _is_amount(asked, currency, (amount, remaining))
        if by_amount or pk in documents:
            by_number = pk in documents and _is_number(asked, key)
            settled = remaining == 0
            kind = 0 if by_number else 1 if by_amount and not settled else 2
            ranked.append((kind, settled, -posted.toordinal(), -pk))
    ranked.sort()
    entries = LedgerEntry.objects.select_related("customer").in_bulk(
        [-line[-1] for line in ranked[:limit]]
    )
    hits = [entries[-line[-1]] for line in ranked[:limit]]
    return [EntryHit(entry, _days_late(entry, today)) for entry in hits], len(ranked)


def _is_number(asked: Asked, key: str) -> bool:
    """True when all the digits of the number were typed."""
    return key.partition(" ")[0] == asked.document.partition(" ")[0]


def _is_amount(asked: Asked, currency: str, minors: Collection[int]) -> bool:
    wanted = {minor for decimals, minor in asked.amounts if decimals == exponent(currency)}
    return any(abs(minor) in wanted for minor in minors)


def _days_late(entry: LedgerEntry, today: date) -> int:
    return entry.days_late(today) if entry.remaining_minor > 0 else 0
