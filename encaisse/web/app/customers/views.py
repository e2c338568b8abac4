"""A customer's page: what he owes, where he stands, what was done; the export of his account."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from encaisse.collection.operations import followup
from encaisse.insights.account import Account
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.dialogs import leave
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.customers.forms import NoteForm
from encaisse.web.app.customers.listspec import account_spec
from encaisse.web.app.customers.pages import CustomerPage
from encaisse.web.exports import FORMATS, export_response, titles_of
from encaisse.web.lists import ListState, render_list


@require_GET
@member_can("ledger.view")
def customer(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """The page, or its account situation alone for htmx."""
    page = _page(request, customer_of(request, customer_id))
    context = {"page": page, "customer": page.customer, "note_form": NoteForm()}
    return render_list(request, "customers/page.html", context, listing=page.listing)


@require_GET
@member_can("ledger.export")
def export_account(request: CompanyRequest, customer_id: int, kind: str) -> HttpResponseBase:
    """The account situation exactly as it is shown."""
    if kind not in FORMATS:
        raise Http404
    page = _page(request, customer_of(request, customer_id))
    name = f"compte-{page.customer.pk}-{request.today:%Y-%m-%d}"
    return export_response(kind, name=name, titles=titles_of(page.state), rows=page.export_rows())


@require_POST
@member_can("note.write")
def write_note(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """Write a note; the panel of notes comes back, with what is wrong if it could not be."""
    customer = customer_of(request, customer_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        author = Author.of(request.user)
        text = form.cleaned_data["text"]
        followup.write_note(customer, text=text, author=author, now=timezone.now())
        messages.success(request, _("Note enregistrée."))
        if not request.htmx:
            return redirect(request.url("customer", customer.pk))
        form = NoteForm()
    page = _page(request, customer)
    context = {"page": page, "customer": customer, "note_form": form}
    template = "customers/_notes.html" if request.htmx else "customers/page.html"
    if not request.htmx:
        context["list"] = page.listing
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@member_can("followup.edit")
def set_flag(request: CompanyRequest, customer_id: int) -> HttpResponse:
    """Follow the customer on the home page, or stop following him."""
    customer = customer_of(request, customer_id)
    flagged = request.POST.get("flagged") == "1"
    author = Author.of(request.user)
    followup.set_flag(customer, flagged=flagged, author=author, now=timezone.now())
    messages.success(request, _("Client suivi.") if flagged else _("Client retiré du suivi."))
    return leave(request, customer)


def _page(request: CompanyRequest, customer: Customer) -> CustomerPage:
    currencies = Account(customer, request.today).currencies()
    spec = account_spec(currencies, selectable=request.can("promise.record"))
    # Also where the page answers a form: its links lead to the page itself.
    state = replace(ListState.read(spec, request), path=request.url("customer", customer.pk))
    return CustomerPage(request.scope, customer, request.today, state)
