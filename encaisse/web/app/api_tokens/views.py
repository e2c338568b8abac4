"""« Configurer », API: the tokens of programs."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from encaisse.tenancy.api_tokens import (
    TokenRefused,
    create_token,
    get_token,
    revoke_token,
)
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import ApiToken
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.api_tokens.forms import TokenForm
from encaisse.web.app.api_tokens.pages import tokens_page
from encaisse.web.app.configure.pages import render_section

_SECTION = "settings_api"


@require_safe
@member_can("company.configure")
def api_tokens(request: CompanyRequest) -> HttpResponse:
    """The tokens of the company."""
    context = {
        "page": tokens_page(request.company, now=timezone.now()),
        "address": f"{settings.SITE_URL}/api/v1/",
    }
    return render_section(request, _SECTION, "api_tokens/tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_can("company.configure")
def create(request: CompanyRequest) -> HttpResponse:
    """Make a token; its secret is shown by the answer, and never again."""
    form = TokenForm(request.POST or None, company=request.company, today=request.today)
    if form.is_valid():
        given = form.cleaned_data
        try:
            token, secret = create_token(
                request.company,
                name=given["name"],
                rights=given["rights"],
                expires_at=form.expires_at,
                author=Author.of(request.user),
                now=timezone.now(),
            )
        except TokenRefused as refused:
            form.add_error("name", str(refused))
        else:
            context = {"token": token, "secret": secret}
            return render_section(request, _SECTION, "api_tokens/created.html", context)
    status = 422 if form.errors else 200
    return render_section(
        request, _SECTION, "api_tokens/create.html", {"form": form}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def revoke(request: CompanyRequest, token_id: int) -> HttpResponse:
    """Close a token, at once and for good, once that is confirmed."""
    try:
        token = get_token(request.company, token_id)
    except ApiToken.DoesNotExist:
        raise Http404 from None
    if request.method != "POST":
        return render_section(request, _SECTION, "api_tokens/revoke.html", {"token": token})
    if revoke_token(token, author=Author.of(request.user), now=timezone.now()):
        messages.success(request, _("Jeton « %s » révoqué.") % token.name)
    return redirect(request.url(_SECTION))
