"""What a FEC says of one movement of a customer's account."""

from dataclasses import dataclass
from typing import NamedTuple

from encaisse.ledger.rules.scope import USUAL_ACCOUNTS


@dataclass(frozen=True, slots=True)
class FecOptions:
    """Which general accounts are customers': any of `accounts`, none of `excluded` (prefixes).

    413 = bills receivable, 416 = doubtful customers, 4191 = down payments received (credits).
    Invoices not yet issued (418) and rebates not yet granted (4198) are nobody's debt yet.
    What stands in one of `journals` (their codes) is left out.
    """

    accounts: tuple[str, ...] = USUAL_ACCOUNTS
    excluded: tuple[str, ...] = ("418", "4198")
    journals: frozenset[str] = frozenset()


class FecLine(NamedTuple):
    """One line of a customer's account; dates are ISO texts, "" when blank.

    `auxiliary` is the customer's code: CompAuxNum or, when blank, the general account itself if
    it belongs to one customer (411BEJO00); "" when the line tells of no customer in particular.
    `amount_minor` is in the base currency, a debit positive. `currency_amount_minor` has its sign.
    """

    line_number: int
    account: str
    auxiliary: str
    customer_name: str
    journal_code: str
    journal_label: str
    entry_number: str
    posting_date: str
    document_reference: str
    document_date: str
    label: str
    amount_minor: int
    letter: str
    letter_date: str
    currency: str
    currency_amount_minor: int | None
    due_date: str
    invoice_number: str
    payment_mode: str
