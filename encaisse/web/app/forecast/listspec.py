"""The filters of the forecast, and what they mean."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria
from encaisse.web.customer_filters import (
    currency_filter,
    customers_asked,
    method_filter,
    profile_filter,
    sales_rep_filter,
)
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
    yield from sales_rep_filter(choices.sales_reps)
    yield from profile_filter(choices)
    yield from method_filter(choices)
    yield from currency_filter(choices.currencies)
    yield Filter("sans-litige", _("Sans les litiges"), kind="toggle")


def criteria_of(state: ListState, choices: Choices) -> Criteria:
    """Which customers the filters keep."""
    return customers_asked(state, choices)


def currency_of(asked: str, choices: Choices, base: str) -> str:
    """The one currency that is shown: the one asked for, else the company's own if it is used."""
    if asked in choices.currencies:
        return asked
    return base if base in choices.currencies or not choices.currencies else choices.currencies[0]
