"""Saved views of a list: kept, applied, shared, changed and forgotten."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from encaisse.insights.models import SavedView
from encaisse.tenancy.models import Event
from tests.builders import company, customer, invoice, member
from tests.web.browsing import enter

pytestmark = pytest.mark.django_db

LIST = "/s/morel/qui-vous-doit-quoi/"
SAVE = "/s/morel/vues/aging/enregistrer/"
QUERY = "q=dup&tri=name&colonnes=name,overdue&par=50"


@pytest.fixture
def claire(morel):
    return member(morel, "collector", first_name="Claire", last_name="Martin")


@pytest.fixture
def desk(client, claire):
    client.force_login(claire)
    return client


def view_of(owner, morel, name="Mes retards", **fields) -> SavedView:
    query = fields.pop("query", "litige=1")
    return SavedView.objects.create(
        company=morel, owner=owner, screen="aging", name=name, query=query, **fields
    )


def names(client) -> list[str]:
    return [entry.view.name for entry in client.get(LIST).context["views"].entries]


def test_a_list_is_kept_under_a_name_without_its_page_nor_its_ticks(desk, claire):
    asked = {"requete": f"?{QUERY}&page=3&choix=tous&sauf=4"}
    response = desk.post(f"{SAVE}?{urlencode(asked)}", {"name": "  Mes  retards "})

    view = SavedView.objects.get()
    assert (view.name, view.screen, view.owner, view.is_shared) == (
        "Mes retards", "aging", claire, False,
    )  # fmt: skip
    assert view.query == QUERY
    assert response.url == f"{LIST}?{QUERY}"
    assert Event.objects.get().kind == "view.saved"


def test_the_menu_applies_a_view_and_says_which_one_is_on(desk, claire, morel):
    view_of(claire, morel)

    page = desk.get(f"{LIST}?litige=1&page=2")

    entry = page.context["views"].current
    assert (entry.view.name, entry.url) == ("Mes retards", f"{LIST}?litige=1")
    assert desk.get(LIST).context["views"].current is None


def test_colleagues_see_shared_views_of_their_company_and_of_that_list_only(desk, morel, claire):
    other, stranger = member(morel), member(company("Petit"))
    view_of(claire, morel, "À moi")
    view_of(other, morel, "Partagée", is_shared=True)
    view_of(other, morel, "Secrète")
    view_of(stranger, company("Grand"), "Ailleurs", is_shared=True)
    SavedView.objects.create(company=morel, owner=claire, screen="activities", name="Autre liste")

    assert names(desk) == ["À moi", "Partagée"]


@pytest.mark.parametrize(
    ("role", "fields", "shared", "status"),
    [
        ("reader", {}, False, 302),
        ("reader", {"is_shared": "on"}, False, 302),
        ("collector", {"is_shared": "on"}, True, 302),
    ],
)
def test_a_reader_keeps_views_for_himself(client, morel, role, fields, shared, status):
    client.force_login(member(morel, role))

    assert client.post(SAVE, {"name": "Vue", **fields}).status_code == status
    assert SavedView.objects.get().is_shared is shared


def test_a_name_that_is_taken_can_be_taken_over(desk, claire, morel):
    view_of(claire, morel)

    refused = desk.post(f"{SAVE}?requete=tri%3Dname", {"name": "Mes retards"})

    assert refused.status_code == 422
    assert "s’appelle déjà" in refused.text
    assert 'name="replaces"' in refused.text
    desk.post(f"{SAVE}?requete=tri%3Dname", {"name": "Mes retards", "replaces": "on"})
    assert SavedView.objects.get().query == "tri=name"


def test_a_view_is_renamed_shared_and_given_another_list(desk, claire, morel):
    view = view_of(claire, morel)
    url = f"/s/morel/vues/{view.pk}/?requete=tri%3Dname%26page%3D2"

    desk.post(url, {"name": "Par nom", "is_shared": "on"})
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.query) == ("Par nom", True, "litige=1")

    desk.post(url, {"name": "Par nom", "is_shared": "on", "takes_list": "on"})
    view.refresh_from_db()
    assert view.query == "tri=name"


def test_a_view_is_deleted(desk, claire, morel):
    view = view_of(claire, morel)

    assert desk.post(f"/s/morel/vues/{view.pk}/supprimer/").url == LIST
    assert names(desk) == []
    assert Event.objects.get().kind == "view.deleted"


@pytest.mark.parametrize(
    ("role", "is_shared", "status"),
    [
        ("collector", False, 404),
        ("collector", True, 404),
        ("administrator", False, 404),
        ("administrator", True, 200),
    ],
)
def test_only_the_owner_or_an_administrator_changes_a_shared_view(
    client, morel, claire, role, is_shared, status
):
    view = view_of(claire, morel, is_shared=is_shared)
    client.force_login(member(morel, role))

    assert client.get(f"/s/morel/vues/{view.pk}/").status_code == status
    deleted = client.post(f"/s/morel/vues/{view.pk}/supprimer/")
    assert (deleted.status_code == 404) == (status == 404)


def test_a_list_that_does_not_exist_has_no_views(desk):
    assert desk.get("/s/morel/vues/inconnue/enregistrer/").status_code == 404
    assert desk.get("/s/morel/vues/customer/enregistrer/").status_code == 404


def test_a_list_about_one_thing_has_no_views(desk, morel):
    page = desk.get(f"/s/morel/clients/{customer(morel).pk}/")

    assert page.status_code == 200
    assert "list-views" not in page.text


def test_views_cost_a_list_one_query_however_many(desk, morel, claire):
    desk.get(LIST)
    with CaptureQueriesContext(connection) as none:
        desk.get(LIST)
    for number in range(20):
        view_of(claire, morel, f"Vue {number}", is_shared=True)
    with CaptureQueriesContext(connection) as many:
        desk.get(LIST)

    assert len(many) == len(none)
    assert sum("savedview" in query["sql"] for query in many.captured_queries) == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_list_on_screen_is_kept_exported_and_found_again(browser_page: Page):
    morel = company("Ateliers Morel", slug="morel")
    member(morel, email="claire@morel.fr")
    today = morel.local_day(timezone.now())
    for number in range(12):
        late = today - timedelta(days=10)
        someone = customer(morel, f"Client {number:02}", sales_rep=("Durant", "Guérin")[number % 2])
        invoice(someone, euros=100, due=late)
    page = browser_page
    enter(page, "claire@morel.fr", LIST)
    page.get_by_role("combobox", name="Commercial").select_option("Durant")
    expect(page.get_by_text("De 1 à 6 sur 6").first).to_be_visible()
    page.locator(".page-actions summary").click()
    csv = page.get_by_role("link", name="CSV")
    assert csv.get_attribute("href").endswith("export.csv?commercial=Durant")

    page.get_by_text("Vues", exact=True).click()
    page.get_by_role("link", name="Enregistrer cette liste…").click()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_label("Nom de la vue").fill("Clients de Durant")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status").get_by_text("enregistrée")).to_be_visible()
    expect(page.locator(".list-views summary")).to_have_text("Clients de Durant")

    page.goto(LIST)
    page.get_by_text("Vues", exact=True).click()
    page.get_by_role("link", name="Clients de Durant", exact=True).click()
    expect(page.get_by_text("De 1 à 6 sur 6").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Commercial")).to_have_value("Durant")
