"""Which entries a decision is about, who takes it and when: what the forms have in common."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.utils import timezone

from encaisse.collection.queries.customers import open_debits, open_debits_among
from encaisse.insights.account import Account
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest
from encaisse.web.app.customers.forms import SOME, WHOLE
from encaisse.web.app.customers.listspec import account_spec, criteria_of
from encaisse.web.lists import ListState, Selection


class DoneBy(TypedDict):
    """What every operation asks: who acts, and the moment."""

    author: Author
    now: datetime


def done_by(request: CompanyRequest) -> DoneBy:
    """The user, now."""
    return {"author": Author.of(request.user), "now": timezone.now()}


def chosen_entries(request: CompanyRequest, customer: Customer) -> list[LedgerEntry]:
    """The entries ticked in the account situation, as the address carries them."""
    selection = Selection.read(request.GET)
    if not selection.everything:
        return open_debits_among(customer, selection.ids) if selection.ids else []
    state = ListState.read(account_spec(), request)
    listed = Account(customer, request.today).page(criteria_of(state))
    ids = [line.entry.pk for line in listed if selection.includes(line.entry.pk)]
    return open_debits_among(customer, ids)


def about_entries(
    request: CompanyRequest, customer: Customer, chosen: Sequence[LedgerEntry]
) -> dict[str, Any]:
    """What a form about entries needs: those it offers, and those that are ticked at first."""
    offered = open_debits(customer)
    known = {entry.pk for entry in offered}
    typed = [int(word) for word in request.POST.getlist("entries") if word.isdecimal()]
    further = open_debits_among(customer, [pk for pk in typed if pk not in known])
    return {
        "offered": [
            *offered,
            *(entry for entry in (*chosen, *further) if entry.pk not in known),
        ],
        "ticked": [entry.pk for entry in chosen],
        "today": request.today,
    }


def about_account(request: CompanyRequest, customer: Customer) -> dict[str, Any]:
    """The same for a form about the whole account or some entries: those ticked, if any are."""
    chosen = chosen_entries(request, customer)
    target = SOME if chosen else WHOLE
    return {"initial": {"target": target}, **about_entries(request, customer, chosen)}


def overdue_among(offered: Sequence[LedgerEntry], today: date) -> list[LedgerEntry]:
    """What a promise usually covers: all that is late, in the currency of the oldest."""
    late = [entry for entry in offered if entry.days_late(today)]
    return [entry for entry in late if entry.currency == late[0].currency]
