"""`Idempotency-Key`: a request that comes twice is done once."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema

from encaisse.tenancy.idempotency import KeyUsedOtherwise, done_once
from encaisse.web.api.gate import ApiRequest, limited
from encaisse.web.api.problems import Problem

P = ParamSpec("P")
Told = TypeVar("Told", bound=Schema)
_LONGEST = 120

# What the document of the API says of the header.
HEADER: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": "Idempotency-Key",
            "required": False,
            "description": "Any text of yours, new for each request that you mean. The same key "
            "with the same request gives the same answer for 24 hours, and nothing is done again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": _LONGEST},
        }
    ]
}


def once(
    operation: Callable[Concatenate[ApiRequest, P], Told],
) -> Callable[Concatenate[ApiRequest, P], HttpResponse]:
    """Answer what `operation` tells, or what it told before under the request's key."""

    @wraps(operation)
    def answered(request: ApiRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        def do() -> tuple[int, str]:
            return HTTPStatus.OK.value, operation(request, *args, **kwargs).model_dump_json()

        key = request.headers.get("Idempotency-Key", "")
        if not key:
            with transaction.atomic():
                return limited(request, _response(*do()))
        if len(key) > _LONGEST or not key.isprintable():
            text = _("« Idempotency-Key » compte de 1 à %d signes.") % _LONGEST
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, text)
        caller = request.auth
        try:
            reply = done_once(
                caller.token, key, request_digest=_digest(request), now=caller.now, do=do
            )
        except KeyUsedOtherwise:
            text = _("Cette clé d’idempotence a déjà servi à une autre demande.")
            raise Problem(HTTPStatus.CONFLICT, text) from None
        response = limited(request, _response(reply.status, reply.body))
        if reply.is_replayed:
            response["Idempotent-Replayed"] = "true"
        return response

    return answered


def _digest(request: ApiRequest) -> str:
    line = f"{request.method} {request.get_full_path()}\n".encode()
    return sha256(line + request.body).hexdigest()


def _response(status: int, body: str) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
