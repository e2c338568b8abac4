"""The statement of account (relevé de compte) that a customer receives: A4, in his language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from encaisse.core.dates import long_date, short_date
from encaisse.core.money import NO_BREAK, format_amount
from encaisse.messaging.letters.epc import epc_payload, epc_svg
from encaisse.messaging.letters.layout import USUAL, Layout, layout_content
from encaisse.messaging.letters.letter import fit_address
from encaisse.messaging.letters.paper import Ink
from encaisse.messaging.letters.press import Press, pictures_blamed, printable
from encaisse.messaging.rules.blocks import bank_node
from encaisse.messaging.rules.content import BankDetails, Language

_LAYOUT = Path(__file__).with_name("statement.typ")
_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "title": "Relevé de compte au {day}",
        "account": f"Votre compte{NO_BREAK}: {{code}}",
        "currency": "Écritures en {currency}",
        "nothing": "Aucune écriture.",
        "date": "Date",
        "document": "Pièce",
        "label": "Libellé",
        "due": "Échéance",
        "debit": "Débit",
        "credit": "Crédit",
        "paid": "Déjà réglé",
        "remaining": "Reste dû",
        "late": "Retard",
        "total": "Total",
        "not_due": "À échoir",
        "days": "{first}–{last} j",
        "beyond": "Plus de {last} j",
        "credits": "Crédits à déduire",
        "owed": "Total dû",
        "owing": "Solde en votre faveur",
        "settled": "Solde",
        "late_days": "{days} j",
        "place": "le {day}",
    },
    "en": {
        "title": "Statement of account as of {day}",
        "account": "Your account: {code}",
        "currency": "Items in {currency}",
        "nothing": "No item.",
        "date": "Date",
        "document": "Document",
        "label": "Description",
        "due": "Due date",
        "debit": "Debit",
        "credit": "Credit",
        "paid": "Already paid",
        "remaining": "Balance due",
        "late": "Overdue",
        "total": "Total",
        "not_due": "Not yet due",
        "days": "{first}–{last} days",
        "beyond": "Over {last} days",
        "credits": "Credits to deduct",
        "owed": "Total due",
        "owing": "Balance in your favour",
        "settled": "Balance",
        "late_days": "{days} d",
        "place": "{day}",
    },
}


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry; amounts in minor units, credits negative, `days_late` 0 when it is not."""

    document_date: date
    document: str
    label: str
    due_date: date | None
    amount: int
    remaining: int
    days_late: int
    entry_id: int = 0

    @property
    def paid(self) -> int:
        """What is already settled of it; negative, what is already used of a credit."""
        return self.amount - self.remaining


@dataclass(frozen=True, slots=True)
class StatementAccount:
    """What a customer owes in one currency: the entries listed, and how old the whole is.

    `late` are the overdue debits by age, cut at `bounds` in days; `credits` are negative. The
    balance is that of the whole account, whatever entries are listed.
    """

    currency: str
    rows: tuple[StatementRow, ...]
    not_due: int
    late: tuple[int, ...]
    credits: int
    bounds: tuple[int, ...]

    @property
    def balance(self) -> int:
        """What is owed in all; negative when the customer is in credit."""
        return self.not_due + sum(self.late) + self.credits


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, ready to be printed. `reference`: what to quote with a transfer."""

    language: Language
    on: date
    account_code: str
    sender_lines: tuple[str, ...]
    recipient_lines: tuple[str, ...]
    town: str
    accounts: tuple[StatementAccount, ...]
    bank: BankDetails | None
    reference: str
    footer: str = ""
    layout: Layout = USUAL


def print_statement(statement: Statement) -> bytes:
    """The PDF of a statement; the same bytes for the same statement.

    Raises LetterRefused when a picture of its layout cannot be read.
    """
    ink = Ink(printable(statement.layout.font))
    with pictures_blamed(statement.layout):
        return _press().pdf(_Content(statement, ink).whole(), day=statement.on)


@cache
def _press() -> Press:
    return Press(_LAYOUT)


class _Content:
    """A statement as the layout reads it: cells written in the customer's language."""

    def __init__(self, statement: Statement, ink: Ink) -> None:
        self._statement = statement
        self._ink = ink
        self._words = _WORDS[statement.language]

    def whole(self) -> dict[str, Any]:
        """Everything on the paper."""
        statement, words = self._statement, self._words
        day = long_date(statement.on, statement.language)
        recipient, _omitted = fit_address(statement.recipient_lines)
        dated = words["place"].format(day=day)
        found: dict[str, Any] = self._ink.cleaned(
            {
                "title": words["title"].format(day=day),
                "sender": [*statement.sender_lines],
                "recipient": recipient,
                "dated": f"{statement.town}, {dated}" if statement.town else dated,
                "account": words["account"].format(code=statement.account_code),
                "accounts": [self._account(account) for account in statement.accounts],
                "nothing": "" if statement.accounts else words["nothing"],
                "bank": self._bank(),
                "footer": statement.footer.splitlines(),
            }
        )
        # The code is a drawing, the others are names: none is a text to make fit.
        layout = layout_content(statement.layout)
        return {**found, "language": statement.language, "qr": self._code(), "layout": layout}

    def _account(self, account: StatementAccount) -> dict[str, Any]:
        words = self._words
        several = len(self._statement.accounts) > 1
        debit = sum(max(0, row.amount) for row in account.rows)
        credit = sum(max(0, -row.amount) for row in account.rows)
        left = sum(row.remaining for row in account.rows)
        paid = sum(row.paid for row in account.rows)
        figures = (debit, credit, paid, left) if paid else (debit, credit, left)
        # Its column is there where the others do not add up without it.
        partly = ["paid"] if paid else []
        keys = ("date", "document", "label", "due", "debit", "credit", *partly, "remaining", "late")
        return {
            "heading": words["currency"].format(currency=account.currency) if several else "",
            "columns": [words[key] for key in keys],
            "rows": [
                self._row(row, account.currency, with_paid=bool(paid)) for row in account.rows
            ],
            "total": [
                words["total"],
                *("", "", ""),
                *(self._amount(minor, account.currency) for minor in figures),
                "",
            ],
            "ageing": [*self._ageing(account)],
            "balance": [
                words["owed" if account.balance > 0 else "owing" if account.balance else "settled"],
                format_amount(abs(account.balance), account.currency, self._statement.language),
            ],
        }

    def _row(self, row: StatementRow, currency: str, *, with_paid: bool) -> list[str]:
        return [
            short_date(row.document_date),
            row.document or "–",
            row.label,
            short_date(row.due_date) if row.due_date else "–",
            self._amount(max(0, row.amount), currency),
            self._amount(max(0, -row.amount), currency),
            *([self._amount(row.paid, currency)] if with_paid else []),
            self._amount(row.remaining, currency),
            self._words["late_days"].format(days=row.days_late) if row.days_late else "",
        ]

    def _ageing(self, account: StatementAccount) -> Iterable[list[str]]:
        words, currency = self._words, account.currency
        yield [words["not_due"], self._amount(account.not_due, currency) or "–"]
        first = 1
        for bound, minor in zip(account.bounds, account.late, strict=False):
            label = words["days"].format(first=first, last=bound)
            yield [label, self._amount(minor, currency) or "–"]
            first = bound + 1
        yield [
            words["beyond"].format(last=account.bounds[-1]),
            self._amount(account.late[-1], currency) or "–",
        ]
        if account.credits:
            yield [words["credits"], self._amount(account.credits, currency)]

    def _amount(self, minor: int, currency: str) -> str:
        """An amount in a column; nothing for none."""
        return format_amount(minor, currency, self._statement.language) if minor else ""

    def _bank(self) -> dict[str, Any] | None:
        statement = self._statement
        if statement.bank is None or all(account.balance <= 0 for account in statement.accounts):
            return None
        return bank_node(statement.bank, statement.language, statement.reference)

    def _code(self) -> str | None:
        """The transfer code of what is owed in euros."""
        bank = self._statement.bank
        euros = [one.balance for one in self._statement.accounts if one.currency == "EUR"]
        if bank is None or not euros or not self._statement.layout.has_code:
            return None
        payload = epc_payload(
            holder=bank.holder,
            iban=bank.iban,
            bic=bank.bic,
            currency="EUR",
            amount_minor=euros[0],
            reference=self._statement.reference,
        )
        return epc_svg(payload) if payload else None
