"""A company that asks two steps of everybody: nothing of it opens before one has them."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from encaisse.tenancy.models import Company, Membership
from tests.builders import PASSWORD, company, member
from tests.web.reading import events, words_of
from tests.web.test_account_security import activate

pytestmark = pytest.mark.django_db

USERS = "/s/morel/configurer/utilisateurs/"
SWITCH = f"{USERS}deux-etapes/"
ASKED = "/moi/deux-etapes/demande/"


@pytest.fixture(autouse=True)
def _no_limit_from_another_test(db):
    cache.clear()


@pytest.fixture
def claire(morel):
    return member(morel, "administrator", "claire@morel.example", first_name="Claire")


@pytest.fixture
def administrator(client, claire):
    Authenticator.objects.create(user=claire, type="totp", data={"secret": "sealed"})
    client.force_login(claire)
    return client


@pytest.fixture
def luc(morel):
    return member(morel, "collector", "luc@morel.example")


@pytest.fixture
def his(luc):
    client = Client()
    client.post("/connexion/", {"login": luc.email, "password": PASSWORD})
    return client


def test_an_administrator_asks_it_of_everybody_and_no_more(administrator, luc, morel):
    assert "1 sur 2 entrent avec un code" in words_of(administrator.get(USERS))

    administrator.post(SWITCH, {"required": "1"})
    administrator.post(SWITCH, {"required": "1"})

    assert Company.objects.get(pk=morel.pk).requires_second_factor
    assert "obligatoire pour tous" in words_of(administrator.get(USERS))
    administrator.post(SWITCH, {"required": "0"})
    assert not Company.objects.get(pk=morel.pk).requires_second_factor
    assert events() == ["company.second_factor_required", "company.second_factor_optional"]


def test_who_has_none_does_not_ask_it_of_others(client, claire, morel):
    client.force_login(claire)

    page = client.post(SWITCH, {"required": "1"}, follow=True)

    assert "Activez d’abord la vôtre" in words_of(page)
    assert not Company.objects.get(pk=morel.pk).requires_second_factor


def test_it_is_set_up_at_the_next_page_and_leads_back_there(administrator, his, morel):
    assert his.get("/s/morel/echeances/").status_code == 200
    administrator.post(SWITCH, {"required": "1"})

    stopped = his.get("/s/morel/echeances/")

    assert stopped["Location"] == f"{ASKED}?next=/s/morel/echeances/"
    assert "Ateliers Morel la demande à tous" in words_of(his.get(stopped["Location"]))
    activate(his)
    assert "/moi/deux-etapes/suite/" in words_of(his.get("/moi/deux-etapes/codes/"))
    assert his.get("/moi/deux-etapes/suite/")["Location"] == "/s/morel/echeances/"
    assert his.get("/s/morel/echeances/").status_code == 200
    assert his.get("/moi/deux-etapes/suite/")["Location"] == "/moi/deux-etapes/"


def test_no_page_shows_the_company_meanwhile(his, morel):
    morel.requires_second_factor = True
    morel.save()

    for page in ("/", "/societes/", "/societes/clients/", "/s/morel/", USERS):
        assert his.get(page)["Location"].startswith(ASKED), page
    part = his.get("/s/morel/", headers={"HX-Request": "true"})
    assert part["HX-Redirect"] == ASKED
    assert his.post("/s/morel/configurer/utilisateurs/1/desactiver/")["Location"].startswith(ASKED)
    assert his.get("/aide/").status_code == his.get("/moi/").status_code == 200


def test_it_holds_for_all_the_companies_of_a_person_and_nobody_elses(his, luc, morel):
    petit = company("Petit", requires_second_factor=True)
    stranger = Client()
    stranger.force_login(member(morel, "reader"))
    assert his.get("/s/morel/").status_code == 200

    Membership.objects.create(user=luc, company=petit, role="reader")

    assert his.get("/s/morel/")["Location"].startswith(ASKED)
    assert stranger.get("/s/morel/").status_code == 200


def test_who_takes_it_off_is_asked_again(administrator, his, morel):
    administrator.post(SWITCH, {"required": "1"})
    activate(his)
    assert his.get("/s/morel/").status_code == 200

    his.post("/moi/deux-etapes/desactiver/")

    assert his.get("/s/morel/")["Location"].startswith(ASKED)


def test_the_way_back_stays_on_the_site(his, morel):
    morel.requires_second_factor = True
    morel.save()

    his.get(f"{ASKED}?next=https://ailleurs.example/")
    activate(his)

    assert his.get("/moi/deux-etapes/suite/")["Location"] == "/moi/deux-etapes/"


def test_the_door_costs_one_query_and_only_where_it_is_asked(administrator, morel):
    page = f"{USERS}droits/"
    administrator.get(page)
    before = queries_of(administrator, page)
    administrator.post(SWITCH, {"required": "1"})
    administrator.get(page)

    assert queries_of(administrator, page) == before + 1


def queries_of(client, address):
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)
