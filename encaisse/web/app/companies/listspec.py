"""The list « Toutes mes sociétés »: its columns and filters, and what they mean."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from encaisse.insights.criteria import Accounts
from encaisse.insights.groups import GroupCriteria, Sum
from encaisse.tenancy.models import Company
from encaisse.web.customer_filters import currency_column, currency_filter, several
from encaisse.web.lists import Column, Filter, ListSpec, ListState

_ACCOUNTS = {"crediteurs": Accounts.CREDITORS, "tous": Accounts.ALL}


def groups_spec(lines: Sequence[tuple[Company, Sum]]) -> ListSpec:
    """The list for some companies and the currencies in which they are owed."""
    currencies = sorted({total.currency for _company, total in lines})
    return ListSpec(
        columns=_columns(currencies),
        filters=tuple(_filters(lines, currencies)),
        sort="-overdue",
        search=_("Nom ou code du client"),
        caption=_("Clients de toutes mes sociétés"),
        rows="companies/_rows.html",
        totals="companies/_totals.html",
        empty="companies/_empty.html",
    )


def _columns(currencies: Sequence[str]) -> tuple[Column, ...]:
    return (
        Column("name", _("Client"), fixed=True, titles=(_("Client"), _("SIREN"))),
        Column("companies", _("Sociétés"), fixed=True, titles=(_("Sociétés"), _("Codes client"))),
        Column("overdue", _("En retard"), numeric=True, fixed=True),
        Column("not_due", _("À venir"), numeric=True),
        Column("balance", _("Total"), numeric=True, fixed=True),
        currency_column(currencies),
    )


def _filters(lines: Sequence[tuple[Company, Sum]], currencies: Sequence[str]) -> Iterable[Filter]:
    companies = {company.slug: company.name for company, _total in lines}
    yield from several("societe", _("Société"), companies.items())
    yield from currency_filter(currencies)
    yield Filter(
        "comptes",
        _("Comptes"),
        (("crediteurs", _("Comptes créditeurs")), ("tous", _("Débiteurs et créditeurs"))),
    )
    yield Filter("commun", _("Dans plusieurs sociétés"), kind="toggle")
    yield Filter("retard", _("En retard"), kind="toggle")


def criteria_of(state: ListState, companies: Iterable[Company]) -> GroupCriteria:
    """What the filters ask of the groups."""
    chosen = state.get("societe")
    return GroupCriteria(
        search=state.search,
        accounts=_ACCOUNTS.get(state.get("comptes"), Accounts.DEBTORS),
        currency=state.get("devise"),
        company_id=next((company.pk for company in companies if company.slug == chosen), None),
        is_shared=bool(state.get("commun")),
        is_late=bool(state.get("retard")),
    )
