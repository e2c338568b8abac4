"""The account situation as a list: its columns and filters, and what they mean."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from encaisse.insights.account import AccountCriteria
from encaisse.ledger.models import FreeField
from encaisse.ledger.queries.free_fields import USUAL
from encaisse.ledger.queries.open_items import Matching
from encaisse.web.lists import Column, Filter, ListSpec, ListState

# In the address: `ecritures=lettrees`. Nothing = those that are not matched.
MATCHINGS = {"lettrees": Matching.MATCHED, "toutes": Matching.ALL}


def account_spec(
    currencies: Sequence[str] = (),
    *,
    selectable: bool = True,
    fields: Sequence[FreeField] = USUAL.entry,
) -> ListSpec:
    """A customer's entries; `currencies` are those to filter by, if there are several."""
    return ListSpec(
        columns=_columns(fields),
        filters=tuple(_filters(currencies)),
        sort="due",
        search=_("N° de pièce ou libellé"),
        caption=_("Écritures du compte"),
        rows="customers/_rows.html",
        totals="customers/_totals.html",
        empty="customers/_empty.html",
        menus="customers/_matching.html",
        actions="customers/_selected.html",
        keeps=("ecritures",),
        selectable=selectable,
    )


def _columns(fields: Sequence[FreeField]) -> tuple[Column, ...]:
    return (
        Column("document", _("Pièce"), fixed=True),
        Column("posting_date", _("Date d’écriture"), hidden=True),
        Column("document_date", _("Date")),
        Column("due", _("Échéance"), titles=(_("Échéance"), _("Origine de l’échéance"))),
        Column("expected", _("Attendue le"), hidden=True),
        Column("late", _("Retard"), sortable=False, titles=(_("Jours de retard"),)),
        Column(
            "level",
            _("N"),
            help=_("Niveau de relance, et nombre de relances reçues"),
            titles=(_("Niveau"), _("Relances reçues")),
        ),
        Column("label", _("Libellé")),
        Column("method", _("Mode"), spare=True),
        Column("debit", _("Débit"), numeric=True),
        Column("credit", _("Crédit"), numeric=True),
        Column(
            "paid",
            _("Déjà réglé"),
            sortable=False,
            numeric=True,
            hidden=True,
            help=_("La part d’une pièce qui est déjà lettrée"),
        ),
        Column("remaining", _("Reste dû"), numeric=True, fixed=True),
        Column("match", _("Lettre"), spare=True, help=_("Lettrage en comptabilité")),
        Column(
            "free",
            _("Champs libres"),
            sortable=False,
            hidden=not any(field.in_due_items for field in fields),
            titles=tuple(field.name for field in fields),
        ),
        Column("notes", _("Notes"), sortable=False, wide=True),
        Column("currency", _("Devise"), sortable=False, hidden=True),
    )


def _filters(currencies: Sequence[str]) -> Iterable[Filter]:
    if len(currencies) > 1:
        yield Filter("devise", _("Devise"), tuple((code, code) for code in currencies))
    yield Filter("retard", _("En retard"), kind="toggle")


def criteria_of(state: ListState) -> AccountCriteria:
    """What the filters ask of the account."""
    return AccountCriteria(
        matching=MATCHINGS.get(state.kept.get("ecritures", ""), Matching.OPEN),
        search=state.search,
        currency=state.get("devise"),
        is_overdue=bool(state.get("retard")),
    )
