"""The image that says that a mail was opened. No cookie, and nothing of the reader is kept."""

from base64 import b64decode

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from encaisse.collection.operations.opening import note_opening

_IMAGE = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@require_GET
@never_cache
def opening(_request: HttpRequest, token: str) -> HttpResponse:
    """One transparent point, whatever the token."""
    note_opening(token, now=timezone.now())
    return HttpResponse(_IMAGE, content_type="image/gif")
