"""Dates as French files and screens write them."""

import re
from datetime import date, timedelta

from encaisse.core.wording import Explained, sentence

_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_FRENCH = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{2}|\d{4})$")

_MONTHS_FR = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class DateError(Explained):
    """The text is not a date; the message is fit to show to the user."""


def parse_date(text: str) -> date | None:
    """Read AAAAMMJJ, JJ/MM/AAAA, JJ.MM.AA or AAAA-MM-JJ; None for an empty text.

    Sage's « no date » (1753-01-01, 1900-01-01) counts as empty. Raises DateError.
    """
    text = text.strip()
    if not text or text.strip("0/-. ") == "":
        return None
    parts = _parts(text)
    if parts is None:
        raise DateError(sentence("« %(text)s » n’est pas une date.", text=text))
    year, month, day = parts
    try:
        found = date(year, month, day)
    except ValueError:
        raise DateError(sentence("« %(text)s » n’est pas une date.", text=text)) from None
    return None if found in (date(1753, 1, 1), date(1900, 1, 1)) else found


def _parts(text: str) -> tuple[int, int, int] | None:
    if match := _COMPACT.match(text) or _ISO.match(text):
        year, month, day = (int(part) for part in match.groups())
        return year, month, day
    if match := _FRENCH.match(text):
        day, month, year = (int(part) for part in match.groups())
        if year < 100:
            year += 2000 if year < 70 else 1900
        return year, month, day
    return None


def end_of_month(day: date) -> date:
    """The last day of the month of `day`."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def short_date(day: date) -> str:
    """`21/11/2026`, in French and in British English."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"  # strftime takes five times as long


def long_date(day: date, language: str = "fr") -> str:
    """`1er novembre 2026` or `1 November 2026` (law.md 6.1)."""
    if language == "fr":
        number = "1er" if day.day == 1 else str(day.day)
        return f"{number} {_MONTHS_FR[day.month - 1]} {day.year}"
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
