"""« Configurer », where the e-mail service reports, and what to set there."""

from dataclasses import dataclass
from typing import Self

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from encaisse.messaging.services.catalogue import SERVICES
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Company
from encaisse.tenancy.operations import renew_events_token
from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.app.events.address import events_address

# Where each service has its webhooks, in its own words, and which events to tick there.
_PLACES: dict[str, tuple[str, str | Promise]] = {
    "brevo": (
        "Transactionnel › Paramètres › Webhook",
        gettext_lazy("envoyé, délivré, soft bounce, hard bounce, e-mail invalide, bloqué, plainte"),
    ),
    "mailjet": (
        "Préférences › Notifications d’événements",
        gettext_lazy("sent, bounce, blocked, spam"),
    ),
    "mailgun": (
        "Send › Webhooks",
        gettext_lazy("delivered, permanent failure, temporary failure, complained"),
    ),
    "postmark": (
        "Server › Message Stream › Webhooks",
        gettext_lazy("Delivery, Bounce, Spam complaint"),
    ),
    "sendgrid": (
        "Settings › Mail Settings › Event Webhook",
        gettext_lazy("Processed, Delivered, Deferred, Bounced, Dropped, Spam reports"),
    ),
    "sparkpost": (
        "Configuration › Webhooks",
        gettext_lazy("Delivery, Bounce, Out of Band, Policy Rejection, Spam Complaint"),
    ),
    "resend": (
        "Webhooks",
        gettext_lazy("email.sent, email.delivered, email.bounced, email.complained"),
    ),
    "mailersend": (
        "Domains › Manage › Webhooks",
        gettext_lazy("sent, delivered, soft bounced, hard bounced, spam complaint"),
    ),
    "mandrill": (
        "Settings › Webhooks",
        gettext_lazy("sent, soft-bounced, bounced, marked as spam, rejected"),
    ),
}


@dataclass(frozen=True, slots=True)
class EventsPanel:
    """The address to give to the service, and the state of what proves who reports there."""

    service: str
    address: str
    place: str
    ticks: str | Promise
    signs: bool
    must_sign: bool
    has_signing_key: bool

    @classmethod
    def of(cls, company: Company) -> Self | None:
        """None for a company whose mails leave by an SMTP server."""
        if not company.mail_service:
            return None
        kind = SERVICES[company.mail_service]
        place, ticks = _PLACES[kind.code]
        return cls(
            service=kind.label,
            address=events_address(company),
            place=place,
            ticks=ticks,
            signs=bool(kind.signing),
            must_sign=kind.must_sign,
            has_signing_key=bool(company.service_signing_sealed),
        )


@require_POST
@member_can("company.configure")
def renew_events(request: CompanyRequest) -> HttpResponse:
    """Another address for events: the one before may have been seen by others."""
    if not request.company.mail_service:
        raise Http404
    renew_events_token(request.company, author=Author.of(request.user))
    messages.success(
        request, _("Nouvelle adresse : donnez-la au service à la place de l’ancienne.")
    )
    return redirect(f"{request.url('settings_sender')}#evenements")
