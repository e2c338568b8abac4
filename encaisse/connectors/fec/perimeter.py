"""Which accounts are customers', and to which customer an account belongs."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from encaisse.connectors.fec.line import FecOptions
from encaisse.connectors.fec.values import LineRefused

# What an account brings to the entry it is in, as bits: an entry is the sum of its lines.
THIRD_PARTY, CUSTOMER, INCOME, TREASURY, OTHER = 0, 1, 2, 4, 8


class CustomerAccount(NamedTuple):
    """A general account of the customers' perimeter.

    `own_code` is the account itself when it belongs to one customer, "" for a collective account.
    """

    number: str
    own_code: str
    prefix: str


class Perimeter:
    """The accounts of a file, sorted by what they are."""

    def __init__(self, options: FecOptions) -> None:
        self.prefixes = tuple(sorted(options.accounts, key=len, reverse=True))
        self.journals = options.journals
        self._excluded = options.excluded

    def kind(self, cell: str) -> int:
        """One of the constants above for a CompteNum; LineRefused when blank."""
        number = cell.strip()
        if not number:
            raise LineRefused(_("Le numéro de compte est vide."))
        if number.startswith(self.prefixes) and not number.startswith(self._excluded):
            return CUSTOMER
        return {"7": INCOME, "5": TREASURY, "4": THIRD_PARTY}.get(number[0], OTHER)

    def customer_account(self, cell: str) -> CustomerAccount:
        """The account of a line whose kind is CUSTOMER."""
        number = cell.strip()
        prefix = next(prefix for prefix in self.prefixes if number.startswith(prefix))
        own_code = number if _belongs_to_one(number[len(prefix) :]) else ""
        return CustomerAccount(number, own_code, prefix)


def _belongs_to_one(tail: str) -> bool:
    """Whether what follows 411 names a customer: a letter, or digits that are not a mere rank.

    `000`, `1000` (a subdivision of the general chart) and `9999` (sundry) are collective
    accounts. The account alone decides, so that all the lines of a file are read alike.
    """
    significant = tail.rstrip("0")
    if not significant or set(significant) == {"9"}:
        return False
    return not significant.isdigit() or len(significant) > 1
