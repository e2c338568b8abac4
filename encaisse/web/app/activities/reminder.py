"""One reminder: its exact content, its file, and what a person says of it."""

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import attachments_of
from encaisse.collection.operations.effects import (
    ReminderRefused,
    cancel_reminders,
    resolve_unknown,
)
from encaisse.collection.queries.reminders import get_reminder
from encaisse.collection.tasks import start_sending
from encaisse.messaging.queries.logo import as_shown_here
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.activities.pages import ReminderPage
from encaisse.web.app.customers.doors import found

# The message is shown as it was sent, with its own styles, and nothing else of it works: no
# script, no form, no image from elsewhere, no link to this site's pages.
_message_only = csp(
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "sandbox": [True],
    }
)


@require_safe
@member_can("activity.view")
def reminder(request: CompanyRequest, reminder_id: int) -> HttpResponse:
    """The page of a reminder."""
    page = ReminderPage(found(get_reminder, request, reminder_id))
    return render(request, "activities/reminder.html", {"page": page, "reminder": page.reminder})


@require_safe
@_message_only  # type: ignore[arg-type]  # typed for views without arguments
@member_can("activity.view")
def reminder_content(request: CompanyRequest, reminder_id: int) -> HttpResponse:
    """The content as it was sent, for a frame."""
    shown = found(get_reminder, request, reminder_id)
    if not shown.content_html:
        raise Http404
    return HttpResponse(as_shown_here(shown.content_html, request.company))


@require_safe
@member_can("activity.view")
def reminder_file(request: CompanyRequest, reminder_id: int) -> HttpResponseBase:
    """A letter's PDF."""
    letter = found(get_reminder, request, reminder_id)
    path = Path(settings.MEDIA_ROOT) / letter.file
    if not letter.file or not path.is_file():
        raise Http404
    name = f"courrier-{letter.customer.account_code}-{letter.day:%Y-%m-%d}.pdf"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


@require_safe
@member_can("activity.view")
def attachment(request: CompanyRequest, reminder_id: int, number: int) -> HttpResponseBase:
    """One of the files that went along, counted from 1."""
    shown = found(get_reminder, request, reminder_id)
    files = attachments_of(shown)
    if not 1 <= number <= len(files) or not files[number - 1].full.is_file():
        raise Http404
    file = files[number - 1]
    return FileResponse(file.full.open("rb"), as_attachment=True, filename=file.name)


@require_POST
@member_can("reminder.resolve")
def resolve_reminder(request: CompanyRequest, reminder_id: int) -> HttpResponse:
    """A person says whether a message of unknown outcome left."""
    shown = found(get_reminder, request, reminder_id)
    said = request.POST.get("parti")
    if said not in ("oui", "non"):
        return HttpResponseBadRequest()
    has_left, now = said == "oui", timezone.now()
    try:
        resolve_unknown(
            shown, has_left=has_left, on=request.today, now=now, author=Author.of(request.user)
        )
    except ReminderRefused as refusal:
        messages.info(request, str(refusal))
        return _back(request, shown)
    if has_left:
        messages.success(request, _("Noté : le message est parti."))
    else:
        start_sending(request.company, actor=request.user)
        messages.success(request, _("Le message est remis en file d’envoi."))
    return _back(request, shown)


@require_POST
@member_can("reminder.cancel")
def cancel_reminder(request: CompanyRequest, reminder_id: int) -> HttpResponse:
    """Take back a message that has not left."""
    shown = found(get_reminder, request, reminder_id)
    author = Author.of(request.user)
    if cancel_reminders(request.scope, [shown.pk], now=timezone.now(), author=author):
        messages.success(request, _("Message annulé : la relance sera de nouveau proposée."))
    else:
        messages.info(request, _("Trop tard : ce message est déjà parti ou annulé."))
    return _back(request, shown)


def _back(request: CompanyRequest, shown: Reminder) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect(request.url("reminder", shown.pk))
