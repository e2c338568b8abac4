"""Where e-mail services report what became of the mails. The address itself is the secret."""

import logging

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from encaisse.collection.operations.service_events import take_events
from encaisse.messaging.services.catalogue import SERVICES
from encaisse.messaging.services.events import EventsRefused, read_events
from encaisse.tenancy.models import Company
from encaisse.tenancy.queries import company_of_events
from encaisse.tenancy.secrets import unseal
from encaisse.web.app.events.address import events_address

logger = logging.getLogger(__name__)

# A batch of the talkative ones is below one megabyte.
_LARGEST = 4 * 1024 * 1024


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def take_service_events(request: HttpRequest, token: str, service: str) -> HttpResponse:
    """Take over the reports of a company's service; a HEAD only asks whether the address is good.

    400 for what is not signed or not understood: the service then tries again.
    """
    company = company_of_events(token)
    if company is None or company.mail_service != service:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    if int(request.META.get("CONTENT_LENGTH") or 0) > _LARGEST:
        return HttpResponse(status=413)
    try:
        _take(request, company)
    except EventsRefused as refusal:
        logger.warning("%s: events of %s refused: %s", company.slug, service, refusal)
        return HttpResponseBadRequest()
    return HttpResponse()


def _take(request: HttpRequest, company: Company) -> None:
    events = read_events(
        request,
        SERVICES[company.mail_service],
        signing_key=unseal(company.service_signing_sealed),
        address=events_address(company),
    )
    take_events(company, events, now=timezone.now())
