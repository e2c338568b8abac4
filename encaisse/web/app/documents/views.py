"""Dropping the PDF files of invoices, and binding those that were not recognised."""

from typing import cast

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from encaisse.connectors.invoices.receiving import receive_invoices
from encaisse.ledger.operations.invoice_files import (
    InvoiceFileRefused,
    bind_invoice_file,
    discard_leftover,
)
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.documents.pages import (
    InvoicesPage,
    Leftover,
    drop_context,
    invoices_page,
    leftover_of,
)
from encaisse.web.app.imports.upload import is_too_large, too_large
from encaisse.web.lists import render_list


@require_safe
@member_can("ledger.import")
def invoices(request: CompanyRequest) -> HttpResponse:
    """What is known, what the last drop gave, and what waits."""
    return _page(request, invoices_page(request))


def _page(request: CompanyRequest, page: InvoicesPage, *, status: int = 200) -> HttpResponse:
    context = {"page": page, **drop_context()}
    response = render_list(request, "documents/page.html", context, listing=page.listing)
    response.status_code = status
    return response


# The token is checked in `_receive`: checking it here would read the whole body first.
@csrf_exempt
@require_POST
@member_can("ledger.import")
def upload(request: CompanyRequest) -> HttpResponseBase:
    """Keep the files and file them in the background, or say why they are refused."""
    return _refuse(request, too_large()) if is_too_large(request) else _receive(request)


@csrf_protect
def _receive(given: HttpRequest) -> HttpResponse:
    request = cast(CompanyRequest, given)
    files = [
        file for file in request.FILES.getlist("file") if isinstance(file, TemporaryUploadedFile)
    ]
    if not files:
        return _refuse(request, _("Choisissez d’abord un fichier."))
    receive_invoices(request.company, files, actor=request.user)
    url = request.url("invoices")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _refuse(request: CompanyRequest, reason: str) -> HttpResponse:
    if request.htmx:
        context = {"refusal": reason, **drop_context()}
        return render(request, "documents/_drop.html", context, status=422)
    messages.error(request, reason)
    return _page(request, invoices_page(request), status=422)


@require_POST
@member_can("ledger.import")
def bind(request: CompanyRequest, file_id: int) -> HttpResponse:
    """Say which document a file is."""
    file = leftover_of(request, file_id)
    number, code = request.POST.get("numero", ""), request.POST.get("client", "")
    author = Author.of(request.user)
    try:
        bind_invoice_file(file, number, customer_code=code, author=author, now=timezone.now())
    except InvoiceFileRefused as refusal:
        refused = Leftover(file, number, code, str(refusal))
        return _page(request, invoices_page(request, refused=refused), status=422)
    told = {"name": file.name, "number": number.strip()}
    messages.success(request, _("%(name)s est rattaché à %(number)s.") % told)
    return redirect(request.url("invoices"))


@require_POST
@member_can("ledger.import")
def discard(request: CompanyRequest, file_id: int) -> HttpResponse:
    """Drop a file that is no invoice of ours."""
    file = leftover_of(request, file_id)
    discard_leftover(file, author=Author.of(request.user), now=timezone.now())
    messages.success(request, _("%(name)s abandonné.") % {"name": file.name})
    return redirect(request.url("invoices"))
