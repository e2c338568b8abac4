"""Cells of a table to values: what people type in a customers' list."""

import re
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _
from stdnum import exceptions
from stdnum.eu import vat
from stdnum.fr import siren, siret, tva

from encaisse.core.dates import DateError, parse_date

_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)
_EMAIL_SEPARATORS = re.compile(r"[;,\s]+")
_EMAIL_WRAPPING = re.compile(r"^(?:mailto:)?[<(\"']*|[>)\"'.]*$")
_LONGEST_EMAIL = 254
# Day 0 of the serial numbers of workbooks; 20000 is 1954, 80000 is 2119.
_SERIAL_ORIGIN = date(1899, 12, 30)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_FRANCE = frozenset({"", "fr", "fra", "france"})


def email_addresses(cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The addresses of a cell in lower case, and the texts that look like one but are not.

    Several addresses are separated by `;`, `,` or spaces; « Nom <adresse> » gives the address.
    """
    good: list[str] = []
    bad: list[str] = []
    words = [_EMAIL_WRAPPING.sub("", word) for word in _EMAIL_SEPARATORS.split(cell.lower())]
    named = "<" in cell
    for word in filter(None, words):
        if len(word) <= _LONGEST_EMAIL and ".." not in word and _EMAIL.fullmatch(word):
            if word not in good:
                good.append(word)
        elif "@" in word or not named:
            bad.append(word)
    return tuple(good), tuple(bad)


@lru_cache(maxsize=8192)
def table_date(cell: str) -> date | None:
    """The date of a cell, a workbook's serial number included; None when blank, or DateError."""
    if _SERIAL.fullmatch(cell):
        return _SERIAL_ORIGIN + timedelta(days=int(float(cell)))
    found = parse_date(cell)
    if found and not 1950 <= found.year < 2100:
        raise DateError(_("« %(date)s » n’est pas une date plausible.") % {"date": cell})
    return found


def phone_number(cell: str, *, country: str) -> str:
    """The number as written; the 0 that workbooks drop before a French number is put back."""
    digits = re.sub(r"[\s.\-]", "", cell)
    lost_zero = len(digits) == 9 and digits.isdigit() and digits[0] != "0"
    return f"0{digits}" if lost_zero and is_france(country) else cell


def postal_code(cell: str, *, country: str) -> str:
    """The code as written; the 0 that workbooks drop before a French code is put back."""
    lost_zero = len(cell) == 4 and cell.isdigit() and is_france(country)
    return f"0{cell}" if lost_zero else cell


def is_france(country: str) -> bool:
    """Whether a country cell means France; a blank one does."""
    return country.strip().lower() in _FRANCE


def is_siren(text: str) -> bool:
    """Whether the nine digits are a SIREN (Luhn key)."""
    return bool(siren.is_valid(text))


def is_siret(text: str) -> bool:
    """Whether the fourteen digits are a SIRET (Luhn key, La Poste's own rule included)."""
    return bool(siret.is_valid(text))


def is_vat_number(text: str) -> bool:
    """Whether a VAT number of the European Union has a right key."""
    try:
        return bool(tva.is_valid(text)) if text.startswith("FR") else bool(vat.is_valid(text))
    except exceptions.ValidationError:
        return False


def compact(cell: str) -> str:
    """An identifier without the spaces and dots people put in it, in capitals."""
    return re.sub(r"[\s.\-]", "", cell).upper()
