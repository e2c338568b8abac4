"""Another e-mail address, confirmed by a mail to it."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from encaisse.collection.operations.account_mail import send_changed_mail, send_confirmation_mail
from encaisse.tenancy.accounts import companies_to_write_from
from encaisse.tenancy.email_change import (
    EmailChangeGone,
    asked_email,
    change_email,
    email_change_token,
)
from encaisse.tenancy.queries import has_account
from encaisse.web.access import MemberRequest
from encaisse.web.app.account.forms import AddressForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@reauthentication_required()  # type: ignore[untyped-decorator]
def ask_address(request: HttpRequest) -> HttpResponse:
    """Ask for another address: a link goes there."""
    user = cast(MemberRequest, request).user
    form = AddressForm(request.POST or None, email=user.email)
    if form.is_valid():
        if limited := ratelimit.consume_or_429(request, action="manage_email", user=user):
            return limited
        email = form.cleaned_data["email"]
        if _send_link(cast(MemberRequest, request), email):
            return render(request, "account/address_sent.html", {"email": email})
        form.add_error(
            None,
            _(
                "Aucun e-mail ne peut partir : il faut d’abord régler l’expéditeur d’une de vos "
                "sociétés, dans « Configurer »."
            ),
        )
    status = 422 if form.errors else 200
    return render(request, "account/address.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_address(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads; a POST changes the address, so that opening the mail does not."""
    try:
        if request.method != "POST":
            return render(
                request, "account/address_confirm.html", {"email": asked_email(token).email}
            )
        user, before = change_email(token)
    except EmailChangeGone:
        return render(request, "account/address_gone.html", status=404)
    send_changed_mail(user, before, companies_to_write_from(user), now=timezone.now())
    messages.success(request, _("Votre adresse est maintenant %(email)s.") % {"email": user.email})
    return redirect("account_profile")


def _send_link(request: MemberRequest, email: str) -> bool:
    """True once the mail left; nothing leaves for an address that has an account already."""
    user = request.user
    if has_account(email):
        return True
    path = reverse("account_confirm_address", args=(email_change_token(user, email),))
    companies = companies_to_write_from(user)
    url = f"{settings.SITE_URL}{path}"
    return send_confirmation_mail(user, email, companies, url, now=timezone.now())
