"""Texts as a file: from one company to another."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from encaisse.collection.operations.configuration import ConfigurationRefused
from encaisse.collection.operations.templates import (
    TakenText,
    take_templates,
    templates_document,
    templates_in,
)
from encaisse.collection.queries.templates import texts_of
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section

SECTION = "settings_templates"
_MOST_BYTES = 2 * 1024 * 1024


class FileForm(forms.Form):
    """The file that holds the texts, or what it held while one looks at the changes."""

    file = forms.FileField(
        label=gettext_lazy("Fichier de modèles (JSON)"),
        required=False,
        widget=forms.FileInput({"accept": ".json,application/json"}),
    )
    document = forms.CharField(required=False, widget=forms.HiddenInput, max_length=_MOST_BYTES)

    def clean(self) -> dict[str, Any]:
        """The document, read."""
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is not None and file.size > _MOST_BYTES:
            self.add_error("file", _("Ce fichier est trop grand pour des modèles."))
            return cleaned
        try:
            text = file.read().decode("utf-8-sig") if file else cleaned.get("document", "")
            cleaned["read"] = json.loads(text)
        except (ValueError, RecursionError):
            self.add_error("file", _("Choisissez un fichier JSON de modèles."))
        return cleaned


@require_safe
@member_can("company.configure")
def export(request: CompanyRequest) -> HttpResponse:
    """The chosen texts in all their languages, or all of them."""
    chosen = set(request.GET.getlist("code"))
    rows = [
        row
        for text in texts_of(request.company)
        if not chosen or text.first.code in chosen
        for row in text.rows
    ]
    body = json.dumps(templates_document(rows), ensure_ascii=False, indent=2) + "\n"
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    name = f"modeles-{request.company.slug}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def import_(request: CompanyRequest) -> HttpResponse:
    """Look at what a file would change, then take it over."""
    if request.method != "POST":
        return _page(request, FileForm())
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form)
    document = form.cleaned_data["read"]
    texts, problems = templates_in(request.company, document)
    if not texts and not problems:
        problems = [_("Ce fichier ne contient aucun modèle.")]
    if problems:
        return _page(request, form, problems=problems)
    if request.POST.get("do") == "take":
        return _take(request, document)
    return _page(
        request, FileForm(), texts=texts, document=json.dumps(document, ensure_ascii=False)
    )


def _take(request: CompanyRequest, document: Any) -> HttpResponse:
    try:
        changes = take_templates(request.company, document, author=Author.of(request.user))
    except ConfigurationRefused as refusal:
        return _page(request, FileForm(), problems=refusal.problems)
    count = changes.templates
    text = ngettext("%(count)d modèle repris.", "%(count)d modèles repris.", count)
    messages.success(request, text % {"count": count})
    return redirect(request.url(SECTION))


def _page(
    request: CompanyRequest,
    form: FileForm,
    *,
    problems: list[str] | None = None,
    texts: list[TakenText] | None = None,
    document: str = "",
) -> HttpResponse:
    lines = [_line(one) for one in texts or ()]
    context = {
        "form": form,
        "problems": problems or [],
        "texts": lines,
        "document": document,
        "changing": sum(one["is_changing"] for one in lines),
    }
    status = 422 if problems or form.errors else 200
    return render_section(
        request, SECTION, "configure/templates_import.html", context, status=status
    )


def _line(one: TakenText) -> dict[str, Any]:
    wanted = one.wanted
    return {
        "label": wanted["label"],
        "language": wanted["language"],
        "kind": MessageTemplate.Kind(wanted["kind"]).label,
        "medium": MessageTemplate.Medium(wanted["medium"]).label,
        "before": one.before,
        "after": wanted,
        "is_new": one.before is None,
        "is_changing": one.changes,
    }
