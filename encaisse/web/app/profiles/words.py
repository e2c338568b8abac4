"""The rules that give profiles, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from encaisse.collection.rules.profiles import BALANCE
from encaisse.core.money import parse_minor
from encaisse.ledger.models import FreeField
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS
from encaisse.web.language import shown_amount

ABOUT: Mapping[str, str | Promise] = {
    "category": gettext_lazy("Catégorie"),
    "sales_rep": gettext_lazy("Commercial"),
    "country": gettext_lazy("Pays"),
    BALANCE: gettext_lazy("Encours"),
}
TESTS: Mapping[str, str | Promise] = {
    "is": gettext_lazy("est"),
    "is_not": gettext_lazy("n’est pas"),
    "contains": gettext_lazy("contient"),
    "at_least": gettext_lazy("est d’au moins"),
    "under": gettext_lazy("est de moins de"),
}


def about_words(about: str, names: Mapping[str, str]) -> str:
    """What a condition is about; `names` are those of the free fields."""
    if about in names:
        return names[about]
    if about in CUSTOMER_COLUMNS:
        number = CUSTOMER_COLUMNS.index(about) + 1
        return FreeField(about=FreeField.About.CUSTOMER, number=number).usual_name
    return str(ABOUT.get(about, about))


def rule_words(
    conditions: Iterable[Mapping[str, str]],
    profile: str,
    *,
    currency: str = "",
    names: Mapping[str, str] | None = None,
) -> str:
    """« Pays n’est pas France et Encours est d’au moins 5 000,00 € → Export ».

    Amounts are said in the currency, where it is known; `names` are those of the free fields.
    """
    said = [_condition(one, currency, names or {}) for one in conditions]
    return _("%(conditions)s → %(profile)s") % {
        "conditions": _(" et ").join(said),
        "profile": profile,
    }


def rules_words(documents: Iterable[Mapping[str, Any]]) -> str:
    """All the rules of a configuration document."""
    return " ; ".join(rule_words(one["conditions"], one["profile"]) for one in documents)


def _condition(condition: Mapping[str, str], currency: str, names: Mapping[str, str]) -> str:
    about, test, value = condition["about"], condition["test"], condition["value"]
    if about == BALANCE and currency:
        value = shown_amount(parse_minor(value, currency), currency)
    return f"{about_words(about, names)} {TESTS.get(test, test)} {value}"
