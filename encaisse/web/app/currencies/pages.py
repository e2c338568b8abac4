"""What « Devises » shows: the currencies of the ledger, and the rates that are known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Self

from babel.numbers import get_currency_name
from django.utils.translation import gettext as _

from encaisse.ledger.models import ExchangeRate, RateFeed
from encaisse.ledger.queries.rates import (
    KnownRate,
    RateCriteria,
    currencies_rated,
    feed_of,
    known_rates,
    rates_kept,
)
from encaisse.ledger.rules.rates import Rate, inverted
from encaisse.tenancy.models import Company
from encaisse.web.access import CompanyRequest
from encaisse.web.app.configure.pages import SECTIONS, Section
from encaisse.web.customer_filters import named
from encaisse.web.exports import Line
from encaisse.web.language import current_language
from encaisse.web.lists import Column, Filter, Listing, ListSpec, ListState

# A rate that is older than that is said to be old.
_OLD = 7


@dataclass(frozen=True, slots=True)
class CurrencyLine:
    """One of the other currencies, with its name and the age of its last rate in days."""

    known: KnownRate
    name: str
    days: int

    @property
    def is_old(self) -> bool:
        """True when the rate says little of today."""
        return self.days > _OLD


@dataclass(frozen=True)
class CurrenciesPage:
    """The other currencies of a company, as of a day."""

    company: Company
    on: date

    @cached_property
    def lines(self) -> list[CurrencyLine]:
        """Those in which something is open, or of which a rate is known."""
        return [_line(known, self.on) for known in known_rates(self.company, on=self.on)]

    @property
    def codes(self) -> list[str]:
        """Their codes."""
        return [line.known.currency for line in self.lines]

    @property
    def base_name(self) -> str:
        """The company's own currency in words."""
        return _name(self.company.base_currency)

    @cached_property
    def feed(self) -> RateFeed:
        """Whether the rates come by themselves."""
        return feed_of(self.company)


def _line(known: KnownRate, on: date) -> CurrencyLine:
    days = (on - known.last.day).days if known.last else 0
    return CurrencyLine(known, _name(known.currency), days)


def _name(code: str) -> str:
    return get_currency_name(code, locale=current_language())


# -- all the rates -------------------------------------------------------------------------------


def rates_spec(currencies: Sequence[str]) -> ListSpec:
    """The list of the rates, for the currencies of which one is known."""
    return ListSpec(
        columns=(
            Column("day", _("Jour"), fixed=True),
            Column("currency", _("Devise"), fixed=True),
            Column("rate", _("Cours"), sortable=False, fixed=True),
            Column("inverse", _("Inverse"), sortable=False),
            Column("source", _("Origine"), sortable=False, fixed=True),
        ),
        filters=(
            Filter("devise", _("Devise"), tuple(named(currencies))),
            Filter("origine", _("Origine"), tuple(ExchangeRate.Source.choices)),
            Filter("du", _("Du"), kind="date"),
            Filter("au", _("Au"), kind="date"),
        ),
        sort="-day",
        caption=_("Cours"),
        rows="currencies/_rows.html",
        empty="currencies/_empty.html",
    )


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate, told both ways."""

    rate: ExchangeRate
    inverse: Rate

    @classmethod
    def of(cls, rate: ExchangeRate) -> Self:
        """A rate as the list shows it."""
        return cls(rate, Rate(rate.currency, rate.base, rate.day, inverted(rate.units)))


@dataclass(frozen=True)
class RatesPage:
    """The rates that a request asks for."""

    company: Company
    state: ListState
    sections: Sequence[Section] = SECTIONS

    @property
    def _asked(self) -> RateCriteria:
        state = self.state
        return RateCriteria(
            state.get("devise"), state.get("origine"), state.day("du"), state.day("au")
        )

    @cached_property
    def listing(self) -> Listing:
        """One page of the list: two queries."""
        state = self.state
        found = rates_kept(self.company, self._asked, sort=state.sort)
        page = found[state.offset : state.offset + state.size]
        return Listing(state, rows=[RateLine.of(rate) for rate in page], count=found.count())

    def exported(self) -> Iterator[Line]:
        """Every rate of the list; their numbers as texts, exact."""
        for rate in rates_kept(self.company, self._asked, sort=self.state.sort).iterator():
            yield {
                "day": rate.day,
                "currency": rate.currency,
                "rate": _written(rate.units),
                "inverse": _written(inverted(rate.units)),
                "source": str(rate.get_source_display()),
            }


def rates_page(request: CompanyRequest) -> RatesPage:
    """The list that a request asks for."""
    spec = rates_spec(currencies_rated(request.company))
    return RatesPage(request.company, ListState.read(spec, request))


def _written(units: int) -> str:
    """A rate as a French spreadsheet reads it."""
    return f"{units // 10**8},{units % 10**8:08}"
