"""Every address under /s/ is walked: as nobody, as a stranger, and in each role.

A screen that is added says here which right it asks for.
"""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from encaisse.tenancy.models import Membership
from encaisse.tenancy.policy import role_can
from encaisse.web.access import capability_of
from tests.builders import company, member
from tests.web.capabilities import CAPABILITIES

pytestmark = pytest.mark.django_db

_SAMPLES = {"IntConverter": 999_999, "SlugConverter": "x", "StringConverter": "x"}


def patterns(entries: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns)
        else:
            yield entry


def company_resolver(entries: list[URLPattern | URLResolver]) -> URLResolver:
    for entry in entries:
        if isinstance(entry, URLResolver):
            if str(entry.pattern) == "s/<slug:slug>/":
                return entry
            try:
                return company_resolver(entry.url_patterns)
            except LookupError:
                continue
    raise LookupError("s/<slug:slug>/")


VIEWS = list(patterns(company_resolver(get_resolver().url_patterns).url_patterns))
NAMES = [view.name for view in VIEWS]
each_view = pytest.mark.parametrize("view", VIEWS, ids=NAMES)


def address(view: URLPattern) -> str:
    converters = view.pattern.converters
    arguments = {key: _SAMPLES[type(kind).__name__] for key, kind in converters.items()}
    return reverse(f"web:{view.name}", kwargs={"slug": "morel", **arguments})


def visit(client: Client, url: str) -> HttpResponse:
    response = client.get(url)
    return client.post(url) if response.status_code == 405 else response


@pytest.fixture
def morel():
    return company("Ateliers Morel", slug="morel")


def test_the_table_names_every_view_once():
    assert sorted(NAMES) == sorted(CAPABILITIES)


@each_view
def test_a_view_asks_for_the_right_that_the_table_says(view):
    assert capability_of(view.callback) == CAPABILITIES[view.name]


@each_view
def test_a_visitor_is_sent_to_the_login_page(view, client, morel):
    response = visit(client, address(view))

    assert response.status_code == 302
    assert response.url.startswith("/connexion/")


@each_view
def test_a_member_of_another_company_finds_nothing(view, client, morel):
    client.force_login(member(company("Petit"), "administrator"))

    assert visit(client, address(view)).status_code == 404


@each_view
@pytest.mark.parametrize("role", Membership.Role.values)
def test_a_role_opens_what_it_may_open_and_nothing_else(view, role, client, morel):
    client.force_login(member(morel, role))

    response = visit(client, address(view))

    assert (response.status_code != 403) == role_can(role, CAPABILITIES[view.name])
    assert not response.get("Location", "").startswith("/connexion/")


def test_a_missing_right_is_said_in_french(client, morel):
    client.force_login(member(morel, "reader"))

    response = client.post("/s/morel/travaux/1/arreter/")

    assert response.status_code == 403
    assert "Vous n’avez pas ce droit" in response.text


def test_htmx_is_sent_to_the_login_page_as_a_whole(client, morel):
    response = client.get("/s/morel/", headers={"HX-Request": "true"})

    assert response["HX-Redirect"] == "/connexion/"


def test_an_unknown_company_does_not_exist(client, morel):
    client.force_login(member(morel))

    assert client.get("/s/inconnue/").status_code == 404
