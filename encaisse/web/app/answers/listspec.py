"""The list « Réponses »: its columns, tabs and filters, and what they mean."""

from django.utils.translation import gettext as _

from encaisse.collection.queries.answers import AnswerCriteria, Pile
from encaisse.web.lists import Column, Filter, ListSpec, ListState
from encaisse.web.tabs import PARAMETER

# The tabs, by what the address says: nothing for what waits for a person.
TABS = {
    "": Pile.TO_HANDLE,
    "traitees": Pile.HANDLED,
    "automatiques": Pile.AUTOMATIC,
    "retours": Pile.BOUNCE,
}


def tab_names() -> dict[str, str]:
    """The words of the tabs."""
    return {
        "": _("À traiter"),
        "traitees": _("Traitées"),
        "automatiques": _("Automatiques"),
        "retours": _("Retours"),
    }


def answers_spec() -> ListSpec:
    """What customers wrote, and what came back."""
    return ListSpec(
        columns=(
            Column("received", _("Reçue le"), fixed=True, titles=(_("Reçue le"), _("Heure"))),
            Column(
                "customer",
                _("Client, expéditeur"),
                sortable=False,
                fixed=True,
                titles=(_("Client"), _("Code client"), _("Expéditeur")),
            ),
            Column(
                "text",
                _("Message"),
                sortable=False,
                fixed=True,
                titles=(_("Objet"), _("Message")),
            ),
            Column(
                "reminder",
                _("En réponse à"),
                sortable=False,
                titles=(_("En réponse à"), _("Niveau"), _("Montant"), _("Devise")),
            ),
            Column(
                "acts",
                _("Suite"),
                sortable=False,
                fixed=True,
                titles=(_("Traitée le"), _("Par")),
            ),
        ),
        filters=(
            Filter("du", _("Du"), kind="date"),
            Filter("au", _("Au"), kind="date"),
        ),
        sort="-received",
        search=_("Nom ou code du client"),
        caption=_("Réponses"),
        rows="answers/_rows.html",
        summary="answers/_summary.html",
        empty="answers/_empty.html",
        keeps=(PARAMETER,),
    )


def criteria_of(state: ListState) -> AnswerCriteria:
    """What the filters ask of the mails, whatever the tab."""
    return AnswerCriteria(search=state.search, first=state.day("du"), last=state.day("au"))
