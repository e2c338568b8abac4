"""« Configurer », the mailbox where answers arrive, and whether openings are followed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from encaisse.collection.operations.incoming import try_mailbox
from encaisse.messaging.domain import DnsUnreachable, DomainCheck, DomainUnknown, Finding
from encaisse.messaging.mailbox import MailboxFailed
from encaisse.tenancy.journal import Author
from encaisse.tenancy.operations import configure_company
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.configure.forms import SenderForm
from encaisse.web.app.configure.mailbox_form import MailboxForm
from encaisse.web.app.configure.pages import render_section
from encaisse.web.app.configure.views import sender_context


@require_safe
@member_can("company.configure")
def domain(request: CompanyRequest) -> HttpResponse:
    """What the DNS says of the sender's domain: a part of the sender's page, and that page."""
    company, findings, refused = request.company, list[Finding](), ""
    name = company.sender_email.rpartition("@")[2]
    if not name:
        refused = _("Donnez d’abord l’adresse de l’expéditeur.")
    else:
        try:
            relay = "" if company.mail_service else company.smtp_host
            findings = DomainCheck(name, relay).findings()
        except (DnsUnreachable, DomainUnknown) as refusal:
            refused = str(refusal)
    checked = {"findings": findings, "domain_refused": refused, "domain": name}
    if request.htmx:
        return render(request, "configure/_domain.html", checked)
    context = sender_context(request, SenderForm.of(company)) | checked
    return render_section(request, "settings_sender", "configure/sender.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_can("company.configure")
def mailbox(request: CompanyRequest) -> HttpResponse:
    """Save the mailbox; `do=test` also opens it. Its address leads back to the sender's page."""
    if request.method != "POST":
        return redirect(request.url("settings_sender"))
    form, said, refused = MailboxForm.of(request.company, request.POST), "", ""
    if form.is_valid():
        fields = dict(form.cleaned_data)
        password = fields.pop("imap_password") or None
        author = Author.of(request.user)
        configure_company(request.company, author=author, imap_password=password, **fields)
        if request.POST.get("do") != "test":
            messages.success(request, _("Réglages enregistrés."))
            return redirect(request.url("settings_sender"))
        try:
            said = _opened(try_mailbox(request.company))
        except MailboxFailed as failure:
            refused = str(failure)
        form = MailboxForm.of(request.company)
    context = sender_context(request, SenderForm.of(request.company)) | {
        "mailbox": form,
        "mailbox_said": said,
        "mailbox_refused": refused,
    }
    status = 422 if form.errors or refused else 200
    page = "configure/sender.html"
    return render_section(request, "settings_sender", page, context, status=status)


def _opened(count: int) -> str:
    return ngettext(
        "La boîte s’ouvre : %(count)d message dans ce dossier.",
        "La boîte s’ouvre : %(count)d messages dans ce dossier.",
        count,
    ) % {"count": count}
