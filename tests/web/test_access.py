"""Every address under /s/ is walked: as nobody, as a stranger, and in each role.

A screen that is added says here which right it asks for.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
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


def address(view: URLPattern) -> str:
    converters = view.pattern.converters
    arguments = {key: _SAMPLES[type(kind).__name__] for key, kind in converters.items()}
    return reverse(f"web:{view.name}", kwargs={"slug": "morel", **arguments})


def visited(client: Client) -> Iterator[tuple[str, HttpResponse]]:
    """Every view with its answer; what a visit changed is undone before the next one."""
    for view in VIEWS:
        url = address(view)
        with transaction.atomic():
            response = client.get(url)
            yield view.name, client.post(url) if response.status_code == 405 else response
            transaction.set_rollback(True)


def test_the_table_names_every_view_once():
    assert sorted(NAMES) == sorted(CAPABILITIES)


def test_a_view_asks_for_the_right_that_the_table_says():
    assert {view.name: capability_of(view.callback) for view in VIEWS} == CAPABILITIES


def test_a_visitor_is_sent_to_the_login_page(client, morel):
    destinations = {
        name: (response.status_code, response.get("Location", "").split("?")[0])
        for name, response in visited(client)
    }

    assert destinations == dict.fromkeys(NAMES, (302, "/connexion/"))


def test_a_member_of_another_company_finds_nothing(client, morel):
    client.force_login(member(company("Petit"), "administrator"))

    statuses = {name: response.status_code for name, response in visited(client)}

    assert statuses == dict.fromkeys(NAMES, 404)


@pytest.mark.parametrize("role", Membership.Role.values)
def test_a_role_opens_what_it_may_open_and_nothing_else(role, client, morel):
    client.force_login(member(morel, role))
    opened = set()

    for name, response in visited(client):
        if response.status_code != 403:
            opened.add(name)
        assert not response.get("Location", "").startswith("/connexion/"), name

    assert opened == {name for name in NAMES if role_can(role, CAPABILITIES[name])}


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


def test_head_is_answered_like_get_and_the_page_of_a_posted_form_can_be_reloaded(client, morel):
    client.force_login(member(morel, "administrator"))

    assert client.head("/s/morel/").status_code == 200
    assert client.head("/s/morel/travaux/1/arreter/").status_code == 405
    back = client.get("/s/morel/configurer/expediteur/boite/")
    assert (back.status_code, back["Location"]) == (302, "/s/morel/configurer/expediteur/")
