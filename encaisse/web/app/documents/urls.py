from django.urls import path

from encaisse.web.app.documents import pdf, views

_root = "importer/factures/"
_file = f"{_root}<int:file_id>/"
_entry = "clients/<int:customer_id>/pieces/<int:entry_id>/"

urlpatterns = [
    path(_root, views.invoices, name="invoices"),
    path(f"{_root}deposer/", views.upload, name="invoices_upload"),
    path(f"{_file}rattacher/", views.bind, name="invoice_bind"),
    path(f"{_file}abandonner/", views.discard, name="invoice_discard"),
    path(f"{_file}facture.pdf", pdf.leftover_pdf, name="invoice_leftover"),
    path(f"{_entry}facture.pdf", pdf.invoice_pdf, name="invoice_pdf"),
    path(f"{_entry}facture/detacher/", pdf.detach, name="invoice_detach"),
]
