"""« À valider »: look at what was prepared, let it go or pass its step over; pause everything."""

from csp.decorators import csp
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from encaisse.collection.models import Reminder
from encaisse.collection.operations.approvals import approve_reminders, pass_over
from encaisse.collection.queries.orders import draft_of, get_reminder
from encaisse.collection.tasks import carry_out, undo_until
from encaisse.messaging.queries.logo import as_shown_here
from encaisse.tenancy.journal import Author
from encaisse.tenancy.operations import configure_company
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.customers.doors import found
from encaisse.web.app.plan.approvals import approvals_listing, approvals_spec, chosen
from encaisse.web.app.plan.preview_views import MESSAGE_POLICY
from encaisse.web.app.plan.previewing import preview_of
from encaisse.web.lists import ListState, Selection, render_list


@require_safe
@member_can("ledger.view")
def approvals(request: CompanyRequest) -> HttpResponse:
    """The list of what waits."""
    state = ListState.read(approvals_spec(), request)
    listing = approvals_listing(request.scope, state, on=request.today)
    return render_list(request, "plan/approvals.html", {}, listing=listing)


@require_safe
@never_cache
@member_can("ledger.view")
def approval(request: CompanyRequest, reminder_id: int) -> HttpResponse:
    """One message as it would leave: a dialog, or a page without JavaScript."""
    reminder = _find(request, reminder_id)
    preview = preview_of(request.scope, request.today, draft_of(reminder))
    template = "plan/_approval.html" if request.htmx else "plan/approval.html"
    return render(request, template, {"reminder": reminder, "preview": preview})


@require_safe
@never_cache
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("ledger.view")
def approval_content(request: CompanyRequest, reminder_id: int) -> HttpResponse:
    """The HTML of the message, for a frame that can do nothing."""
    preview = preview_of(request.scope, request.today, draft_of(_find(request, reminder_id)))
    if preview.composed is None:
        raise Http404
    return HttpResponse(as_shown_here(preview.composed.rendered.html, request.company))


@require_POST
@member_can("reminder.send")
def decide(request: CompanyRequest) -> HttpResponse:
    """Let the ticked messages go, or pass their step over without sending."""
    state = ListState.read(approvals_spec(), request)
    ids = chosen(request.scope, state, Selection.read(request.GET))
    now, author = timezone.now(), Author.of(request.user)
    decision = request.POST.get("decision")
    if decision not in ("envoyer", "passer"):
        return HttpResponseBadRequest()
    if decision == "passer":
        count = pass_over(request.scope, ids, author=author, now=now)
        text = ngettext(
            "%(count)d étape passée sans envoi.", "%(count)d étapes passées sans envoi.", count
        )
        messages.success(request, text % {"count": count})
        return redirect(request.url("approvals"))
    leaves_at = undo_until(now)
    counts = approve_reminders(request.scope, ids, author=author, now=now, not_before=leaves_at)
    carry_out(request.company, counts, actor=request.user, leaves_at=leaves_at)
    count = sum(counts.values())
    text = ngettext("%(count)d relance validée.", "%(count)d relances validées.", count)
    messages.success(request, text % {"count": count})
    return redirect(request.url("approvals"))


@require_POST
@member_can("company.configure")
def pause(request: CompanyRequest) -> HttpResponse:
    """Stop everything that leaves by itself, or let it go again."""
    paused = request.POST.get("pause") == "1"
    configure_company(request.company, author=Author.of(request.user), automatic_paused=paused)
    if paused:
        messages.success(request, _("Envois automatiques suspendus."))
    else:
        messages.success(request, _("Les envois automatiques reprennent."))
    return redirect(request.url("plan"))


def _find(request: CompanyRequest, reminder_id: int) -> Reminder:
    reminder = found(get_reminder, request, reminder_id)
    if reminder.status != Reminder.Status.TO_APPROVE:
        raise Http404
    return reminder
