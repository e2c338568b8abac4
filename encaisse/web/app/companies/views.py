"""The way in: the only company, or the choice among several."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from encaisse.web.access import MemberRequest, memberships
from encaisse.web.app.companies.pages import companies_page


@require_safe
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """The home page of the user's only company, or the picker."""
    found = memberships(request)
    if len(found) == 1:
        return redirect("web:home", found[0].company.slug)
    return redirect("web:companies")


@require_safe
@login_required
def companies(request: HttpRequest) -> HttpResponse:
    """« Sélectionnez une société », with what each is owed."""
    member = cast(MemberRequest, request)
    page = companies_page(memberships(member), now=timezone.now())
    return render(request, "companies/page.html", {"page": page})
