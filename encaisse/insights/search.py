"""Finding a customer from anywhere, by name or code."""

from collections.abc import Sequence

from encaisse.core.text import fold
from encaisse.ledger.models import Customer
from encaisse.tenancy.scope import Scope


def find_customers(scope: Scope, text: str, *, limit: int) -> Sequence[Customer]:
    """Customers whose name or code holds every word of the text, in any order and any case."""
    words = fold(text).split()
    if not words:
        return []
    found = Customer.objects.visible_in(scope)
    for word in words:
        found = found.filter(search_text__contains=word)
    return list(found.order_by("search_text", "id")[:limit])
