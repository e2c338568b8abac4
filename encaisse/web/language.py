"""The language of the page, and amounts and days as it writes them."""

from datetime import date

from django.utils.translation import get_language

from encaisse.core import dates, money


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
