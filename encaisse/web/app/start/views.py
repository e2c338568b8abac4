"""« Démarrer »: from nothing to the first reminder, left and resumed at will."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from encaisse.tenancy.journal import Author
from encaisse.tenancy.start import CONFIRMABLE, confirm_start_step, show_start
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.start.pages import start_page


@require_safe
@member_can("company.configure")
def start(request: CompanyRequest) -> HttpResponse:
    """The steps, each with what is done and what remains."""
    return render(request, "start/page.html", {"start": start_page(request)})


@require_POST
@member_can("company.configure")
def confirm(request: CompanyRequest, code: str) -> HttpResponse:
    """A step is right as it came."""
    if code not in CONFIRMABLE:
        raise Http404
    confirm_start_step(request.company, code, author=Author.of(request.user))
    return redirect(request.url("start"))


@require_POST
@member_can("company.configure")
def show(request: CompanyRequest) -> HttpResponse:
    """Show the steps on the home page, or no more."""
    is_shown = request.POST.get("montrer") == "1"
    show_start(request.company, is_shown=is_shown, author=Author.of(request.user))
    if is_shown:
        messages.success(request, _("L’accueil montre de nouveau ce qui reste à faire."))
        return redirect(request.url("start"))
    messages.success(request, _("Masqué. « Démarrer » reste dans « Configurer »."))
    return redirect(request.url("home"))
