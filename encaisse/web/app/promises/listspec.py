"""The list « Promesses »: its columns, tabs and filters, and what they mean."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from encaisse.insights.promises import PromiseBook, PromiseCriteria, Status
from encaisse.web.customer_filters import (
    currency_column,
    currency_filter,
    customer_column,
    sales_rep_filter,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState
from encaisse.web.tabs import PARAMETER

_LIVING = frozenset({Status.COMING, Status.LATE})
# The tabs, by what the address says: nothing for what is still expected, late or not.
TABS: dict[str, frozenset[Status]] = {
    "": _LIVING,
    "a-venir": frozenset({Status.COMING}),
    "en-retard": frozenset({Status.LATE}),
    "tenues": frozenset({Status.KEPT}),
    "non-tenues": frozenset({Status.MISSED}),
    "annulees": frozenset({Status.CANCELLED}),
    "toutes": frozenset(Status),
}


def tab_names() -> dict[str, str]:
    """The words of the tabs."""
    return {
        "": _("En cours"),
        "a-venir": _("À venir"),
        "en-retard": _("En retard"),
        "tenues": _("Tenues"),
        "non-tenues": _("Non tenues, closes"),
        "annulees": _("Annulées"),
        "toutes": _("Toutes"),
    }


def status_names() -> dict[Status, str]:
    """The words of each status."""
    return {
        Status.COMING: _("à venir"),
        Status.LATE: _("en retard"),
        Status.KEPT: _("tenue"),
        Status.MISSED: _("non tenue, close"),
        Status.CANCELLED: _("annulée"),
    }


def promises_spec(book: PromiseBook) -> ListSpec:
    """The list, with the values that its promises have."""
    return ListSpec(
        columns=_columns(book),
        filters=tuple(_filters(book)),
        sort="promised_date",
        search=_("Nom ou code du client"),
        caption=_("Promesses"),
        rows="promises/_rows.html",
        totals="promises/_totals.html",
        summary="promises/_summary.html",
        empty="promises/_empty.html",
        keeps=(PARAMETER,),
    )


def _columns(book: PromiseBook) -> tuple[Column, ...]:
    return (
        customer_column(),
        Column("sales_rep", _("Commercial"), spare=True),
        Column("level", _("Niveau")),
        Column(
            "overdue",
            _("En retard dû"),
            numeric=True,
            help=_("Tout ce que le client doit en retard, crédits déduits"),
            titles=(_("Montant en retard dû"),),
        ),
        Column(
            "promised_date",
            _("Date promise"),
            fixed=True,
            titles=(_("Date promise"), _("Jours passés")),
        ),
        Column("documents", _("Pièces"), sortable=False, wide=True),
        Column("promised", _("Promis"), numeric=True, fixed=True, titles=(_("Montant promis"),)),
        Column("received", _("Reçu"), numeric=True),
        Column("made_on", _("Notée le"), hidden=True, titles=(_("Notée le"), _("Par"))),
        Column("comment", _("Commentaire"), sortable=False, hidden=True),
        currency_column(book.currencies),
        Column("status", _("Statut"), fixed=True),
    )


def _filters(book: PromiseBook) -> Iterable[Filter]:
    yield from sales_rep_filter(book.sales_reps)
    yield from currency_filter(book.currencies)
    yield Filter("du", _("Du"), kind="date")
    yield Filter("au", _("Au"), kind="date")


def criteria_of(state: ListState) -> PromiseCriteria:
    """What the filters ask of the promises, whatever the tab."""
    return PromiseCriteria(
        search=state.search,
        sales_rep=state.get("commercial"),
        currency=state.get("devise"),
        first=state.day("du"),
        last=state.day("au"),
    )
