"""The exchange rates that a company knows, and amounts of several currencies made one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from encaisse.ledger.models import ExchangeRate, RateFeed
from encaisse.ledger.queries.open_items import open_items
from encaisse.ledger.rules.rates import Rate, Together, together
from encaisse.tenancy.models import Company


def rates_on(
    companies: Sequence[Company], currencies: Collection[str], *, on: date
) -> dict[str, Rate]:
    """The last rate of each currency on or before a day, where there is one; one query.

    The companies have the same base currency; of two that know a rate of one day, the first does.
    """
    return {found.currency: found.rate for found in _last(companies, currencies, on)}


def _last(
    companies: Sequence[Company], currencies: Collection[str], on: date
) -> list[ExchangeRate]:
    """One look-up in the index a currency, all in one query."""
    if not companies or not currencies:
        return []
    marks = ", ".join(["%s"] * len(companies))
    one = (
        "SELECT * FROM (SELECT id, company_id, base, currency, day, units, source"
        f" FROM ledger_exchangerate WHERE company_id IN ({marks}) AND base = %s AND currency = %s"
        " AND day <= %s ORDER BY day DESC, company_id LIMIT 1) AS last_rate"
    )
    ids, base = [company.pk for company in companies], companies[0].base_currency
    params = [value for code in sorted(currencies) for value in (*ids, base, code, on)]
    sql = " UNION ALL ".join([one] * len(currencies))
    return list(ExchangeRate.objects.raw(sql, params))


def in_base_currency(
    companies: Sequence[Company], amounts: Mapping[str, Sequence[int]], *, on: date
) -> Together | None:
    """Amounts of several currencies, part by part, in that of the companies; one query.

    None, without any query, where there is nothing to convert, or where the companies do not have
    one and the same currency.
    """
    bases = {company.base_currency for company in companies}
    foreign = amounts.keys() - bases
    if len(bases) != 1 or not foreign:
        return None
    return together(amounts, rates_on(companies, foreign, on=on), base=bases.pop())


def open_balances(company: Company, *, on: date) -> dict[str, int]:
    """What is open in each currency on a day, in its minor units; credits deducted."""
    items = open_items(company, on)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.currency, SUM({items.remaining}) FROM ledger_ledgerentry e"
            f" WHERE {items.where} GROUP BY e.currency ORDER BY e.currency",
            [*items.remaining_params, *items.where_params],
        )
        return {currency: int(minor) for currency, minor in cursor.fetchall()}


def rates_of(company: Company) -> QuerySet[ExchangeRate]:
    """The rates for one unit of the company's currency."""
    return ExchangeRate.objects.filter(company=company, base=company.base_currency)


def useful_currencies(company: Company, *, on: date) -> list[str]:
    """The other currencies in which something is open on a day, or a rate is known."""
    return _useful(company, open_balances(company, on=on))


def _useful(company: Company, balances: Mapping[str, int]) -> list[str]:
    return sorted({*balances, *currencies_rated(company)} - {company.base_currency})


@dataclass(frozen=True, slots=True)
class KnownRate:
    """A currency as of a day: what is open in it, and its last rate if any is known."""

    currency: str
    balance: int
    last: ExchangeRate | None

    @property
    def converted(self) -> int:
        """What is open, in the base currency."""
        return self.last.rate.convert(self.balance) if self.last else 0


def known_rates(company: Company, *, on: date) -> list[KnownRate]:
    """The other currencies of a company with their last rates; a constant number of queries."""
    balances = open_balances(company, on=on)
    currencies = _useful(company, balances)
    last = {found.currency: found for found in _last([company], currencies, on)}
    return [KnownRate(code, balances.get(code, 0), last.get(code)) for code in currencies]


def feed_of(company: Company) -> RateFeed:
    """Whether its rates come by themselves; off unless somebody asked."""
    return RateFeed.objects.filter(company=company).first() or RateFeed(company=company)


@dataclass(frozen=True, slots=True)
class RateCriteria:
    """Filters of the rates; empty or None means any."""

    currency: str = ""
    source: str = ""
    first: date | None = None
    last: date | None = None


def rates_kept(company: Company, criteria: RateCriteria, *, sort: str) -> QuerySet[ExchangeRate]:
    """The rates of a company that the criteria keep, by `day` or `currency`, `-` first to turn."""
    asked = {
        "currency": criteria.currency,
        "source": criteria.source,
        "day__gte": criteria.first,
        "day__lte": criteria.last,
    }
    found = rates_of(company).filter(**{name: value for name, value in asked.items() if value})
    key = sort.removeprefix("-")
    turn = sort.removesuffix(key)
    return found.order_by(f"{turn}{key}", "currency" if key == "day" else "-day", "id")


def currencies_rated(company: Company) -> list[str]:
    """The currencies of which a rate is known; one query."""
    found = rates_of(company).order_by("currency").values_list("currency", flat=True)
    return list(found.distinct())
