"""The free fields of a company: their names, and where they are shown."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from encaisse.ledger.models import Customer, FreeField, LedgerEntry
from encaisse.ledger.rules.free_fields import CUSTOMER_FIELDS, ENTRY_FIELDS
from encaisse.tenancy.models import Company

# Those that may be, of customers and of entries, and those that lists always know.
NUMBERS = {
    FreeField.About.CUSTOMER: range(1, CUSTOMER_FIELDS + 1),
    FreeField.About.ENTRY: range(1, ENTRY_FIELDS + 1),
}
_ALWAYS = {FreeField.About.CUSTOMER: 2, FreeField.About.ENTRY: 3}
# What can be chosen of each: a page, columns that are there unasked, filters.
PLACES = {
    FreeField.About.CUSTOMER: (
        "on_page", "in_customers", "in_due_items",
        "filters_customers", "filters_due_items", "filters_criteria",
    ),
    FreeField.About.ENTRY: ("on_page", "in_due_items", "filters_due_items"),
}  # fmt: skip


class FreeFields(NamedTuple):
    """The fields in use in order: the first ones, which have their usual choices until somebody
    sets them up, and those that a file, a program or a person spoke of.
    """

    customer: tuple[FreeField, ...]
    entry: tuple[FreeField, ...]

    def all(self) -> tuple[FreeField, ...]:
        """Those of customers, then those of entries."""
        return (*self.customer, *self.entry)


def _with(known: Mapping[tuple[str, int], FreeField]) -> FreeFields:
    customer, entry = (
        tuple(
            known.get((about, n)) or usual_field(about, n)
            for n in numbers
            if n <= _ALWAYS[about] or (about, n) in known
        )
        for about, numbers in NUMBERS.items()
    )
    return FreeFields(customer, entry)


def usual_field(about: str, number: int) -> FreeField:
    """A field that nobody set up."""
    return FreeField(about=about, number=number)


def free_fields(company: Company) -> FreeFields:
    """The company's fields; one query."""
    known = {(row.about, row.number): row for row in FreeField.objects.filter(company=company)}
    return _with(known)


# What a company that set up nothing has.
USUAL = _with({})


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
    return [
        document
        for field in free_fields(company).all()
        if (document := field_document(field)) != usual_document(field.about, field.number)
    ]


def usual_document(about: str, number: int) -> dict[str, Any]:
    """The document of a field that nobody set up."""
    return field_document(usual_field(about, number))
