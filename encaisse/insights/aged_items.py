"""The open entries behind an aged balance, each in its ageing period; and which of them are new."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from encaisse.collection.models import EntryFollowUp
from encaisse.insights.aging import AgedBalance, Amounts
from encaisse.insights.criteria import is_debit
from encaisse.insights.sql import fetch, marks_for
from encaisse.ledger.models import LedgerEntry

# A customer and a currency: one row of the aged balance.
Account = tuple[int, str]


@dataclass(frozen=True, slots=True)
class AgedItem:
    """One open entry; `amounts` has what remains of it in the period of its age alone."""

    entry: LedgerEntry
    days_late: int
    level: int
    reminders: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class AgedItems:
    """The first open entries of an account, by due date, and how many there are in all."""

    items: tuple[AgedItem, ...]
    count: int

    @property
    def others(self) -> int:
        """How many are not among `items`."""
        return self.count - len(self.items)


def items_of(
    aged: AgedBalance, customer_ids: Collection[int], *, most: int
) -> dict[Account, AgedItems]:
    """The open entries of some customers, at most so many an account; three queries.

    Credits and debits without a due date come last.
    """
    if not customer_ids:
        return {}
    items = aged.items
    keys = fetch(
        "SELECT x.customer_id, x.currency, x.id, x.rest, x.number FROM ("
        f" SELECT e.customer_id, e.currency, e.id, {items.remaining} AS rest,"
        " ROW_NUMBER() OVER (PARTITION BY e.customer_id, e.currency"
        " ORDER BY e.due_date IS NULL, e.due_date, e.id) AS place,"
        " COUNT(*) OVER (PARTITION BY e.customer_id, e.currency) AS number"
        f" FROM ledger_ledgerentry e WHERE {items.where}"
        f" AND e.customer_id IN ({marks_for(customer_ids)})"
        ") x WHERE x.place <= %s ORDER BY x.customer_id, x.currency, x.place",
        (*items.remaining_params, *items.where_params, *customer_ids, most),
    )
    ids = [row[2] for row in keys]
    entries = LedgerEntry.objects.in_bulk(ids)
    follow_ups = EntryFollowUp.objects.in_bulk(ids)
    nothing = EntryFollowUp()
    found: dict[Account, list[AgedItem]] = {}
    counts: dict[Account, int] = {}
    for customer_id, currency, entry_id, rest, number in keys:
        entry, follow_up = entries[entry_id], follow_ups.get(entry_id, nothing)
        item = AgedItem(
            entry=entry,
            days_late=entry.days_late(aged.on) if rest > 0 else 0,
            level=follow_up.level,
            reminders=follow_up.reminder_count,
            amounts=amounts_of_one(entry.due_date, int(rest), on=aged.on, bounds=aged.bounds),
        )
        found.setdefault((customer_id, currency), []).append(item)
        counts[customer_id, currency] = number
    return {key: AgedItems(tuple(some), counts[key]) for key, some in found.items()}


def amounts_of_one(
    due_date: date | None, remaining: int, *, on: date, bounds: Sequence[int]
) -> Amounts:
    """The aged balance of a single entry, in minor units: the rules of `insights.aging`."""
    late = [0] * (len(bounds) + 1)
    if remaining < 0:
        return Amounts(0, tuple(late), remaining, remaining)
    if due_date is None or due_date >= on:
        return Amounts(remaining, tuple(late), 0, remaining)
    days = (on - due_date).days
    late[sum(days > bound for bound in bounds)] = remaining
    return Amounts(0, tuple(late), 0, remaining)


def newly_overdue(aged: AgedBalance, customer_ids: Collection[int], *, since: date) -> set[Account]:
    """The accounts with a debit that was due on `since` or later and is late now; one query."""
    if not customer_ids:
        return set()
    items = aged.items
    rows = fetch(
        f"SELECT DISTINCT e.customer_id, e.currency FROM ledger_ledgerentry e WHERE {items.where}"
        f" AND {is_debit(items)} AND e.due_date >= %s AND e.due_date < %s"
        f" AND e.customer_id IN ({marks_for(customer_ids)})",
        (*items.where_params, since, aged.on, *customer_ids),
    )
    return {(customer_id, currency) for customer_id, currency in rows}
