"""The file of a list, asked by its very view on behalf of a member who is not there."""

from collections.abc import Iterable
from datetime import date
from email.message import Message
from typing import cast

from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict
from django.urls import NoReverseMatch, resolve
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from encaisse.messaging.mail import Attachment
from encaisse.tenancy.models import Membership
from encaisse.web.access import CompanyRequest, company_url, enter

# What relays usually take, before its encoding makes it a third longer.
HEAVIEST = 20 * 1024 * 1024


class NoFile(Exception):
    """The member cannot have that file any more; the text is fit to show to the user."""


def file_of_list(
    membership: Membership, screen: str, query: str, *, kind: str, today: date
) -> Attachment | None:
    """The export of a list as the member would download it; None beyond HEAVIEST bytes.

    Raises NoFile.
    """
    try:
        response = _asked(membership, f"{screen}_export", query, kind=kind, today=today)
    except PermissionDenied:
        raise NoFile(
            _("%(name)s n’a plus le droit d’exporter cette liste.") % {"name": membership.user}
        ) from None
    except (Http404, NoReverseMatch):
        raise NoFile(_("Cette liste n’existe plus.")) from None
    content = _content(response)
    if content is None:
        return None
    return Attachment(_name(response), response["Content-Type"].partition(";")[0], content)


def _asked(
    membership: Membership, name: str, query: str, *, kind: str, today: date
) -> HttpResponseBase:
    request = HttpRequest()
    request.method, request.GET = "GET", QueryDict(query)
    request.path = request.path_info = company_url(membership.company, name, kind)
    inside = cast(CompanyRequest, request)
    inside.user, inside.htmx = membership.user, HtmxDetails(request)
    # A view may leave a message: nobody is there to read it.
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    enter(request, membership, today=today)
    match = resolve(request.path)
    given = {key: value for key, value in match.kwargs.items() if key != "slug"}
    response: HttpResponseBase = match.func(inside, *match.args, **given)
    return response


def _content(response: HttpResponseBase) -> bytes | None:
    """What the answer streams; it is not closed, which would end the work's own request."""
    content = bytearray()
    try:
        for piece in cast(Iterable[bytes], response):
            content += piece
            if len(content) > HEAVIEST:
                return None
    finally:
        if isinstance(response, FileResponse) and response.file_to_stream is not None:
            response.file_to_stream.close()
    return bytes(content)


def _name(response: HttpResponseBase) -> str:
    header = Message()
    header["Content-Disposition"] = response["Content-Disposition"]
    return header.get_filename() or "export"
