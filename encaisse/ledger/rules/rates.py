"""Exchange rates: what an amount is worth in another currency, to the minor unit.

A rate says how many units of a currency one unit of the base currency is worth, as the European
Central Bank writes it: 1 EUR = 1.0842 USD. It is kept in hundred-millionths, so that everything is
computed on integers. Halves are rounded away from zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from encaisse.core.money import exponent
from encaisse.core.wording import Explained, sentence

DECIMALS = 8
ONE: int = 10**DECIMALS
# One unit of a currency has never been worth so many of another; told the other way round, it is
# still one hundred-millionth.
HIGHEST = 10**8 * ONE
_LONGEST = 24


class RateError(Explained):
    """The text is not a rate; the message is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Rate:
    """On a day, one unit of `base` was worth `units` hundred-millionths of `currency`."""

    base: str
    currency: str
    day: date
    units: int

    @property
    def value(self) -> Decimal:
        """The rate as people write it: 1.0842."""
        return Decimal(self.units).scaleb(-DECIMALS)

    def convert(self, minor: int) -> int:
        """An amount of the currency, in its minor units, as minor units of the base currency."""
        scaled = minor * 10 ** exponent(self.base) * ONE
        return rounded_quotient(scaled, self.units * 10 ** exponent(self.currency))

    def convert_parts(self, parts: Iterable[int]) -> tuple[int, ...]:
        """The parts of a whole, converted so that they still add up to it, to the minor unit.

        Each is within one minor unit of its own conversion; nothing stays nothing.
        """
        converted, whole, before = [], 0, 0
        for part in parts:
            whole += part
            after = self.convert(whole)
            converted.append(after - before)
            before = after
        return tuple(converted)


@dataclass(frozen=True, slots=True)
class Together:
    """Amounts of several currencies in one, with the rates that were used.

    `parts` add up to the whole, in minor units of `currency`. `missing` is what could not be
    converted, by currency in its minor units, and is in none of the parts. `count` is how many
    currencies there were.
    """

    currency: str
    parts: tuple[int, ...]
    rates: tuple[Rate, ...]
    missing: tuple[tuple[str, int], ...]
    count: int

    @property
    def whole(self) -> int:
        """All the parts."""
        return sum(self.parts)


def together(
    amounts: Mapping[str, Sequence[int]], rates: Mapping[str, Rate], *, base: str
) -> Together:
    """The amounts of several currencies, part by part, in the base currency.

    `amounts` gives the parts of what there is in each currency, as many in each; `rates` those
    that are known, by currency.
    """
    width = max((len(parts) for parts in amounts.values()), default=0)
    sums = [0] * width
    used: list[Rate] = []
    missing: list[tuple[str, int]] = []
    for currency, parts in amounts.items():
        if currency != base and currency not in rates:
            if any(parts):
                missing.append((currency, sum(parts)))
            continue
        converted: Sequence[int] = parts
        if currency != base:
            used.append(rates[currency])
            converted = rates[currency].convert_parts(parts)
        for place, minor in enumerate(converted):
            sums[place] += minor
    return Together(base, tuple(sums), tuple(used), tuple(missing), len(amounts))


def rounded_quotient(number: int, divisor: int) -> int:
    """The nearest integer, halves away from zero; the divisor is positive."""
    quotient = (2 * abs(number) + divisor) // (2 * divisor)
    return -quotient if number < 0 else quotient


def inverted(units: int) -> int:
    """The same rate told from the other currency, to the hundred-millionth."""
    return rounded_quotient(ONE * ONE, units)


def rebased(quotes: Mapping[str, int], *, given: str, base: str) -> dict[str, int]:
    """The rates of one day, told for one unit of `given`, for one unit of `base` instead.

    Nothing when the base currency is not among them.
    """
    if given == base:
        return {currency: units for currency, units in quotes.items() if currency != base}
    own = quotes.get(base)
    if not own:
        return {}
    crossed = {
        currency: rounded_quotient(units * ONE, own)
        for currency, units in {**quotes, given: ONE}.items()
        if currency != base
    }
    return {currency: units for currency, units in crossed.items() if 0 < units <= HIGHEST}


def parse_units(text: str) -> int:
    """A rate as people write it, `1,0842` or `1.0842`, in hundred-millionths. Raises RateError."""
    digits = "".join(text.split()).replace(",", ".")
    whole, _point, decimals = digits.partition(".")
    plain = f"{whole}{decimals}"
    if len(digits) > _LONGEST or not plain.isascii() or not plain.isdecimal():
        raise RateError(sentence("« %(text)s » n’est pas un cours.", text=text.strip()[:40]))
    if len(decimals.rstrip("0")) > DECIMALS:
        raise RateError(sentence("Un cours a huit décimales au plus."))
    units = int(whole or "0") * ONE + int(decimals[:DECIMALS].ljust(DECIMALS, "0"))
    if not 0 < units <= HIGHEST:
        raise RateError(sentence("Un cours est plus grand que zéro, et plausible."))
    return units
