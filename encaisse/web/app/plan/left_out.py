"""« Laissés de côté »: every entry that is not reminded today, why, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from encaisse.collection.queries.day_plan import DayPlan
from encaisse.collection.queries.plan_lines import customers_matching, customers_of, entries_of
from encaisse.collection.queries.reasons import LATER, Words, words_of
from encaisse.collection.rules.plan import LeftOut, Reason
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.scope import Scope
from encaisse.web.lists import Column, Filter, Listing, ListSpec, ListState


@dataclass(frozen=True, slots=True)
class LeftLine:
    """An entry that is left out."""

    customer: Customer
    entry: LedgerEntry
    amount: int
    days_late: int
    words: Words
    day: date | None


@dataclass(frozen=True)
class LeftOutPage:
    """The list; `words` of the reason that is filtered, with its advice."""

    on: date
    listing: Listing
    words: Words | None


def left_out_spec(day: DayPlan, *, explain: bool) -> ListSpec:
    """The list, filtered by the reasons of today; with `explain`, of what comes later too."""
    found = [reason for reason in day.reasons if explain or reason not in LATER]
    reasons = [(reason.value, words_of(reason).label) for reason in found]
    return ListSpec(
        columns=(
            Column("name", _("Client"), sortable=False, fixed=True),
            Column("entry", _("Pièce"), sortable=False),
            Column("late", _("Retard"), sortable=False, numeric=True),
            Column("amount", _("Montant"), numeric=True, fixed=True),
            Column("reason", _("Pourquoi, et que faire"), fixed=True),
            Column("day", _("Jusqu’au"), wide=True),
        ),
        filters=(
            Filter("raison", _("Raison"), tuple(reasons)),
            Filter("plus-tard", _("Avec ce qui attend sa date"), kind="toggle"),
        ),
        sort="-amount",
        search=_("Nom ou code du client"),
        caption=_("Laissés de côté"),
        rows="plan/_left_rows.html",
        empty="plan/_left_empty.html",
    )


def left_out_page(scope: Scope, day: DayPlan, state: ListState) -> LeftOutPage:
    """One page of the list."""
    reason = state.get("raison")
    hidden = frozenset() if state.get("plus-tard") else LATER
    found = [
        left
        for left in day.plan.left_out
        if (left.reason == reason if reason else left.reason not in hidden)
    ]
    if state.search:
        matching = customers_matching(scope, state.search)
        found = [left for left in found if left.customer_id in matching]
    field = state.sort.removeprefix("-")
    found.sort(key=lambda left: left.customer_id)
    found.sort(key=lambda left: _value(left, field), reverse=state.sort.startswith("-"))
    shown = found[state.offset : state.offset + state.size]
    listing = Listing(state, _lines(scope, day.on, shown), len(found))
    return LeftOutPage(day.on, listing, words_of(Reason(reason)) if reason else None)


def _value(left: LeftOut, field: str) -> tuple[int, str]:
    if field == "reason":
        return 0, words_of(left.reason).label
    if field == "day":
        return (left.day or date.max).toordinal(), ""
    return left.amount, ""


def _lines(scope: Scope, on: date, left_out: Sequence[LeftOut]) -> list[LeftLine]:
    customers = customers_of(scope, {left.customer_id for left in left_out})
    entries = entries_of(scope, {left.entry_id for left in left_out})
    return [
        LeftLine(
            customers[left.customer_id],
            entries[left.entry_id],
            left.amount,
            entries[left.entry_id].days_late(on),
            words_of(left.reason),
            left.day,
        )
        for left in left_out
        if left.customer_id in customers and left.entry_id in entries
    ]
