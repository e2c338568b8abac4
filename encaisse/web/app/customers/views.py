"""A customer's page: what he owes, where he stands, what was done; his account as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from encaisse.collection.operations import followup
from encaisse.collection.queries.statement import statement_pdf
from encaisse.insights.account import Account
from encaisse.ledger.models import Customer
from encaisse.ledger.queries.free_fields import free_fields
from encaisse.ledger.queries.open_items import Matching
from encaisse.messaging.letters.press import LetterRefused
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.choosing import done_by
from encaisse.web.app.customers.dialogs import leave
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.listspec import MATCHINGS, account_spec
from encaisse.web.app.customers.pages import CustomerPage
from encaisse.web.exports import export_list, file_word
from encaisse.web.lists import ListState, render_list


@require_safe
@member_can("ledger.view")
def customer(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The page, or its account situation alone for htmx."""
    page = _page(request, customer_of(request, customer_id))
    context = {
        "page": page,
        "customer": page.customer,
        "panel": page.notes,
    }
    return render_list(request, "customers/page.html", context, listing=page.listing)


@require_safe
@member_can("ledger.export")
def export_account(request: CompanyRequest, customer_id: int, kind: str) -> HttpResponseBase:
    """The account situation exactly as it is shown."""
    page = _page(request, customer_of(request, customer_id))
    name = f"compte-{file_word(page.customer.account_code)}"
    return export_list(request, kind, name=name, state=page.state, lines=page.export_lines())


@require_safe
@member_can("ledger.export")
def account_statement(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The statement of account as a PDF: the entries that are shown, in the customer's language."""
    customer = customer_of(request, customer_id)
    matching = MATCHINGS.get(request.GET.get("ecritures", ""), Matching.OPEN)
    try:
        pdf = statement_pdf(customer, on=request.today, matching=matching)
    except LetterRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(request.url("customer", customer.pk))
    response = HttpResponse(pdf, content_type="application/pdf")
    name = f"releve-{file_word(customer.account_code)}-{request.today:%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@member_can("followup.edit")
def set_flag(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """Follow the customer on the home page, or stop following him."""
    customer = customer_of(request, customer_id)
    flagged = request.POST.get("flagged") == "1"
    followup.set_flag(customer, flagged=flagged, **done_by(request))
    messages.success(request, _("Client suivi.") if flagged else _("Client retiré du suivi."))
    return leave(request, customer)


def _page(request: CompanyRequest, customer: Customer) -> CustomerPage:
    currencies = Account(customer, request.today).currencies()
    spec = account_spec(
        currencies,
        selectable=request.can("promise.record"),
        fields=free_fields(request.company).entry,
    )
    # Also where the page answers a form: its links lead to the page itself.
    state = ListState.read(spec, request, path=request.url("customer", customer.pk))
    return CustomerPage(request.scope, customer, request.today, request.user, state)
