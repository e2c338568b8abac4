"""What a message says, as plain values: the facts are settled before rendering starts.

Amounts are integers in the currency's minor unit; a positive amount is owed by the customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Language = Literal["fr", "en"]


def customer_language(wanted: str) -> Language:
    """The language that a customer is written in: French if it is his, else English."""
    return "fr" if wanted.lower().startswith("fr") else "en"


def own_language(wanted: str) -> Language:
    """The language that the company's people are written in: English if asked for, else French."""
    return "en" if wanted.lower().startswith("en") else "fr"


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of the account as the customer reads it."""

    document: str
    document_date: date | None
    due_date: date | None
    amount_minor: int
    paid_minor: int
    remaining_minor: int
    days_late: int
    level: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class EntryTable:
    """The rows claimed, the unmatched credits deducted from them, and the rows only mentioned.

    `others` are not claimed today: not yet due, or late but at no step today.
    """

    currency: str
    rows: tuple[EntryRow, ...]
    credits: tuple[EntryRow, ...] = ()
    others: tuple[EntryRow, ...] = ()

    @property
    def total_minor(self) -> int:
        """What is claimed: the remaining amounts of the rows, net of the credits."""
        return sum(row.remaining_minor for row in self.rows + self.credits)


@dataclass(frozen=True, slots=True)
class BankDetails:
    """The account to pay to; `holder` is the exact name known to the bank."""

    holder: str
    iban: str
    bic: str
    bank_name: str = ""


@dataclass(frozen=True, slots=True)
class Logo:
    """A company's logo as e-mails carry it; its size in pixels of a screen.

    `cid` names it inside an e-mail (RFC 2392), `name` is what those who do not see it read.
    """

    cid: str
    name: str
    content: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, line by line, as it is printed."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageData:
    """Everything a template may print for one customer.

    `values` holds the placeholders already written in the message's language; an absent, None or
    empty value is an unknown one. `amount_minor` is the sum asked for, `reference` what the
    customer must quote with the transfer.
    """

    language: Language
    currency: str
    values: Mapping[str, str | bool | None]
    table: EntryTable | None
    bank: BankDetails | None
    amount_minor: int
    reference: str
    logo: Logo | None = None
