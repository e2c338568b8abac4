"""Texts of a FEC to values; a text already met costs one look-up in a dictionary."""

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from encaisse.core.dates import DateError, parse_date
from encaisse.core.money import AmountError, exponent, parse_minor

T = TypeVar("T")

_CAPACITY = 100_000
_LONGEST_KEY = 60
_HIGHEST_MINOR = 10**15
_YEARS = range(1950, 2100)


class LineRefused(ValueError):
    """The line cannot be read; the message is fit to show, empty for a line without data."""


REFUSALS = (LineRefused, AmountError, DateError)


class Remembered(dict[str, T]):
    """What a function returns for a text, computed once.

    Forgets everything when full: memory does not grow with the file.
    """

    def __init__(self, compute: Callable[[str], T]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, text: str) -> T:
        value = self._compute(text)
        if len(text) <= _LONGEST_KEY:
            if len(self) >= _CAPACITY:
                self.clear()
            self[text] = value
        return value


def remembered_amounts(currency: str) -> Remembered[int]:
    """Texts of amounts to minor units of `currency`; AmountError for what is none."""
    if exponent(currency) == 2:
        return Remembered(lambda text: _plain_cents(text) or _amount(text, currency))
    return Remembered(lambda text: _amount(text, currency))


def iso_date(text: str) -> str:
    """The ISO form of a date, "" when blank; DateError for none, or of another century."""
    found = parse_date(text)
    if found is None:
        return ""
    if found.year not in _YEARS:
        raise DateError(_("« %(date)s » n’est pas une date plausible.") % {"date": text.strip()})
    return found.isoformat()


def posting_date(text: str) -> str:
    """The ISO form of the date of an entry; LineRefused when blank, DateError when none."""
    day = iso_date(text)
    if not day:
        raise LineRefused(_("La date comptable est vide."))
    return day


def iso_date_or_blank(text: str) -> str:
    """The ISO form of a date, "" when blank or unreadable."""
    try:
        return iso_date(text)
    except DateError:
        return ""


def _plain_cents(text: str) -> int:
    """Cents of a text such as `1234,56`; 0 when written otherwise, for the patient reader."""
    if text[-3:-2] not in (",", "."):
        return 0
    digits = text[:-3] + text[-2:]
    plain = len(digits) <= 15 and digits.isascii() and digits.isdecimal()
    return int(digits) if plain else 0


def _amount(text: str, currency: str) -> int:
    value = parse_minor(text, currency)
    if abs(value) > _HIGHEST_MINOR:
        raise AmountError(_("« %(amount)s » est trop grand.") % {"amount": text.strip()})
    return value
