"""The one list helper: columns, filters, sort and page read from the URL and written to it.

A screen describes its list (`ListSpec`), reads what the address asks (`ListState.read`), fetches
that page and hands both to `Listing`; `render_list` answers the whole page, or to htmx only what
a filter changes: chips, rows, totals and pager together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from encaisse.web.access import MemberRequest
from encaisse.web.filters import Filter as Filter
from encaisse.web.filters import Text as Text
from encaisse.web.filters import day_of, minor_of
from encaisse.web.list_views import views_of_list

SIZES = (10, 25, 50, 100)
DEFAULT_SIZE = 25
TARGET = "list"
# A bar of more filters than that keeps some behind « Plus de filtres ».
_MOST_IN_BAR = 6
_FIRST_IN_BAR = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and how it behaves.

    A `fixed` column cannot be hidden. Unless the address chooses the columns, a `spare` one is
    not shown on a small laptop, a `wide` one not on a tablet. `titles` are the headings of a
    column that an export spreads over several (name and code).
    """

    key: str
    label: Text
    sortable: bool = True
    numeric: bool = False
    hidden: bool = False
    fixed: bool = False
    wide: bool = False
    spare: bool = False
    help: Text = ""
    titles: tuple[Text, ...] = ()

    @property
    def room(self) -> str:
        """The class of the cells that give way where there is little room; often empty."""
        return "spare" if self.spare else "wide" if self.wide else ""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list can show. `keeps` are other parameters of its address, kept by every link.

    `rows`, `totals`, `summary`, `empty`, `actions` and `menus` are templates; they get `list`
    and the view's context.
    """

    columns: tuple[Column, ...]
    rows: str
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    search: Text = ""
    caption: Text = ""
    totals: str = ""
    summary: str = ""
    empty: str = ""
    keeps: tuple[str, ...] = ()
    selectable: bool = False
    # The bar of the selection is there before anything is ticked.
    selection_stays: bool = False
    actions: str = ""
    menus: str = ""

    @property
    def default_columns(self) -> tuple[str, ...]:
        """The keys of the columns shown unless the address says otherwise."""
        return tuple(column.key for column in self.columns if not column.hidden)

    @property
    def bar(self) -> tuple[Filter, ...]:
        """The filters of the bar: all of them when they are few, else the primary ones."""
        if len(self.filters) <= _MOST_IN_BAR:
            return self.filters
        primary = tuple(choice for choice in self.filters if choice.primary)
        return primary or self.filters[:_FIRST_IN_BAR]


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows that are ticked: some, or all of the list except some."""

    everything: bool = False
    ids: frozenset[int] = frozenset()

    @classmethod
    def read(cls, query: QueryDict) -> "Selection":
        """From `choix=tous` with `sauf=…`, or `choix=…` repeated."""
        chosen = query.getlist("choix")
        if "tous" in chosen:
            return cls(everything=True, ids=_integers(query.getlist("sauf")))
        return cls(ids=_integers(chosen))

    def includes(self, row_id: int) -> bool:
        """True when the row is ticked."""
        return (row_id in self.ids) != self.everything

    def count(self, total: int) -> int:
        """How many rows are ticked in a list of `total`."""
        return total - len(self.ids) if self.everything else len(self.ids)

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that say this selection in an address."""
        key = "sauf" if self.everything else "choix"
        chosen = [("choix", "tous")] if self.everything else []
        return chosen + [(key, str(row_id)) for row_id in sorted(self.ids)]


def _integers(words: Iterable[str]) -> frozenset[int]:
    return frozenset(int(part) for word in words for part in word.split(",") if part.isdecimal())


@dataclass(frozen=True, slots=True)
class ListState:
    """What the address asks for. Immutable: `url` says where a change leads."""

    spec: ListSpec
    path: str
    search: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = DEFAULT_SIZE
    columns: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    selection: Selection = Selection()

    @classmethod
    def read(cls, spec: ListSpec, request: HttpRequest, *, path: str = "") -> "ListState":
        """The state in the request's query string; what makes no sense there is ignored.

        `path`: the list's own address, where the request is for another one about it.
        """
        query = request.GET
        size = query.get("par", "")
        return cls(
            spec=spec,
            path=path or request.path,
            search=query.get("q", "").strip()[:200] if spec.search else "",
            values={
                choice.key: value
                for choice in spec.filters
                if (value := choice.read(query.get(choice.key, "")))
            },
            sort=_known_sort(spec, query.get("tri", "")),
            page=_page(query.get("page", "")),
            size=int(size) if size.isdecimal() and int(size) in SIZES else DEFAULT_SIZE,
            columns=_known_columns(spec, query.get("colonnes", "")),
            kept={key: query[key] for key in spec.keeps if query.get(key)},
            selection=Selection.read(query) if spec.selectable else Selection(),
        )

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.page - 1) * self.size

    @property
    def is_filtered(self) -> bool:
        """True when something hides rows."""
        return bool(self.search or self.values)

    def get(self, key: str) -> str:
        """The value of a filter, empty when it is off."""
        return self.values.get(key, "")

    def day(self, key: str) -> date | None:
        """The day of a `date` filter, None when it is off."""
        return day_of(self.get(key))

    def minor(self, key: str, currency: str = "EUR") -> int | None:
        """The amount of an `amount` filter in minor units of a currency, None when it is off."""
        return minor_of(self.get(key), currency)

    def shows(self, key: str) -> bool:
        """True for a visible column."""
        return key in self.columns

    def filters(self) -> list[tuple[str, str]]:
        """The active filters in words, each with its parameter."""
        search = [("q", _("« %(text)s »") % {"text": self.search})] if self.search else []
        return search + [
            (choice.key, choice.describe(self.values[choice.key]))
            for choice in self.spec.filters
            if choice.key in self.values
        ]

    def url(self, **changes: Any) -> str:
        """The address of this list with some fields changed, in its shortest form."""
        return self.path + replace(self, **changes).query()

    def without(self, key: str) -> str:
        """The address without one filter (or `q`, the search)."""
        if key == "q":
            return self.url(search="", page=1, selection=Selection())
        values = {name: value for name, value in self.values.items() if name != key}
        return self.url(values=values, page=1, selection=Selection())

    def query(self) -> str:
        """The query string with its question mark; empty when everything is at its default."""
        pairs: list[tuple[str, str]] = [("q", self.search), *self.values.items()]
        pairs += self.kept.items()
        if self.sort != self.spec.sort:
            pairs.append(("tri", self.sort))
        if self.columns != self.spec.default_columns:
            pairs.append(("colonnes", ",".join(self.columns)))
        if self.size != DEFAULT_SIZE:
            pairs.append(("par", str(self.size)))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        pairs += self.selection.pairs()
        found = [(key, value) for key, value in pairs if value]
        return "?" + urlencode(found, safe=",") if found else ""


def _known_sort(spec: ListSpec, asked: str) -> str:
    known = {column.key for column in spec.columns if column.sortable}
    return asked if asked.removeprefix("-") in known else spec.sort


def _known_columns(spec: ListSpec, asked: str) -> tuple[str, ...]:
    if not asked:
        return spec.default_columns
    wanted = set(asked.split(","))
    return tuple(column.key for column in spec.columns if column.fixed or column.key in wanted)


@dataclass(frozen=True, slots=True)
class Header:
    """A heading of the table: where a click leads and what the sort is now."""

    column: Column
    url: str
    direction: str


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter, and the address without it."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Control:
    """A filter of the bar with its present value."""

    filter: Filter
    value: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """A column of the « Colonnes » menu."""

    column: Column
    is_shown: bool
    url: str


@dataclass(frozen=True)
class Listing:
    """One page of a list as the templates show it."""

    state: ListState
    rows: Sequence[Any]
    count: int
    totals: Any = None

    @property
    def spec(self) -> ListSpec:
        """What the list can show."""
        return self.state.spec

    @property
    def is_chosen(self) -> bool:
        """True when the user chose the columns: none gives way then."""
        return self.state.columns != self.spec.default_columns

    @cached_property
    def shown(self) -> frozenset[str]:
        """Keys of the visible columns, for `{% if "profile" in list.shown %}`."""
        return frozenset(self.state.columns)

    @cached_property
    def headers(self) -> list[Header]:
        """The headings of the visible columns."""
        return [
            self._header(column) for column in self.spec.columns if self.state.shows(column.key)
        ]

    def _header(self, column: Column) -> Header:
        first = f"-{column.key}" if column.numeric else column.key
        second = column.key if column.numeric else f"-{column.key}"
        following = second if self.state.sort == first else first
        current = self.state.sort.removeprefix("-") == column.key
        direction = ("down" if self.state.sort.startswith("-") else "up") if current else ""
        return Header(column, self.state.url(sort=following, page=1), direction)

    @property
    def controls(self) -> list[Control]:
        """The filters of the bar."""
        return [Control(choice, self.state.get(choice.key)) for choice in self.spec.bar]

    @property
    def more_controls(self) -> list[Control]:
        """The filters behind « Plus de filtres »."""
        shown = self.spec.bar
        return [
            Control(choice, self.state.get(choice.key))
            for choice in self.spec.filters
            if choice not in shown
        ]

    @property
    def more_active(self) -> int:
        """How many of the filters behind « Plus de filtres » are on."""
        return sum(bool(control.value) for control in self.more_controls)

    @property
    def chips(self) -> list[Chip]:
        """The active filters."""
        return [Chip(words, self.state.without(key)) for key, words in self.state.filters()]

    @property
    def clear_url(self) -> str:
        """The list without any filter."""
        return self.state.url(search="", values={}, page=1, selection=Selection())

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """What the filter form must carry along besides its own fields."""
        bare = replace(self.state, search="", values={}, page=1, selection=Selection())
        return parse_qsl(bare.query().removeprefix("?"))

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Everything the address says but the page, for another form on the same list."""
        return parse_qsl(self.view_query.removeprefix("?"))

    @property
    def toggles(self) -> list[Toggle]:
        """The « Colonnes » menu."""
        return [self._toggle(column) for column in self.spec.columns if not column.fixed]

    def _toggle(self, column: Column) -> Toggle:
        is_shown = self.state.shows(column.key)
        after = tuple(
            other.key
            for other in self.spec.columns
            if (not is_shown if other.key == column.key else self.state.shows(other.key))
        )
        return Toggle(column, is_shown, self.state.url(columns=after))

    @property
    def first(self) -> int:
        """The rank of the page's first row, from 1."""
        return self.state.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The rank of the page's last row."""
        return self.state.offset + len(self.rows)

    @property
    def previous_url(self) -> str:
        """The page before; empty on the first."""
        return self.state.url(page=self.state.page - 1) if self.state.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The page after; empty on the last."""
        return self.state.url(page=self.state.page + 1) if self.last < self.count else ""

    @property
    def place(self) -> str:
        """Where the page stands, in words; empty where the ranks of its rows say it."""
        return ""

    @property
    def sizes(self) -> list[tuple[int, str, bool]]:
        """Page sizes: number, address, whether it is the present one."""
        return [
            (size, self.state.url(size=size, page=1), size == self.state.size) for size in SIZES
        ]

    @property
    def url(self) -> str:
        """The address of what is shown."""
        return self.state.url()

    @property
    def selected(self) -> int:
        """How many rows are ticked, over all pages."""
        return self.state.selection.count(self.count)

    @property
    def view_query(self) -> str:
        """The query string of what a saved view keeps: everything but the page and the ticks."""
        return replace(self.state, page=1, selection=Selection()).query()

    @property
    def export_query(self) -> str:
        """The query string of an export of exactly this: filters, columns and sort, no page."""
        bare = replace(self.state, page=1, size=DEFAULT_SIZE, selection=Selection())
        return bare.query()


def render_list(
    request: MemberRequest,
    template: str,
    context: dict[str, Any],
    *,
    listing: Listing,
    part: str = "ui/list_part.html",
) -> HttpResponse:
    """The page, or its changing part alone when htmx asks for it.

    A list with filters that is a whole screen of a company gets its saved views (`views`).
    """
    asks_part = (
        bool(request.htmx)
        and not request.htmx.history_restore_request
        and request.htmx.target == TARGET
    )
    views = None
    if listing.spec.filters or listing.spec.search:
        views = views_of_list(request, path=listing.state.path, query=listing.view_query)
    context = context | {"list": listing, "views": views}
    response = render(request, part if asks_part else template, context)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    if asks_part and request.method == "GET":
        response["HX-Push-Url"] = listing.url
    return response


def _page(text: str) -> int:
    """A page number as an address says it; nonsense is the first page, too far is very far."""
    return min(max(1, int(text[:13])), 10**12) if text.isdecimal() else 1
