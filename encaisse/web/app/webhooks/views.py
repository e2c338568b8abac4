"""« Configurer », Webhooks: the programs that are told what happens, and their secrets."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import WebhookEndpoint
from encaisse.tenancy.webhooks.endpoints import (
    EndpointRefused,
    add_endpoint,
    change_endpoint,
    remove_endpoint,
    renew_secret,
)
from encaisse.tenancy.webhooks.queries import endpoints_of
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.webhooks.doors import endpoint_of
from encaisse.web.app.webhooks.forms import EndpointForm

SECTION = "settings_webhooks"


@require_safe
@member_can("company.configure")
def webhooks(request: CompanyRequest) -> HttpResponse:
    """The addresses of the company."""
    context = {"endpoints": endpoints_of(request.company)}
    return render_section(request, SECTION, "webhooks/webhooks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def add(request: CompanyRequest) -> HttpResponse:
    """Another address; its secret is shown once it is there."""
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            endpoint, secret = add_endpoint(
                request.company,
                url=given["url"],
                kinds=given["kinds"],
                label=given["label"],
                author=Author.of(request.user),
                now=timezone.now(),
            )
        except EndpointRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _show_secret(request, endpoint, secret)
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def edit(request: CompanyRequest, endpoint_id: int) -> HttpResponse:
    """Change an address, or turn it off and on."""
    endpoint = endpoint_of(request, endpoint_id)
    form = EndpointForm.of(endpoint, request.POST or None)
    if form.is_valid():
        author = Author.of(request.user)
        try:
            change_endpoint(endpoint, author=author, now=timezone.now(), **form.cleaned_data)
        except EndpointRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Webhook enregistré."))
            return redirect(request.url("settings_webhook", endpoint.pk))
    return _form_page(request, form, endpoint)


@require_POST
@member_can("company.configure")
def secret(request: CompanyRequest, endpoint_id: int) -> HttpResponse:
    """Another secret for an address, shown once."""
    endpoint = endpoint_of(request, endpoint_id)
    made = renew_secret(endpoint, author=Author.of(request.user), now=timezone.now())
    return _show_secret(request, endpoint, made)


@require_POST
@member_can("company.configure")
def remove(request: CompanyRequest, endpoint_id: int) -> HttpResponse:
    """Forget an address."""
    endpoint = endpoint_of(request, endpoint_id)
    remove_endpoint(endpoint, author=Author.of(request.user), now=timezone.now())
    messages.success(request, _("Webhook supprimé."))
    return redirect(request.url(SECTION))


def _form_page(
    request: CompanyRequest, form: EndpointForm, endpoint: WebhookEndpoint | None
) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "endpoint": endpoint}
    return render_section(request, SECTION, "webhooks/form.html", context, status=status)


def _show_secret(request: CompanyRequest, endpoint: WebhookEndpoint, made: str) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": made}
    response = render_section(request, SECTION, "webhooks/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response
