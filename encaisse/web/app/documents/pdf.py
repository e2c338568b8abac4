"""Reading the PDF of an invoice, and taking off one that is not its own."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from encaisse.ledger.operations.invoice_files import detach_invoice_file
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.documents.access import file_of, shown
from encaisse.web.app.documents.pages import leftover_of


@require_safe
@member_can("ledger.view")
def invoice_pdf(request: CompanyRequest, customer_id: int, entry_id: int) -> HttpResponseBase:
    """The PDF of an entry, in the browser."""
    return shown(file_of(request, customer_id, entry_id))


@require_safe
@member_can("ledger.import")
def leftover_pdf(request: CompanyRequest, file_id: int) -> HttpResponseBase:
    """A file whose document was not recognised, to see what it is."""
    return shown(leftover_of(request, file_id))


@require_POST
@member_can("ledger.import")
def detach(request: CompanyRequest, customer_id: int, entry_id: int) -> HttpResponse:
    """The PDF is not that entry's."""
    file = file_of(request, customer_id, entry_id)
    detach_invoice_file(file, author=Author.of(request.user), now=timezone.now())
    messages.success(
        request, _("%(name)s n’est plus rattaché à cette pièce.") % {"name": file.name}
    )
    return redirect(request.url("customer", customer_id))
