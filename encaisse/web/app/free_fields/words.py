"""The free fields in words: where they are shown, and what changed of them."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PLACES: Mapping[tuple[str, str], str | Promise] = {
    ("customer", "on_page"): gettext_lazy("Sur la fiche du client"),
    ("customer", "in_customers"): gettext_lazy("Colonne de Qui vous doit quoi et de Clients"),
    ("customer", "in_due_items"): gettext_lazy("Colonne d’Échéances"),
    ("customer", "filters_customers"): gettext_lazy("Filtre de Qui vous doit quoi et de Clients"),
    ("customer", "filters_due_items"): gettext_lazy("Filtre d’Échéances"),
    ("customer", "filters_criteria"): gettext_lazy("Filtre d’Agir par critère"),
    ("entry", "on_page"): gettext_lazy("Dans le détail de la pièce"),
    ("entry", "in_due_items"): gettext_lazy("Colonne d’Échéances et du compte du client"),
    ("entry", "filters_due_items"): gettext_lazy("Filtre d’Échéances"),
}


def choice_words(about: str, number: str, name: str) -> str:
    """« champ 1 du client, nom » : one choice about one field, as the journal tells it."""
    whose = (
        _("champ %(number)s du client")
        if about == "customer"
        else _("champ %(number)s de la pièce")
    )
    choice = _("nom") if name == "label" else str(PLACES.get((about, name), name))
    return f"{whose % {'number': number}}, {choice[:1].lower()}{choice[1:]}"
