"""« Configurer »: the scenarios as lines of time, the texts and how they read."""

from itertools import groupby
from typing import Literal, cast

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from encaisse.core.wording import told
from encaisse.insights.scenarios import scenario_pictures, templates_of
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.rendering import Rendered, TemplateRefused, render
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.sample import sample_data

# A mail carries its styles in itself, and nothing else of it may act.
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)


@require_GET
@member_can("company.configure")
def scenarios(request: CompanyRequest) -> HttpResponse:
    """Each scenario with its steps, media, triggers and texts."""
    context = {"pictures": scenario_pictures(request.company)}
    return render_section(request, "settings_scenarios", "configure/scenarios.html", context)


@require_GET
@member_can("company.configure")
def templates(request: CompanyRequest) -> HttpResponse:
    """The texts by kind of message."""
    found = templates_of(request.company)
    groups = [
        (kind, list(texts)) for kind, texts in groupby(found, lambda one: one.get_kind_display())
    ]
    return render_section(
        request, "settings_templates", "configure/templates.html", {"groups": groups}
    )


@require_GET
@member_can("company.configure")
def template(request: CompanyRequest, template_id: int) -> HttpResponse:
    """A text as its customer would read it, and as it is written."""
    text = get_object_or_404(templates_of(request.company), pk=template_id)
    refused, subject = "", ""
    try:
        subject = _rendered(request, text).subject
    except TemplateRefused as refusal:
        refused = told(refusal, _)
    context = {"text": text, "subject": subject, "refused": refused}
    return render_section(request, "settings_templates", "configure/template.html", context)


@require_GET
@member_can("company.configure")
def template_body(request: CompanyRequest, template_id: int) -> HttpResponse:
    """The content of a text alone, as a frame of the page above shows it."""
    text = get_object_or_404(templates_of(request.company), pk=template_id)
    try:
        html = _rendered(request, text).html
    except TemplateRefused as refusal:
        html = escape(told(refusal, _))
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _CONTENT_POLICY
    return response


def _rendered(request: CompanyRequest, text: MessageTemplate) -> Rendered:
    data = sample_data(
        request.company,
        user=request.user,
        language=cast(Literal["fr", "en"], text.language),
        kind=text.kind,
        today=request.today,
    )
    return render(text.subject, text.body, data)
