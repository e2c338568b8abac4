"""Ordering a mass action: the confirmation, the order, its progress, and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from encaisse.collection.models import Reminder
from encaisse.collection.operations.prepare import Prepared
from encaisse.collection.ordering import WRITING, order_reminders, resume_order, stop_order
from encaisse.collection.queries.orders import Order, get_order, order_of_job, stamp_of
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.plan.batches import Batch, selection_of
from encaisse.web.app.plan.choice import Choice
from encaisse.web.app.plan.ordering import Confirmation, confirmation, progress_of
from encaisse.web.app.plan.views import back_from_lost_step, open_batch


@require_safe
@never_cache
@member_can("reminder.send")
@back_from_lost_step
def confirm(request: CompanyRequest, code: str) -> HttpResponse:
    """What would leave, before it does: a dialog, or a page without JavaScript."""
    return _confirmation(request, _confirm(request, code, Choice.read(request.GET)))


def _confirm(request: CompanyRequest, code: str, choice: Choice) -> Confirmation:
    day, batch = open_batch(request, code)
    return confirmation(request.scope, day, batch, choice, user=request.user)


def _confirmation(
    request: CompanyRequest, found: Confirmation, *, has_changed: bool = False
) -> HttpResponse:
    template = "plan/_confirm.html" if request.htmx else "plan/confirm.html"
    context = {"confirmation": found, "batch": found.batch, "has_changed": has_changed}
    return render(request, template, context, status=422 if has_changed else 200)


@require_POST
@member_can("reminder.send")
@back_from_lost_step
def order(request: CompanyRequest, code: str) -> HttpResponseBase:
    """Order what was confirmed; asks again when more would leave than was said."""
    choice = Choice.read(request.POST)
    day, batch = open_batch(request, code)
    found = confirmation(request.scope, day, batch, choice, user=request.user)
    said = request.POST.get("nombre", "")
    if not found.can_send or (said.isdecimal() and found.chosen.count > int(said)):
        return _confirmation(request, found, has_changed=True)
    now = timezone.now()
    prepared = order_reminders(
        request.scope,
        today=request.today,
        now=now,
        user=request.user,
        selection=selection_of(day, batch, found.choice),
    )
    messages.info(request, _told(prepared, batch))
    return _go(request, _after(request, batch, prepared, stamp_of(now)))


def _told(prepared: Prepared, batch: Batch) -> str:
    """What an order made, and what was there already."""
    already = ngettext("%(count)d déjà en cours", "%(count)d déjà en cours", prepared.already)
    if not prepared.count:
        if not prepared.already:
            return _(
                "Rien n’est parti : la situation a changé depuis, plus rien n’est à faire ici."
            )
        return _("0 nouveau, %(already)s.") % {"already": already % {"count": prepared.already}}
    texts = {
        "emails": ngettext(
            "%(count)d e-mail va partir.", "%(count)d e-mails vont partir.", prepared.count
        ),
        "courriers": ngettext(
            "%(count)d courrier à imprimer.", "%(count)d courriers à imprimer.", prepared.count
        ),
    }
    added = ngettext(
        "%(count)d action ajoutée à la liste.",
        "%(count)d actions ajoutées à la liste.",
        prepared.count,
    )
    return texts.get(batch.way.code, added) % {"count": prepared.count}


def _after(request: CompanyRequest, batch: Batch, prepared: Prepared, stamp: int) -> str:
    if not prepared.count:
        return request.url("plan")
    if batch.way.code in ("emails", "courriers"):
        return request.url("plan_run", stamp)
    return request.url("plan_calls")


def _go(request: CompanyRequest, url: str) -> HttpResponseBase:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


# -- progress ----------------------------------------------------------------------------------


@require_safe
@never_cache
@member_can("ledger.view")
def progress(request: CompanyRequest, stamp: int) -> HttpResponse:
    """How far an order is; asked again every second while it goes on."""
    found = progress_of(request.scope, find_order(request, stamp), now=timezone.now())
    template = "plan/_run.html" if request.htmx.target == "run" else "plan/run.html"
    return render(request, template, {"progress": found, "order": found.order})


def find_order(request: CompanyRequest, stamp: int) -> Order:
    """An order by its instant; 404 when this member may not see any of it."""
    try:
        return get_order(request.scope, stamp)
    except (Reminder.DoesNotExist, OverflowError):
        raise Http404 from None


@require_safe
@member_can("ledger.view")
def job(request: CompanyRequest, job_id: int) -> HttpResponseBase:
    """The order that a job of the frame works for."""
    found = get_object_or_404(request.company.job_set, pk=job_id)
    if found.function == WRITING:
        return redirect(request.url("by_criteria_run", found.pk))
    stamp = order_of_job(request.scope, found)
    return redirect(request.url("plan_run", stamp) if stamp else request.url("plan"))


@require_POST
@member_can("reminder.cancel")
def stop(request: CompanyRequest, stamp: int) -> HttpResponseBase:
    """Take back what has not left."""
    found = find_order(request, stamp)
    author = Author.of(request.user)
    count = stop_order(request.scope, found.at, now=timezone.now(), author=author)
    if count:
        text = ngettext(
            "%(count)d envoi annulé : il reste à faire.",
            "%(count)d envois annulés : ils restent à faire.",
            count,
        )
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("Trop tard : tout est déjà parti."))
    return _go(request, request.url("plan_run", stamp))


@require_POST
@member_can("reminder.send")
def resume(request: CompanyRequest, stamp: int) -> HttpResponseBase:
    """Try again to send what waits."""
    find_order(request, stamp)
    resume_order(request.scope, user=request.user)
    return _go(request, request.url("plan_run", stamp))
