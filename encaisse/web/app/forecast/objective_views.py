"""« Objectif de cash »: what came in and what is expected, month by month, beside the targets."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from encaisse.collection.operations.cash_targets import CashTargetsRefused, set_cash_targets
from encaisse.collection.rules.forecast import first_of_month
from encaisse.insights.cash_objective import (
    MONTHS,
    PAST_MONTHS,
    CashObjective,
    months_from,
)
from encaisse.insights.cash_objective import cash_objective as objective_of
from encaisse.insights.cash_objective import cash_targets as targets_of
from encaisse.insights.choices import Choices, choices_of
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.forecast.forms import AIMS, TargetsForm
from encaisse.web.app.forecast.listspec import currency_of
from encaisse.web.app.forecast.objective import ObjectivePage, export_rows, export_titles
from encaisse.web.exports import export_response
from encaisse.web.filters import day_of

# How many months one may look away from the present one.
_FURTHEST = 60


@require_safe
@member_can("ledger.view")
def cash_objective(request: CompanyRequest) -> HttpResponse:
    """The picture and its figures."""
    choices = choices_of(request.scope)
    page = ObjectivePage(
        request,
        _objective(request, choices),
        choices.currencies,
        has_portfolio=request.scope.sales_reps is not None,
    )
    return render(request, "forecast/objective.html", {"page": page})


@require_safe
@member_can("ledger.export")
def export_cash_objective(request: CompanyRequest, kind: str) -> HttpResponseBase:
    """The figures of the months shown."""
    name = f"objectif-de-cash-{request.today:%Y-%m-%d}"
    rows = export_rows(_objective(request, choices_of(request.scope)))
    return export_response(kind, name=name, titles=export_titles(), rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def cash_targets(request: CompanyRequest) -> HttpResponse:
    """Type the targets of the months shown."""
    months = months_from(_first(request))
    currency = _currency(request, choices_of(request.scope))
    form = TargetsForm(
        request.POST if request.method == "POST" else None,
        months=months,
        currency=currency,
        aims=targets_of(request.company, currency, months),
    )
    back = f"{request.url('cash_objective')}?{request.GET.urlencode()}"
    if form.is_valid() and _write(request, form):
        messages.success(request, _("Objectifs enregistrés."))
        return redirect(back)
    context = {"form": form, "names": [label for _key, label in AIMS], "back_url": back}
    status = 422 if form.is_bound else 200
    return render(request, "forecast/targets.html", context, status=status)


def _write(request: CompanyRequest, form: TargetsForm) -> bool:
    try:
        set_cash_targets(
            request.company,
            form.typed,
            currency=form.currency,
            author=Author.of(request.user),
            now=timezone.now(),
        )
    except CashTargetsRefused as refusal:
        form.refuse(refusal.month, str(refusal))
        return False
    return True


def _objective(request: CompanyRequest, choices: Choices) -> CashObjective:
    currency = _currency(request, choices)
    return objective_of(request.scope, on=request.today, currency=currency, first=_first(request))


def _currency(request: CompanyRequest, choices: Choices) -> str:
    return currency_of(request.GET.get("devise", ""), choices, request.company.base_currency)


def _first(request: CompanyRequest) -> date:
    """The first of the twelve months: the one asked for (`debut=2026-05`), within bounds."""
    present = first_of_month(request.today)
    day = day_of(f"{request.GET.get('debut', '')}-01")
    if day is None:
        return first_of_month(present, -PAST_MONTHS)
    earliest = first_of_month(present, -_FURTHEST)
    return min(max(day, earliest), first_of_month(present, _FURTHEST - MONTHS))
