"""What is shown to the user about a FEC that was read: controls, and what to beware of."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from encaisse.connectors.fec.journals import JournalKind
from encaisse.connectors.refusal import SetAside
from encaisse.core.text import fold

SET_ASIDE_SHOWN = 1_000

# 9 digits; some software writes a tenth.
_FILE_NAME = re.compile(r"(?<!\d)(\d{9,10})FEC(\d{4})(\d{2})(\d{2})(?!\d)", re.IGNORECASE)
_PAYMENT_MEANS = re.compile(
    r"\b(recettes?|cb|carte|cartes|especes?|esp|cheques?|chq|caisse|virements?|vir|tickets?"
    r"|titres?|prelevements?|visa|mastercard|amex|ancv|sumup|stripe|paypal|comptoir)\b"
)


@dataclass(slots=True)
class FecReport:
    """The controls of one reading; amounts in minor units of the base currency, dates ISO.

    `debit_minor` and `credit_minor` are over all the accounts of the file, `control_balance_minor`
    (and its detail by account prefix) over the customers' accounts: it must equal what is open.
    `unbalanced_entries` is None when the file does not let it be known.
    `outside` counts the customers' lines in journals that the company leaves out.
    `without_date` counts the customers' lines whose own date is missing or unreadable: the posting
    date stands in.
    """

    siren: str = ""
    closing_date: str = ""
    rows: int = 0
    customer_rows: int = 0
    zero_rows: int = 0
    outside: int = 0
    set_aside: list[SetAside] = field(default_factory=list)
    set_aside_count: int = 0
    warnings: list[str] = field(default_factory=list)
    debit_minor: int = 0
    credit_minor: int = 0
    control_balance_minor: int = 0
    balance_by_account_prefix: dict[str, int] = field(default_factory=dict)
    unbalanced_entries: int | None = 0
    without_auxiliary: int = 0
    without_date: int = 0
    first_date: str = ""
    last_date: str = ""
    journal_kinds: dict[str, JournalKind] = field(default_factory=dict)
    foreign_currencies: set[str] = field(default_factory=set)
    customers_look_like_payment_means: bool = False


def report_of(path: Path) -> FecReport:
    """An empty report, with what the name of the file says: `{SIREN}FEC{AAAAMMJJ}`."""
    match = _FILE_NAME.search(path.stem)
    if not match:
        return FecReport()
    number, year, month, day = match.groups()
    siren = number if len(number) == 9 else ""
    return FecReport(siren=siren, closing_date=f"{year}-{month}-{day}")


def are_payment_means(names: Collection[str]) -> bool:
    """Whether most customers of a file are « RECETTE CB », « ESPECES »: takings, not debtors."""
    found = sum(1 for name in names if _PAYMENT_MEANS.search(fold(name)))
    return found * 2 > len(names)
