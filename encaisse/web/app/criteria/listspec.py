"""The list « Par critère »: its columns and filters, and what they mean."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from encaisse.insights.aging import DEFAULT_BOUNDS
from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria, Span
from encaisse.web.charts import late_labels
from encaisse.web.customer_filters import (
    attribute_filters,
    attributes_of,
    currency_filter,
    dispute_filters,
    dispute_of,
    level_filter,
    method_filter,
    number_of,
    yes_or_no,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState, Text

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
        totals="criteria/_totals.html",
        summary="criteria/_summary.html",
        empty="criteria/_empty.html",
        selectable=selectable,
        actions="criteria/_actions.html",
    )


def _columns(choices: Choices) -> tuple[Column, ...]:
    several = len(choices.currencies) > 1
    amounts: tuple[Text, ...] = tuple(
        f"{_('En retard')} {currency}" for currency in choices.currencies
    )
    return (
        Column("name", _("Client"), fixed=True, titles=(_("Client"), _("Code client"))),
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
            titles=amounts if several else (_("Montant"),),
        ),
    )


def _filters(choices: Choices) -> Iterable[Filter]:
    who = (("oui", _("À relancer")), ("non", _("À ne pas relancer")))
    yield Filter(WHO, _("À relancer ou non"), who, primary=True)
    yield from _spans()
    yield from attribute_filters(choices)
    yield replace(level_filter(), primary=True)
    ages = tuple((str(rank), label) for rank, label in enumerate(late_labels(DEFAULT_BOUNDS)))
    yield Filter("tranche", _("Tranche de retard"), ages, primary=True)
    yield Filter("email", _("Adresse e-mail"), (("oui", _("Oui")), ("non", _("Non"))))
    yield from currency_filter(choices)
    yield from method_filter(choices)
    yield Filter("stop", _("STOP"), (("oui", _("En STOP")), ("non", _("Sans STOP"))))
    yield from dispute_filters(choices)
    promises = (("oui", _("Avec promesse")), ("non", _("Sans promesse")))
    yield Filter("promesse", _("Promesse"), promises)


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
    amounts = Span(state.minor("min", currency), state.minor("max", currency))
    return replace(
        attributes_of(state, choices),
        payment_method_id=number_of(state, "mode"),
        level=number_of(state, "niveau"),
        has_email=yes_or_no(state, "email"),
        is_stopped=yes_or_no(state, "stop"),
        is_disputed=dispute_of(state),
        dispute_reason=state.get("motif"),
        is_promised=yes_or_no(state, "promesse"),
        late=(_age(state), Span(number_of(state, "retard_min"), number_of(state, "retard_max"))),
        late_currency=state.get("devise"),
        overdue=None if amounts == Span() else (currency, amounts),
        silent=Span(number_of(state, "silence_min"), number_of(state, "silence_max")),
        only=only,
    )


def _age(state: ListState) -> Span:
    """The days late of the part of the ageing that was chosen; the last one has no end."""
    if not state.get("tranche"):
        return Span(1)
    bounds = (0, *DEFAULT_BOUNDS)
    rank = int(state.get("tranche"))
    return Span(bounds[rank] + 1, bounds[rank + 1] if rank + 1 < len(bounds) else None)
