"""« Configurer »: payment methods, users, and the demonstration."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encaisse.insights.methods import payment_methods
from encaisse.jobs.operations import start_job
from encaisse.ledger.operations.payment_methods import set_automatic
from encaisse.tenancy.journal import Author
from encaisse.tenancy.operations import add_member
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.forms import MemberForm
from encaisse.web.app.configure.pages import render_section


@require_GET
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


@require_http_methods(["GET", "POST"])
@member_can("user.manage")
def users(request: CompanyRequest) -> HttpResponse:
    """The people of the company, and a form to add one or change a role."""
    form = MemberForm(request.POST or None, own_email=request.user.email)
    if form.is_valid():
        _add(request, form)
        return redirect(request.url("settings_users"))
    members = request.company.memberships.select_related("user").order_by(
        "user__last_name", "user__first_name", "id"
    )
    context = {"form": form, "members": members}
    status = 422 if form.errors else 200
    page = "configure/users.html"
    return render_section(request, "settings_users", page, context, status=status)


def _add(request: CompanyRequest, form: MemberForm) -> None:
    given = form.cleaned_data
    membership = add_member(
        request.company,
        email=given["email"],
        role=given["role"],
        author=Author.of(request.user),
        password=given["password"] or None,
        portfolio=form.sales_reps,
        first_name=given["first_name"],
        last_name=given["last_name"],
    )
    messages.success(
        request,
        _("%(name)s : %(role)s.")
        % {"name": membership.user.full_name, "role": membership.get_role_display()},
    )


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
