"""The filters of a list: what each takes from the address, and the words of its chip."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from encaisse.core.dates import short_date
from encaisse.core.money import AmountError, parse_minor

Text = str | Promise
# A date that is being typed goes through the years 2, 20 and 202; nothing is due after the last.
_FIRST_YEAR, _LAST_YEAR = 1900, 2999
_LONGEST = 200
# Beyond that no database column holds it.
_HIGHEST = 10**17
_MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter, by kind: `choice` among values, `toggle`, `date`, `text`, `amount` or `number`.

    A bar with many filters shows the `primary` ones, and keeps the others behind « Plus de
    filtres ».
    """

    key: str
    label: Text
    choices: tuple[tuple[str, Text], ...] = ()
    kind: str = "choice"
    primary: bool = False
    # Values that an address may still ask for; they are offered only while it does.
    unlisted: tuple[tuple[str, Text], ...] = ()

    def read(self, text: str) -> str:
        """What the address asks of it, as it is kept there; empty when it makes no sense."""
        value = text if self.kind == "choice" else text.strip()[:_LONGEST]
        return value if self._applies(value) else ""

    def _applies(self, value: str) -> bool:
        match self.kind:
            case "choice":
                return any(value == code for code, _label in (*self.choices, *self.unlisted))
            case "toggle":
                return value == "1"
            case "date":
                return day_of(value) is not None
            case "amount":
                return minor_of(value) is not None
            case "number":
                return value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS
        return bool(value)

    def describe(self, value: str) -> str:
        """The words of the chip."""
        if self.kind == "toggle":
            return str(self.label)
        known = (*self.choices, *self.unlisted)
        shown: Text = next((label for code, label in known if code == value), value)
        if self.kind == "date" and (day := day_of(value)):
            shown = short_date(day)
        return _("%(label)s : %(value)s") % {"label": self.label, "value": shown}


def day_of(text: str) -> date | None:
    """The day that a date field writes (`2026-11-21`); None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def minor_of(text: str, currency: str = "EUR") -> int | None:
    """The amount that was typed, in minor units; None where there is none."""
    try:
        minor = parse_minor(text, currency) if text.strip() else None
    except AmountError:
        return None
    return minor if minor is not None and abs(minor) < _HIGHEST else None
