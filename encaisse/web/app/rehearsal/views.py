"""« Répétition »: the real data, the real texts, and nothing that reaches a customer."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from encaisse.collection.models import Reminder
from encaisse.collection.operations.deliver import waiting_mails
from encaisse.collection.queries.rehearsal import Way, rehearsed, ways
from encaisse.collection.tasks import start_forgetting
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import configure_company
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.rehearsal.forms import FORGET, MODES, MailModeForm

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class RehearsalPage:
    """How e-mails leave now, and those that reached nobody but count as sent.

    `waiting` is how many have been decided and not sent: they leave by the way of that moment.
    """

    way: Way
    count: int
    latest: Sequence[Reminder]
    waiting: int

    @classmethod
    def of(cls, company: Company, count: int) -> "RehearsalPage":
        """Four queries; `count` of those messages is known already."""
        found = rehearsed(company).select_related("customer")
        latest = found.order_by("-accepted_at", "-pk")
        waiting = waiting_mails(company, now=timezone.now()).count()
        return cls(ways(company)[-1], count, list(latest[:_SHOWN]), waiting)

    @property
    def others(self) -> int:
        """How many are not shown."""
        return self.count - min(self.count, _SHOWN)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def rehearsal(request: CompanyRequest) -> HttpResponse:
    """The three modes, and what was rehearsed."""
    company, user = request.company, request.user
    count = rehearsed(company).count()
    form = MailModeForm.of(company, user, request.POST or None, rehearsed=count)
    if form.is_valid():
        forgets = form.takes_afterwards() == FORGET
        configure_company(company, author=Author.of(user), **form.cleaned_data)
        said = _said(company)
        if forgets:
            start_forgetting(company, actor=user)
            said = f"{said} {_forgotten(count)}"
        messages.success(request, said)
        return redirect(request.url("settings_rehearsal"))
    context = {"form": form, "page": RehearsalPage.of(company, count)}
    status = 422 if form.errors else 200
    return render_section(
        request, "settings_rehearsal", "rehearsal/page.html", context, status=status
    )


def _said(company: Company) -> str:
    if company.mail_mode == MODES.REDIRECT:
        return _("Répétition : tout part vers %(address)s.") % {"address": company.redirect_to}
    if company.mail_mode == MODES.CAPTURE:
        return _("Répétition : plus aucun e-mail ne part.")
    if company.is_demo:
        return _("Enregistré. Société de démonstration : quel que soit ce choix, rien ne part.")
    return _("Envoi réel : les e-mails arrivent chez vos clients.")


def _forgotten(count: int) -> str:
    return ngettext(
        "Le message de répétition s’oublie : quelques instants.",
        "Les %(count)d messages de répétition s’oublient : quelques instants.",
        count,
    ) % {"count": count}


@require_POST
@member_can("company.configure")
def forget(request: CompanyRequest) -> HttpResponse:
    """Take back what the messages of rehearsals have raised."""
    start_forgetting(request.company, actor=request.user)
    messages.success(request, _("La répétition s’oublie : quelques instants."))
    return redirect(request.url("settings_rehearsal"))
