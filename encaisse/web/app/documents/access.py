"""The one door to the PDF of an invoice: through the customer that its reader may see."""

from django.http import FileResponse, Http404

from encaisse.collection.queries.entry_story import get_entry
from encaisse.ledger.models import InvoiceFile, LedgerEntry
from encaisse.ledger.queries.invoice_files import full_path, invoice_files
from encaisse.web.access import CompanyRequest
from encaisse.web.app.customers.doors import customer_of


def file_of(request: CompanyRequest, customer_id: int, entry_id: int) -> InvoiceFile:
    """The PDF of an entry in sight. Raises Http404."""
    customer = customer_of(request, customer_id)
    try:
        entry = get_entry(customer, entry_id)
    except LedgerEntry.DoesNotExist:
        raise Http404 from None
    file = invoice_files(request.company, [entry], customer=customer).get(entry.pk)
    if file is None:
        raise Http404
    return file


def shown(file: InvoiceFile) -> FileResponse:
    """The file, to be read in the browser and kept by nobody on the way. Raises Http404."""
    path = full_path(file)
    if not path.is_file():
        raise Http404
    response = FileResponse(
        path.open("rb"), filename=file.name, as_attachment=False, content_type="application/pdf"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
