"""« Importer »: give a file, say what it holds, see what it would change, import it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from encaisse.connectors import drafts
from encaisse.connectors.refusal import FileRefused
from encaisse.core.wording import told
from encaisse.ledger.models import ImportFile
from encaisse.ledger.rules.terms import TermsError, parse_terms
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.imports.pages import DraftPage, draft_page, imports_context
from encaisse.web.app.start.pages import start_card
from encaisse.web.exports import export_response
from encaisse.web.lists import render_list


@require_safe
@member_can("ledger.import")
def imports(request: CompanyRequest) -> HttpResponse:
    """The drop zone, the files that wait, and what was imported before."""
    context = imports_context(request)
    return render_list(request, "imports/page.html", context, listing=context["list"])


@require_safe
@never_cache
@member_can("ledger.import")
def import_file(request: CompanyRequest, file_id: int) -> HttpResponse:
    """A file at the stage where it is; the page can be left and found again."""
    page = draft_page(request, _draft(request, file_id), to_setup="reglages" in request.GET)
    return _show(request, page)


@require_POST
@member_can("ledger.import")
def change_format(request: CompanyRequest, file_id: int) -> HttpResponse:
    """The user says what the file holds."""
    draft = _idle(request, file_id)
    try:
        drafts.choose_format(_file(draft), request.POST.get("format", ""))
    except FileRefused as refusal:
        page = draft_page(request, draft, refusal=told(refusal, _), to_setup=True)
        return _show(request, page, status=422)
    return redirect(f"{request.url('import_file', file_id)}?reglages")


@require_POST
@member_can("ledger.import")
def read_file(request: CompanyRequest, file_id: int) -> HttpResponse:
    """Take the settings of the reading and start it."""
    draft = _idle(request, file_id)
    file = _file(draft)
    try:
        _set_up(request, file)
        drafts.start_reading(file, actor=request.user)
    except (FileRefused, TermsError, drafts.DraftRefused) as refusal:
        page = draft_page(request, draft, refusal=told(refusal, _), to_setup=True)
        return _show(request, page, status=422)
    return redirect(request.url("import_file", file_id))


@require_safe
@never_cache
@member_can("ledger.import")
def progress(request: CompanyRequest, file_id: int) -> HttpResponse:
    """How far the reading or the import is; the page is shown anew once it has ended."""
    draft = _draft(request, file_id)
    if not draft.is_busy:
        return HttpResponseClientRefresh()
    page = draft_page(request, draft)
    return render(request, "imports/_busy.html", {"page": page})


@require_POST
@member_can("ledger.import")
def write_file(request: CompanyRequest, file_id: int) -> HttpResponse:
    """Import what was understood; a second click changes nothing."""
    draft = _draft(request, file_id)
    if draft.file is not None:
        try:
            drafts.start_writing(draft.file, actor=request.user)
        except drafts.DraftRefused as refusal:
            messages.error(request, str(refusal))
    return redirect(request.url("import_file", file_id))


@require_POST
@member_can("ledger.import")
def discard_file(request: CompanyRequest, file_id: int) -> HttpResponse:
    """Drop the file; nothing was written."""
    draft = _draft(request, file_id)
    if draft.file is not None:
        try:
            drafts.discard(draft.file)
        except drafts.DraftRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.url("import_file", file_id))
        messages.success(request, _dropped(draft.file))
    return redirect(request.url("import"))


@require_safe
@member_can("ledger.import")
def export_set_aside(request: CompanyRequest, file_id: int, kind: str) -> HttpResponseBase:
    """The lines left out, with their reasons, as a file."""
    page = draft_page(request, _draft(request, file_id))
    if page.understanding is None:
        raise Http404
    rows = ((line.line, line.reason) for line in page.understanding.set_aside)
    return export_response(kind, name="lignes-ecartees", titles=[_("Ligne"), _("Motif")], rows=rows)


def _draft(request: CompanyRequest, file_id: int) -> drafts.Draft:
    found = drafts.get_draft(request.company, file_id)
    if found is None:
        raise Http404
    return found


def _idle(request: CompanyRequest, file_id: int) -> drafts.Draft:
    """A file whose settings may change: it waits, and no job is on it."""
    draft = _draft(request, file_id)
    if draft.file is None or draft.is_busy:
        raise Http404
    return draft


def _file(draft: drafts.Draft) -> ImportFile:
    if draft.file is None:
        raise Http404
    return draft.file


def _set_up(request: CompanyRequest, file: ImportFile) -> None:
    if "terms" in request.POST:
        terms = request.POST["terms"].strip()
        drafts.choose_terms(file, str(parse_terms(terms)) if terms else "")
    if file.format != "fec":
        drafts.choose_mapping(file, _mapping(request, file))


def _mapping(request: CompanyRequest, file: ImportFile) -> dict[str, int | None]:
    """The columns chosen in the form, those that do not exist left out."""
    width = len(file.options.get("table", {}).get("headers", ()))
    chosen = {
        key.removeprefix("column_"): str(value)
        for key, value in request.POST.items()
        if key.startswith("column_")
    }
    return {
        name: int(value) if value.isdecimal() and int(value) < width else None
        for name, value in chosen.items()
    }


def _dropped(file: ImportFile) -> str:
    return _("%(name)s abandonné : rien n’a été importé.") % {"name": file.name}


def _show(request: CompanyRequest, page: DraftPage, *, status: int = 200) -> HttpResponse:
    return render(request, "imports/file.html", _context(request, page), status=status)


def _context(request: CompanyRequest, page: DraftPage) -> dict[str, Any]:
    return {"page": page, "list": page.set_aside, "start": start_card(request)}
