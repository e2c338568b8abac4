"""A list that is a whole screen of a company: its page and its file, from one declaration."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.http import HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from encaisse.web.access import CompanyRequest, member_can
from encaisse.web.exports import Line, export_list
from encaisse.web.lists import Listing, ListState, render_list


class ListPage(Protocol):
    """What a request asks of a list: one page of it, and all of its lines."""

    @property
    def state(self) -> ListState:
        """What the address asks for."""

    @property
    def listing(self) -> Listing:
        """One page of the list: a constant number of queries."""

    def exported(self) -> Iterable[Line]:
        """Every line of the list, fetched in batches."""


@dataclass(frozen=True, slots=True)
class ListScreen:
    """A screen that is a list, as `name` and, for its file, `<name>_export`.

    `address` is that of the page; `file_name` goes without the day and its ending. The template
    gets `page`, what `asked` reads in the request.
    """

    name: str
    address: str
    template: str
    file_name: str
    asked: Callable[[CompanyRequest], ListPage]
    capability: str = "ledger.view"
    export_capability: str = "ledger.export"

    @property
    def urls(self) -> list[URLPattern]:
        """The page and the file."""

        @require_safe
        @member_can(self.capability)
        def show(request: CompanyRequest) -> HttpResponse:
            """The list, or its changing part for htmx."""
            page = self.asked(request)
            return render_list(request, self.template, {"page": page}, listing=page.listing)

        @require_safe
        @member_can(self.export_capability)
        def export(request: CompanyRequest, kind: str) -> HttpResponseBase:
            """Exactly what the list shows, without row limit."""
            page = self.asked(request)
            return export_list(
                request, kind, name=self.file_name, state=page.state, lines=page.exported()
            )

        return [
            path(self.address, show, name=self.name),
            path(f"{self.address}export.<slug:kind>", export, name=f"{self.name}_export"),
        ]
