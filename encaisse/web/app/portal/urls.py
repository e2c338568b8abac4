"""What customers open from a message, without an account: the address itself is the key."""

from django.urls import path

from encaisse.collection.queries.customer_links import INVOICES_PATH, PAGE_PATH
from encaisse.web.app.portal import views

_page = f"{PAGE_PATH}<str:token>"
_invoices = f"{INVOICES_PATH}<str:token>"

urlpatterns = [
    path(_page, views.account, name="portal"),
    path(f"{_page}/releve.pdf", views.statement, name="portal_statement"),
    path(f"{_page}/<int:entry_id>.pdf", views.account_invoice, name="portal_invoice"),
    path(_invoices, views.invoices, name="portal_invoices"),
    path(f"{_invoices}/<int:entry_id>.pdf", views.message_invoice, name="portal_message_invoice"),
    path(f"{_invoices}/factures.zip", views.invoices_zip, name="portal_zip"),
]
