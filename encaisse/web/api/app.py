"""The API as a whole: its parts, its description, its errors, its limits."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from encaisse.web.api import activity, figures, followup, plan, push
from encaisse.web.api.gate import limited
from encaisse.web.api.problems import MEDIA_TYPE, tell_problems

_DESCRIPTION = """\
Read the ledger, the plan and the activity of one company, and send it customers, contacts and
entries. Amounts are integers in minor units of their currency (cents of euro); positive is owed by
the customer. Dates are ISO 8601. Errors are problem details (RFC 9457), in French or English by
`Accept-Language`."""


class Api(NinjaAPI):
    """Adds the limits of the token to every answer, and says the media type of problems."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """The answer in the making."""
        return limited(request, super().create_temporal_response(request))

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """The answer that says what is wrong."""
        return limited(request, super().on_exception(request, exc))

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description of the API, OpenAPI 3.1."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        content = response["content"]
                        response["content"] = {MEDIA_TYPE: content.pop("application/json")}
        return schema


api = Api(
    title="Encaisse",
    version="1",
    description=_DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
)
tell_problems(api)
# The customers' own lists come before the customer: his code may hold a slash.
for part in (figures, plan, activity, followup, push):
    api.add_router("", part.router)
