"""What a customer paid, and how late: the figures behind his score and the picture of it."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, Sum

from encaisse.insights.figures import currency_order
from encaisse.insights.memory import remembered
from encaisse.insights.rules.score import Credit, Debit, Score, pair, score_of
from encaisse.ledger.models import Allocation, Customer, LedgerEntry
from encaisse.tenancy.models import Company

# How far back the picture goes.
MONTHS = 24
_LARGE = 2_000
# These settle without anything being paid, or on a day that is not that of the payment.
_NO_PAYMENT = (LedgerEntry.Kind.CREDIT_NOTE, LedgerEntry.Kind.OPENING)


class Payment(NamedTuple):
    """One payment of one entry. `days` is negative when it came before the due date.

    `base` is the same amount in the company's currency; `by` the number of the payment, if known.
    """

    entry_id: int
    document: str
    due: date
    paid_on: date
    by: str
    amount: int
    currency: str
    base: int

    @property
    def days(self) -> int:
        """Days between the due date and the payment."""
        return (self.paid_on - self.due).days


@dataclass(frozen=True, slots=True)
class Paid:
    """The payments in one currency, summed; `late` is the part that came after its due date."""

    currency: str
    count: int
    amount: int
    late: int


class _Row(NamedTuple):
    id: int
    kind: str
    document_number: str
    entry_number: str
    label: str
    due_date: date | None
    posting_date: date
    settled_date: date
    amount_minor: int
    base_minor: int
    currency: str
    match_code: str


@dataclass(frozen=True)
class PaymentRecord:
    """The payments of one customer as of a day; three queries for everything."""

    customer: Customer
    on: date

    @cached_property
    def fiscal_year(self) -> date:
        """The first day of the fiscal year."""
        return self.customer.company.fiscal_year_start(self.on)

    @cached_property
    def since(self) -> date:
        """The first day that is looked at: two years ago, or the fiscal year's first if earlier."""
        years, month = divmod(self.on.year * 12 + self.on.month - 1 - MONTHS, 12)
        return min(self.fiscal_year, date(years, month + 1, 1))

    @cached_property
    def payments(self) -> list[Payment]:
        """Every payment since `since`, the latest first; remembered where they are very many."""
        company = self.customer.company
        key = ("payments", company.pk, company.facts_revision, self.customer.pk, self.on)
        return remembered(key, self._read, worth=lambda found: len(found) >= _LARGE)

    def _read(self) -> list[Payment]:
        found = [*self._by_parts(), *self._by_groups()]
        kept = [one for one in found if self.since <= one.paid_on <= self.on]
        return sorted(kept, key=lambda one: (one.paid_on, one.due, one.entry_id), reverse=True)

    @cached_property
    def of_the_year(self) -> list[Payment]:
        """Those of the fiscal year: what the score is made of."""
        return [one for one in self.payments if one.paid_on >= self.fiscal_year]

    @cached_property
    def score(self) -> Score | None:
        """The score of the fiscal year; None when nothing was paid."""
        return score_of((one.base, one.days) for one in self.of_the_year)

    def totals(self, payments: Iterable[Payment]) -> list[Paid]:
        """The payments summed by currency, the base currency first."""
        sums: dict[str, tuple[int, int, int]] = {}
        for one in payments:
            count, amount, late = sums.get(one.currency, (0, 0, 0))
            late += one.amount if one.days > 0 else 0
            sums[one.currency] = (count + 1, amount + one.amount, late)
        currencies = currency_order(self.customer.company.base_currency)
        return [Paid(currency, *sums[currency]) for currency in sorted(sums, key=currencies)]

    @property
    def _shown(self) -> str:
        return self.customer.company.numbers_shown

    def _called(self, row: _Row) -> str:
        """What `LedgerEntry.called` gives."""
        by_entry = self._shown == Company.Numbers.ENTRY
        return (row.entry_number if by_entry else "") or row.document_number or row.label

    @cached_property
    def _settled(self) -> list[_Row]:
        entries = LedgerEntry.objects.filter(
            customer=self.customer, is_counted=True, settled_date__range=(self.since, self.on)
        )
        return [_Row(*row) for row in entries.values_list(*_Row._fields)]

    @cached_property
    def _allocations(self) -> list[Allocation]:
        """The partial payments of entries that were paid, or wholly settled, since then."""
        lately = Q(on__gte=self.since) | Q(debit__settled_date__gte=self.since)
        found = Allocation.objects.filter(
            lately, debit__customer=self.customer, debit__is_counted=True, on__lte=self.on
        )
        return list(found.select_related("debit", "credit"))

    def _by_parts(self) -> Iterable[Payment]:
        for part in self._allocations:
            debit, credit = part.debit, part.credit
            if debit.due_date is None or credit.kind in _NO_PAYMENT:
                continue
            yield Payment(
                debit.pk,
                debit.called(self._shown),
                debit.due_date,
                credit.posting_date,
                credit.called(self._shown),
                part.amount_minor,
                debit.currency,
                _share(debit.base_minor, part.amount_minor, debit.amount_minor),
            )

    def _by_groups(self) -> Iterable[Payment]:
        """What groups that balance paid, beyond the partial payments made before."""
        rows = {row.id: row for row in self._settled}
        left = {row.id: abs(row.amount_minor) for row in rows.values()}
        for part in self._allocations:
            for key in (part.debit_id, part.credit_id):
                if key in left:
                    left[key] -= part.amount_minor
        debits = [
            Debit(row.id, left[row.id], row.due_date, _group(row))
            for row in rows.values()
            if row.amount_minor > 0 and row.due_date and left[row.id] > 0
        ]
        credits = [
            Credit(row.id, left[row.id], row.posting_date, _group(row))
            for row in rows.values()
            if row.amount_minor < 0 and left[row.id] > 0
        ]
        for found in pair(debits, credits):
            debit, credit = rows[found.debit], rows[found.credit]
            if credit.kind not in _NO_PAYMENT:
                paid_on, by = credit.posting_date, self._called(credit)
                yield _payment(debit, self._called(debit), found.amount, paid_on, by)
        paying = {credit.group for credit in credits}
        for one in debits:
            row = rows[one.key]
            if one.group not in paying and _is_plainly_settled(row, one.amount):
                yield _payment(row, self._called(row), one.amount, row.settled_date, "")


def overdue_now(customer: Customer, *, on: date) -> dict[str, int]:
    """What is open and overdue on today's ledger, by currency, before credits; one query."""
    entries = LedgerEntry.objects.filter(
        company_id=customer.company_id, customer=customer, amount_minor__gt=0, due_date__lt=on
    ).exclude(remaining_minor=0)
    rows = entries.values_list("currency").annotate(Sum("remaining_minor"))
    return {currency: int(total) for currency, total in rows}


def _group(row: _Row) -> Hashable:
    """Lines that were settled together: the same letter, the same day, the same currency."""
    if not row.match_code:
        return row.id
    return row.settled_date, row.match_code, row.currency


def _is_plainly_settled(row: _Row, amount: int) -> bool:
    """True where the day is known and not by what: paid in another currency, or a bare source."""
    is_dated = bool(row.match_code) and row.settled_date > row.posting_date
    return is_dated and amount == row.amount_minor


def _payment(debit: _Row, document: str, amount: int, paid_on: date, by: str) -> Payment:
    assert debit.due_date is not None
    return Payment(
        debit.id,
        document,
        debit.due_date,
        paid_on,
        by,
        amount,
        debit.currency,
        _share(debit.base_minor, amount, debit.amount_minor),
    )


def _share(whole: int, part: int, of: int) -> int:
    """The same part of an amount in another currency, half up."""
    return (2 * whole * part + of) // (2 * of)
