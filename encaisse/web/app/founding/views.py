"""« Créer ma société »."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from encaisse.collection.operations.open_company import open_company
from encaisse.tenancy.operations import CompanyRefused
from encaisse.tenancy.policy import role_can
from encaisse.web.access import MemberRequest, company_url, memberships
from encaisse.web.app.founding.forms import NewCompanyForm
from encaisse.web.app.founding.terms import terms_example


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_company(request: HttpRequest) -> HttpResponse:
    """The form, then the import of the new company. For whoever configures some company."""
    member = cast(MemberRequest, request)
    if not any(role_can(one.role, "company.configure") for one in memberships(member)):
        raise PermissionDenied
    form = NewCompanyForm(request.POST or None)
    if form.is_valid():
        start = form.cleaned_data.pop("start")
        try:
            company = open_company(founder=member.user, **form.cleaned_data)
        except CompanyRefused as refusal:
            form.add_error("slug", str(refusal))
        else:
            if start == "levels":
                return redirect(company_url(company, "settings_levels") + "?debut=1")
            return redirect(company_url(company, "import"))
    terms = str(form["default_payment_terms"].value() or "")
    example = terms_example(terms, today=timezone.localdate())
    context = {"form": form, "terms_example": example}
    status = 422 if form.is_bound else 200
    return render(request, "founding/new_company.html", context, status=status)


@require_safe
@login_required
def show_terms(request: HttpRequest) -> HttpResponse:
    """What the terms being typed do to an invoice."""
    typed = request.GET.get("terms") or request.GET.get("default_payment_terms") or ""
    return HttpResponse(format_html("{}", terms_example(typed[:60], today=timezone.localdate())))
