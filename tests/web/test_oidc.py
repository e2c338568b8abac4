"""Logging in by an OpenID Connect provider: a real one, in a process of its own."""

import http.client
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from encaisse.tenancy.invitations import Wish, invite
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Membership, User
from tests.builders import PASSWORD, member
from tests.support.openid import OpenIdProvider, openid_provider
from tests.web.reading import events, words_of

pytestmark = pytest.mark.django_db

LUC = {
    "sub": "1234",
    "email": "Luc@morel.example",
    "email_verified": True,
    "given_name": "Luc",
    "family_name": "Petit",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    registry.register(OpenIDConnectProvider)  # as its application does where one is set
    with openid_provider(tmp_path_factory.mktemp("openid")) as provider:
        yield provider


@pytest.fixture
def provider(running, settings, db) -> OpenIdProvider:
    cache.clear()
    settings.PROVIDER_NAME = "Entra"
    settings.SOCIALACCOUNT_PROVIDERS = running.as_setting()
    running.vouch_for(**LUC)
    return running


@pytest.fixture
def luc(morel):
    return member(morel, "collector", "luc@morel.example", first_name="Luc")


def sent_back(provider, client, address="/connexion/sso/"):
    """Follow the link to the provider, and the provider back to us: the address to come back to."""
    leaving = urlsplit(client.get(address)["Location"])
    connection = http.client.HTTPConnection(leaving.hostname, leaving.port, timeout=5)
    connection.request("GET", f"{leaving.path}?{leaving.query}")
    back = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{back.path}?{back.query}"


def come_in(provider, client, address="/connexion/sso/"):
    return client.get(sent_back(provider, client, address))


def test_a_known_person_comes_in_and_goes_where_he_was_going(provider, client, luc):
    door = client.get("/connexion/?next=/s/morel/echeances/")
    assert "/connexion/sso/?next=/s/morel/echeances/" in words_of(door)
    assert "Continuer avec Entra" in words_of(door)

    answer = come_in(provider, client, "/connexion/sso/?next=/s/morel/echeances/")

    assert answer["Location"] == "/s/morel/echeances/"
    assert client.get("/s/morel/").status_code == 200
    assert events() == ["account.provider_linked"]
    assert User.objects.get(pk=luc.pk).check_password(PASSWORD)


def test_afterwards_he_is_known_by_his_number_whatever_his_address(provider, client, luc):
    come_in(provider, client)
    provider.vouch_for(**LUC | {"email": "luc.petit@ailleurs.example", "email_verified": False})

    again = Client()
    come_in(provider, again)

    assert again.get("/s/morel/").status_code == 200
    assert SocialAccount.objects.get().user == luc


def test_a_stranger_is_told_whom_to_ask_and_has_no_account(provider, client, luc):
    provider.vouch_for(**LUC | {"sub": "9", "email": "eve@ailleurs.example"})

    answer = come_in(provider, client)

    assert answer.status_code == 403
    assert "eve@ailleurs.example n’a pas de compte ici" in words_of(answer)
    assert not User.objects.filter(email="eve@ailleurs.example").exists()


@pytest.mark.parametrize("verified", [False, "false", None])
def test_an_address_that_nobody_verified_opens_nothing(provider, client, luc, verified):
    provider.vouch_for(**LUC | {"email_verified": verified})

    assert come_in(provider, client).status_code == 403
    assert client.get("/moi/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_a_provider_that_verifies_without_saying_so_can_be_believed(
    provider, client, luc, settings
):
    settings.PROVIDER_TRUSTED = True
    provider.vouch_for(sub="1234", email="luc@morel.example")

    assert come_in(provider, client).status_code == 302
    assert client.get("/s/morel/").status_code == 200


def test_an_invited_person_comes_in_without_a_password(provider, client, morel):
    wish = Wish("luc@morel.example", "reader", portfolio=["Durant"])
    invite([morel], wish, author=COMMAND_LINE, now=timezone.now())

    assert come_in(provider, client).status_code == 302

    assert client.get("/s/morel/").status_code == 200
    membership = Membership.objects.get()
    assert (membership.role, membership.user.full_name) == ("reader", "Luc Petit")
    assert membership.sales_reps() == {"Durant"}
    assert not membership.user.has_usable_password()
    assert client.get("/moi/mot-de-passe/", follow=True).status_code == 200
    assert events() == ["member.invited", "member.added", "account.provider_linked"]


def test_an_invitation_too_old_opens_nothing(provider, client, morel):
    long_ago = timezone.now() - timedelta(days=20)
    invite([morel], Wish("luc@morel.example", "reader"), author=COMMAND_LINE, now=long_ago)

    assert come_in(provider, client).status_code == 403
    assert not User.objects.exists()


def test_somebody_who_left_for_good_stays_out(provider, client, luc):
    User.objects.filter(pk=luc.pk).update(is_active=False)

    assert come_in(provider, client)["Location"] == "/connexion/fermee/"
    assert client.get("/moi/").status_code == 302


def test_an_answer_serves_once_and_only_in_the_browser_that_asked(provider, client, luc):
    back = sent_back(provider, client)

    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    assert Client().get(back).status_code == 403


def test_a_refusal_at_the_provider_is_said(provider, client, luc):
    back = sent_back(provider, client).replace("code=", "error=access_denied&was=")

    assert "Vous avez annulé" in words_of(client.get(back))


def test_nobody_links_another_account_by_the_address_bar(provider, client, luc, morel):
    client.force_login(member(morel, "reader", "eve@morel.example"))

    assert come_in(provider, client, "/connexion/sso/?process=connect").status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_silent_provider_is_said(provider, client, settings):
    settings.SOCIALACCOUNT_PROVIDERS = OpenIdProvider("http://127.0.0.1:9", None).as_setting()

    answer = client.get("/connexion/sso/")

    assert answer.status_code == 502
    assert "Entra ne répond pas" in words_of(answer)


def test_the_only_way_in_leaves_no_password_and_no_key(provider, client, luc, settings, morel):
    settings.PROVIDER_ONLY = True

    assert 'name="password"' not in client.get("/connexion/").text
    typed = {"login": "luc@morel.example", "password": PASSWORD}
    assert client.post("/connexion/", typed).status_code == 403
    assert client.post("/connexion/cle/", {"credential": "{}"}).status_code == 404
    assert client.get("/moi/").status_code == 302
    wish = Wish("eve@morel.example", "reader")
    token = invite([morel], wish, author=COMMAND_LINE, now=timezone.now())
    asked = client.get(f"/invitation/{token}/")
    assert "Continuer avec Entra" in words_of(asked)
    assert 'name="password"' not in asked.text
    newcomer = {"first_name": "Ève", "last_name": "Roy", "password": "une-longue-phrase"}
    assert client.post(f"/invitation/{token}/", newcomer).status_code == 422
    assert come_in(provider, client).status_code == 302
    assert client.get("/s/morel/").status_code == 200
    assert "Mot de passe" not in words_of(client.get("/moi/"))
    # He has a password from before, which nothing asks for any more.
    assert luc.has_usable_password()
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_without_a_provider_there_is_no_such_door(client):
    assert "Continuer avec" not in client.get("/connexion/").text
    assert client.get("/connexion/sso/").status_code == 404
