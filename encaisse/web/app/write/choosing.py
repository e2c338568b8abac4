"""What a message is about: its kind, the entries it offers, and those that are ticked at first."""

from collections.abc import Collection, Sequence
from datetime import date

from encaisse.collection.models import Reminder
from encaisse.insights.account import Account
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.web.access import CompanyRequest
from encaisse.web.app.customers.listspec import account_spec, criteria_of
from encaisse.web.app.write.ways import Way
from encaisse.web.lists import ListState, Selection

Kind = Reminder.Kind


def kinds_of(way: Way) -> list[tuple[str, str]]:
    """The kinds of message that leave in a way: a statement goes by e-mail, with its file."""
    kinds = [Kind.REMINDER, Kind.PRE_DUE, Kind.THANKS, *([Kind.STATEMENT] if way.is_mail else [])]
    return [(kind.value, str(kind.label)) for kind in kinds]


def selected(request: CompanyRequest, customer: Customer) -> frozenset[int]:
    """The entries ticked in the account situation, as the address carries them."""
    selection = Selection.read(request.GET)
    if not selection.everything:
        return selection.ids
    listed = Account(customer, request.today).page(
        criteria_of(ListState.read(account_spec(), request))
    )
    return frozenset(line.entry.pk for line in listed if selection.includes(line.entry.pk))


def usual_kind(entries: Sequence[LedgerEntry], chosen: Collection[int], *, on: date) -> str:
    """A reminder, unless nothing of it is late: then a notice before the due date, or thanks."""
    debits = [
        entry
        for entry in entries
        if entry.remaining_minor > 0 and (not chosen or entry.pk in chosen)
    ]
    if not debits:
        return Kind.THANKS if not entries else Kind.REMINDER
    return Kind.REMINDER if any(entry.days_late(on) for entry in debits) else Kind.PRE_DUE


def usual_entries(kind: str, offered: Sequence[LedgerEntry], *, on: date) -> list[int]:
    """What such a message is usually about, in the first currency that has any."""
    for currency in dict.fromkeys(entry.currency for entry in offered):
        same = [entry for entry in offered if entry.currency == currency]
        if found := _usual(kind, same, on):
            return [entry.pk for entry in found]
    return []


def _usual(kind: str, entries: Sequence[LedgerEntry], on: date) -> list[LedgerEntry]:
    """Entries of one currency, the latest payment first where they are settled."""
    if kind == Kind.STATEMENT:
        return list(entries)
    if kind == Kind.THANKS:
        return [entry for entry in entries if entry.settled_date == entries[0].settled_date]
    if kind == Kind.PRE_DUE:
        return [entry for entry in entries if entry.remaining_minor > 0 and not entry.days_late(on)]
    late = [entry for entry in entries if entry.remaining_minor > 0 and entry.days_late(on)]
    credits = [entry for entry in entries if entry.remaining_minor < 0]
    return [*late, *credits] if late else []
