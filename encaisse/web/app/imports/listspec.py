"""The two lists of the import screens."""

from django.utils.translation import gettext_lazy as _

from encaisse.web.lists import Column, ListSpec

SET_ASIDE = ListSpec(
    columns=(
        Column("line", _("Ligne"), numeric=True, sortable=False, fixed=True),
        Column("reason", _("Motif"), sortable=False, fixed=True),
    ),
    rows="imports/_set_aside_rows.html",
    caption=_("Lignes écartées"),
)
HISTORY = ListSpec(
    columns=(
        Column("file", _("Fichier"), sortable=False, fixed=True),
        Column("at", _("Date"), sortable=False, fixed=True),
        Column("format", _("Contenu"), sortable=False),
        Column("actor", _("Par"), sortable=False),
        Column("rows", _("Lignes lues"), numeric=True, sortable=False),
        Column("added", _("Ajouts"), numeric=True, sortable=False),
        Column("updated", _("Changements"), numeric=True, sortable=False),
        Column("removed", _("Retraits"), numeric=True, sortable=False),
    ),
    rows="imports/_history_rows.html",
    empty="imports/_history_empty.html",
    caption=_("Imports passés"),
)
