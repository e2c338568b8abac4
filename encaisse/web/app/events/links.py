"""The links of mails, where clicks are followed. No cookie, and nothing of the reader is kept."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from encaisse.collection.operations.clicks import note_click, read_link


@require_safe
@never_cache
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """On to the very address that the mail named; 404 for one that no mail of ours named.

    Only somebody who opens it counts: neither our own people, nor what looks ahead of a click.
    """
    followed = read_link(token)
    if followed is None:
        raise Http404
    if request.method == "GET" and not request.user.is_authenticated and _is_opened(request):
        note_click(followed, now=timezone.now())
    response = HttpResponseRedirect(followed.address)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _is_opened(request: HttpRequest) -> bool:
    destination = request.headers.get("Sec-Fetch-Dest", "document")
    return destination == "document" and "Sec-Purpose" not in request.headers
