"""The list « Échéances »: its columns and filters, and what they mean."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.due_items import DueCriteria
from encaisse.web.customer_filters import (
    DUE_ITEMS,
    age_choices,
    attribute_filters,
    attributes_of,
    currency_column,
    currency_filter,
    customer_column,
    days_late_of,
    dispute_filters,
    dispute_of,
    entry_filters,
    free_of_entries,
    level_filter,
    method_filter,
    number_of,
    promise_filter,
    yes_or_no,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState, Text

_PARTS = {"retard": "overdue", "avenir": "not_due", "sans": "undated", "credits": "credits"}
# What today's plan says of them: `relance=oui` or `relance=non`.
TO_REMIND, HELD_BACK = "oui", "non"


def due_items_spec(choices: Choices) -> ListSpec:
    """The list, with the values that exist in the ledger."""
    return ListSpec(
        columns=_columns(choices),
        filters=tuple(_filters(choices)),
        sort="due",
        search=_("Client, code, pièce ou libellé"),
        caption=_("Échéances"),
        rows="due_items/_rows.html",
        totals="due_items/_totals.html",
        empty="due_items/_empty.html",
    )


def _columns(choices: Choices) -> tuple[Column, ...]:
    return (
        customer_column(),
        Column("document", _("Pièce"), fixed=True, titles=(_("Pièce"), _("Nature"))),
        Column("document_date", _("Date"), hidden=True),
        Column("due", _("Échéance")),
        Column("late", _("Retard"), sortable=False, numeric=True, titles=(_("Jours de retard"),)),
        Column("label", _("Libellé"), hidden=True),
        Column(
            "level",
            _("N"),
            help=_("Niveau de relance, et nombre de relances reçues"),
            titles=(_("Niveau"), _("Relances reçues")),
        ),
        Column("reminded", _("Dernier rappel"), sortable=False, wide=True),
        Column("method", _("Mode"), spare=True, titles=(_("Mode de règlement"),)),
        Column("amount", _("Montant"), numeric=True, wide=True),
        Column("remaining", _("Reste dû"), numeric=True, fixed=True),
        currency_column(choices.currencies, sortable=True),
        Column(
            "marks",
            _("Suivi"),
            sortable=False,
            titles=(_("STOP"), _("Litige"), _("Promesse pour le"), _("Laissée de côté")),
        ),
        Column("expected", _("Attendu le"), hidden=True, help=_("Date attendue des prévisions")),
        Column("profile", _("Profil"), hidden=True),
        Column("sales_rep", _("Commercial"), hidden=True),
        Column("category", _("Catégorie"), hidden=True),
        *_free_columns(choices),
    )


def _free_columns(choices: Choices) -> Iterable[Column]:
    """The free fields of the customer, then those of the entry."""
    for field in choices.fields.customer:
        usual = _("%(name)s du client") % {"name": field.usual_name}
        name = usual if field.name == field.usual_name else field.name
        yield Column(f"customer_{field.column}", name, hidden=not field.in_due_items)
    for field in choices.fields.entry:
        usual = _("%(name)s de la pièce") % {"name": field.usual_name}
        name = usual if field.name == field.usual_name else field.name
        yield Column(field.column, name, hidden=not field.in_due_items)


def _filters(choices: Choices) -> Iterable[Filter]:
    yield Filter("tranche", _("Échéance"), tuple(_parts(choices)), primary=True)
    yield Filter(
        "relance",
        _("Relances"),
        (
            (TO_REMIND, _("À relancer aujourd’hui")),
            (HELD_BACK, _("Laissées de côté aujourd’hui")),
            ("stop", _("En STOP")),
        ),
        primary=True,
    )
    yield from attribute_filters(choices, place=DUE_ITEMS)
    yield from entry_filters(choices)
    yield level_filter(choices)
    yield from method_filter(choices)
    yield from dispute_filters(choices)
    yield promise_filter()
    yield from currency_filter(choices.currencies)
    yield Filter("du", _("Échéance du"), kind="date")
    yield Filter("au", _("Échéance au"), kind="date")
    yield Filter("min", _("Reste dû minimum"), kind="amount")


def _parts(choices: Choices) -> Iterable[tuple[str, Text]]:
    yield "retard", _("En retard")
    yield "avenir", _("À venir")
    yield from age_choices(choices)
    yield "sans", _("Sans échéance")
    yield "credits", _("Crédits non lettrés")


def criteria_of(
    state: ListState, choices: Choices, *, only: frozenset[int] | None = None
) -> DueCriteria:
    """What the filters ask of the open items; `only`: those that today's plan answers with."""
    part = state.get("tranche")
    late_from, late_to = days_late_of(part, choices)
    return DueCriteria(
        who=replace(attributes_of(state, choices), search=""),
        search=state.search,
        part=_PARTS.get(part, ""),
        late_from=late_from,
        late_to=late_to,
        currency=state.get("devise"),
        payment_method_id=number_of(state, "mode"),
        level=number_of(state, "niveau"),
        is_stopped=True if state.get("relance") == "stop" else None,
        is_disputed=dispute_of(state),
        dispute_reason=state.get("motif"),
        is_promised=yes_or_no(state, "promesse"),
        first_due=state.day("du"),
        last_due=state.day("au"),
        minimums=tuple(_minimums(state, choices)),
        free=free_of_entries(state),
        only=only,
    )


def _minimums(state: ListState, choices: Choices) -> Iterable[tuple[str, int]]:
    for currency in choices.currencies:
        minor = state.minor("min", currency)
        if minor is not None:
            yield currency, minor
