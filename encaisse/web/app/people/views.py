"""« Configurer », Utilisateurs: who is there, and inviting others."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from encaisse.collection.operations.invitation_mail import (
    InvitationMail,
    InvitationMailFailed,
    can_mail_invitations,
    send_invitation_mail,
)
from encaisse.insights.choices import choices_of
from encaisse.tenancy.invitations import (
    VALID_FOR,
    Wish,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company, Invitation
from encaisse.tenancy.people import get_invitation
from encaisse.tenancy.policy import member_holds
from encaisse.tenancy.second_factor import SecondFactorRefused, require_second_factor
from encaisse.web.access import CompanyRequest, member_can, memberships
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.people.door import invitation_link
from encaisse.web.app.people.forms import InvitationForm
from encaisse.web.app.people.pages import people_page

_SECTION = "settings_users"


@require_safe
@member_can("user.manage")
def people(request: CompanyRequest) -> HttpResponse:
    """The people of the company."""
    page = people_page(request.company, now=timezone.now())
    return render_section(request, _SECTION, "people/people.html", {"page": page})


@require_POST
@member_can("user.manage")
def ask_second_factor(request: CompanyRequest) -> HttpResponse:
    """Ask two steps of everybody who opens the company, or no more."""
    required = request.POST.get("required") == "1"
    try:
        require_second_factor(request.company, required=required, author=Author.of(request.user))
    except SecondFactorRefused as refusal:
        messages.error(request, str(refusal))
    else:
        sentence = (
            _("Deux étapes sont demandées à tous, dès leur prochaine page.")
            if required
            else _("Le mot de passe seul ouvre de nouveau.")
        )
        messages.success(request, sentence)
    return redirect(request.url(_SECTION))


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("user.manage")
def invite_person(request: CompanyRequest) -> HttpResponse:
    """Invite somebody by mail; his link is shown where no mail can leave."""
    form = InvitationForm(
        request.POST or None,
        company=request.company,
        others=_others(request),
        sales_reps=choices_of(request.scope).sales_reps,
        initial={"language": request.user.language},
    )
    if form.is_valid():
        given, now = form.cleaned_data, timezone.now()
        wish = Wish(
            email=given["email"],
            role=given["role"],
            language=given["language"],
            portfolio=form.portfolio,
            wants_cash_report=given["wants_cash_report"],
        )
        companies = form.chosen_companies
        token = invite(companies, wish, author=Author.of(request.user), now=now)
        return _hand_over(request, token, wish.email, wish.language, companies)
    status = 422 if form.errors else 200
    can_mail = can_mail_invitations(request.company)
    context = {"form": form, "can_mail": can_mail}
    return render_section(request, _SECTION, "people/invite.html", context, status=status)


@require_POST
@member_can("user.manage")
def resend_invitation(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """Another link, sent again."""
    invitation = _invitation(request, invitation_id)
    token = renew_invitation(invitation, author=Author.of(request.user), now=timezone.now())
    email, language = invitation.email, invitation.language
    return _hand_over(request, token, email, language, [request.company])


@require_POST
@member_can("user.manage")
def take_back_invitation(request: CompanyRequest, invitation_id: int) -> HttpResponse:
    """Its link opens nothing any more."""
    invitation = _invitation(request, invitation_id)
    withdraw_invitation(invitation, author=Author.of(request.user))
    messages.success(request, _("Invitation de %(email)s retirée.") % {"email": invitation.email})
    return redirect(request.url(_SECTION))


def _hand_over(
    request: CompanyRequest, token: str, email: str, language: str, companies: list[Company]
) -> HttpResponse:
    """Send the link; where that fails, show it to whoever invites."""
    now, refused = timezone.now(), ""
    link = invitation_link(token)
    if can_mail_invitations(request.company):
        mail = InvitationMail(
            key=f"invitation:{token[:12]}",
            email=email,
            language=language,
            host=request.user.full_name,
            companies=tuple(company.name for company in companies),
            link=link,
            expires_at=now + VALID_FOR,
        )
        try:
            send_invitation_mail(request.company, mail, now=now)
        except InvitationMailFailed as failure:
            refused = str(failure)
        else:
            messages.success(request, _("Invitation envoyée à %(email)s.") % {"email": email})
            return redirect(request.url(_SECTION))
    context = {"email": email, "invitation_url": link, "refused": refused}
    return render_section(request, _SECTION, "people/invited.html", context)


def _others(request: CompanyRequest) -> list[Company]:
    """The user's other companies whose people he manages; a demonstration is for itself."""
    return [
        one.company
        for one in memberships(request)
        if one.company_id != request.company.pk
        and member_holds(one, "user.manage")
        and not one.company.is_demo
        and not request.company.is_demo
    ]


def _invitation(request: CompanyRequest, invitation_id: int) -> Invitation:
    try:
        return get_invitation(request.company, invitation_id)
    except Invitation.DoesNotExist:
        raise Http404 from None
