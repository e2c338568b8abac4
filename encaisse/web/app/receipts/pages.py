"""What « Encaissements » shows, and its export."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices, choices_of
from encaisse.insights.receipts import (
    DayOfReceipts,
    Receipt,
    ReceiptCriteria,
    Receipts,
    ReceiptTotal,
)
from encaisse.tenancy.scope import Scope
from encaisse.web.access import CompanyRequest
from encaisse.web.app.receipts.listspec import criteria_of, receipts_spec
from encaisse.web.exports import Line, Money
from encaisse.web.lists import Listing, ListState

# Beyond so many months the picture has a bar a year.
_MOST_MONTHS = 24
_HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """What came in over a month or a year, in one currency; heights out of a hundred.

    Payments stand at the bottom, credit notes and the rest on top of them.
    """

    first: date
    is_year: bool
    count: int
    payments: int
    others: int
    payments_height: float
    others_height: float
    url: str

    @property
    def minor(self) -> int:
        """All of it."""
        return self.payments + self.others

    @property
    def payments_top(self) -> float:
        """Where the part of the payments begins, from the top."""
        return _HEIGHT - self.payments_height

    @property
    def others_top(self) -> float:
        """Where the other part begins."""
        return round(self.payments_top - self.others_height, 1)


@dataclass(frozen=True, slots=True)
class Picture:
    """The total in one currency and its bars."""

    total: ReceiptTotal
    bars: list[Bar]


@dataclass(frozen=True)
class ReceiptsPage:
    """What came in over a period; the fiscal year until today unless the address says otherwise."""

    scope: Scope
    on: date
    choices: Choices
    state: ListState

    @cached_property
    def criteria(self) -> ReceiptCriteria:
        """What the filters ask."""
        first = self.scope.company.fiscal_year_start(self.on)
        return criteria_of(self.state, self.choices, first=first, last=self.on)

    @property
    def is_fiscal_year(self) -> bool:
        """True for the period that is shown by itself."""
        return not (self.state.get("du") or self.state.get("au"))

    @property
    def has_ledger(self) -> bool:
        """True once anything was imported."""
        return self.choices.customers > 0

    @cached_property
    def receipts(self) -> Receipts:
        """The receipts that the criteria keep."""
        return Receipts(self.scope, self.criteria)

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""
        state = self.state
        totals = self.receipts.totals()
        return Listing(
            state,
            rows=self.receipts.page(sort=state.sort, offset=state.offset, limit=state.size),
            count=sum(total.count for total in totals),
            totals=totals,
        )

    @cached_property
    def pictures(self) -> list[Picture]:
        """One picture a currency, the base currency first."""
        return [
            Picture(
                total,
                self._bars([day for day in self.receipts.days if day.currency == total.currency]),
            )
            for total in self.listing.totals
        ]

    def _bars(self, days: Sequence[DayOfReceipts]) -> list[Bar]:
        starts, is_year = self._starts
        sums = {start: [0, 0, 0] for start in starts}
        for day in days:
            found = sums[_start_of(day.day, is_year=is_year)]
            found[0] += day.count
            found[1 if day.is_payment else 2] += day.minor
        most = max((payments + others for _count, payments, others in sums.values()), default=0)
        return [
            Bar(
                start,
                is_year,
                count,
                payments,
                others,
                _height(payments, most),
                _height(others, most),
                self._url(start, is_year=is_year),
            )
            for start, (count, payments, others) in sums.items()
        ]

    @cached_property
    def _starts(self) -> tuple[list[date], bool]:
        """The first days of the months of the period, or of its years when it is long."""
        first, last = self.criteria.first, self.criteria.last
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        is_year = months > _MOST_MONTHS
        starts, start = [], _start_of(first, is_year=is_year)
        while start <= last:
            starts.append(start)
            start = _next(start, is_year=is_year)
        return starts, is_year

    def _url(self, start: date, *, is_year: bool) -> str:
        """The list of that month or year alone, within the period."""
        end = _next(start, is_year=is_year) - timedelta(days=1)
        values = {
            **self.state.values,
            "du": max(start, self.criteria.first).isoformat(),
            "au": min(end, self.criteria.last).isoformat(),
        }
        return self.state.url(values=values, page=1)

    def exported(self) -> Iterator[Line]:
        """Every receipt of the list, fetched in batches."""
        shown = self.scope.company.numbers_shown
        return (_cells(one, shown) for one in self.receipts.rows(sort=self.state.sort))


def receipts_page(request: CompanyRequest) -> ReceiptsPage:
    """The list that a request asks for."""
    choices = choices_of(request.scope)
    state = ListState.read(receipts_spec(choices), request)
    return ReceiptsPage(request.scope, request.today, choices, state)


def _start_of(day: date, *, is_year: bool) -> date:
    return day.replace(month=1, day=1) if is_year else day.replace(day=1)


def _next(start: date, *, is_year: bool) -> date:
    if is_year or start.month == 12:
        return start.replace(year=start.year + 1, month=1)
    return start.replace(month=start.month + 1)


def _height(minor: int, most: int) -> float:
    return round(minor * _HEIGHT / most, 1) if most else 0.0


def kind_of(receipt: Receipt) -> str:
    """« Paiement » or « Avoir ou autre »."""
    return _("Paiement") if receipt.is_payment else _("Avoir ou autre")


def nature_of(receipt: Receipt) -> str:
    """How it was collected; nothing for what is not a payment."""
    if receipt.is_automatic is None:
        return ""
    return _("Paiement automatique") if receipt.is_automatic else _("Paiement manuel")


def _cells(receipt: Receipt, shown: str) -> Line:
    entry, settled = receipt.entry, receipt.settled
    return {
        "name": (receipt.customer.legal_name, receipt.customer.account_code),
        "match": (entry.match_code, ", ".join(settled.documents), settled.count or None),
        "date": entry.posting_date,
        "kind": kind_of(receipt),
        "nature": nature_of(receipt),
        "method": receipt.method,
        "document": entry.number_shown(shown),
        "label": entry.label,
        "level": settled.level or None,
        "sales_rep": receipt.customer.sales_rep,
        "amount": Money(receipt.minor, entry.currency),
        "currency": entry.currency,
    }
