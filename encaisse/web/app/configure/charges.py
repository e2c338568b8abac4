"""« Configurer », late-payment charges and where customers pay."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from encaisse.collection.operations.charges import set_consumer_profiles
from encaisse.collection.queries.customer_links import is_reachable
from encaisse.collection.queries.customers import profiles
from encaisse.collection.queries.message_charges import late_rate
from encaisse.ledger.rules.charges import (
    RECOVERY_SUM_MINOR,
    Debt,
    RateUnknown,
    Stretch,
    late_interest,
    lowest_rate,
)
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import configure_company
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.charges_form import ChargesForm
from encaisse.web.app.configure.pages import render_section

_EXAMPLE_MINOR, _EXAMPLE_DAYS = 120_000, 52


@dataclass(frozen=True, slots=True)
class Example:
    """What an invoice that is late today would cost, by the settings that are kept."""

    principal: int
    due: date
    stretches: list[Stretch]
    # The half-year whose rate is not known; "" when all are.
    unknown: str = ""
    # The least that may be agreed, where less was.
    floor: Decimal | None = None

    @property
    def interest(self) -> int:
        """In minor units."""
        return sum(stretch.interest for stretch in self.stretches)

    @property
    def recovery_sum(self) -> int:
        """In minor units."""
        return RECOVERY_SUM_MINOR

    @property
    def total(self) -> int:
        """Principal, interest and recovery sum."""
        return self.principal + self.interest + self.recovery_sum


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def charges(request: CompanyRequest) -> HttpResponse:
    """What late payment costs, where customers pay and whether they have a page."""
    company = request.company
    form = ChargesForm(company, profiles(company), today=request.today, data=request.POST or None)
    if form.is_valid():
        author = Author.of(request.user)
        configure_company(company, author=author, **form.settings(company))
        set_consumer_profiles(company, form.cleaned_data["consumers"], author=author)
        messages.success(request, _("Réglages enregistrés."))
        return redirect(request.url("settings_charges"))
    context = {
        "form": form,
        "example": _example(company, request.today),
        "is_reachable": is_reachable(),
    }
    status = 422 if form.errors else 200
    return render_section(
        request, "settings_charges", "configure/charges.html", context, status=status
    )


def _example(company: Company, today: date) -> Example | None:
    """None while nothing is claimed."""
    rate, due = late_rate(company), today - timedelta(days=_EXAMPLE_DAYS)
    if rate is None:
        return None
    least = lowest_rate(today)
    floor = least if rate.fixed is not None and least and rate.fixed < least else None
    try:
        stretches = late_interest(Debt(_EXAMPLE_MINOR, due), today, rate)
        return Example(_EXAMPLE_MINOR, due, stretches, floor=floor)
    except RateUnknown as unknown:
        return Example(_EXAMPLE_MINOR, due, [], unknown.half)
