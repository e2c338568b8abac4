"""The list « Qui vous doit quoi ? »: its columns and filters, and what they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.web.charts import late_labels
from encaisse.web.customer_filters import (
    attribute_filters,
    currency_column,
    currency_filter,
    customers_asked,
    dispute_filters,
    free_columns,
    level_filter,
    method_filter,
)
from encaisse.web.lists import Column, Filter, ListSpec, ListState, Text

# In the address: `vue=detail` unfolds the open entries of every customer.
DETAIL = "detail"
_PARTS = {"retard": "overdue", "avenir": "not_due"}
_ACCOUNTS = {"crediteurs": Accounts.CREDITORS, "tous": Accounts.ALL}


def aging_spec(bounds: Sequence[int], choices: Choices, *, is_detailed: bool = False) -> ListSpec:
    """The list for some ageing periods, with the values that exist in the ledger."""
    return ListSpec(
        columns=_columns(bounds, choices, is_detailed=is_detailed),
        filters=tuple(_filters(bounds, choices)),
        sort="-overdue",
        search=_("Nom ou code du client"),
        caption=_("Qui vous doit quoi ?"),
        rows="aging/_rows.html",
        totals="aging/_totals.html",
        summary="aging/_summary.html",
        empty="aging/_empty.html",
        menus="aging/_menus.html",
        keeps=("tranches", "vue"),
    )


def _columns(bounds: Sequence[int], choices: Choices, *, is_detailed: bool) -> tuple[Column, ...]:
    labels = late_labels(bounds)
    late = [
        Column(f"late_{rank}", labels[rank], numeric=True) for rank in reversed(range(len(labels)))
    ]
    entry = (_("Pièce"), _("Échéance"), _("Jours de retard")) if is_detailed else ()
    return (
        Column("name", _("Client"), fixed=True, titles=(_("Client"), _("Code client"), *entry)),
        Column("profile", _("Profil"), spare=True),
        *free_columns(choices, is_wide=True),
        Column("category", _("Catégorie"), hidden=True, wide=True),
        Column("sales_rep", _("Commercial"), spare=True),
        Column("level", _("Relance"), titles=(_("Niveau"), _("Dernière relance"))),
        *late,
        Column(
            "credits",
            _("Crédits"),
            numeric=True,
            wide=True,
            help=_("Avoirs et règlements reçus qui ne sont pas encore lettrés"),
        ),
        Column("overdue", _("En retard"), numeric=True, fixed=True),
        Column("not_due", _("À venir"), numeric=True),
        Column("balance", _("Total"), numeric=True),
        currency_column(choices.currencies),
        Column(
            "notes",
            _("Notes"),
            sortable=False,
            hidden=True,
            wide=True,
            titles=(_("Dernière note"), _("Le")),
        ),
    )


def _filters(bounds: Sequence[int], choices: Choices) -> Iterable[Filter]:
    yield Filter(
        "relance",
        _("Relances"),
        (("oui", _("À relancer")), ("stop", _("À ne pas relancer (STOP)"))),
        primary=True,
    )
    yield Filter("tranche", _("Échéances"), tuple(_parts(bounds)), primary=True)
    yield Filter("nouveau", _("NOUV"), kind="toggle", primary=True)
    yield replace(level_filter(choices), primary=True)
    yield from attribute_filters(choices)
    yield from method_filter(choices)
    yield from dispute_filters(choices)
    yield from currency_filter(choices.currencies)
    yield Filter(
        "comptes",
        _("Comptes"),
        (("crediteurs", _("Comptes créditeurs")), ("tous", _("Débiteurs et créditeurs"))),
    )


def _parts(bounds: Sequence[int]) -> Iterable[tuple[str, Text]]:
    yield "retard", _("En retard")
    yield "avenir", _("À venir")
    for rank, label in enumerate(late_labels(bounds)):
        yield str(rank), label


def is_detailed(state: ListState) -> bool:
    """True when the address asks for the open entries of every customer."""
    return state.kept.get("vue") == DETAIL


def criteria_of(state: ListState, choices: Choices, *, new_since: date) -> Criteria:
    """What the filters ask of the balances; `new_since`: what « NOUV » counts from."""
    part = state.get("tranche")
    return replace(
        customers_asked(state, choices),
        accounts=_ACCOUNTS.get(state.get("comptes"), Accounts.DEBTORS),
        part=_PARTS.get(part) or (f"late_{part}" if part else ""),
        currency=state.get("devise"),
        is_stopped={"oui": False, "stop": True}.get(state.get("relance")),
        new_since=new_since if state.get("nouveau") else None,
    )
