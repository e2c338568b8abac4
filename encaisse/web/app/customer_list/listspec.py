"""The list « Clients »: its columns and filters, and what they mean."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria, Standing
from encaisse.web.customer_filters import (
    attribute_filters,
    attributes_of,
    dispute_filters,
    dispute_of,
    level_filter,
    method_filter,
    number_of,
    yes_or_no,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState, Text

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
        Column("category", _("Catégorie"), wide=True),
        Column("city", _("Ville"), wide=True),
        Column("free1", _("Champ 1"), hidden=True),
        Column("free2", _("Champ 2"), hidden=True),
        Column(
            "overdue", _("En retard"), numeric=True, titles=_by_currency(_("En retard"), choices)
        ),
        Column(
            "balance",
            _("Somme due"),
            numeric=True,
            fixed=True,
            help=_("Négative quand c’est vous qui devez au client"),
            titles=_by_currency(_("Somme due"), choices),
        ),
    )


def _by_currency(title: str, choices: Choices) -> tuple[Text, ...]:
    """The headings of amounts in a file: one column a currency."""
    if len(choices.currencies) < 2:
        return (title,)
    return tuple(f"{title} {currency}" for currency in choices.currencies)


def _filters(choices: Choices) -> Iterable[Filter]:
    yield Filter(TO_REMIND, _("À relancer aujourd’hui"), kind="toggle", primary=True)
    standings = (
        ("doit", _("Doivent")),
        ("crediteur", _("Créditeurs")),
        ("nul", _("Solde nul")),
    )
    yield Filter("solde", _("Solde"), standings, primary=True)
    yield from attribute_filters(choices)
    yield level_filter()
    emails = (("oui", _("Avec e-mail")), ("non", _("Sans e-mail")))
    yield Filter("email", _("E-mail"), emails)
    stops = (("oui", _("En STOP")), ("non", _("Sans STOP")))
    yield Filter("stop", _("STOP"), stops)
    yield from dispute_filters(choices)
    yield from method_filter(choices)


def criteria_of(
    state: ListState, choices: Choices, *, only: frozenset[int] | None = None
) -> Criteria:
    """What the filters ask of the customers; `only`: those that today's plan answers with."""
    return replace(
        attributes_of(state, choices),
        payment_method_id=number_of(state, "mode"),
        level=number_of(state, "niveau"),
        has_email=yes_or_no(state, "email"),
        is_stopped=yes_or_no(state, "stop"),
        is_disputed=dispute_of(state),
        dispute_reason=state.get("motif"),
        standing=_STANDINGS.get(state.get("solde")),
        only=only,
    )
