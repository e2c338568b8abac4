"""The list « Par critère »: its columns and filters, and what they mean."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria, Span
from encaisse.web.customer_filters import (
    CRITERIA,
    age_choices,
    attribute_filters,
    currency_filter,
    customer_column,
    customers_asked,
    days_late_of,
    dispute_filters,
    email_filter,
    level_filter,
    method_filter,
    number_of,
    promise_filter,
    stop_filter,
)
from encaisse.web.exports import amount_titles
from encaisse.web.lists import Column, Filter, ListSpec, ListState

# Those who can be reminded now, or those who cannot.
WHO = "relance"


def criteria_spec(choices: Choices, *, selectable: bool) -> ListSpec:
    """The list, with the values that exist in the ledger; the latest payers first."""
    return ListSpec(
        columns=_columns(choices),
        filters=tuple(_filters(choices)),
        sort="-late",
        search=_("Nom ou code du client"),
        caption=_("Clients en retard"),
        rows="criteria/_rows.html",
        totals="customer_list/_totals.html",
        summary="criteria/_summary.html",
        empty="criteria/_empty.html",
        selectable=selectable,
        selection_stays=True,
        actions="criteria/_actions.html",
    )


def _columns(choices: Choices) -> tuple[Column, ...]:
    titles = amount_titles(_("En retard"), choices.currencies)
    return (
        customer_column(),
        Column("profile", _("Profil"), wide=True),
        Column("sales_rep", _("Commercial"), wide=True),
        Column("level", _("Niveau")),
        Column("reminded", _("Relance")),
        Column("late", _("Retard (j)"), numeric=True, help=_("De l’échéance la plus ancienne")),
        Column("state", _("Peut être relancé"), sortable=False),
        Column(
            "overdue",
            _("Montant"),
            numeric=True,
            fixed=True,
            help=_("Ce qui est en retard, avoirs et règlements non lettrés déduits"),
            titles=titles,
        ),
    )


def _filters(choices: Choices) -> Iterable[Filter]:
    who = (("oui", _("À relancer")), ("non", _("À ne pas relancer")))
    yield Filter(WHO, _("À relancer ou non"), who, primary=True)
    yield from _spans()
    yield from attribute_filters(choices, place=CRITERIA)
    yield replace(level_filter(choices), primary=True)
    yield Filter("tranche", _("Tranche de retard"), age_choices(choices), primary=True)
    yield email_filter()
    yield from currency_filter(choices.currencies)
    yield from method_filter(choices)
    yield stop_filter()
    yield from dispute_filters(choices)
    yield promise_filter()


def _spans() -> Iterable[Filter]:
    """Numbers from one to another, two by two as the panel shows them."""
    yield Filter("silence_min", _("Jours sans relance, au moins"), kind="number")
    yield Filter("silence_max", _("Jours sans relance, au plus"), kind="number")
    yield Filter("retard_min", _("Jours de retard, au moins"), kind="number")
    yield Filter("retard_max", _("Jours de retard, au plus"), kind="number")
    yield Filter("min", _("Montant en retard, au moins"), kind="amount")
    yield Filter("max", _("Montant en retard, au plus"), kind="amount")


def criteria_of(
    state: ListState, choices: Choices, *, base_currency: str, only: frozenset[int] | None = None
) -> Criteria:
    """What the filters ask of the customers; amounts are in the currency chosen, else the base."""
    currency = state.get("devise") or base_currency
    part = state.get("tranche")
    amounts = Span(state.minor("min", currency), state.minor("max", currency))
    return replace(
        customers_asked(state, choices),
        late=(
            days_late_of(part, choices) if part else Span(1),
            Span(number_of(state, "retard_min"), number_of(state, "retard_max")),
        ),
        late_currency=state.get("devise"),
        overdue=None if amounts == Span() else (currency, amounts),
        silent=Span(number_of(state, "silence_min"), number_of(state, "silence_max")),
        only=only,
    )
