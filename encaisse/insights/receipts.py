"""What came in (encaissements): the credits posted to the customers' accounts over a period.

Payments and down payments are « Paiement »; credit notes, adjustments and the rest are « Avoir ou
autre ». Opening entries carry amounts over and count for nothing. Amounts are positive here, in
minor units; currencies are never added together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Max

from encaisse.collection.models import EntryFollowUp
from encaisse.insights.criteria import EVERYBODY, Criteria, conditions, pays_by
from encaisse.insights.figures import currency_order
from encaisse.insights.memory import remembered
from encaisse.insights.sql import Condition, all_of, base_first, batches, fetch, known_day
from encaisse.ledger.models import Allocation, Customer, LedgerEntry, PaymentMethod
from encaisse.ledger.queries.open_items import open_items
from encaisse.tenancy.scope import Scope

PAYMENTS = (LedgerEntry.Kind.PAYMENT, LedgerEntry.Kind.DOWN_PAYMENT)
# Below this the credits are added up anew for every page: it takes no time.
_LARGE = 2_000
# SQLite uses a partial index for the very words of its condition, never for parameters.
_CREDITS = (
    "e.company_id = %s AND e.posting_date >= %s AND e.posting_date <= %s AND e.amount_minor < 0"
    " AND e.is_counted AND e.kind <> 'opening'"
)
_IS_PAYMENT = "e.kind IN ('payment', 'down_payment')"
_SORTS = {
    "name": "c.search_text",
    "kind": f"CASE WHEN {_IS_PAYMENT} THEN 0 ELSE 1 END",
    "sales_rep": "c.sales_rep",
}


@dataclass(frozen=True, slots=True)
class ReceiptCriteria:
    """Filters of the receipts; None or empty means any. Both days are included.

    `is_automatic` keeps the payments that were collected by an automatic method (True) or the
    others (False). `is_matched` keeps the credits that are wholly matched, or those that are not.
    """

    first: date
    last: date
    who: Criteria = EVERYBODY
    is_payment: bool | None = None
    is_automatic: bool | None = None
    payment_method_id: int | None = None
    is_matched: bool | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class DayOfReceipts:
    """What came in on a day in one currency, payments or the rest."""

    day: date
    currency: str
    is_payment: bool
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class ReceiptTotal:
    """The receipts of a result in one currency, and the part of them that is payments."""

    currency: str
    count: int
    minor: int
    payments_minor: int

    @property
    def others_minor(self) -> int:
        """Credit notes and the rest."""
        return self.minor - self.payments_minor


@dataclass(frozen=True, slots=True)
class Settled:
    """What a receipt settled: its debits, how many, and the highest level they had reached."""

    documents: tuple[str, ...] = ()
    count: int = 0
    level: int = 0


NOTHING_SETTLED = Settled()


@dataclass(frozen=True, slots=True)
class Receipt:
    """One credit with what it settled. `is_automatic` is None where nothing was paid."""

    entry: LedgerEntry
    settled: Settled

    @property
    def customer(self) -> Customer:
        """Who paid."""
        return self.entry.customer

    @property
    def minor(self) -> int:
        """The amount, positive."""
        return -self.entry.amount_minor

    @property
    def is_payment(self) -> bool:
        """True for a payment, False for a credit note or anything else."""
        return self.entry.kind in PAYMENTS

    @property
    def is_automatic(self) -> bool | None:
        """True for a payment by an automatic method; a payment of unknown method is manual."""
        if not self.is_payment:
            return None
        method = self.entry.payment_method or self.customer.payment_method
        return bool(method and method.is_automatic)

    @property
    def method(self) -> str:
        """How it was paid: as the entry says, else as its customer usually pays."""
        method = self.entry.payment_method or self.customer.payment_method
        return method.label if method and self.is_payment else ""

    @property
    def is_matched(self) -> bool:
        """True once all of it is matched."""
        return self.entry.remaining_minor == 0


@dataclass(frozen=True)
class Receipts:
    """The receipts that a scope sees and some criteria keep."""

    scope: Scope
    criteria: ReceiptCriteria

    @cached_property
    def days(self) -> list[DayOfReceipts]:
        """Every day on which anything came in, in order; one query."""
        company = self.scope.company
        reps = self.scope.sales_reps
        key = ("receipts", company.pk, company.facts_revision, reps, self.criteria)
        return remembered(
            key, self._days, worth=lambda found: sum(day.count for day in found) >= _LARGE
        )

    def totals(self) -> list[ReceiptTotal]:
        """One total a currency over the whole result, the base currency first."""
        counts: Counter[str] = Counter()
        minors: Counter[str] = Counter()
        payments: Counter[str] = Counter()
        for day in self.days:
            counts[day.currency] += day.count
            minors[day.currency] += day.minor
            payments[day.currency] += day.minor if day.is_payment else 0
        currencies = currency_order(self.scope.company.base_currency)
        return [
            ReceiptTotal(currency, counts[currency], minors[currency], payments[currency])
            for currency in sorted(counts, key=currencies)
        ]

    def page(self, *, sort: str = "-date", offset: int, limit: int) -> list[Receipt]:
        """Some receipts in order; six queries, however long the list is."""
        sql, params = self._ranked(sort)
        found = fetch(f"{sql} LIMIT %s OFFSET %s", (*params, limit, offset))
        return self._filled([row[0] for row in found])

    def rows(self, *, sort: str = "-date") -> Iterator[Receipt]:
        """Every receipt in order, for an export; fetched in batches."""
        ids = [row[0] for row in fetch(*self._ranked(sort))]
        for some in batches(ids):
            yield from self._filled(some)

    def _days(self) -> list[DayOfReceipts]:
        where, params = self._where()
        found = fetch(
            "SELECT e.posting_date, e.currency, e.kind, COUNT(*), SUM(e.amount_minor)"
            f" FROM ledger_ledgerentry e WHERE {where}"
            " GROUP BY e.posting_date, e.currency, e.kind ORDER BY 1, 2, 3",
            params,
        )
        return [
            DayOfReceipts(known_day(day), currency, kind in PAYMENTS, count, -int(minor))
            for day, currency, kind, count, minor in found
        ]

    @cached_property
    def _automatic_methods(self) -> tuple[int, ...]:
        methods = PaymentMethod.objects.filter(company=self.scope.company, is_automatic=True)
        return tuple(methods.values_list("pk", flat=True))

    def _ranked(self, sort: str) -> Condition:
        key, direction = sort.removeprefix("-"), "DESC" if sort.startswith("-") else "ASC"
        where, params = self._where()
        if _is_of_customer(key):
            where += " AND c.company_id = %s AND c.id = e.customer_id"
            params = (*params, self.scope.company.pk)
        order, last = self._order(key, direction)
        return (
            f"SELECT e.id FROM {_tables(key)} WHERE {where} ORDER BY {order}",
            (*params, *last),
        )

    def _order(self, key: str, direction: str) -> Condition:
        latest = "e.posting_date DESC, e.id DESC"
        if key == "date":
            return f"e.posting_date {direction}, e.id {direction}", ()
        if key == "amount":
            reverse = "ASC" if direction == "DESC" else "DESC"
            order = f"{base_first('e.currency')}, e.amount_minor {reverse}, e.id"
            return order, (self.scope.company.base_currency,)
        if _is_of_customer(key):
            return f"{_SORTS[key]} {direction}, c.id {direction}, {latest}", ()
        return f"{_SORTS[key]} {direction}, {latest}", ()

    def _where(self) -> Condition:
        asked, company = self.criteria, self.scope.company
        items = open_items(company, asked.last)
        return all_of(
            (
                (_CREDITS, (company.pk, asked.first, asked.last)),
                *conditions(self.scope, asked.who, items, on=asked.last),
                *self._own_conditions(),
            )
        )

    def _own_conditions(self) -> Iterator[Condition]:
        asked = self.criteria
        if asked.is_payment is not None:
            yield f"{'' if asked.is_payment else 'NOT '}({_IS_PAYMENT})", ()
        if asked.is_automatic is not None:
            test, params = pays_by(self.scope.company.pk, self._automatic_methods)
            word = "" if asked.is_automatic else "NOT "
            # A payment of unknown method was collected by nothing: it is manual.
            yield f"{_IS_PAYMENT} AND {word}COALESCE(({test}), FALSE)", params
        if asked.payment_method_id is not None:
            test, params = pays_by(self.scope.company.pk, (asked.payment_method_id,))
            yield f"{_IS_PAYMENT} AND ({test})", params
        if asked.is_matched is not None:
            # Read from the index of open items: far fewer than there are receipts.
            yield (
                f"e.id {'NOT IN' if asked.is_matched else 'IN'} (SELECT o.id"
                " FROM ledger_ledgerentry o WHERE o.company_id = %s"
                " AND NOT (o.remaining_minor = 0) AND o.remaining_minor < 0)",
                (self.scope.company.pk,),
            )
        if asked.currency:
            yield "e.currency = %s", (asked.currency,)

    def _filled(self, ids: Sequence[int]) -> list[Receipt]:
        entries = LedgerEntry.objects.select_related(
            "payment_method", "customer__payment_method"
        ).in_bulk(ids)
        settled = settled_by(entries.values(), shown=self.scope.company.numbers_shown)
        return [Receipt(entries[pk], settled.get(pk, NOTHING_SETTLED)) for pk in ids]


def settled_by(credits: Iterable[LedgerEntry], *, shown: str) -> dict[int, Settled]:
    """What each credit settled: the debits of its letter and those it paid a part of.

    A letter is a group of one customer's account inside one fiscal year, so the debits are those
    of the whole group, by the number that the company shows. Four queries, however many the
    credits are.
    """
    credits = list(credits)
    debits = _debits_of_letters(credits, shown)
    parts = Allocation.objects.filter(credit_id__in=[credit.pk for credit in credits])
    for part in parts.select_related("debit"):
        debits[part.credit_id][part.debit_id] = part.debit.number_shown(shown)
    wanted = {debit for found in debits.values() for debit in found}
    levels = dict(
        EntryFollowUp.objects.filter(entry_id__in=wanted)
        .values_list("entry_id")
        .annotate(reached=Max("level"))
    )
    return {
        credit_id: Settled(
            documents=tuple(found.values()),
            count=len(found),
            level=max((levels.get(debit, 0) for debit in found), default=0),
        )
        for credit_id, found in debits.items()
        if found
    }


def _debits_of_letters(
    credits: Sequence[LedgerEntry], shown: str
) -> defaultdict[int, dict[int, str]]:
    """By credit, its debits with their documents' numbers, the oldest first."""
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for credit in credits:
        if credit.match_code:
            groups[_letter(credit)].append(credit.pk)
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    rows = LedgerEntry.objects.filter(
        customer_id__in={letter[0] for letter in groups},
        match_code__in={letter[-1] for letter in groups},
        amount_minor__gt=0,
        is_counted=True,
    )
    for debit in rows.order_by("document_date", "id").only(
        "customer_id", "account", "period", "match_code", "document_number", "entry_number"
    ):
        for credit_id in groups.get(_letter(debit), ()):
            found[credit_id][debit.pk] = debit.number_shown(shown)
    return found


def _letter(entry: LedgerEntry) -> tuple[Any, ...]:
    return entry.customer_id, entry.account, entry.period, entry.match_code


def _tables(key: str) -> str:
    if _is_of_customer(key):
        # The customers come in order from their index: SQLite keeps the order of a CROSS JOIN.
        return "ledger_customer c CROSS JOIN ledger_ledgerentry e"
    return "ledger_ledgerentry e"


def _is_of_customer(key: str) -> bool:
    return _SORTS.get(key, "").startswith("c.")
