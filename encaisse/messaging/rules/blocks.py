"""The blocks a template drops in one word: the table of entries and the bank details.

A block is a JSON-able node of already written cells; mail, plain text and letters only lay it out.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, TypeAlias

from encaisse.core.dates import short_date
from encaisse.core.money import NO_BREAK, format_amount
from encaisse.messaging.letters.rib import group_iban, rib_from_iban
from encaisse.messaging.rules.content import BankDetails, EntryRow, EntryTable, Language, Logo

Node: TypeAlias = dict[str, Any]

_Cell = Callable[[EntryRow, str, Language], str]

_HEADINGS: dict[Language, dict[str, str]] = {
    "fr": {
        "document": f"N°{NO_BREAK}facture",
        "document_date": "Date",
        "due_date": "Échéance",
        "amount": "Montant TTC",
        "paid": "Déjà réglé",
        "remaining": "Reste dû",
        "late": "Retard (j)",
    },
    "en": {
        "document": "Invoice",
        "document_date": "Date",
        "due_date": "Due date",
        "amount": "Amount (incl. VAT)",
        "paid": "Paid",
        "remaining": "Balance due",
        "late": "Days overdue",
    },
}
_TOTAL: dict[Language, str] = {"fr": "Total", "en": "Total"}
_OTHERS: dict[Language, str] = {
    "fr": f"Pour information, autres pièces de votre compte{NO_BREAK}:",
    "en": "For information, other items on your account:",
}
_LEFT_ALIGNED = frozenset({"document", "document_date", "due_date"})

_BANK_LABELS: dict[Language, tuple[str, ...]] = {
    "fr": ("Titulaire du compte", "Banque", "RIB", "IBAN", "BIC", "Référence à indiquer"),
    "en": ("Account holder", "Bank", "RIB", "IBAN", "BIC", "Reference to quote"),
}
_RIB_FIELDS: dict[Language, tuple[str, ...]] = {
    "fr": ("Code banque", "Code guichet", f"N°{NO_BREAK}de compte", "Clé RIB"),
    "en": ("Bank code", "Branch code", "Account no.", "RIB key"),
}
# Against forged « new bank details »: the payer is told to doubt.
_BANK_NOTICE: dict[Language, str] = {
    "fr": (
        f"Nos coordonnées bancaires ne changent jamais par e-mail{NO_BREAK}; en cas de doute, "
        "appelez-nous au numéro figurant au contrat."
    ),
    "en": (
        "Our bank details never change by e-mail; if in doubt, call us on the number given in "
        "our contract."
    ),
}


def entries_node(table: EntryTable, language: Language) -> Node:
    """The table of what is claimed, its total, and the entries listed apart.

    « Déjà réglé » appears when something was paid, « Retard » when something is late. Where
    everything is settled (a thank-you), the total is that of the amounts.
    """
    claimed = table.rows + table.credits
    settled = all(row.remaining_minor == 0 for row in claimed)
    keys = _claimed_columns(claimed, settled=settled)
    total = sum(row.amount_minor for row in claimed) if settled else table.total_minor
    node = _grid(claimed, keys, table.currency, language)
    node["name"] = "entries"
    node["total"] = _total_row(keys, format_amount(total, table.currency, language), language)
    if table.others:
        node["others"] = _others(table, language)
    return node


@lru_cache(maxsize=256)
def bank_lines(
    bank: BankDetails, language: Language, reference: str
) -> tuple[tuple[str, str], ...]:
    """Label and value of each line of the bank block, the empty ones left out."""
    rib = rib_from_iban(bank.iban)
    fields = (rib.bank, rib.branch, rib.account, rib.key) if rib else ()
    detail = ", ".join(
        f"{label} {value}".replace(" ", NO_BREAK)
        for label, value in zip(_RIB_FIELDS[language], fields, strict=False)
    )
    values = (bank.holder, bank.bank_name, detail, group_iban(bank.iban), bank.bic, reference)
    return tuple(
        (label, value) for label, value in zip(_BANK_LABELS[language], values, strict=True) if value
    )


def bank_node(bank: BankDetails, language: Language, reference: str) -> Node:
    """The bank block: its lines, and the notice against forged details."""
    lines = [list(line) for line in bank_lines(bank, language, reference)]
    colon = f"{NO_BREAK}: " if language == "fr" else ": "
    return {"name": "bank", "lines": lines, "colon": colon, "notice": _BANK_NOTICE[language]}


def logo_node(logo: Logo) -> Node:
    """The company's logo, and its name for those who do not see it."""
    return {
        "name": "logo",
        "alt": logo.name,
        "src": f"cid:{logo.cid}",
        "width": logo.width,
        "height": logo.height,
    }


def _claimed_columns(rows: Iterable[EntryRow], *, settled: bool) -> list[str]:
    keys = ["document", "document_date", "due_date", "amount"]
    if settled:
        return keys
    if any(row.paid_minor for row in rows):
        keys.append("paid")
    keys.append("remaining")
    return _with_lateness(keys, rows)


def _with_lateness(keys: list[str], rows: Iterable[EntryRow]) -> list[str]:
    return [*keys, "late"] if any(row.days_late > 0 for row in rows) else keys


def _others(table: EntryTable, language: Language) -> Node:
    keys = _with_lateness(["document", "document_date", "due_date", "remaining"], table.others)
    return {**_grid(table.others, keys, table.currency, language), "title": _OTHERS[language]}


def _grid(rows: Iterable[EntryRow], keys: list[str], currency: str, language: Language) -> Node:
    headings = _HEADINGS[language]
    cells = [_CELLS[key] for key in keys]
    return {
        "columns": [
            {"label": headings[key], "align": "left" if key in _LEFT_ALIGNED else "right"}
            for key in keys
        ],
        "rows": [[cell(row, currency, language) for cell in cells] for row in rows],
    }


def _total_row(keys: list[str], total: str, language: Language) -> list[str]:
    """« Total » first, the sum under the last column of amounts."""
    summed = "remaining" if "remaining" in keys else "amount"
    row = [total if key == summed else "" for key in keys]
    row[0] = _TOTAL[language]
    return row


def _document(row: EntryRow, _currency: str, _language: Language) -> str:
    if row.remaining_minor < 0 and row.label and row.document:
        return f"{row.document} – {row.label}"
    return row.document or row.label or "–"


def _late(row: EntryRow, _currency: str, _language: Language) -> str:
    return str(row.days_late) if row.days_late > 0 else ""


def _paid(row: EntryRow, currency: str, language: Language) -> str:
    return format_amount(row.paid_minor, currency, language) if row.paid_minor else ""


_CELLS: dict[str, _Cell] = {
    "document": _document,
    "document_date": lambda row, _c, _l: short_date(row.document_date) if row.document_date else "",
    "due_date": lambda row, _c, _l: short_date(row.due_date) if row.due_date else "",
    "amount": lambda row, currency, lang: format_amount(row.amount_minor, currency, lang),
    "paid": _paid,
    "remaining": lambda row, currency, lang: format_amount(row.remaining_minor, currency, lang),
    "late": _late,
}
