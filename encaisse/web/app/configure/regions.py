"""Regions with public holidays of their own, by country, as `holidays` calls them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

REGIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "FR": (
        ("6AE", "Alsace"), ("57", "Moselle"), ("971", "Guadeloupe"), ("972", "Martinique"),
        ("973", "Guyane"), ("974", "La Réunion"), ("976", "Mayotte"), ("BL", "Saint-Barthélemy"),
        ("MF", "Saint-Martin"), ("PM", "Saint-Pierre-et-Miquelon"), ("NC", "Nouvelle-Calédonie"),
        ("PF", "Polynésie française"), ("WF", "Wallis-et-Futuna"),
    ),
    "CH": (
        ("AG", "Argovie"), ("AI", "Appenzell Rhodes-Intérieures"),
        ("AR", "Appenzell Rhodes-Extérieures"), ("BE", "Berne"), ("BL", "Bâle-Campagne"),
        ("BS", "Bâle-Ville"), ("FR", "Fribourg"), ("GE", "Genève"), ("GL", "Glaris"),
        ("GR", "Grisons"), ("JU", "Jura"), ("LU", "Lucerne"), ("NE", "Neuchâtel"),
        ("NW", "Nidwald"), ("OW", "Obwald"), ("SG", "Saint-Gall"), ("SH", "Schaffhouse"),
        ("SO", "Soleure"), ("SZ", "Schwytz"), ("TG", "Thurgovie"), ("TI", "Tessin"),
        ("UR", "Uri"), ("VD", "Vaud"), ("VS", "Valais"), ("ZG", "Zoug"), ("ZH", "Zurich"),
    ),
}  # fmt: skip
_NAMES = {"FR": _("France"), "CH": _("Suisse")}


def region_choices() -> list[tuple[Any, Any]]:
    """The regions under their country; « FR:57 », for a code may be that of two regions."""
    groups = [
        (_NAMES[country], [(f"{country}:{code}", name) for code, name in regions])
        for country, regions in REGIONS.items()
    ]
    return [("", _("Aucune : les jours fériés du pays")), *groups]
