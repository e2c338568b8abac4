"""Entries as rows of a table: invoices, credit notes and payments, one échéance a row.

Sign: an amount is positive when the customer owes it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from encaisse.connectors.currency import currency_code
from encaisse.connectors.refusal import SetAside, shortened
from encaisse.connectors.tables.cells import Cells, readable_rows
from encaisse.connectors.tables.source import Table
from encaisse.connectors.tables.values import table_date
from encaisse.core.dates import DateError
from encaisse.core.money import AmountError, parse_minor
from encaisse.core.text import fold
from encaisse.core.wording import told

_KINDS = {
    "invoice": ("facture", "fa", "fac", "f", "fc", "invoice", "vente"),
    "credit_note": ("avoir", "av", "avo", "facture avoir", "note de credit", "credit note"),
    "payment": ("reglement", "rg", "rgt", "r", "paiement", "encaissement", "payment", "virement"),
    "down_payment": ("acompte", "ac", "acp", "facture d acompte", "down payment"),
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_CREDITS = frozenset({"credit_note", "payment"})
# 0 and 1 are not taken: 1 is a debit for some software, a credit for others.
_DIRECTIONS = {
    "D": 1, "DEBIT": 1, "DÉBIT": 1, "+1": 1, "+": 1,
    "C": -1, "CREDIT": -1, "CRÉDIT": -1, "-1": -1, "-": -1,
}  # fmt: skip
_HIGHEST_MINOR = 10**15


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One échéance of a pièce, or one payment; amounts in minor units of `currency`.

    `remaining_minor` is None when the table does not say what is still due. `kind` is invoice,
    credit_note, payment, down_payment or "". `warnings` are in French.
    """

    line: int
    customer_code: str
    customer_name: str
    document_number: str
    document_date: date
    due_date: date | None
    label: str
    amount_minor: int
    remaining_minor: int | None
    currency: str
    letter: str
    letter_date: date | None
    payment_method: str
    journal: str
    source_id: str
    kind: str
    warnings: tuple[str, ...]
    # The free fields, without the blank ones at the end.
    free: tuple[str, ...] = ()


class _RowRefused(ValueError):
    """The row cannot be read; the message says why, fit to show."""


@dataclass(slots=True)
class _Group:
    """The customer printed once above, or on the first of, the rows that are his."""

    code: str = ""
    name: str = ""

    def follow(self, cells: Cells) -> None:
        code, name = cells.get("customer_code"), cells.get("customer_name")
        if code and code != self.code:
            self.code, self.name = code, name
        elif name:
            self.name = name


def read_entries(
    table: Table, mapping: Mapping[str, int | None], *, base_currency: str = "EUR"
) -> Iterator[EntryRow | SetAside]:
    """The entries of a table.

    A customer written on the first row of a group, or alone on a row above it, is that of the
    rows that follow, down to a total. Rows of totals are left out; a row without a customer, a
    date or an amount is set aside.
    """
    group = _Group()
    for cells in readable_rows(table, mapping):
        if isinstance(cells, SetAside):
            yield cells
        elif _is_total(cells):
            group = _Group()
        else:
            group.follow(cells)
            if not _is_title(cells):
                yield _entry_or_refusal(cells, group, base_currency)


def _is_total(cells: Cells) -> bool:
    return cells.is_summary() and not cells.get("document_date")


def _is_title(cells: Cells) -> bool:
    """A row that only names the customer of the next ones."""
    names = ("document_date", "document_number", "debit", "credit", "amount", "remaining")
    return not any(cells.get(name) for name in names)


def _entry_or_refusal(cells: Cells, group: _Group, base_currency: str) -> EntryRow | SetAside:
    try:
        return _entry(cells, group, base_currency)
    except (_RowRefused, DateError, AmountError) as refusal:
        return SetAside(cells.line, shortened(told(refusal, _)))


def _entry(cells: Cells, group: _Group, base_currency: str) -> EntryRow:
    if not group.code:
        raise _RowRefused(_("Le code client est vide."))
    document_date = table_date(cells.get("document_date"))
    if document_date is None:
        raise _RowRefused(_("La date de la pièce est vide."))
    currency = currency_code(cells.get("currency")) or base_currency
    kind = _kind(cells.get("kind")[:40])
    amount, remaining = _amounts(cells, currency, kind)
    if not cells.get("document_number") and amount > 0:
        cells.warn(_("La pièce n’a pas de numéro."))
    return EntryRow(
        line=cells.line,
        customer_code=group.code,
        customer_name=group.name,
        document_number=cells.get("document_number"),
        document_date=document_date,
        due_date=_optional_date(cells, "due_date"),
        label=cells.get("label"),
        amount_minor=amount,
        remaining_minor=remaining,
        currency=currency,
        letter=cells.get("letter"),
        letter_date=_optional_date(cells, "letter_date"),
        payment_method=cells.get("payment_method"),
        journal=cells.get("journal"),
        source_id=cells.get("source_id"),
        kind=kind,
        warnings=tuple(cells.warnings),
        free=cells.free(),
    )


@lru_cache(maxsize=256)
def _kind(text: str) -> str:
    return _KIND_OF.get(fold(text), "")


def _amounts(cells: Cells, currency: str, kind: str) -> tuple[int, int | None]:
    """Amount and what remains due, signed alike."""
    amount = _signed_amount(cells, currency, kind)
    remaining = _minor(cells, "remaining", currency)
    if amount is None:
        # A table of open items often tells only what remains due.
        if remaining is None:
            raise _RowRefused(_("Le montant est vide."))
        amount = _as_credit(cells, kind, remaining)
    if amount == 0:
        raise _RowRefused(_("Le montant est nul."))
    if remaining is not None and (remaining > 0) != (amount > 0):
        remaining = -remaining
    if remaining is not None and abs(remaining) > abs(amount):
        cells.warn(_("Le reste dû dépasse le montant : il n’est pas retenu."))
        remaining = None
    return amount, remaining


def _signed_amount(cells: Cells, currency: str, kind: str) -> int | None:
    debit, credit = _minor(cells, "debit", currency), _minor(cells, "credit", currency)
    if debit is not None or credit is not None:
        return (debit or 0) - (credit or 0)
    amount = _minor(cells, "amount", currency)
    return None if amount is None else _as_credit(cells, kind, amount)


def _as_credit(cells: Cells, kind: str, amount: int) -> int:
    """The amount with its sign: software often writes credit notes and payments without one."""
    direction = cells.get("direction").upper()
    if not direction:
        return -amount if kind in _CREDITS and amount > 0 else amount
    if direction not in _DIRECTIONS:
        raise _RowRefused(
            _("Le sens « %(direction)s » n’est ni D ni C.") % {"direction": direction[:20]}
        )
    return amount * _DIRECTIONS[direction]


def _minor(cells: Cells, name: str, currency: str) -> int | None:
    text = cells.get(name)
    if not text:
        return None
    value = parse_minor(text, currency)
    if abs(value) > _HIGHEST_MINOR:
        raise AmountError(_("« %(amount)s » est trop grand.") % {"amount": text})
    return value


def _optional_date(cells: Cells, name: str) -> date | None:
    try:
        return table_date(cells.get(name))
    except DateError as error:
        cells.warn(told(error, _))
        return None
