"""The bank account as French payers read it: grouped IBAN, RIB fields, creditor reference."""

import re
from dataclasses import dataclass
from functools import lru_cache

from stdnum import iban as iban_standard

_FRENCH_BBAN = re.compile(r"^(?:FR|MC)\d{2}(\d{5})(\d{5})([0-9A-Z]{11})(\d{2})$")
# Letters of an account number count A..I = 1..9, J..R = 1..9, S..Z = 2..9.
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")


@dataclass(frozen=True, slots=True)
class Rib:
    """The four fields of a French or Monegasque account."""

    bank: str
    branch: str
    account: str
    key: str


def compact_iban(text: str) -> str:
    """The IBAN without spaces, in capitals."""
    return "".join(text.split()).upper()


@lru_cache(maxsize=1024)
def is_valid_iban(text: str) -> bool:
    """True when the length and structure of the country and the ISO 7064 key are right.

    National lists of banks are not consulted: they lag behind.
    """
    compact = compact_iban(text)
    return compact.isascii() and bool(iban_standard.is_valid(compact, check_country=False))


def group_iban(text: str) -> str:
    """The IBAN in groups of four, kept on one line by no-break spaces."""
    compact = compact_iban(text)
    return "\u00a0".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def rib_key(bank: str, branch: str, account: str) -> str:
    """The two-digit key of a RIB; `account` may hold letters."""
    digits = int(account.upper().translate(_LETTERS))
    return f"{97 - (89 * int(bank) + 15 * int(branch) + 3 * digits) % 97:02d}"


def rib_from_iban(text: str) -> Rib | None:
    """The RIB fields of a French or Monegasque IBAN; None for another or a wrong one."""
    match = _FRENCH_BBAN.match(compact_iban(text))
    if match is None or not is_valid_iban(text):
        return None
    rib = Rib(*match.groups())
    return rib if rib_key(rib.bank, rib.branch, rib.account) == rib.key else None


def creditor_reference(reference: str) -> str:
    """The structured creditor reference (ISO 11649): `539007547034` → `RF18539007547034`.

    Signs other than letters and digits are dropped. Raises ValueError beyond 21 characters or
    when nothing is left.
    """
    kept = re.sub(r"[^0-9A-Z]", "", reference.upper())
    if not 0 < len(kept) <= 21:
        raise ValueError("Une référence de virement compte de 1 à 21 lettres ou chiffres.")
    return f"RF{98 - _mod97(kept + 'RF00'):02d}{kept}"


def is_creditor_reference(text: str) -> bool:
    """True for a structured reference whose key is right."""
    compact = compact_iban(text)
    if not re.fullmatch(r"RF\d{2}[0-9A-Z]{1,21}", compact):
        return False
    return _mod97(compact[4:] + compact[:4]) == 1


def _mod97(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97
