"""« Configurer »: payment methods, and the demonstration."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from encaisse.insights.methods import payment_methods
from encaisse.jobs.operations import start_job
from encaisse.ledger.operations.payment_methods import set_automatic
from encaisse.tenancy.journal import Author
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section


@require_safe
@member_can("company.configure")
def methods(request: CompanyRequest) -> HttpResponse:
    """The payment methods that imports brought, manual or automatic."""
    context = {"methods": payment_methods(request.company)}
    return render_section(request, "settings_methods", "configure/methods.html", context)


@require_POST
@member_can("company.configure")
def change_method(request: CompanyRequest, method_id: int) -> HttpResponse:
    """Switch a payment method between manual and automatic."""
    method = get_object_or_404(request.company.paymentmethod_set, pk=method_id)
    is_automatic = request.POST.get("is_automatic") == "1"
    set_automatic(
        method,
        is_automatic=is_automatic,
        author=Author.of(request.user),
        now=timezone.now(),
    )
    text = _("%(label)s : automatique.") if is_automatic else _("%(label)s : manuel.")
    messages.success(request, text % {"label": method.label})
    return redirect(request.url("settings_methods"))


@require_POST
@member_can("demo.reset")
def reset_demo(request: CompanyRequest) -> HttpResponse:
    """Put the demonstration back as it was on the first day."""
    if not request.company.is_demo:
        raise Http404
    start_job(
        "encaisse.demo.tasks.reset",
        company=request.company,
        label=_("Réinitialisation de la démonstration"),
        actor=request.user,
    )
    messages.success(request, _("La démonstration se réinitialise : quelques instants."))
    return redirect(request.url("settings"))
