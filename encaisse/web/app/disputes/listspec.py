"""The list « Litiges »: its columns, tabs and filters, and what they mean."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from encaisse.insights.disputes import (
    DisputeCriteria,
    DisputeRow,
    Stage,
    reasons_of,
    sales_reps_of,
)
from encaisse.web.customer_filters import (
    currency_column,
    customer_column,
    named,
    sales_rep_filter,
    several,
    yes_or_no,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState
from encaisse.web.tabs import PARAMETER

# The tabs, by what the address says: nothing for what is open.
TABS: dict[str, frozenset[Stage]] = {
    "": frozenset({Stage.OPEN, Stage.SETTLED}),
    "regles": frozenset({Stage.SETTLED}),
    "clos": frozenset({Stage.CLOSED}),
    "tous": frozenset(Stage),
}


def tab_names() -> dict[str, str]:
    """The words of the tabs."""
    return {
        "": _("Ouverts"),
        "regles": _("Réglés, à clôturer"),
        "clos": _("Clos"),
        "tous": _("Tous"),
    }


def stage_names() -> dict[Stage, str]:
    """The words of each stage."""
    return {Stage.OPEN: _("ouvert"), Stage.SETTLED: _("réglé"), Stage.CLOSED: _("clos")}


def disputes_spec(rows: Sequence[DisputeRow], *, tab: str) -> ListSpec:
    """The list, with the values that its disputes have, and the columns that its tab needs."""
    return ListSpec(
        columns=_columns(rows, shows_closed=Stage.CLOSED in TABS[tab]),
        filters=tuple(_filters(rows)),
        sort="-closed_on" if tab == "clos" else "opened_on",
        search=_("Nom ou code du client"),
        caption=_("Litiges"),
        rows="disputes/_rows.html",
        totals="disputes/_totals.html",
        summary="disputes/_summary.html",
        empty="disputes/_empty.html",
        keeps=(PARAMETER,),
    )


def _columns(rows: Sequence[DisputeRow], *, shows_closed: bool) -> tuple[Column, ...]:
    return (
        customer_column(),
        Column("sales_rep", _("Commercial"), spare=True),
        Column("level", _("Niveau"), spare=True),
        Column("reason", _("Motif"), titles=(_("Motif"), _("Commentaire"))),
        Column("documents", _("Pièces"), wide=True, titles=(_("Pièces"), _("Nombre de pièces"))),
        Column("contested", _("Contesté"), numeric=True, titles=(_("Montant contesté"),)),
        Column(
            "balance",
            _("Somme due"),
            numeric=True,
            help=_("Tout ce que le client doit, échu ou non, crédits déduits"),
        ),
        currency_column([*{row.currency for row in rows}]),
        Column(
            "opened_on",
            _("Ouvert le, par"),
            titles=(_("Ouvert le"), _("Jours"), _("Ouvert par")),
        ),
        Column(
            "closed_on",
            _("Clos le"),
            hidden=not shows_closed,
            titles=(_("Clos le"), _("Issue")),
        ),
        Column("suspends", _("Relances"), fixed=True, titles=(_("Relances"), _("État"))),
    )


def _filters(rows: Sequence[DisputeRow]) -> Iterable[Filter]:
    yield from several("motif", _("Motif"), named(reasons_of(rows)))
    yield from sales_rep_filter(sales_reps_of(rows))
    yield Filter("relances", _("Relances"), (("oui", _("Suspendues")), ("non", _("Continuent"))))
    yield Filter("du", _("Ouvert du"), kind="date")
    yield Filter("au", _("au"), kind="date")


def criteria_of(state: ListState) -> DisputeCriteria:
    """What the filters ask of the disputes, whatever the tab."""
    return DisputeCriteria(
        search=state.search,
        sales_rep=state.get("commercial"),
        reason=state.get("motif"),
        suspends=yes_or_no(state, "relances"),
        first=state.day("du"),
        last=state.day("au"),
    )
