"""Planned exports: the file of a list by mail, as its owner sees it on that day."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from encaisse.insights import scheduled_exports
from encaisse.insights.models import ScheduledExport
from encaisse.insights.operations.saved_views import ViewRefused
from encaisse.insights.operations.scheduled_exports import (
    ExportRefused,
    RecipientsRefused,
    change_export,
    delete_export,
    pause_export,
    resume_export,
    schedule_export,
    start_export,
)
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.saved_views.dialogs import asked_query, leave, list_url, show, with_query
from encaisse.web.app.saved_views.forms import ExportForm
from encaisse.web.app.saved_views.pages import export_lines, screen_label


@require_safe
@member_can("ledger.export")
def exports(request: CompanyRequest) -> HttpResponse:
    """One's planned exports; those of everyone for who configures the company."""
    lines = export_lines(request, now=timezone.now())
    return render(request, "saved_views/exports.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("ledger.export")
def schedule(request: CompanyRequest, screen: str) -> HttpResponse:
    """Ask for the file of a list at regular times."""
    url, query = list_url(request, screen), asked_query(request)
    initial = {"name": screen_label(screen), "recipients": request.user.email}
    form = ExportForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            schedule_export(
                request.membership,
                form.wish,
                screen=screen,
                query=query,
                author=Author.of(request.user),
                now=timezone.now(),
            )
        except (ExportRefused, ViewRefused) as refusal:
            form.add_error(_field_of(refusal), str(refusal))
        else:
            messages.success(request, _("Export planifié."))
            return leave(request, request.url("scheduled_exports"))
    title, back = _("Recevoir ce fichier par e-mail"), with_query(url, query)
    return show(request, "export", form, {"title": title, "submit": _("Planifier"), "back": back})


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("ledger.export")
def edit(request: CompanyRequest, export_id: int) -> HttpResponse:
    """Another name, format, rhythm or other recipients."""
    export = _export(request, export_id)
    form = ExportForm.of(export, request.POST or None)
    back = request.url("scheduled_exports")
    if form.is_valid():
        author = Author.of(request.user)
        try:
            change_export(export, form.wish, author=author, now=timezone.now())
        except ExportRefused as refusal:
            form.add_error(_field_of(refusal), str(refusal))
        else:
            messages.success(request, _("Export planifié modifié."))
            return leave(request, back)
    context = {
        "title": _("Modifier l’export planifié"),
        "submit": _("Enregistrer"),
        "back": back,
        "delete_url": request.url("export_delete", export.pk),
    }
    return show(request, "export", form, context)


@require_POST
@member_can("ledger.export")
def pause(request: CompanyRequest, export_id: int) -> HttpResponse:
    """Hold it back, or let it go again."""
    export, author = _export(request, export_id), Author.of(request.user)
    if export.is_active:
        pause_export(export, author=author)
        messages.success(request, _("« %(name)s » est en pause.") % {"name": export.name})
    else:
        resume_export(export, author=author, now=timezone.now())
        messages.success(request, _("« %(name)s » reprend.") % {"name": export.name})
    return redirect(request.url("scheduled_exports"))


@require_POST
@member_can("ledger.export")
def delete(request: CompanyRequest, export_id: int) -> HttpResponse:
    """Forget it."""
    export = _export(request, export_id)
    delete_export(export, author=Author.of(request.user))
    messages.success(request, _("« %(name)s » ne partira plus.") % {"name": export.name})
    return leave(request, request.url("scheduled_exports"))


@require_POST
@member_can("ledger.export")
def send_now(request: CompanyRequest, export_id: int) -> HttpResponse:
    """Send the file once more, besides the regular ones."""
    export = _export(request, export_id)
    start_export(export, actor=request.user)
    messages.success(request, _("« %(name)s » part dans un instant.") % {"name": export.name})
    return redirect(request.url("scheduled_exports"))


def _export(request: CompanyRequest, export_id: int) -> ScheduledExport:
    try:
        return scheduled_exports.get_export(request.membership, export_id)
    except ScheduledExport.DoesNotExist:
        raise Http404 from None


def _field_of(refusal: Exception) -> str | None:
    return "recipients" if isinstance(refusal, RecipientsRefused) else None
