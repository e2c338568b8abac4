"""The list « Clients »: its columns and filters, and what they mean."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria, Standing
from encaisse.web.customer_filters import (
    attribute_filters,
    customers_asked,
    dispute_filters,
    email_filter,
    free_columns,
    level_filter,
    method_filter,
    stop_filter,
)
from encaisse.web.exports import amount_titles
from encaisse.web.lists import Column, Filter, ListSpec, ListState

TO_REMIND = "arelancer"
_STANDINGS = {
    "doit": Standing.OWES,
    "crediteur": Standing.CREDITOR,
    "nul": Standing.NIL,
}


def customers_spec(choices: Choices, *, selectable: bool) -> ListSpec:
    """The list, with the values that exist in the ledger."""
    return ListSpec(
        columns=_columns(choices),
        filters=tuple(_filters(choices)),
        sort="name",
        search=_("Nom ou code du client"),
        caption=_("Clients"),
        rows="customer_list/_rows.html",
        totals="customer_list/_totals.html",
        empty="customer_list/_empty.html",
        selectable=selectable,
        selection_stays=True,
        actions="customer_list/_actions.html",
    )


def _columns(choices: Choices) -> tuple[Column, ...]:
    return (
        Column("name", _("Client"), fixed=True, titles=(_("Client"),)),
        Column("code", _("Code"), titles=(_("Code client"),)),
        Column("profile", _("Profil")),
        Column("level", _("Relance"), titles=(_("Niveau"), _("Dernière relance"))),
        Column("email", _("E-mail")),
        Column("sales_rep", _("Commercial"), wide=True),
        Column("category", _("Catégorie"), spare=True),
        Column("city", _("Ville"), spare=True),
        *free_columns(choices),
        Column(
            "overdue",
            _("En retard"),
            numeric=True,
            titles=amount_titles(_("En retard"), choices.currencies),
        ),
        Column(
            "balance",
            _("Somme due"),
            numeric=True,
            fixed=True,
            help=_("Négative quand c’est vous qui devez au client"),
            titles=amount_titles(_("Somme due"), choices.currencies),
        ),
    )


def _filters(choices: Choices) -> Iterable[Filter]:
    yield Filter(TO_REMIND, _("À relancer aujourd’hui"), kind="toggle", primary=True)
    standings = (
        ("doit", _("Doivent")),
        ("crediteur", _("Créditeurs")),
        ("nul", _("Solde nul")),
    )
    yield Filter("solde", _("Solde"), standings, primary=True)
    yield from attribute_filters(choices)
    yield level_filter(choices)
    yield email_filter()
    yield stop_filter()
    yield from dispute_filters(choices)
    yield from method_filter(choices)


def criteria_of(
    state: ListState, choices: Choices, *, only: frozenset[int] | None = None
) -> Criteria:
    """What the filters ask of the customers; `only`: those that today's plan answers with."""
    return replace(
        customers_asked(state, choices),
        standing=_STANDINGS.get(state.get("solde")),
        only=only,
    )
