"""« Configurer »: the company, how its messages leave, its rules."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from encaisse.collection.operations.trial_mail import TrialRefused, send_trial_mail
from encaisse.collection.queries.customer_links import is_reachable
from encaisse.tenancy.journal import Author
from encaisse.tenancy.operations import SECRETS, configure_company
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.forms import CompanyForm, IdentityForm, RulesForm, SenderForm
from encaisse.web.app.configure.mailbox_form import MailboxForm
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.service import EventsPanel
from encaisse.web.app.founding.terms import terms_example
from encaisse.web.app.start.pages import start_card


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def identity(request: CompanyRequest) -> HttpResponse:
    """Legal identity, address, bank account."""
    form = IdentityForm.of(request.company, request.POST or None)
    if form.is_valid():
        return _save(request, form, "settings")
    return _form(request, "settings", "configure/identity.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def sender(request: CompanyRequest) -> HttpResponse:
    """Who writes and through which server; `do=test` also sends a message to oneself."""
    form = SenderForm.of(request.company, request.POST or None)
    trial = refused = ""
    if form.is_valid():
        _configure(request, form)
        if request.POST.get("do") != "test":
            messages.success(request, _("Réglages enregistrés."))
            return redirect(request.url("settings_sender"))
        try:
            trial = send_trial_mail(request.company, to=request.user, now=timezone.now())
        except TrialRefused as refusal:
            refused = str(refusal)
        form = SenderForm.of(request.company)
    context = sender_context(request, form) | {"trial": trial, "refused": refused}
    status = 422 if form.errors or refused else 200
    page = "configure/sender.html"
    return render_section(request, "settings_sender", page, context, status=status)


def sender_context(request: CompanyRequest, form: CompanyForm) -> dict[str, Any]:
    """What the sender's page shows beside the outcome of what was just tried."""
    company = request.company
    return {
        "form": form,
        "start": start_card(request),
        "has_password": bool(company.smtp_password_sealed),
        "has_service_key": bool(company.service_key_sealed),
        "has_service_signing": bool(company.service_signing_sealed),
        "events": EventsPanel.of(company),
        "mailbox": MailboxForm.of(company),
        "has_mailbox_password": bool(company.imap_password_sealed),
        "is_reachable": is_reachable(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def rules(request: CompanyRequest) -> HttpResponse:
    """Time zone, fiscal year, payment terms, hours, freshness."""
    form = RulesForm.of(request.company, request.POST or None)
    if form.is_valid():
        return _save(request, form, "settings_rules")
    return _form(request, "settings_rules", "configure/rules.html", form)


def _configure(request: CompanyRequest, form: CompanyForm) -> None:
    fields = {
        # A secret that is left empty stays as it is.
        name: value or None if name in SECRETS else value
        for name, value in form.cleaned_data.items()
    }
    configure_company(request.company, author=Author.of(request.user), **fields)


def _save(request: CompanyRequest, form: CompanyForm, name: str) -> HttpResponse:
    _configure(request, form)
    messages.success(request, _("Réglages enregistrés."))
    return redirect(request.url(name))


def _form(request: CompanyRequest, name: str, template: str, form: CompanyForm) -> HttpResponse:
    terms = form["default_payment_terms"].value() if "default_payment_terms" in form.fields else ""
    context = {"form": form, "terms_example": terms_example(str(terms or ""), today=request.today)}
    return render_section(request, name, template, context, status=422 if form.errors else 200)
