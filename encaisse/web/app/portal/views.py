"""A customer's own page and the invoices of a message, for whoever has the address."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

from encaisse.collection.queries.customer_links import LinkGone, open_invoices, open_page
from encaisse.collection.queries.customer_page import (
    customer_account,
    file_of_account,
    message_invoices,
)
from encaisse.collection.queries.statement import statement_pdf
from encaisse.ledger.models import Customer
from encaisse.ledger.queries.invoice_files import full_path
from encaisse.messaging.letters.press import LetterRefused
from encaisse.messaging.rules.content import Language, customer_language
from encaisse.web.app.documents.access import shown
from encaisse.web.app.portal.doors import by_address
from encaisse.web.app.portal.pages import AccountPage, InvoicesPage
from encaisse.web.exports import file_word
from encaisse.web.zipped import zip_response

# What files are called, in the customer's language.
_STATEMENT = {"fr": "releve", "en": "statement"}
_INVOICES = {"fr": "factures", "en": "invoices"}


@by_address()
def account(request: HttpRequest, token: str) -> HttpResponse:
    """What is open today, and where to pay it."""
    customer, today = _customer(token)
    page = AccountPage(token, customer_account(customer, on=today))
    return _said(request, "portal/account.html", page, page.account.language)


@by_address(cost=5)
def statement(request: HttpRequest, token: str) -> HttpResponse:
    """The statement of account as a PDF."""
    customer, today = _customer(token)
    try:
        pdf = statement_pdf(customer, on=today)
    except LetterRefused:
        return render(request, "portal/busy.html", status=503)
    response = HttpResponse(pdf, content_type="application/pdf")
    word = _STATEMENT[customer_language(customer.language)]
    name = f"{word}-{file_word(customer.account_code)}-{today:%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@by_address()
def account_invoice(request: HttpRequest, token: str, entry_id: int) -> HttpResponseBase:
    """The PDF of one of the customer's documents."""
    customer, today = _customer(token)
    file = file_of_account(customer, entry_id, on=today)
    if file is None:
        raise LinkGone
    return shown(file)


@by_address()
def invoices(request: HttpRequest, token: str) -> HttpResponse:
    """The documents of a message."""
    found = message_invoices(open_invoices(token, now=timezone.now()))
    return _said(request, "portal/invoices.html", InvoicesPage(token, found), found.language)


@by_address()
def message_invoice(request: HttpRequest, token: str, entry_id: int) -> HttpResponseBase:
    """The PDF of one of them."""
    found = message_invoices(open_invoices(token, now=timezone.now()))
    file = next((one.file for one in found.documents if one.entry.pk == entry_id), None)
    if file is None:
        raise LinkGone
    return shown(file)


@by_address(cost=5)
def invoices_zip(request: HttpRequest, token: str) -> HttpResponseBase:
    """All of them, in one archive."""
    found = message_invoices(open_invoices(token, now=timezone.now()))
    if not found.documents:
        raise LinkGone
    code = file_word(found.reminder.customer.account_code)
    files = [(one.file.name, full_path(one.file)) for one in found.documents]
    return zip_response(files, name=f"{_INVOICES[found.language]}-{code}.zip")


def _said(request: HttpRequest, template: str, page: object, language: Language) -> HttpResponse:
    """A page in the customer's language, whoever looks at it."""
    with translation.override(language):
        response = render(request, template, {"page": page})
    response["Content-Language"] = language
    return response


def _customer(token: str) -> tuple[Customer, date]:
    """Whose page it is, and his company's day. Raises LinkGone."""
    now = timezone.now()
    customer = open_page(token, now=now)
    return customer, customer.company.local_day(now)
