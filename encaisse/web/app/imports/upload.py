"""A file that is dropped: refused before it is read when it is too large, else kept and opened."""

from typing import cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from encaisse.connectors.drafts import receive_file
from encaisse.connectors.refusal import FileRefused
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.imports.pages import imports_context

MEGABYTE = 1 << 20
# What a form adds around the file it carries.
_ENVELOPE = 64 * 1024


# The token is checked in `_receive`: checking it here would read the whole body first.
@csrf_exempt
@require_POST
@member_can("ledger.import")
def upload(request: CompanyRequest) -> HttpResponseBase:
    """Keep the file and lead to its page, or say beside the drop zone why it is refused."""
    if is_too_large(request):
        return _refuse(request, too_large())
    return _receive(request)


def is_too_large(request: HttpRequest) -> bool:
    """True when more is announced than is taken; nothing of it was read yet."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return not announced.isdecimal() or int(announced) > max_bytes() + _ENVELOPE


def too_large() -> str:
    """Why it is refused then."""
    return _(
        "Ce fichier dépasse %(limit)d Mo, la limite de cette installation. "
        "Découpez l’export, par exemple un exercice à la fois."
    ) % {"limit": settings.MAX_UPLOAD_MB}


def max_bytes() -> int:
    """The largest file taken."""
    return settings.MAX_UPLOAD_MB * MEGABYTE


@csrf_protect
def _receive(given: HttpRequest) -> HttpResponse:
    request = cast(CompanyRequest, given)
    uploaded = request.FILES.get("file")
    if not isinstance(uploaded, TemporaryUploadedFile):
        return _refuse(request, _("Choisissez d’abord un fichier."))
    try:
        file = receive_file(request.company, uploaded, actor=request.user, now=timezone.now())
    except FileRefused as refusal:
        return _refuse(request, str(refusal), uploaded.name or "")
    url = request.url("import_file", file.pk)
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _refuse(request: CompanyRequest, reason: str, name: str = "") -> HttpResponse:
    refused = {"refusal": reason, "refused_name": name}
    if request.htmx:
        return render(request, "imports/_drop.html", _drop(refused), status=422)
    context = {**imports_context(request), **_drop(refused)}
    return render(request, "imports/page.html", context, status=422)


def _drop(refused: dict[str, str]) -> dict[str, object]:
    return {**refused, "max_mb": settings.MAX_UPLOAD_MB, "max_bytes": max_bytes()}
