"""Ordering reminders by criteria: the choice and its confirmation, previews, and the progress."""

from csp.decorators import csp
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from encaisse.collection.operations.write_messages import MassOrder
from encaisse.collection.ordering import WRITING, order_messages, writing_of
from encaisse.collection.queries.at_once import draft_of
from encaisse.collection.queries.orders import stamp_of
from encaisse.collection.queries.plan_lines import customers_of
from encaisse.jobs.models import Job
from encaisse.jobs.operations import request_stop
from encaisse.messaging.queries.logo import as_shown_here
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.criteria.forms import OrderForm
from encaisse.web.app.criteria.ordering import Proposal, order_form
from encaisse.web.app.criteria.pages import CriteriaPage, criteria_page
from encaisse.web.app.plan.preview_views import MESSAGE_POLICY
from encaisse.web.app.plan.previewing import Preview, preview_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_can("reminder.send")
def order(request: CompanyRequest) -> HttpResponseBase:
    """Choose how, see what would leave, and order it; asks again when more would leave than said.

    The list and its ticks stand in the address. `voir` only shows what was chosen.
    """
    page = criteria_page(request)
    form = order_form(request.company, request.POST if request.method == "POST" else None)
    if form.is_bound and (job := _ordered(request, form)):
        return redirect(request.url("by_criteria_run", job.pk))
    found = Proposal(request.scope, request.today, request.user, form, page.chosen())
    if not form.is_bound or "voir" in request.POST:
        return _page(request, page, found)
    said = request.POST.get("nombre", "")
    has_changed = not said.isdecimal() or found.count > int(said)
    if not form.is_valid() or has_changed or not found.can_order:
        return _page(request, page, found, has_changed=has_changed, status=422)
    job = order_messages(
        request.scope, found.order(timezone.now()), found.customer_ids, user=request.user
    )
    return redirect(request.url("by_criteria_run", job.pk))


def _ordered(request: CompanyRequest, form: OrderForm) -> Job | None:
    """The job of this very form, when it was sent before."""
    return writing_of(request.company, form.data.get("token", ""))


def _page(
    request: CompanyRequest,
    page: CriteriaPage,
    found: Proposal,
    *,
    has_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {"page": page, "what": found, "form": found.form, "has_changed": has_changed}
    template = "criteria/_order.html" if request.htmx else "criteria/order.html"
    return render(request, template, context, status=status)


# -- previews ----------------------------------------------------------------------------------


@require_safe
@never_cache
@member_can("reminder.send")
def preview(request: CompanyRequest, customer_id: int, currency: str) -> HttpResponse:
    """A message as it would leave; a dialog, or a page without JavaScript."""
    context = {
        "customer": customers_of(request.scope, [customer_id]).get(customer_id),
        "one": _preview(request, customer_id, currency),
        "content_url": request.url("by_criteria_content", customer_id, currency)
        + f"?{request.GET.urlencode()}",
    }
    template = "criteria/_preview.html" if request.htmx else "criteria/preview.html"
    return render(request, template, context)


@require_safe
@never_cache
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("reminder.send")
def content(request: CompanyRequest, customer_id: int, currency: str) -> HttpResponse:
    """The HTML of a message, for a frame that can do nothing."""
    found = _preview(request, customer_id, currency)
    if found.composed is None:
        raise Http404
    return HttpResponse(as_shown_here(found.composed.rendered.html, request.company))


def _preview(request: CompanyRequest, customer_id: int, currency: str) -> Preview:
    """The message of a customer in a currency. Raises Http404 where nothing would leave."""
    if customer_id not in customers_of(request.scope, [customer_id]):
        raise Http404
    form = order_form(request.company, _as_typed(request.GET))
    found = Proposal(request.scope, request.today, request.user, form, [customer_id])
    for action in found.plan.actions:
        if action.currency == currency:
            draft = draft_of(action, found.texts, request.user)
            joins = draft.medium == "email" and action.step.attach_invoices
            return preview_of(request.scope, request.today, draft, joins_invoices=joins)
    raise Http404


def _as_typed(query: QueryDict) -> QueryDict | None:
    return query if "medium" in query else None


# -- after the order ---------------------------------------------------------------------------


@require_safe
@never_cache
@member_can("reminder.send")
def progress(request: CompanyRequest, job_id: int) -> HttpResponseBase:
    """How far the writing is; once it is done, the order it made, which leaves from there."""
    job = _job(request, job_id)
    if job.status == Job.Status.DONE:
        return _go(request, _after(request, job))
    template = "criteria/_run.html" if request.htmx.target == "run" else "criteria/run.html"
    return render(request, template, {"job": job})


def _after(request: CompanyRequest, job: Job) -> str:
    order, written = MassOrder.from_json(job.payload["order"]), job.result["written"]
    if not written:
        messages.info(
            request,
            _("Rien n’est parti : la situation a changé depuis, plus rien n’est à faire ici."),
        )
        return request.url("by_criteria")
    if not order.is_spoken:
        return request.url("plan_run", stamp_of(order.at))
    text = ngettext(
        "%(count)d appel ajouté à la liste.", "%(count)d appels ajoutés à la liste.", written
    )
    messages.success(request, text % {"count": written})
    return request.url("plan_calls")


@require_POST
@member_can("reminder.cancel")
def stop(request: CompanyRequest, job_id: int) -> HttpResponseBase:
    """Stop the writing: what it has written already is taken back."""
    request_stop(_job(request, job_id))
    return _go(request, request.url("by_criteria_run", job_id))


def _job(request: CompanyRequest, job_id: int) -> Job:
    return get_object_or_404(request.company.job_set, pk=job_id, function=WRITING)


def _go(request: CompanyRequest, url: str) -> HttpResponseBase:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
