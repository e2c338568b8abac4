"""The columns and filters that lists about customers have in common, and what they mean."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from encaisse.insights.choices import Choices
from encaisse.insights.criteria import Criteria, FreeText, Span
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS
from encaisse.web.charts import late_labels
from encaisse.web.filters import Filter, Text
from encaisse.web.lists import Column, ListState

_LEVELS = range(1, 10)
# Where a free field may be offered as a filter.
CUSTOMERS, DUE_ITEMS, CRITERIA = "filters_customers", "filters_due_items", "filters_criteria"
# What addresses call the free fields.
_FREE = {column: f"champ{number}" for number, column in enumerate(CUSTOMER_COLUMNS, start=1)}
_FREE_OF_ENTRIES = {
    column: f"piece{number}" for number, column in enumerate(ENTRY_COLUMNS, start=1)
}
_YES_OR_NO = {"oui": True, "non": False}


def customer_column() -> Column:
    """Who: his name, his code under it; two columns of a file."""
    return Column("name", _("Client"), fixed=True, titles=(_("Client"), _("Code client")))


def currency_column(currencies: Sequence[str], *, sortable: bool = False) -> Column:
    """The currency of the amounts, shown where there are several."""
    return Column("currency", _("Devise"), sortable=sortable, hidden=len(currencies) < 2)


def attribute_filters(choices: Choices, *, place: str = CUSTOMERS) -> Iterator[Filter]:
    """Profile, sales representative, category and free fields, where there is something to choose.

    A free field with very many values is typed.
    """
    yield from profile_filter(choices)
    yield from sales_rep_filter(choices.sales_reps)
    yield from several("categorie", _("Catégorie"), named(choices.categories))
    yield from free_filters(choices, place=place)


def profile_filter(choices: Choices) -> Iterator[Filter]:
    """Which profile they have."""
    profiles = [(str(profile.pk), profile.name) for profile in choices.profiles]
    yield from several("profil", _("Profil"), profiles, primary=True)


def sales_rep_filter(sales_reps: Sequence[str]) -> Iterator[Filter]:
    """Whose portfolio they are in."""
    yield from several("commercial", _("Commercial"), named(sales_reps), primary=True)


def free_filters(choices: Choices, *, place: str = CUSTOMERS) -> Iterator[Filter]:
    """The free fields of the customers, those that the company filters by in that place."""
    for field in choices.fields.customer:
        if not getattr(field, place):
            continue
        key, values = _FREE[field.column], choices.free[field.column]
        if values is None:
            yield Filter(key, field.name, kind="text")
        elif values:
            yield Filter(key, field.name, tuple(named(values)))


def entry_filters(choices: Choices) -> Iterator[Filter]:
    """The free fields of the entries, once they have a name; their values are typed."""
    for field in choices.fields.entry:
        if field.filters_due_items and field.name != field.usual_name:
            yield Filter(_FREE_OF_ENTRIES[field.column], field.name, kind="text")


def free_of_entries(state: ListState) -> tuple[FreeText, ...]:
    """What these filters ask of the entries."""
    return tuple(
        FreeText(column, text, is_whole=False)
        for column, key in _FREE_OF_ENTRIES.items()
        if (text := state.get(key))
    )


def free_columns(choices: Choices, *, is_wide: bool = False) -> Iterator[Column]:
    """The free fields of the customers."""
    for field in choices.fields.customer:
        yield Column(field.column, field.name, hidden=not field.in_customers, wide=is_wide)


def method_filter(choices: Choices) -> Iterator[Filter]:
    """How they pay."""
    methods = [(str(method.pk), method.label) for method in choices.payment_methods]
    yield from several("mode", _("Mode de règlement"), methods)


def currency_filter(currencies: Sequence[str]) -> Iterator[Filter]:
    """The currency of the amounts."""
    yield from several("devise", _("Devise"), named(currencies))


def email_filter() -> Filter:
    """Whether a mail can reach them."""
    return Filter("email", _("E-mail"), (("oui", _("Avec e-mail")), ("non", _("Sans e-mail"))))


def stop_filter() -> Filter:
    """Whether their reminders are stopped."""
    return Filter("stop", _("STOP"), (("oui", _("En STOP")), ("non", _("Sans STOP"))))


def promise_filter() -> Filter:
    """Whether a promise is running."""
    answers = (("oui", _("Promesse en cours")), ("non", _("Sans promesse")))
    return Filter("promesse", _("Promesse"), answers)


def age_choices(choices: Choices) -> tuple[tuple[str, Text], ...]:
    """The company's ageing periods; `days_late_of` says what each means."""
    return tuple((str(rank), label) for rank, label in enumerate(late_labels(choices.bounds)))


def days_late_of(part: str, choices: Choices) -> Span:
    """The days late of an ageing period, of which the last has no end; any for anything else."""
    bounds = (0, *choices.bounds)
    if not part.isdecimal() or int(part) >= len(bounds):
        return Span()
    rank = int(part)
    return Span(bounds[rank] + 1, bounds[rank + 1] if rank + 1 < len(bounds) else None)


def level_filter(choices: Choices) -> Filter:
    """The level that was reached, among those of the company's scenarios."""
    of_scenarios = [(str(level), f"R{level}") for level in _LEVELS if level in choices.levels]
    others = [(str(level), f"R{level}") for level in _LEVELS if level not in choices.levels]
    return Filter(
        "niveau",
        _("Niveau"),
        (("0", _("Jamais relancé")), *of_scenarios),
        unlisted=tuple(others),
    )


def dispute_filters(choices: Choices) -> Iterator[Filter]:
    """Contested or not, and why."""
    answers = (("1", _("En litige")), ("non", _("Sans litige")))
    yield Filter("litige", _("Litige"), answers)
    if choices.dispute_reasons:
        yield Filter("motif", _("Motif de litige"), tuple(named(choices.dispute_reasons)))


def several(
    key: str, label: str, values: Iterable[tuple[str, Text]], *, primary: bool = False
) -> Iterator[Filter]:
    """A filter, if there is more than one value to choose from."""
    found = tuple(values)
    if len(found) > 1:
        yield Filter(key, label, found, primary=primary)


def named(values: Iterable[str]) -> list[tuple[str, Text]]:
    """Values that are their own words."""
    return [(value, value) for value in values]


def attributes_of(state: ListState, choices: Choices) -> Criteria:
    """What the attribute filters and the search ask of the customers."""
    profile = state.get("profil")
    return Criteria(
        search=state.search,
        sales_rep=state.get("commercial"),
        category=state.get("categorie"),
        profile_id=int(profile) if profile else None,
        is_default_profile=bool(profile) and profile == str(choices.default_profile_id),
        free=tuple(_free(state)),
    )


def customers_asked(state: ListState, choices: Choices) -> Criteria:
    """The same with what the filters ask of their payment, reminders, disputes and promises."""
    return replace(
        attributes_of(state, choices),
        payment_method_id=number_of(state, "mode"),
        level=number_of(state, "niveau"),
        has_email=yes_or_no(state, "email"),
        is_stopped=yes_or_no(state, "stop"),
        is_disputed=dispute_of(state),
        dispute_reason=state.get("motif"),
        is_promised=yes_or_no(state, "promesse"),
    )


def _free(state: ListState) -> Iterator[FreeText]:
    kinds = {choice.key: choice.kind for choice in state.spec.filters}
    for column, key in _FREE.items():
        if text := state.get(key):
            yield FreeText(column, text, is_whole=kinds[key] == "choice")


def dispute_of(state: ListState) -> bool | None:
    """Whether a dispute is asked for: `litige=1`, `litige=non`, or anything."""
    return {"1": True, "non": False}.get(state.get("litige"))


def number_of(state: ListState, key: str) -> int | None:
    """The number that a filter says; None when it is off."""
    text = state.get(key)
    return int(text) if text else None


def yes_or_no(state: ListState, key: str) -> bool | None:
    """The answer of a filter with `oui` and `non`; None when it is off."""
    return _YES_OR_NO.get(state.get(key))
