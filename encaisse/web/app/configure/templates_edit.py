"""Writing, copying, restoring and deleting the texts of messages."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from encaisse.collection.operations.templates import (
    TemplateInUse,
    TemplateMoved,
    change_template,
    create_template,
    delete_template,
    reset_template,
    restore_version,
)
from encaisse.collection.queries.templates import text_of, texts_of, versions_of
from encaisse.core.wording import told
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.rules.templates import TemplateRefused
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.templates_form import (
    TemplateForm,
    fresh_form,
    settled_kind,
    typed_form,
)
from encaisse.web.app.configure.templates_page import TemplatePage
from encaisse.web.app.configure.text_versions import text_versions

SECTION = "settings_templates"


@require_safe
@member_can("company.configure")
def templates(request: CompanyRequest) -> HttpResponse:
    """The texts by kind of message, with who uses each."""
    groups: dict[str, list[Any]] = {}
    for text in texts_of(request.company):
        groups.setdefault(text.first.get_kind_display(), []).append(text)
    return render_section(
        request, SECTION, "configure/templates.html", {"groups": list(groups.items())}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def edit(request: CompanyRequest, template_id: int) -> HttpResponse:
    """One text in one language."""
    template = template_of(request, template_id)
    page = TemplatePage(request.company, TemplateForm(), template)
    is_used = bool(page.uses)
    if request.method != "POST":
        return _page(request, fresh_form(template, is_used=is_used), template=template)
    form = typed_form(request.POST, template, is_used=is_used)
    if form.is_valid() and _changed(request, template, form):
        return redirect(request.url("settings_template_edit", template.pk))
    return _page(request, form, template=template)


def _changed(request: CompanyRequest, template: MessageTemplate, form: TemplateForm) -> bool:
    """Write the text; False, said on the form, when it cannot be."""
    seen = form.cleaned_data["seen"] or template.version
    try:
        is_changed = change_template(template, form.text, kind=form.what, seen=seen, **_by(request))
    except (TemplateRefused, TemplateInUse, TemplateMoved) as refusal:
        form.add_error(None, told(refusal, _))
        return False
    if is_changed:
        messages.success(request, _("Modèle enregistré. Vos prochains messages le suivent."))
    else:
        messages.success(request, _("Rien n’avait changé."))
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def new(request: CompanyRequest) -> HttpResponse:
    """A new text, from nothing, from another (`depuis`), or in another language (`langue`)."""
    asked = request.GET.get("depuis", "")
    source = template_of(request, int(asked)) if asked.isdecimal() else None
    language = request.GET.get("langue", "")
    is_translation = source is not None and language in ("fr", "en") and language != source.language
    if request.method != "POST":
        form = TemplateForm(initial=_start(request, source, language if is_translation else ""))
        return _page(request, settled_kind(form, is_used=is_translation), source=source)
    form = typed_form(request.POST, source if is_translation else None, is_used=is_translation)
    if form.is_valid() and (made := _created(request, form, source if is_translation else None)):
        messages.success(request, _("Modèle créé."))
        return redirect(request.url("settings_template_edit", made.pk))
    return _page(request, form, source=source)


def _start(
    request: CompanyRequest, source: MessageTemplate | None, language: str
) -> dict[str, Any]:
    if source is None:
        return {"kind": "reminder", "medium": "email", "language": request.company.language}
    names = ("kind", "medium", "subject", "body")
    label = source.label if language else _("%(name)s (copie)") % {"name": source.label}
    start = {name: getattr(source, name) for name in names}
    return {**start, "label": label[:120], "language": language or source.language}


def _created(
    request: CompanyRequest, form: TemplateForm, source: MessageTemplate | None
) -> MessageTemplate | None:
    try:
        return create_template(
            request.company,
            form.text,
            kind=form.what,
            language=form.written_in,
            code=source.code if source else "",
            **_by(request),
        )
    except TemplateRefused as refusal:
        form.add_error(None, told(refusal, _))
        return None


@require_safe
@member_can("company.configure")
def versions(request: CompanyRequest, template_id: int) -> HttpResponse:
    """What a text was, version by version."""
    template = template_of(request, template_id)
    context = {"template": template, "versions": text_versions(versions_of(template))}
    return render_section(request, SECTION, "configure/template_versions.html", context)


@require_POST
@member_can("company.configure")
def restore(request: CompanyRequest, template_id: int, number: int) -> HttpResponse:
    """Give a text what it said in a version."""
    template = template_of(request, template_id)
    version = next((one for one in versions_of(template) if one.number == number), None)
    if version is None:
        raise Http404
    try:
        restore_version(version, **_by(request))
    except TemplateRefused as refusal:
        messages.error(request, told(refusal, _))
    else:
        messages.success(
            request, _("Le texte de la version %(number)d est repris.") % {"number": number}
        )
    return redirect(request.url("settings_template_edit", template.pk))


@require_POST
@member_can("company.configure")
def reset(request: CompanyRequest, template_id: int) -> HttpResponse:
    """Give a text what the product proposes."""
    template = template_of(request, template_id)
    try:
        reset_template(template, **_by(request))
    except TemplateRefused as refusal:
        messages.error(request, told(refusal, _))
    else:
        messages.success(request, _("Le texte d’origine est repris."))
    return redirect(request.url("settings_template_edit", template.pk))


@require_POST
@member_can("company.configure")
def delete(request: CompanyRequest, template_id: int) -> HttpResponse:
    """Remove a text that nothing uses."""
    template = template_of(request, template_id)
    try:
        delete_template(template, **_by(request))
    except TemplateInUse as refusal:
        messages.error(request, str(refusal))
        return redirect(request.url("settings_template_edit", template.pk))
    messages.success(request, _("%(name)s : modèle supprimé.") % {"name": template.label})
    return redirect(request.url(SECTION))


def template_of(request: CompanyRequest, template_id: int) -> MessageTemplate:
    """A text of the company. Raises Http404."""
    found = text_of(request.company, template_id)
    if found is None:
        raise Http404
    return found


def _by(request: CompanyRequest) -> dict[str, Any]:
    return {"author": Author.of(request.user), "now": timezone.now()}


def _page(
    request: CompanyRequest,
    form: TemplateForm,
    *,
    template: MessageTemplate | None = None,
    source: MessageTemplate | None = None,
) -> HttpResponse:
    page = TemplatePage(request.company, form, template, source)
    status = 422 if form.errors else 200
    context = {"page": page, "form": form}
    return render_section(request, SECTION, "configure/template.html", context, status=status)
