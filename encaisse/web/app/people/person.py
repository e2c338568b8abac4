"""« Configurer », Utilisateurs: one person, his rights, his leaving and what he leaves."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.insights.choices import choices_of
from encaisse.insights.operations.transfer import TransferRefused, transfer_work, work_of
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Membership
from encaisse.tenancy.people import (
    PeopleRefused,
    change_member,
    deactivate_member,
    get_member,
    people_of,
    reactivate_member,
)
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.people.forms import RightsForm

_SECTION = "settings_users"


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("user.manage")
def person(request: CompanyRequest, membership_id: int) -> HttpResponse:
    """His role and his portfolio."""
    member = _member(request, membership_id)
    form = _form(request, member)
    if form.is_valid():
        role, author = form.cleaned_data["role"], Author.of(request.user)
        try:
            change_member(member, role=role, portfolio=form.portfolio, author=author)
        except PeopleRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(name)s : %(role)s.")
                % {"name": member.user.full_name, "role": member.get_role_display()},
            )
            return redirect(request.url(_SECTION))
    # Asked for again: a refused change must not show as if it were made.
    member = _member(request, membership_id)
    people = people_of(request.company)
    context = {
        "member": member,
        "form": form,
        "is_own": member.user_id == request.user.pk,
        "work": work_of(member),
        "colleagues": [one for one in people if one.is_active and one.pk != member.pk],
    }
    status = 422 if form.errors else 200
    return render_section(request, _SECTION, "people/person.html", context, status=status)


@require_POST
@member_can("user.manage")
def deactivate(request: CompanyRequest, membership_id: int) -> HttpResponse:
    """He opens nothing any more, from this moment on."""
    member = _member(request, membership_id)
    try:
        deactivate_member(member, author=Author.of(request.user), now=timezone.now())
    except PeopleRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("%(name)s n’entre plus ; ses sessions sont fermées.")
            % {"name": member.user.full_name},
        )
    return redirect(request.url("settings_user", membership_id))


@require_POST
@member_can("user.manage")
def reactivate(request: CompanyRequest, membership_id: int) -> HttpResponse:
    """He comes back with the rights that he had."""
    member = _member(request, membership_id)
    reactivate_member(member, author=Author.of(request.user), now=timezone.now())
    messages.success(request, _("%(name)s peut entrer.") % {"name": member.user.full_name})
    return redirect(request.url("settings_user", membership_id))


@require_POST
@member_can("user.manage")
def transfer(request: CompanyRequest, membership_id: int) -> HttpResponse:
    """Hand what waits for him to a colleague."""
    member = _member(request, membership_id)
    chosen = request.POST.get("to", "")
    colleague = _member(request, int(chosen) if chosen.isdecimal() else 0)
    try:
        transfer_work(member, colleague, author=Author.of(request.user), now=timezone.now())
    except TransferRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Transféré à %(name)s.") % {"name": colleague.user.full_name})
    return redirect(request.url("settings_user", membership_id))


def _form(request: CompanyRequest, member: Membership) -> RightsForm:
    initial = {
        "role": member.role,
        "sees_all": not member.limited_to_portfolio,
        "sales_reps": sorted(member.sales_reps() or ()),
    }
    reps = choices_of(request.scope).sales_reps
    return RightsForm(request.POST or None, sales_reps=reps, initial=initial)


def _member(request: CompanyRequest, membership_id: int) -> Membership:
    try:
        return get_member(request.company, membership_id)
    except Membership.DoesNotExist:
        raise Http404 from None
