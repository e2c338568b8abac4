"""The language of the page, and amounts and days as it writes them."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language

from encaisse.core import dates, money
from encaisse.ledger.rules.rates import Rate

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}


def current_language() -> str:
    """`fr` or `en`."""
    return (get_language() or "fr")[:2]


def shown_amount(minor: int, currency: str) -> str:
    """`1 234,56 €` or `€1,234.56`."""
    return money.format_amount(minor, currency, current_language())


def typed_amount(minor: int, currency: str) -> str:
    """What a field offers, without a currency: `1 234,56` or `1234.56`.

    No comma in English: alone in an amount, it is read as a decimal one.
    """
    if current_language() != "fr":
        return money.decimal_string(minor, currency)
    text = money.format_amount(minor, currency).rpartition(money.NO_BREAK)[0]
    return text.replace(money.NARROW_NO_BREAK, " ")


def shown_date(day: date) -> str:
    """`21 novembre 2026` or `21 November 2026`."""
    return dates.long_date(day, current_language())


def shown_number(value: Decimal, decimals: int = 2) -> str:
    """`76,83` or `76.83`."""
    return _number(value, decimals, current_language())


@lru_cache(maxsize=4096)
def _number(value: Decimal, decimals: int, language: str) -> str:
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0"
    return format_decimal(value, format=pattern, locale=_LOCALES.get(language, "fr_FR"))


def shown_rate(rate: Rate) -> str:
    """`1 EUR = 1,0842 USD`: four decimals, more where they say something."""
    locale = _LOCALES.get(current_language(), "fr_FR")
    value = format_decimal(rate.value, format="#,##0.0000####", locale=locale)
    return f"1{money.NO_BREAK}{rate.base} = {value}{money.NO_BREAK}{rate.currency}"


def shown_month(day: date, *, short: bool = False, year: bool = True) -> str:
    """`novembre 2026`; `nov. 2026` or `nov.` where there is little room."""
    pattern = ("MMM" if short else "MMMM") + (" y" if year else "")
    return format_date(day, pattern, locale=_LOCALES.get(current_language(), "fr_FR"))
