"""The list « Encaissements »: its columns and filters, and what they mean."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.receipts import ReceiptCriteria
from encaisse.web.customer_filters import (
    attribute_filters,
    attributes_of,
    currency_column,
    currency_filter,
    customer_column,
    method_filter,
    number_of,
    yes_or_no,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState

PAYMENT, OTHER = "paiement", "autre"


def receipts_spec(choices: Choices) -> ListSpec:
    """The list, with the values that exist in the ledger."""
    return ListSpec(
        columns=_columns(choices),
        filters=tuple(_filters(choices)),
        sort="-date",
        search=_("Nom ou code du client"),
        caption=_("Encaissements"),
        rows="receipts/_rows.html",
        totals="receipts/_totals.html",
        summary="receipts/_summary.html",
        empty="receipts/_empty.html",
    )


def _columns(choices: Choices) -> tuple[Column, ...]:
    return (
        Column("date", _("Date"), fixed=True),
        customer_column(),
        Column("kind", _("Paiement ou avoir")),
        Column("nature", _("Nature"), sortable=False, titles=(_("Nature de paiement"),)),
        Column("method", _("Mode"), sortable=False, wide=True, titles=(_("Mode de règlement"),)),
        Column("document", _("Pièce"), sortable=False, spare=True),
        Column("label", _("Libellé"), sortable=False, hidden=True),
        Column(
            "match",
            _("Lettrage"),
            sortable=False,
            help=_("Les pièces qu’il a réglées"),
            titles=(_("Lettre"), _("Pièces réglées"), _("Nombre")),
        ),
        Column(
            "level",
            _("Relance"),
            sortable=False,
            help=_("Le plus haut niveau de relance des pièces réglées"),
        ),
        Column("sales_rep", _("Commercial"), hidden=True),
        Column("amount", _("Montant"), numeric=True, fixed=True),
        currency_column(choices.currencies),
    )


def _filters(choices: Choices) -> Iterable[Filter]:
    yield Filter("du", _("Du"), kind="date", primary=True)
    yield Filter("au", _("Au"), kind="date", primary=True)
    yield Filter(
        "type",
        _("Paiement ou avoir"),
        ((PAYMENT, _("Paiements")), (OTHER, _("Avoirs et autres"))),
        primary=True,
    )
    natures = (("non", _("Paiement manuel")), ("oui", _("Paiement automatique")))
    yield Filter("auto", _("Nature de paiement"), natures, primary=True)
    yield from method_filter(choices)
    yield Filter("lettre", _("Lettrage"), (("oui", _("Lettrés")), ("non", _("Non lettrés"))))
    yield from (replace(one, primary=False) for one in attribute_filters(choices))
    yield from currency_filter(choices.currencies)


def criteria_of(state: ListState, choices: Choices, *, first: date, last: date) -> ReceiptCriteria:
    """What the filters ask; `first` and `last` bound the period where the address does not."""
    return ReceiptCriteria(
        first=state.day("du") or first,
        last=state.day("au") or last,
        who=attributes_of(state, choices),
        is_payment={PAYMENT: True, OTHER: False}.get(state.get("type")),
        is_automatic=yes_or_no(state, "auto"),
        payment_method_id=number_of(state, "mode"),
        is_matched=yes_or_no(state, "lettre"),
        currency=state.get("devise"),
    )
