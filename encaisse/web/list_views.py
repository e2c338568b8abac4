"""The « Vues » menu of a list: the views that were kept of it, and what can be done with it."""

from dataclasses import dataclass
from functools import cached_property
from typing import cast
from urllib.parse import parse_qsl, urlencode

from django.urls import NoReverseMatch, resolve

from encaisse.insights.models import SavedView
from encaisse.insights.saved_views import may_change, views_of
from encaisse.web.access import CompanyRequest, MemberRequest


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """A view of the menu: where it leads, and where it is changed (empty: by others only)."""

    view: SavedView
    url: str
    edit_url: str
    is_current: bool
    is_own: bool


@dataclass(frozen=True)
class ListViews:
    """What the menus of a list offer beside its columns; `query` is the list without its page."""

    request: CompanyRequest
    screen: str
    path: str
    query: str

    @cached_property
    def entries(self) -> list[ViewEntry]:
        """The views that the user sees; one query."""
        membership = self.request.membership
        return [self._entry(view) for view in views_of(membership, self.screen)]

    def _entry(self, view: SavedView) -> ViewEntry:
        membership = self.request.membership
        edit_url = ""
        if may_change(membership, view):
            edit_url = _asking(self.request.url("view_edit", view.pk), self.query)
        return ViewEntry(
            view,
            url=f"{self.path}?{view.query}" if view.query else self.path,
            edit_url=edit_url,
            is_current=sorted(parse_qsl(view.query)) == sorted(parse_qsl(self.query)),
            is_own=view.owner_id == membership.user_id,
        )

    @cached_property
    def current(self) -> ViewEntry | None:
        """The view that the list shows just now."""
        return next((entry for entry in self.entries if entry.is_current), None)

    @property
    def save_url(self) -> str:
        """Where the list is kept under a name."""
        return _asking(self.request.url("view_save", self.screen), self.query)

    @cached_property
    def schedule_url(self) -> str:
        """Where the list's file is asked by mail; empty where it has none, or for others."""
        if not self.request.can("ledger.export"):
            return ""
        try:
            self.request.url(f"{self.screen}_export", "csv")
            return _asking(self.request.url("export_schedule", self.screen), self.query)
        except NoReverseMatch:
            return ""


def views_of_list(request: MemberRequest, *, path: str, query: str) -> ListViews | None:
    """The menus of a list that is a whole screen of a company; None for another list.

    `path` is the list's own address, wherever the request was sent.
    """
    if not hasattr(request, "membership"):
        return None
    match = resolve(path)
    if not match.url_name or set(match.kwargs) - {"slug"}:
        return None
    inside = cast(CompanyRequest, request)
    return ListViews(inside, match.url_name, path, query.removeprefix("?"))


def _asking(url: str, query: str) -> str:
    return f"{url}?{urlencode({'requete': query})}" if query else url
