"""Writing to one customer: the form, its preview, its texts, and what is done once it is sent."""

from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.models import Reminder
from encaisse.collection.operations.attachments import detach, is_token, was_sent
from encaisse.messaging.queries.logo import as_shown_here
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.doors import customer_of
from encaisse.web.app.plan.preview_views import MESSAGE_POLICY
from encaisse.web.app.write.files import join
from encaisse.web.app.write.pages import WritePage
from encaisse.web.app.write.previewing import shown
from encaisse.web.app.write.sending import call_form, note, send
from encaisse.web.app.write.ways import way_of
from encaisse.web.app.write.writing import Writing


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_can("reminder.send")
def write(request: CompanyRequest, customer_id: int, way: str) -> HttpResponseBase:
    """One of the forms; sent, it leads back to the customer's page."""
    writing = _writing(request, customer_id, way)
    if request.method != "POST":
        form = writing.fresh()
        return _page(request, WritePage(writing, form, call_form(writing)))
    if changed := _changed_without_script(request, writing):
        return changed
    return _note(request, writing) if writing.way.is_spoken else _send(request, writing)


def _writing(request: CompanyRequest, customer_id: int, way: str) -> Writing:
    typed = request.POST if request.method == "POST" else None
    return Writing(request, customer_of(request, customer_id), way_of(way), typed)


def _page(request: CompanyRequest, page: WritePage, *, status: int = 200) -> HttpResponse:
    context = {"page": page, "form": page.form, "customer": page.customer}
    return render(request, "write/page.html", context, status=status)


def _changed_without_script(request: CompanyRequest, writing: Writing) -> HttpResponse | None:
    """What a button other than the last one asked for: the page again, all the rest kept."""
    token = request.POST.get("token", "")
    is_open = is_token(token) and not was_sent(request.company, token)
    refused = join(request.company, token, request.FILES) if is_open else []
    if "charger" in request.POST:
        call = call_form(writing, keeping=request.POST)
        return _page(request, WritePage(writing, writing.restarted(), call))
    if (name := request.POST.get("retirer")) and is_token(token):
        detach(request.company, token, name)
    elif email := request.POST.get("ajouter"):
        form = writing.redrawn()
        form.initial["recipients"] = f"{form.initial.get('recipients', '')}\n{email}"
        return _page(request, WritePage(writing, form))
    elif "joindre" not in request.POST and not refused:
        return None
    for name, why in refused:
        messages.error(request, f"{name} – {why}")
    return _page(request, WritePage(writing, writing.redrawn()))


def _send(request: CompanyRequest, writing: Writing) -> HttpResponseBase:
    form = writing.filled()
    reminder = send(writing, form)
    if reminder is None:
        return _page(request, WritePage(writing, form), status=422)
    _tell(request, reminder)
    return redirect(request.url("customer", writing.customer.pk))


def _tell(request: CompanyRequest, reminder: Reminder) -> None:
    """What happens now, and how to take it back."""
    undo = request.url("reminder_cancel", reminder.pk)
    seconds = settings.UNDO_SECONDS
    if reminder.medium != "email":
        words = _(
            'Le courrier s’imprime : il attend dans « <a href="{url}">Courriers à poster</a> ».'
        )
        text: str = format_html(words, url=request.url("plan_letters"))
    elif seconds:
        text = _("Votre e-mail part dans %(seconds)d s.") % {"seconds": seconds}
    else:
        text = _("Votre e-mail part.")
    messages.success(request, text, extra_tags=undo)


def _note(request: CompanyRequest, writing: Writing) -> HttpResponseBase:
    form, call = writing.filled(), call_form(writing, request.POST)
    if not note(writing, form, call):
        return _page(request, WritePage(writing, form, call), status=422)
    messages.success(request, _("C’est noté."))
    return redirect(request.url("customer", writing.customer.pk))


# -- while it is being written -----------------------------------------------------------------


@require_POST
@never_cache
@member_can("reminder.send")
def preview(request: CompanyRequest, customer_id: int, way: str) -> HttpResponse:
    """To whom, about what and how much; the pages of a letter; or why it could not leave."""
    writing = _writing(request, customer_id, way)
    form = writing.filled()
    context = {
        "page": WritePage(writing, form),
        "shown": None if writing.way.is_spoken else shown(writing, form),
        "customer": writing.customer,
    }
    return render(request, "write/_preview.html", context)


@require_POST
@never_cache
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("reminder.send")
def content(request: CompanyRequest, customer_id: int, way: str) -> HttpResponse:
    """The message alone, for a frame that can do nothing."""
    writing = _writing(request, customer_id, way)
    found = None if writing.way.is_spoken else shown(writing, writing.filled())
    preview = found.preview if found else None
    if preview is None or preview.composed is None:
        error = preview.error if preview else _("Donnez un objet et un texte au message.")
        return render(request, "write/refused.html", {"error": error})
    if preview.is_letter:
        return render(request, "write/letter.html", {"pages": preview.pages})
    return HttpResponse(as_shown_here(preview.composed.rendered.html, request.company))


@require_POST
@never_cache
@member_can("reminder.send")
def change_text(request: CompanyRequest, customer_id: int, way: str) -> HttpResponse:
    """Another kind or another text was chosen: the part of the form that follows from it."""
    writing = _writing(request, customer_id, way)
    form = writing.restarted()
    context = {
        "page": WritePage(writing, form),
        "form": form,
        "customer": writing.customer,
    }
    response = render(request, "write/_about.html", context)
    response["HX-Trigger-After-Settle"] = "text-changed"
    return response
