"""Payment methods: who pays so, and what is open under each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count

from encaisse.insights.memory import remembered
from encaisse.ledger.models import Customer, PaymentMethod
from encaisse.tenancy.models import Company

# Fewer open entries than this are counted in no time.
_LARGE = 5_000


@dataclass(frozen=True, slots=True)
class OpenShare:
    """The open debits of one method in one currency."""

    currency: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A payment method, the customers who pay so, and what is open: its entries, else those of
    its customers that say nothing else.
    """

    method: PaymentMethod
    customers: int
    shares: tuple[OpenShare, ...]

    @property
    def entries(self) -> int:
        """How many entries would leave, or join, the reminders in mass."""
        return sum(share.count for share in self.shares)


def method_lines(company: Company) -> list[MethodLine]:
    """The methods, the new ones first; three queries, two of them remembered for a large ledger."""
    methods = PaymentMethod.objects.filter(company=company).order_by("-is_new", "label", "id")
    key = ("open by method", company.pk, company.facts_revision)
    shares = remembered(key, lambda: _shares(company), worth=_is_large)
    customers = dict(
        Customer.objects.of(company)
        .exclude(payment_method=None)
        .order_by()
        .values_list("payment_method")
        .annotate(count=Count("id"))
    )
    return [
        MethodLine(method, customers.get(method.pk, 0), shares.get(method.pk, ()))
        for method in methods
    ]


_Shares = dict[int | None, tuple[OpenShare, ...]]


def _is_large(shares: _Shares) -> bool:
    return sum(share.count for some in shares.values() for share in some) >= _LARGE


def _shares(company: Company) -> _Shares:
    found: _Shares = {}
    for method_id, share in _rows(company):
        found[method_id] = (*found.get(method_id, ()), share)
    return found


def _rows(company: Company) -> Iterator[tuple[int | None, OpenShare]]:
    """What is open under each method, and under none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(e.payment_method_id, c.payment_method_id), e.currency, COUNT(*),"
            " CAST(SUM(e.remaining_minor) AS BIGINT)"
            " FROM ledger_ledgerentry e JOIN ledger_customer c ON c.id = e.customer_id"
            " WHERE e.company_id = %s AND NOT (e.remaining_minor = 0) AND +e.remaining_minor > 0"
            " GROUP BY 1, 2 ORDER BY 1, 2",
            [company.pk],
        )
        for method_id, currency, count, minor in cursor.fetchall():
            yield method_id, OpenShare(currency, count, int(minor))
