"""What the free fields hold, to recognise them by."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from encaisse.ledger.models import Customer, FreeField, LedgerEntry
from encaisse.ledger.queries.free_fields import NUMBERS
from encaisse.tenancy.models import Company

_EXAMPLES = 3
# A field is filled in for everybody or hardly ever: that many rows are looked at.
_LOOKED_AT = 2_000


def free_values(company: Company) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """A few values of each field, by what it is about and its number. Two queries."""
    about = FreeField.About
    customers = Customer.objects.of(company).order_by("id")
    entries = LedgerEntry.objects.filter(company=company).exclude(remaining_minor=0)
    return {
        **_values(customers.values_list(*_columns(about.CUSTOMER)), about.CUSTOMER),
        **_values(
            entries.order_by("company", "remaining_minor").values_list(*_columns(about.ENTRY)),
            about.ENTRY,
        ),
    }


def _columns(about: FreeField.About) -> list[str]:
    return [f"free{number}" for number in NUMBERS[about]]


def _values(rows: Any, about: FreeField.About) -> dict[tuple[str, int], tuple[str, ...]]:
    found: list[tuple[str, ...]] = list(rows[:_LOOKED_AT])
    return {
        (about.value, number): tuple(
            islice(dict.fromkeys(row[place] for row in found if row[place]), _EXAMPLES)
        )
        for place, number in enumerate(NUMBERS[about])
    }
