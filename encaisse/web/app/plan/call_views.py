"""Calls to do: the list, and one customer after another."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from encaisse.collection.models import Reminder, Step
from encaisse.collection.operations.calls import note_call
from encaisse.collection.operations.disputes import DisputeRefused
from encaisse.collection.operations.effects import ReminderRefused, cancel_reminders
from encaisse.collection.operations.promises import PromiseRefused
from encaisse.collection.queries.orders import following_call, get_reminder
from encaisse.collection.rules.facts import SPOKEN
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.plan.calls import call_page, calls_page, calls_spec
from encaisse.web.app.plan.forms import CallForm
from encaisse.web.lists import ListState, render_list


@require_safe
@member_can("ledger.view")
def calls(request: CompanyRequest) -> HttpResponse:
    """The calls and other actions that wait for somebody."""
    state = ListState.read(calls_spec(), request)
    page = calls_page(request.scope, state, on=request.today)
    return render_list(request, "plan/calls.html", {"page": page}, listing=page.listing)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("reminder.send")
def call(request: CompanyRequest, reminder_id: int) -> HttpResponseBase:
    """One call; noting it leads to the next one."""
    reminder = _find(request, reminder_id)
    data = request.POST if request.method == "POST" else None
    form = CallForm(
        data,
        company=request.company,
        currency=reminder.currency,
        claimed_minor=reminder.amount_minor,
        is_call=reminder.medium == Step.Medium.PHONE,
    )
    if form.is_valid() and _note(request, reminder, form):
        return redirect(_next(request, reminder))
    page = call_page(request.scope, reminder, on=request.today, user=request.user)
    status = 422 if form.is_bound else 200
    return render(request, "plan/call.html", {"page": page, "form": form}, status=status)


def _note(request: CompanyRequest, reminder: Reminder, form: CallForm) -> bool:
    """Write down what came of the call; False when a refusal was added to the form."""
    try:
        done = note_call(
            reminder,
            form.result(),
            today=request.today,
            now=timezone.now(),
            author=Author.of(request.user),
        )
    except PromiseRefused as refusal:
        form.add_error("promised_amount", str(refusal))
    except DisputeRefused as refusal:
        form.add_error("motive", str(refusal))
    except ReminderRefused as refusal:
        form.add_error(None, str(refusal))
    else:
        name = {"name": reminder.customer.legal_name}
        text = _("%(name)s : appel noté.") if done else _("%(name)s : à rappeler, c’est noté.")
        messages.success(request, text % name)
        return True
    return False


def _next(request: CompanyRequest, reminder: Reminder) -> str:
    following = following_call(request.scope, reminder)
    return request.url("plan_call", following.pk) if following else request.url("plan_calls")


@require_POST
@member_can("reminder.cancel")
def cancel_call(request: CompanyRequest, reminder_id: int) -> HttpResponseBase:
    """Take a call off the list; its step is to be done again."""
    reminder = _find(request, reminder_id)
    cancel_reminders(
        request.scope, [reminder.pk], now=timezone.now(), author=Author.of(request.user)
    )
    messages.success(
        request,
        _("%(name)s : retiré de la liste.") % {"name": reminder.customer.legal_name},
    )
    return redirect(request.url("plan_calls"))


def _find(request: CompanyRequest, reminder_id: int) -> Reminder:
    try:
        reminder = get_reminder(request.scope, reminder_id)
    except Reminder.DoesNotExist:
        raise Http404 from None
    if reminder.medium not in SPOKEN:
        raise Http404
    return reminder
