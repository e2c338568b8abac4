"""« Mon cash reporting »: when one gets it, and what it says today."""

from datetime import datetime

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from encaisse.collection.operations.own_mail import rendered_own_mail
from encaisse.collection.operations.trial_mail import TrialRefused, send_trial_mail
from encaisse.insights.cash_report import cash_report_of, since_of
from encaisse.insights.models import CashReport
from encaisse.insights.operations.cash_reports import set_cash_report
from encaisse.insights.regular_mail import rhythm_of
from encaisse.messaging.rules.content import own_language
from encaisse.messaging.rules.rendering import Rendered
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.cash_report.forms import CashReportForm
from encaisse.web.app.cash_report.mail import cash_report_mail
from encaisse.web.app.plan.preview_views import MESSAGE_POLICY
from encaisse.web.app.saved_views.pages import next_words


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("ledger.view")
def report(request: CompanyRequest) -> HttpResponse:
    """The rhythm of one's own report, beside the mail as it would leave now."""
    found, now = cash_report_of(request.membership), timezone.now()
    form = CashReportForm.of(found, request.POST or None)
    if form.is_valid():
        author = Author.of(request.user)
        set_cash_report(request.membership, form.wish, author=author, now=now)
        messages.success(request, _("Réglage enregistré."))
        return redirect(request.url("me_cash_report"))
    context = {"form": form, "report": found, "next_words": _next(found, now)}
    status = 422 if form.errors else 200
    return render(request, "cash_report/page.html", context, status=status)


def _next(found: CashReport | None, now: datetime) -> str:
    if found is None or not found.is_active:
        return ""
    return next_words(rhythm_of(found), now.astimezone(found.company.zone), found.last_day)


@require_safe
@never_cache
@csp(MESSAGE_POLICY)  # type: ignore[arg-type]  # it knows plain requests only
@member_can("ledger.view")
def content(request: CompanyRequest) -> HttpResponse:
    """The HTML of the mail, for a frame that can do nothing."""
    return HttpResponse(_mail(request).html)


@require_POST
@member_can("ledger.view")
def trial(request: CompanyRequest) -> HttpResponse:
    """Send it to oneself now, besides the regular ones."""
    try:
        said = send_trial_mail(
            request.company, to=request.user, now=timezone.now(), message=_mail(request)
        )
        messages.success(request, said)
    except TrialRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.url("me_cash_report"))


def _mail(request: CompanyRequest) -> Rendered:
    """The mail in the language it leaves in."""
    since = since_of(cash_report_of(request.membership), on=request.today)
    with override(own_language(request.user.language)):
        mail = cash_report_mail(request.scope, request.user, since=since, now=timezone.now())
    return rendered_own_mail(mail)
