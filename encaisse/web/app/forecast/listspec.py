"""The filters of the forecast, and what they mean."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria
from encaisse.web.lists import Filter, ListSpec, ListState


def forecast_spec(choices: Choices) -> ListSpec:
    """The board's filters, with the values that exist in the ledger; `debut`: its first week."""
    return ListSpec(
        columns=(),
        filters=tuple(_filters(choices)),
        search=_("Nom ou code du client"),
        caption=_("Prévisions"),
        rows="forecast/_column.html",
        keeps=("debut",),
    )


def _filters(choices: Choices) -> Iterable[Filter]:
    profiles = [(str(profile.pk), profile.name) for profile in choices.profiles]
    methods = [(str(method.pk), method.label) for method in choices.payment_methods]
    for key, label, values in (
        ("commercial", _("Commercial"), [(name, name) for name in choices.sales_reps]),
        ("profil", _("Profil"), profiles),
        ("mode", _("Mode de règlement"), methods),
        ("devise", _("Devise"), [(code, code) for code in choices.currencies]),
    ):
        if len(values) > 1:
            yield Filter(key, label, tuple(values))
    yield Filter("sans-litige", _("Sans les litiges"), kind="toggle")


def criteria_of(state: ListState, choices: Choices) -> Criteria:
    """Which customers the filters keep."""
    profile, method = state.get("profil"), state.get("mode")
    return Criteria(
        search=state.search,
        sales_rep=state.get("commercial"),
        payment_method_id=int(method) if method else None,
        profile_id=int(profile) if profile else None,
        is_default_profile=profile == str(choices.default_profile_id),
    )


def currency_of(asked: str, choices: Choices, base: str) -> str:
    """The one currency that is shown: the one asked for, else the company's own if it is used."""
    if asked in choices.currencies:
        return asked
    return base if base in choices.currencies or not choices.currencies else choices.currencies[0]
