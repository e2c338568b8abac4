"""« Par client »: every customer, with what he owes, to pick the one to write to."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from encaisse.insights.criteria import Criteria, Standing
from encaisse.insights.customer_list import CustomerList
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.lists import Column, Filter, Listing, ListSpec, ListState, render_list

_STANDINGS = {"debiteurs": Standing.OWES, "crediteurs": Standing.CREDITOR}


@require_safe
@member_can("reminder.send")
def by_customer(request: CompanyRequest) -> HttpResponse:
    """The list, or its changing part for htmx."""
    state = ListState.read(by_customer_spec(), request)
    customers = CustomerList(request.scope, request.today)
    criteria = Criteria(search=state.search, standing=_STANDINGS.get(state.get("comptes")))
    totals = customers.totals(criteria)
    rows = customers.page(criteria, sort=state.sort, offset=state.offset, limit=state.size)
    listing = Listing(state, rows=rows, count=totals.count, totals=totals)
    return render_list(request, "write/by_customer.html", {}, listing=listing)


def by_customer_spec() -> ListSpec:
    """The list of customers, by name."""
    return ListSpec(
        columns=(
            Column("name", _("Client"), fixed=True),
            Column("code", _("Code client")),
            Column("profile", _("Profil")),
            Column("level", _("Niveau de relance")),
            Column("balance", _("Somme due"), numeric=True, fixed=True),
            Column("write", _("Agir"), sortable=False, fixed=True),
        ),
        filters=(
            Filter(
                "comptes",
                _("Comptes"),
                (("debiteurs", _("Qui doivent")), ("crediteurs", _("Créditeurs"))),
            ),
        ),
        sort="name",
        search=_("Nom ou code du client"),
        caption=_("Clients"),
        rows="write/_customer_rows.html",
        totals="write/_customer_totals.html",
        empty="write/_customers_empty.html",
    )
