"""Agir par scénario: the day at a glance, a step's lines, and what is left out."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from encaisse.collection.queries.day_plan import DayPlan, Row, day_plan
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.plan.batches import Batch, BatchUnknown, button_label, find_batch
from encaisse.web.app.plan.choice import Choice, state_fields
from encaisse.web.app.plan.left_out import left_out_page, left_out_spec
from encaisse.web.app.plan.lines import StepPage, lines_of, step_page, step_spec
from encaisse.web.app.plan.overview import plan_page
from encaisse.web.lists import ListState, render_list

BAR = "plan-bar"


class StepGone(Http404):
    """No such step: an address that was kept while its scenario changed."""


def back_from_lost_step(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A page of a step that exists no more goes back to the plan, which says so."""

    @wraps(view)
    def answered(request: CompanyRequest, code: str) -> HttpResponseBase:
        try:
            return view(request, code)
        except StepGone:
            text = _("Cette étape n’existe plus : son scénario a changé. Voici le plan du jour.")
            messages.warning(request, text)
            url = request.url("plan")
            return HttpResponseClientRedirect(url) if request.htmx else redirect(url)

    return answered


@require_safe
@member_can("ledger.view")
def plan(request: CompanyRequest) -> HttpResponse:
    """Today, what is to be done, by way of reaching customers, scenario and step."""
    page = plan_page(request.scope, on=request.today, now=timezone.now())
    return render(request, "plan/page.html", {"page": page})


@require_safe
@member_can("ledger.view")
def left_out(request: CompanyRequest) -> HttpResponse:
    """Every entry that is left out, with its reason."""
    explain = request.GET.get("plus-tard") == "1"
    day = day_plan(request.scope, request.today, now=timezone.now(), explain=explain)
    state = ListState.read(left_out_spec(day, explain=explain), request)
    page = left_out_page(request.scope, day, state)
    return render_list(request, "plan/left_out.html", {"page": page}, listing=page.listing)


@require_safe
@member_can("ledger.view")
@back_from_lost_step
def step(request: CompanyRequest, code: str) -> HttpResponse:
    """The lines of a step; to htmx, the list or the bar alone.

    A form without JavaScript comes with what its page shows: the answer is the short address.
    """
    day, batch = open_batch(request, code)
    choice = Choice.read(request.GET)
    state = _state(request, batch, choice)
    if not request.htmx and {"vu", "tout"} & request.GET.keys():
        return HttpResponseRedirect(state.url())
    opened = request.GET.get("ouvert", "")
    page = step_page(
        request.scope, day, batch, state, choice=choice, user=request.user, opened=opened
    )
    context = context_of(request, page)
    if request.htmx.target == BAR:
        return _bar(request, day, page, context)
    return render_list(request, "plan/step.html", context, listing=page.listing)


def _state(request: CompanyRequest, batch: Batch, choice: Choice) -> ListState:
    return replace(ListState.read(step_spec(batch), request), kept=choice.pairs())


def _bar(
    request: CompanyRequest, day: DayPlan, page: StepPage, context: dict[str, object]
) -> HttpResponse:
    """What a tick changes: the number, the amount, and the sums of the lines that are open."""
    shown = request.GET.getlist("ligne")
    by_key = day.lines(page.batch.step_ids).by_key
    rows = [by_key[key] for key in shown if key in by_key]
    sums = lines_of(request.scope, day, rows, choice=page.choice, user=request.user)
    response = render(request, "plan/_ticked.html", context | {"sums": sums, "list": page.listing})
    response["HX-Replace-Url"] = page.listing.url
    return response


def context_of(request: CompanyRequest, page: StepPage) -> dict[str, object]:
    """What the templates of a step need."""
    return {
        "page": page,
        "batch": page.batch,
        "state_fields": state_fields(page.listing.state),
        "button": button_label(page.batch.way, page.chosen.count),
        "may_send": request.can("reminder.send"),
    }


@require_safe
@member_can("ledger.view")
def entries(request: CompanyRequest, code: str, key: str) -> HttpResponse:
    """The entries of one line, unfolded."""
    day, batch = open_batch(request, code)
    row = find_row(day, batch, key)
    found = lines_of(
        request.scope,
        day,
        [row],
        choice=Choice.read(request.GET),
        user=request.user,
        opened=key,
    )
    return render(request, "plan/_entries.html", {"line": found[0], "batch": batch})


def open_batch(request: CompanyRequest, code: str) -> tuple[DayPlan, Batch]:
    """Today's plan and the batch of a code. Raises StepGone, a 404."""
    day = day_plan(request.scope, request.today, now=timezone.now())
    try:
        return day, find_batch(day, code)
    except BatchUnknown:
        raise StepGone from None


def find_row(day: DayPlan, batch: Batch, key: str) -> Row:
    """A line by its key; 404 when it is not due any more."""
    try:
        return day.lines(batch.step_ids).by_key[key]
    except KeyError:
        raise Http404 from None
