"""The free fields of a company: their names, and where they are shown."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from encaisse.ledger.models import Customer, FreeField, LedgerEntry
from encaisse.tenancy.models import Company

# How many there are, of customers and of entries.
NUMBERS = {FreeField.About.CUSTOMER: (1, 2), FreeField.About.ENTRY: (1, 2, 3)}
# What can be chosen of each: a page, columns that are there unasked, filters.
PLACES = {
    FreeField.About.CUSTOMER: (
        "on_page", "in_customers", "in_due_items",
        "filters_customers", "filters_due_items", "filters_criteria",
    ),
    FreeField.About.ENTRY: ("on_page", "in_due_items", "filters_due_items"),
}  # fmt: skip


class FreeFields(NamedTuple):
    """Every field in order, those that nobody set up with their usual choices."""

    customer: tuple[FreeField, ...]
    entry: tuple[FreeField, ...]

    def all(self) -> tuple[FreeField, ...]:
        """Those of customers, then those of entries."""
        return (*self.customer, *self.entry)


def _with(known: Mapping[tuple[str, int], FreeField]) -> FreeFields:
    customer, entry = (
        tuple(known.get((about, n)) or FreeField(about=about, number=n) for n in numbers)
        for about, numbers in NUMBERS.items()
    )
    return FreeFields(customer, entry)


# What a company that set up nothing has.
USUAL = _with({})


def free_fields(company: Company) -> FreeFields:
    """The company's fields; one query."""
    known = {(row.about, row.number): row for row in FreeField.objects.filter(company=company)}
    return _with(known)


def shown_fields(fields: Iterable[FreeField], row: Customer | LedgerEntry) -> list[tuple[str, str]]:
    """The names and values of the fields that the page of a customer or of an entry shows."""
    return [
        (field.name, value)
        for field in fields
        if field.on_page and (value := getattr(row, field.column))
    ]


def field_document(field: FreeField) -> dict[str, Any]:
    """A field as a configuration document writes it."""
    about = FreeField.About(field.about)
    return {
        "about": field.about,
        "number": field.number,
        "label": field.label,
        **{name: getattr(field, name) for name in PLACES[about]},
    }


def field_documents(company: Company) -> list[dict[str, Any]]:
    """The fields that somebody set up: a file that only gave one leaves no trace here."""
    usual = [field_document(field) for field in USUAL.all()]
    found = [field_document(field) for field in free_fields(company).all()]
    return [document for document in found if document not in usual]
