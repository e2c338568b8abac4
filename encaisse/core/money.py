"""Money is an integer of the currency's minor unit; Decimal and text only at the edges.

A positive amount is owed by the customer. Credit notes and payments are negative.
"""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision

from encaisse.core.wording import Explained, sentence

NO_BREAK = "\u00a0"
NARROW_NO_BREAK = "\u202f"

_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']")
_MINUS_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-"})


class AmountError(Explained):
    """The text is not an amount; the message is fit to show to the user."""


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Number of decimals of a currency (ISO 4217): 2 for EUR, 0 for XOF, 3 for TND."""
    return get_currency_precision(currency)


def to_minor(value: Decimal, currency: str = "EUR") -> int:
    """Decimal units to integer minor units, half a cent away from zero."""
    scaled = value.scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_decimal(minor: int, currency: str = "EUR") -> Decimal:
    """Integer minor units to the exact decimal amount."""
    return Decimal(minor).scaleb(-exponent(currency))


def decimal_string(minor: int, currency: str = "EUR") -> str:
    """The amount as files and the command line print it: `-1234.50`."""
    return format(to_decimal(minor, currency), "f")


def parse_minor(text: str, currency: str = "EUR") -> int:
    """Read an amount as people and programs write it (law.md 6.1).

    Accepts `1 234,56 €`, `1.234,56`, `1234.56`, `1'234.56`, `1 234,56-`, `(1 234,56)`.
    An empty text is zero. Raises AmountError.
    """
    cleaned = _SPACES.sub("", text).translate(_MINUS_SIGNS)
    cleaned = cleaned.replace("€", "").replace(currency, "")
    if not cleaned:
        return 0
    sign = 1
    if cleaned.startswith("(") and cleaned.endswith(")"):
        sign, cleaned = -1, cleaned[1:-1]
    if cleaned.endswith("-"):
        sign, cleaned = -sign, cleaned[:-1]
    if cleaned.startswith("-"):
        sign, cleaned = -sign, cleaned[1:]
    elif cleaned.startswith("+"):
        cleaned = cleaned[1:]
    try:
        return sign * to_minor(Decimal(_with_decimal_point(cleaned)), currency)
    except InvalidOperation:
        raise AmountError(
            sentence("« %(text)s » n’est pas un montant.", text=text.strip())
        ) from None


def _with_decimal_point(digits: str) -> str:
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "." if comma > point else ","
        digits = digits.replace(thousands, "")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    elif digits.count(",") > 1:
        digits = digits.replace(",", "")
    digits = digits.replace(",", ".")
    if not digits or not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        raise InvalidOperation
    return digits


@lru_cache(maxsize=8)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse({"fr": "fr_FR", "en": "en_GB"}.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("fr_FR")


@lru_cache(maxsize=256)
def _pattern(currency: str, language: str) -> tuple[str, str, str, str]:
    """What stands before, between thousands, before the decimals, and after an amount.

    Read once in what Babel writes: writing each amount with it costs fifty times as much.
    """
    digits = exponent(currency)
    model = Decimal(1_234_567) + (Decimal(8).scaleb(-digits) if digits else 0)
    text = format_currency(model, currency, locale=_locale(language))
    start, end = text.index("1"), len(text) - text[::-1].index("8" if digits else "7")
    number = text[start:end]
    return text[:start], number[1], number[9] if digits else "", text[end:]


@lru_cache(maxsize=8192)
def format_amount(minor: int, currency: str = "EUR", language: str = "fr") -> str:
    """The amount for people: `1 234,56 €` with no-break spaces (law.md 6.1)."""
    before, thousands, point, after = _pattern(currency, language)
    digits = exponent(currency)
    units, cents = divmod(abs(minor), 10**digits)
    number = f"{units:,}".replace(",", thousands)
    decimals = f"{point}{cents:0{digits}d}" if digits else ""
    return f"{'-' if minor < 0 else ''}{before}{number}{decimals}{after}"
