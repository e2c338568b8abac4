"""Exchange rates from a file to the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from encaisse.connectors.rates.reading import Quotes, read_rates
from encaisse.connectors.refusal import SetAside
from encaisse.ledger.models import ExchangeRate
from encaisse.ledger.operations.rates import Written, rate_problem, write_rates
from encaisse.ledger.queries.rates import useful_currencies
from encaisse.ledger.rules.rates import rebased
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company

Source = ExchangeRate.Source
# What a result lists at most; it counts them all.
_LISTED = 50


@dataclass(frozen=True, slots=True)
class RatesResult:
    """What became of the rates of a file: those of `currencies` are kept, some lines set aside."""

    written: Written
    currencies: Sequence[str]
    set_aside: Sequence[SetAside]

    def as_json(self) -> dict[str, Any]:
        """For programs, and for the job that did it."""
        return {
            "added": self.written.added,
            "changed": self.written.changed,
            "same": self.written.same,
            "currencies": list(self.currencies),
            "set_aside": len(self.set_aside),
            "lines": [{"line": one.line, "reason": one.reason} for one in self.set_aside[:_LISTED]],
        }


def import_rates(
    company: Company, path: Path, *, name: str, today: date, author: Author
) -> RatesResult:
    """Keep the rates of a file; the same file again changes nothing. Raises FileRefused.

    Of the European Central Bank's, which hold thirty currencies, only those that the company needs
    are kept.
    """
    read = read_rates(path)
    wanted = useful_currencies(company, on=today) if read.is_of_the_bank else None
    return keep_quotes(
        company,
        read.quotes,
        source=Source.ECB if read.is_of_the_bank else Source.FILE,
        today=today,
        author=author,
        file_name=name,
        wanted=wanted,
        set_aside=read.set_aside,
    )


def keep_quotes(
    company: Company,
    quotes: Sequence[Quotes],
    *,
    source: ExchangeRate.Source,
    today: date,
    author: Author,
    file_name: str = "",
    wanted: Collection[str] | None = None,
    set_aside: Sequence[SetAside] = (),
) -> RatesResult:
    """Keep some rates, told for one unit of the company's currency, the last of a day winning.

    `wanted`: the only currencies that are kept; None for all of them.
    """
    base = company.base_currency
    kept: dict[tuple[str, date], int] = {}
    aside = list(set_aside)
    for one in quotes:
        for currency, units in one.units.items() if not one.base else _told(one, base):
            if wanted is not None and currency not in wanted:
                continue
            if problem := rate_problem(company, currency, one.day, today=today):
                aside.append(SetAside(one.line, problem))
            else:
                kept[currency, one.day] = units
    written = write_rates(company, kept, source=source, author=author, file_name=file_name)
    currencies = sorted({currency for currency, _day in kept})
    return RatesResult(written, currencies, sorted(aside, key=lambda one: one.line))


def _told(quotes: Quotes, base: str) -> Collection[tuple[str, int]]:
    return rebased(quotes.units, given=quotes.base, base=base).items()
