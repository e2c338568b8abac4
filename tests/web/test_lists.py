"""The list helper: what an address means, and what each link writes."""

from datetime import date

import pytest
from django.test import RequestFactory

from encaisse.web.lists import Column, Filter, Listing, ListSpec, ListState, Selection

SPEC = ListSpec(
    columns=(
        Column("name", "Client", fixed=True),
        Column("profile", "Profil"),
        Column("amount", "Montant", numeric=True),
        Column("note", "Note", sortable=False, hidden=True),
    ),
    filters=(
        Filter("profil", "Profil", (("1", "Standard"), ("2", "Grand compte"))),
        Filter("litige", "En litige", kind="toggle"),
        Filter("du", "Du", kind="date"),
        Filter("numero", "Numéro", kind="text"),
        Filter("min", "Montant minimum", kind="amount"),
    ),
    sort="-amount",
    search="Client",
    rows="rows.html",
    keeps=("tranches",),
    selectable=True,
)


def state(query: str = "") -> ListState:
    return ListState.read(SPEC, RequestFactory().get(f"/liste/?{query}"))


def listing(query: str = "", count: int = 149) -> Listing:
    asked = state(query)
    return Listing(asked, rows=range(max(0, min(asked.size, count - asked.offset))), count=count)


def test_an_empty_address_is_the_default_list():
    asked = state()

    assert (asked.sort, asked.page, asked.size) == ("-amount", 1, 25)
    assert asked.columns == ("name", "profile", "amount")
    assert asked.url() == "/liste/"


@pytest.mark.parametrize(
    "query",
    [
        "profil=2",
        "q=dupont",
        "litige=1",
        "du=2026-11-21",
        "numero=FA-1",
        "min=1500,50",
        "tri=name",
        "par=50&page=3",
        "colonnes=name,amount,note",
        "tranches=15,45",
        "choix=3&choix=7",
        "choix=tous&sauf=3",
        "q=a%26b&profil=1&tranches=30&tri=-name&page=2",
    ],
)
def test_an_address_is_written_back_as_it_was_read(query):
    assert state(query).url() == f"/liste/?{query}"


@pytest.mark.parametrize(
    "query",
    [
        "profil=9",
        "litige=oui",
        "tri=note",
        "tri=unknown",
        "par=7",
        "page=x",
        "page=-1",
        "page=0",
        "autre=1",
        "du=",
        "du=demain",
        "du=0202-01-01",
        "numero=+",
        "min=beaucoup",
        "min=999999999999999999999",
        "q=+",
    ],
)
def test_what_makes_no_sense_in_an_address_is_ignored(query):
    assert state(query).url() == "/liste/"


def test_a_chip_drops_its_filter_and_returns_to_the_first_page():
    chips = listing("q=dup&profil=2&litige=1&page=2&tri=name").chips

    assert [chip.text for chip in chips] == [
        "«\xa0dup\xa0»",
        "Profil\xa0: Grand compte",
        "En litige",
    ]
    assert chips[1].url == "/liste/?q=dup&litige=1&tri=name"


def test_what_is_typed_in_a_filter_is_read_as_a_day_and_as_an_amount():
    asked = state("du=2026-11-21&min=1+500%2C50+%E2%82%AC&numero=+FA-1+")

    assert asked.day("du") == date(2026, 11, 21)
    assert asked.minor("min") == 150050
    assert asked.minor("min", "TND") == 1500500
    assert asked.get("numero") == "FA-1"
    assert [chip.text for chip in Listing(asked, rows=(), count=0).chips] == [
        "Du\xa0: 21/11/2026",
        "Numéro\xa0: FA-1",
        "Montant minimum\xa0: 1 500,50 €",
    ]


def test_a_filter_that_is_off_is_nothing():
    assert (state().day("du"), state().minor("min")) == (None, None)


def some_filters(number: int, primary: set[int] = frozenset()) -> tuple[Filter, ...]:
    return tuple(
        Filter(f"f{rank}", f"F{rank}", kind="toggle", primary=rank in primary)
        for rank in range(number)
    )


@pytest.mark.parametrize(
    ("filters", "bar"),
    [
        (some_filters(6), ["f0", "f1", "f2", "f3", "f4", "f5"]),
        (some_filters(9), ["f0", "f1", "f2", "f3"]),
        (some_filters(9, {1, 8}), ["f1", "f8"]),
    ],
)
def test_a_bar_of_many_filters_keeps_the_main_ones(filters, bar):
    spec = ListSpec(columns=SPEC.columns, rows="rows.html", filters=filters)
    shown = Listing(ListState.read(spec, RequestFactory().get("/?f7=1")), rows=(), count=0)

    assert [control.filter.key for control in shown.controls] == bar
    assert len(shown.controls) + len(shown.more_controls) == len(filters)
    assert shown.more_active == (len(filters) == 9)


def test_a_heading_sorts_then_sorts_the_other_way():
    first = {header.column.key: header for header in listing().headers}
    second = {header.column.key: header for header in listing("tri=name").headers}

    assert first["amount"].direction == "down"
    assert first["amount"].url == "/liste/?tri=amount"
    assert first["name"].url == "/liste/?tri=name"
    assert second["name"].url == "/liste/?tri=-name"
    assert second["amount"].url == "/liste/"


def test_a_column_is_hidden_and_shown_by_a_link():
    toggles = {toggle.column.key: toggle for toggle in listing().toggles}

    assert "name" not in toggles
    assert toggles["profile"].url == "/liste/?colonnes=name,amount"
    assert toggles["note"].url == "/liste/?colonnes=name,profile,amount,note"


def test_a_fixed_column_cannot_be_hidden():
    assert state("colonnes=amount").columns == ("name", "amount")


@pytest.mark.parametrize(
    ("query", "first", "last", "before", "after"),
    [
        ("", 1, 25, "", "/liste/?page=2"),
        ("page=2", 26, 50, "/liste/", "/liste/?page=3"),
        ("page=6", 126, 149, "/liste/?page=5", ""),
        ("par=100&page=2", 101, 149, "/liste/?par=100", ""),
    ],
)
def test_the_pager_knows_its_place(query, first, last, before, after):
    found = listing(query)

    assert (found.first, found.last) == (first, last)
    assert (found.previous_url, found.next_url) == (before, after)


def test_the_form_carries_what_is_not_a_filter():
    fields = listing("q=dup&profil=2&tri=name&tranches=15,45&page=3").hidden_fields

    assert fields == [("tranches", "15,45"), ("tri", "name")]


def test_an_export_keeps_everything_but_the_page():
    assert listing("profil=2&tri=name&page=3&par=50").export_query == "?profil=2&tri=name"


def test_a_view_keeps_the_size_too_but_neither_the_page_nor_the_ticks():
    assert listing("profil=2&page=3&par=50&choix=4").view_query == "?profil=2&par=50"


@pytest.mark.parametrize(
    ("query", "ticked", "count"),
    [
        ("", set(), 0),
        ("choix=1&choix=3", {1, 3}, 2),
        ("choix=1,3", {1, 3}, 2),
        ("choix=tous", {1, 2, 3}, 110),
        ("choix=tous&sauf=2", {1, 3}, 109),
        ("choix=x", set(), 0),
    ],
)
def test_a_selection_runs_over_all_pages(query, ticked, count):
    selection = Selection.read(RequestFactory().get(f"/?{query}").GET)

    assert {row for row in (1, 2, 3) if selection.includes(row)} == ticked
    assert selection.count(110) == count
