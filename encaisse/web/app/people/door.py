"""Where an invitation's link leads: an account is made or confirmed, and the company opens."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from encaisse.insights.operations.welcome import welcome
from encaisse.tenancy.invitations import (
    InvitationForAnother,
    InvitationGone,
    Newcomer,
    invitations_of_link,
)
from encaisse.tenancy.models import Invitation, User
from encaisse.tenancy.queries import has_account
from encaisse.web.app.people.forms import NewcomerForm


def invitation_link(token: str) -> str:
    """The address to send."""
    return f"{settings.SITE_URL}{reverse('web:invitation', args=(token,))}"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation that a link names; a POST accepts it."""
    now = timezone.now()
    try:
        found = invitations_of_link(token, now=now)
    except InvitationGone:
        return render(request, "people/invitation_gone.html", status=404)
    user = request.user if isinstance(request.user, User) else None
    if user is None:
        translation.activate(found[0].language)
    typed = request.POST if request.method == "POST" else None
    form = NewcomerForm(typed, email=found[0].email)
    may_make_account = not settings.PROVIDER_ONLY
    if request.method == "POST" and (user is not None or (may_make_account and form.is_valid())):
        try:
            return _accept(request, token, user, form)
        except InvitationGone:
            return render(request, "people/invitation_gone.html", status=404)
        except InvitationForAnother:
            pass
    status = 422 if request.method == "POST" else 200
    return render(request, "people/invitation.html", _shown(found, user, form), status=status)


def _accept(
    request: HttpRequest, token: str, user: User | None, form: NewcomerForm
) -> HttpResponse:
    newcomer = None if user else Newcomer(**form.cleaned_data)
    joined = welcome(token, as_user=user, newcomer=newcomer, now=timezone.now())
    messages.success(request, _("Bienvenue dans %(name)s.") % {"name": joined[0].company.name})
    url = reverse("web:companies")
    if len(joined) == 1:
        url = reverse("web:home", args=(joined[0].company.slug,))
    if user is None:
        answer: HttpResponse = perform_login(request, joined[0].user, redirect_url=url)
        return answer
    return redirect(url)


def _shown(found: list[Invitation], user: User | None, form: NewcomerForm) -> dict[str, object]:
    email = found[0].email
    return {
        "invitations": found,
        "email": email,
        "host": found[0].invited_by_name,
        "form": form,
        "must_log_in": user is None and has_account(email),
        "is_other": user is not None and user.email != email,
        "is_known": user is not None and user.email == email,
        "provider_name": settings.PROVIDER_NAME,
        "is_provider_only": settings.PROVIDER_ONLY,
    }
