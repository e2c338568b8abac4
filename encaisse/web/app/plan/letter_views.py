"""Printed letters: download them in one file, then say that they were posted."""

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from encaisse.collection.models import Reminder
from encaisse.collection.operations.effects import cancel_reminders, mark_posted
from encaisse.collection.queries.orders import reminders_of, some_reminders
from encaisse.core.dates import DateError, parse_date
from encaisse.core.wording import told
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.plan.choice import Choice, state_fields
from encaisse.web.app.plan.letters import (
    chosen_letters,
    letter_files,
    letters_page,
    letters_spec,
    merged_letters,
)
from encaisse.web.app.plan.order_views import find_order
from encaisse.web.lists import ListState, render_list
from encaisse.web.zipped import zip_response

BAR = "plan-bar"
_IN_FILE = (Reminder.Status.PRINTED, Reminder.Status.POSTED)


@require_safe
@member_can("ledger.view")
def letters(request: CompanyRequest) -> HttpResponse:
    """The letters that were printed and wait to be posted."""
    choice = Choice.read(request.GET)
    state = replace(ListState.read(letters_spec(), request), kept=choice.pairs())
    if not request.htmx and {"vu", "tout"} & request.GET.keys():
        return HttpResponseRedirect(state.url())
    return _letters(request, state, choice)


def _letters(
    request: CompanyRequest, state: ListState, choice: Choice, *, error: str = ""
) -> HttpResponse:
    posted = request.GET.get("postes", "")
    withdrawn = [
        int(word) for word in request.GET.get("retirer", "").split(",") if word.isdecimal()
    ]
    page = letters_page(
        request.scope,
        state,
        choice=choice,
        on=request.today,
        posted=int(posted) if posted.isdecimal() else 0,
        withdrawn=withdrawn,
    )
    fields = state_fields(page.listing.state)
    context = {"page": page, "list": page.listing, "state_fields": fields, "error": error}
    if request.htmx.target == BAR:
        response = render(request, "plan/_letters_bar.html", context)
        response["HX-Replace-Url"] = page.listing.url
        return response
    answer = render_list(request, "plan/letters.html", context, listing=page.listing)
    answer.status_code = 422 if error else 200
    return answer


@require_safe
@never_cache
@member_can("ledger.view")
def merged(request: CompanyRequest) -> HttpResponseBase:
    """One PDF of the letters that are ticked."""
    return _file(request, *_ticked(request))


@require_safe
@never_cache
@member_can("ledger.view")
def order_letters(request: CompanyRequest, stamp: int) -> HttpResponseBase:
    """One PDF of the letters of an order."""
    return _file(request, *_of_order(request, stamp))


@require_safe
@never_cache
@member_can("ledger.view")
def zipped_letters(request: CompanyRequest) -> HttpResponseBase:
    """One file a letter, of those that are ticked."""
    return _archive(request, *_ticked(request))


@require_safe
@never_cache
@member_can("ledger.view")
def zipped_order(request: CompanyRequest, stamp: int) -> HttpResponseBase:
    """One file a letter, of an order."""
    return _archive(request, *_of_order(request, stamp))


def _ticked(request: CompanyRequest) -> tuple[list[int], str]:
    """The letters that are ticked, and what to call their file."""
    ids = chosen_letters(request.scope, Choice.read(request.GET))
    return ids, f"courriers-{request.today:%Y-%m-%d}"


def _of_order(request: CompanyRequest, stamp: int) -> tuple[list[int], str]:
    """The letters of an order, and what to call their file."""
    found = find_order(request, stamp)
    local = found.at.astimezone(request.company.zone)
    ids = reminders_of(request.scope, found.at, _IN_FILE)
    return ids, f"courriers-{local:%Y-%m-%d-%H%M}"


def _archive(request: CompanyRequest, ids: list[int], name: str) -> HttpResponseBase:
    found = {row.pk: row for row in some_reminders(request.scope, ids)}
    files = list(letter_files(found[letter_id] for letter_id in ids if letter_id in found))
    if not files:
        raise Http404
    return zip_response(files, name=f"{name}.zip")


def _file(request: CompanyRequest, ids: list[int], name: str) -> HttpResponseBase:
    file = merged_letters(request.scope, ids)
    if file is None:
        raise Http404
    return FileResponse(
        file, as_attachment=True, filename=f"{name}.pdf", content_type="application/pdf"
    )


@require_POST
@member_can("reminder.send")
def post_letters(request: CompanyRequest) -> HttpResponseBase:
    """The ticked letters were posted; says which to take out of the pile instead."""
    choice = Choice.read(request.POST)
    try:
        on = _posted_on(request)
    except DateError as refusal:
        state = ListState.read(letters_spec(), request, path=request.url("plan_letters"))
        state = replace(state, kept=choice.pairs())
        return _letters(request, state, choice, error=told(refusal, _))
    posted, withdrawn = mark_posted(
        request.scope,
        chosen_letters(request.scope, choice),
        on=on,
        now=timezone.now(),
        author=Author.of(request.user),
    )
    query = {"postes": str(posted), "retirer": ",".join(str(row.pk) for row in withdrawn)}
    return redirect(f"{request.url('plan_letters')}?{urlencode(query)}")


def _posted_on(request: CompanyRequest) -> date:
    """The day of posting that was typed. Raises DateError."""
    on = parse_date(request.POST.get("poste-le", "")) or request.today
    if on > request.today:
        raise DateError(_("La date de dépôt est dans le futur."))
    return on


@require_POST
@member_can("reminder.cancel")
def cancel_letters(request: CompanyRequest) -> HttpResponseBase:
    """The ticked letters will not be posted: their step is to be done again."""
    count = cancel_reminders(
        request.scope,
        chosen_letters(request.scope, Choice.read(request.POST)),
        now=timezone.now(),
        author=Author.of(request.user),
    )
    text = ngettext("%(count)d courrier annulé.", "%(count)d courriers annulés.", count)
    messages.success(request, text % {"count": count})
    return redirect(request.url("plan_letters"))
