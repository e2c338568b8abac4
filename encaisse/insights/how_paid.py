"""« Comment êtes-vous payé ? »: what is due and how late it is paid, by method and by profile.

Amounts are those of the aged balance, over the same customers as a list filtered on the method or
the profile. Delays are those of the invoices settled over the last twelve months.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from encaisse.insights.aging import AgedBalance, AgedShare, Amounts
from encaisse.insights.choices import Choices, choices_of
from encaisse.insights.memory import remembered
from encaisse.insights.rules.kpi import ratio
from encaisse.insights.sql import days_between, fetch, portfolio
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.scope import Scope

_YEAR = timedelta(days=365)
_LARGE = 2_000


@dataclass(frozen=True, slots=True)
class Delays:
    """Invoices settled: how many, their days since the invoice, their days past the due date."""

    count: int = 0
    days: int = 0
    late_days: int = 0

    def __add__(self, other: "Delays") -> "Delays":
        return Delays(
            self.count + other.count, self.days + other.days, self.late_days + other.late_days
        )

    @property
    def mean(self) -> Decimal | None:
        """Days from the invoice to its settlement, on average."""
        return ratio(self.days, self.count)

    @property
    def mean_late(self) -> Decimal | None:
        """Days past the due date, on average; an invoice paid in time counts for none."""
        return ratio(self.late_days, self.count)


@dataclass(frozen=True, slots=True)
class Way:
    """One payment method or one profile (`id` None: not given): what is due, and the delays.

    `is_automatic` is the nature of a method, None for a profile or where no method was given.
    """

    id: int | None
    label: str
    count: int
    amounts: Amounts
    delays: Delays
    is_automatic: bool | None = None


@dataclass(frozen=True, slots=True)
class HowPaid:
    """Both breakdowns, the largest amount first, in the company's currency."""

    currency: str
    methods: tuple[Way, ...]
    profiles: tuple[Way, ...]

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to compare."""
        return not self.profiles


def how_paid(scope: Scope, *, on: date) -> HowPaid:
    """How the customers in sight pay; two aggregates over the ledger, remembered for a large one.

    Only the company's currency: amounts of several are never added together.
    """
    company = scope.company
    key = ("how_paid", company.pk, company.facts_revision, scope.sales_reps, on)
    choices = choices_of(scope)
    return remembered(
        key, lambda: _read(scope, on, choices), worth=lambda _found: choices.customers >= _LARGE
    )


def _read(scope: Scope, on: date, choices: Choices) -> HowPaid:
    currency = scope.company.base_currency
    shares = [one for one in AgedBalance(scope, on).shares() if one.currency == currency]
    delays = _delays(scope, on)
    labels = {method.pk: method for method in choices.payment_methods}
    default = choices.default_profile_id
    names = {profile.pk: profile.name for profile in choices.profiles}
    methods = _group(shares, delays, lambda method, _profile: method)
    profiles = _group(shares, delays, lambda _method, profile: profile or default)
    return HowPaid(
        currency,
        tuple(_method(labels.get(key or 0), *figures) for key, *figures in methods),
        tuple(Way(key, names.get(key or 0, ""), *figures) for key, *figures in profiles),
    )


def _method(method: PaymentMethod | None, count: int, amounts: Amounts, delays: Delays) -> Way:
    if method is None:
        return Way(None, "", count, amounts, delays)
    return Way(method.pk, method.label, count, amounts, delays, method.is_automatic)


Kind = Callable[[int | None, int | None], int | None]
_Delayed = tuple[int | None, int | None, Delays]


def _group(
    shares: Iterable[AgedShare], delays: Iterable[_Delayed], kind: Kind
) -> list[tuple[Any, ...]]:
    """Key, customers, amounts and delays of each kind, the largest balance first."""
    counts: dict[int | None, int] = {}
    amounts: dict[int | None, Amounts] = {}
    late: dict[int | None, Delays] = {}
    for one in shares:
        key = kind(one.payment_method_id, one.profile_id)
        counts[key] = counts.get(key, 0) + one.count
        amounts[key] = amounts[key] + one.amounts if key in amounts else one.amounts
    for method_id, profile_id, some in delays:
        key = kind(method_id, profile_id)
        late[key] = late.get(key, Delays()) + some
    nothing = Amounts(0, (), 0, 0)
    rows = [
        (key, counts.get(key, 0), amounts.get(key, nothing), late.get(key, Delays()))
        for key in {*amounts, *late}
    ]
    return sorted(rows, key=lambda row: (-row[2].balance, row[0] or 0))


def _delays(scope: Scope, on: date) -> list[_Delayed]:
    """Invoices settled over the last year by the customers' method and profile; one query."""
    days = days_between("e.settled_date", "e.document_date")
    late = days_between("e.settled_date", "e.due_date")
    seen, params = portfolio(scope)
    rows = fetch(
        f"SELECT c.payment_method_id, f.profile_id, COUNT(*), SUM({days}),"
        f" SUM(CASE WHEN {late} > 0 THEN {late} ELSE 0 END)"
        " FROM ledger_ledgerentry e JOIN ledger_customer c ON c.id = e.customer_id"
        " LEFT JOIN collection_customerfollowup f ON f.customer_id = e.customer_id"
        f" WHERE {seen} AND e.kind = 'invoice' AND e.amount_minor > 0 AND e.currency = %s"
        " AND e.due_date IS NOT NULL AND e.settled_date > %s AND e.settled_date <= %s"
        " GROUP BY c.payment_method_id, f.profile_id",
        (*params, scope.company.base_currency, on - _YEAR, on),
    )
    return [
        (method_id, profile_id, Delays(int(count), int(total), int(past)))
        for method_id, profile_id, count, total, past in rows
    ]
