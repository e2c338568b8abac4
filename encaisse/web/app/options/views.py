"""« Configurer » › « Options »."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from encaisse.insights.options import sources
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.options.pages import OptionsPage
from encaisse.web.app.options.saving import PARTS

SECTION = "settings_options"


@require_safe
@member_can("company.configure")
def options(request: CompanyRequest) -> HttpResponse:
    """All the options."""
    return _page(request, OptionsPage.of(request.company, request.today))


@require_POST
@member_can("company.configure")
def option(request: CompanyRequest, part: str) -> HttpResponse:
    """Save one section; it stays open on what is wrong, a row that moves, an effect to see."""
    save = PARTS.get(part)
    if save is None:
        raise Http404
    page = replace(OptionsPage.of(request.company, request.today), part=part)
    again = save(request, page)
    if again is None:
        return redirect(f"{request.url(SECTION)}#{part}")
    return _page(request, again, status=422 if again.is_wrong else 200)


@require_safe
@member_can("company.configure")
def journals(request: CompanyRequest) -> HttpResponse:
    """Where the entries come from, by journal and account: read when it is looked at."""
    context = {"sources": sources(request.company)}
    if request.htmx:
        return render(request, "options/_journals.html", context)
    return render_section(request, SECTION, "options/journals.html", context)


def _page(request: CompanyRequest, page: OptionsPage, *, status: int = 200) -> HttpResponse:
    context = {"page": page, "forms": page.forms}
    return render_section(request, SECTION, "options/page.html", context, status=status)
