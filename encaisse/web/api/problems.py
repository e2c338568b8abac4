"""What the API answers when it cannot: RFC 9457, in the language of the request."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from pydantic import Field

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class ItemProblem(Schema):
    """What is wrong with one item or one field. `index` counts the items of a batch from 0."""

    index: int | None = None
    field: str = ""
    message: str


class ProblemDetails(Schema):
    """Why a request was not done (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: Annotated[list[ItemProblem], Field(default_factory=list)]


class Problem(Exception):
    """A request that cannot be done; `detail` is fit to show to the user."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: Sequence[ItemProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors, self.headers = errors, headers or {}


def not_found() -> Problem:
    """What is not there, or not for this token."""
    return Problem(HTTPStatus.NOT_FOUND, _("Rien ne se trouve à cette adresse."))


def unprocessable(detail: str) -> Problem:
    """What is understood, but cannot be recorded so."""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail)


def answer(problem: Problem) -> HttpResponse:
    """The answer that says it."""
    status = problem.status
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = [error.model_dump() for error in problem.errors]
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    return response


def tell_problems(api: NinjaAPI) -> None:
    """Answer every failure of an API this way."""

    def told(_request: HttpRequest, problem: Problem) -> HttpResponse:
        return answer(problem)

    def unknown(_request: HttpRequest, _error: Http404) -> HttpResponse:
        return answer(not_found())

    def without_token(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        return answer(
            Problem(
                HTTPStatus.UNAUTHORIZED,
                _("Il faut un jeton valable : « Authorization: Bearer enc_… »."),
                headers={"WWW-Authenticate": "Bearer"},
            )
        )

    def misread(_request: HttpRequest, _error: HttpError) -> HttpResponse:
        return answer(Problem(HTTPStatus.BAD_REQUEST, _("Le corps n’est pas du JSON lisible.")))

    def invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(
            Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                _("La demande n’a pas la forme attendue."),
                errors=[_item(one) for one in error.errors],
            )
        )

    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.exception("%s %s", request.method, request.path, exc_info=error)
        text = _("Une erreur est survenue ; rien n’a été enregistré.")
        return answer(Problem(HTTPStatus.INTERNAL_SERVER_ERROR, text))

    for kind, handler in (
        (Problem, told),
        (Http404, unknown),
        (AuthenticationError, without_token),
        (HttpError, misread),
        (ValidationError, invalid),
        (Exception, broken),
    ):
        api.add_exception_handler(kind, handler)  # type: ignore[arg-type]


def _item(error: Mapping[str, Any]) -> ItemProblem:
    """An error of form: the index of the item, the path of the field, what it should be."""
    place = [*error["loc"]]
    # Where it was read from, and the name of the parameter that holds the whole body.
    place = place[2:] if place[:1] == ["body"] else place[1:]
    index = next((part for part in place if isinstance(part, int)), None)
    field = ".".join(str(part) for part in place)
    return ItemProblem(index=index, field=field, message=str(error["msg"]))
