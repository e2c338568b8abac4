"""The entries whose expected date may be moved: nothing outside the scope exists."""

from collections.abc import Collection

from encaisse.collection.queries.customers import possible_ids
from encaisse.ledger.models import LedgerEntry
from encaisse.tenancy.scope import Scope

# How many are moved at once: as many as a board shows, and an address can carry back.
MOST_MOVED = 200


def open_debits_in(scope: Scope, entry_ids: Collection[int]) -> list[LedgerEntry]:
    """Those of some entries that are still due, with their customers; one query."""
    chosen = possible_ids(entry_ids, most=MOST_MOVED)
    entries = LedgerEntry.objects.filter(
        scope.customers("customer__"), company=scope.company, amount_minor__gt=0, pk__in=chosen
    ).exclude(remaining_minor=0)
    return list(entries.select_related("customer__company").order_by("id"))
