"""One address: what was told to it, trying it, and telling again."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from encaisse.tenancy.journal import Author
from encaisse.tenancy.webhooks.endpoints import (
    EndpointRefused,
    replay,
    replay_failed,
    try_endpoint,
)
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import SECTIONS, render_section
from encaisse.web.app.webhooks.doors import delivery_of, endpoint_of
from encaisse.web.app.webhooks.pages import endpoint_page
from encaisse.web.app.webhooks.words import LABELS
from encaisse.web.lists import render_list

_SECTION = "settings_webhooks"


@require_safe
@member_can("company.configure")
def endpoint(request: CompanyRequest, endpoint_id: int) -> HttpResponse:
    """An address, and what was told to it."""
    page = endpoint_page(request, endpoint_of(request, endpoint_id))
    context = {"page": page, "sections": SECTIONS, "section": _SECTION}
    return render_list(request, "webhooks/endpoint.html", context, listing=page.listing)


@require_safe
@member_can("company.configure")
def delivery(request: CompanyRequest, delivery_id: int) -> HttpResponse:
    """One delivery: what was sent, and what was answered."""
    shown = delivery_of(request, delivery_id)
    context = {
        "delivery": shown,
        "label": LABELS.get(shown.kind, shown.kind),
        "body": json.dumps(json.loads(shown.body), indent=2, ensure_ascii=False),
    }
    return render_section(request, _SECTION, "webhooks/delivery.html", context)


@require_POST
@member_can("company.configure")
def trial(request: CompanyRequest, endpoint_id: int) -> HttpResponse:
    """Send an event that means nothing, now, and say what was answered."""
    tried = endpoint_of(request, endpoint_id)
    attempt = try_endpoint(tried, author=Author.of(request.user), now=timezone.now())
    if attempt.error:
        messages.error(request, _("L’essai n’a pas abouti. %s") % attempt.error)
    else:
        messages.success(request, _("Essai remis : réponse %d.") % attempt.status)
    return redirect(request.url("settings_webhook", endpoint_id))


@require_POST
@member_can("company.configure")
def replay_one(request: CompanyRequest, delivery_id: int) -> HttpResponse:
    """Tell one event again."""
    shown = delivery_of(request, delivery_id)
    try:
        replay(shown, author=Author.of(request.user), now=timezone.now())
    except EndpointRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("L’événement repart dans quelques secondes."))
    return redirect(request.url("settings_webhook", shown.endpoint_id))


@require_POST
@member_can("company.configure")
def replay_all(request: CompanyRequest, endpoint_id: int) -> HttpResponse:
    """Tell again all that was given up."""
    asked = endpoint_of(request, endpoint_id)
    try:
        count = replay_failed(asked, author=Author.of(request.user), now=timezone.now())
    except EndpointRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("%(count)d événement repart.", "%(count)d événements repartent.", count)
        messages.success(request, said % {"count": count})
    return redirect(request.url("settings_webhook", endpoint_id))
