"""Contacts as rows of a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from encaisse.connectors.refusal import SetAside
from encaisse.connectors.tables.cells import Cells, readable_rows
from encaisse.connectors.tables.source import Table


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A person, or an address, to write to at a customer's; `warnings` are in French."""

    line: int
    customer_code: str
    name: str
    role: str
    emails: tuple[str, ...]
    phone: str
    mobile: str
    language: str
    warnings: tuple[str, ...]


def read_contacts(
    table: Table, mapping: Mapping[str, int | None]
) -> Iterator[ContactRow | SetAside]:
    """The contacts of a table; a row without a customer, or without a way to reach, set aside."""
    for cells in readable_rows(table, mapping):
        if isinstance(cells, SetAside):
            yield cells
            continue
        code = cells.get("customer_code")
        if not code:
            if not cells.is_summary():
                yield SetAside(cells.line, _("Le code client est vide."))
            continue
        contact = _contact(cells)
        if contact.name or contact.emails or contact.phone or contact.mobile:
            yield contact
        elif not cells.is_summary():
            reason = _("Le contact n’a ni nom, ni e-mail, ni téléphone.")
            yield SetAside(cells.line, " ".join((reason, *contact.warnings)))


def _contact(cells: Cells) -> ContactRow:
    return ContactRow(
        line=cells.line,
        customer_code=cells.get("customer_code"),
        name=cells.get("name"),
        role=cells.get("role"),
        emails=cells.emails(),
        phone=cells.phone("phone"),
        mobile=cells.phone("mobile"),
        language=cells.language(),
        warnings=tuple(cells.warnings),
    )
