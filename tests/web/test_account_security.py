"""One's own account: profile, password, second factor, sessions; with real codes."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from encaisse.tenancy.models import User
from tests.builders import PASSWORD, member
from tests.web.reading import events, words_of

pytestmark = pytest.mark.django_db

NEW = "une-longue-phrase-secrète"
EMAIL = "luc@morel.example"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _no_limit_from_another_test(db):
    cache.clear()


@pytest.fixture
def luc(morel):
    return member(morel, "collector", EMAIL, first_name="Luc", last_name="Petit")


@pytest.fixture
def his(luc):
    return logged_in()


def logged_in(password=PASSWORD, **headers):
    client = Client(headers=headers)
    response = client.post("/connexion/", {"login": EMAIL, "password": password})
    assert response.status_code == 302
    return client


def code_of(secret):
    """The code that an application shows, with time left to type it."""
    if (left := 30 - time.time() % 30) < 4:
        time.sleep(left + 0.1)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def activate(client):
    client.post("/moi/confirmer/", {"password": PASSWORD})
    page = client.get("/moi/deux-etapes/activer/")
    assert "data:image/svg+xml" in page.text
    secret = re.search(r'id="factor-secret" value="(\w+)"', page.text).group(1)
    response = client.post("/moi/deux-etapes/activer/", {"code": code_of(secret)})
    assert response["Location"] == "/moi/deux-etapes/codes/"
    return secret


def test_a_profile_is_changed_and_told_to_the_companies(his, luc):
    typed = {"first_name": "Lucien", "last_name": "Petit", "phone": "01 02", "language": "en"}

    assert his.post("/moi/", typed).status_code == 302

    luc.refresh_from_db()
    assert (luc.full_name, luc.phone, luc.language) == ("Lucien Petit", "01 02", "en")
    assert events() == ["account.changed"]
    assert his.post("/moi/", {"first_name": ""}).status_code == 422


def test_another_password_closes_the_other_sessions(his, luc):
    other = logged_in()
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    assert his.post("/moi/mot-de-passe/", typed).status_code == 302

    assert his.get("/moi/").status_code == 200
    assert other.get("/moi/").status_code == 302
    assert events() == ["account.password_changed"]
    logged_in(NEW)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"oldpassword": "faux"}, "field-error"),
        ({"password1": "court", "password2": "court"}, "trop court"),
        ({"password1": EMAIL, "password2": EMAIL}, "trop semblable"),
        ({"password2": "autre-chose-de-long"}, "field-error"),
    ],
)
def test_a_wrong_change_of_password_is_refused(his, luc, typed, sentence):
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW} | typed

    response = his.post("/moi/mot-de-passe/", fields)

    assert sentence in words_of(response)
    assert User.objects.get(pk=luc.pk).check_password(PASSWORD)


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(
    client, morel, luc, smtp_server
):
    sends_mail(morel, smtp_server)
    old = logged_in()

    asked = client.post("/mot-de-passe/", {"email": EMAIL})

    assert asked["Location"] == "/mot-de-passe/envoye/"
    (sent,) = smtp_server.received
    text = sent.message.get_body(("plain",)).get_content()
    link = re.search(r"/mot-de-passe/\S+-\S+/", text).group(0)
    form = client.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    client.post(where, {"password1": NEW, "password2": NEW})
    assert old.get("/moi/").status_code == 302
    assert "n’ouvre plus rien" in words_of(Client().get(link))
    assert events() == ["account.password_reset"]
    logged_in(NEW)


def sends_mail(morel, server):
    morel.smtp_host, morel.smtp_port, morel.smtp_security = "127.0.0.1", server.port, "none"
    morel.sender_email, morel.mail_mode = "compta@morel.example", "live"
    morel.save()


def ask_address(client, email):
    client.post("/moi/confirmer/", {"password": PASSWORD})
    return client.post("/moi/adresse/", {"email": email})


def link_in(sent):
    text = sent.message.get_body(("plain",)).get_content()
    return re.search(r"/adresse/\S+/", text).group(0)


def test_another_address_is_confirmed_by_a_mail_to_it_and_told_to_the_former(
    his, luc, morel, smtp_server
):
    sends_mail(morel, smtp_server)

    assert "Luc.Petit@morel.example".lower() in words_of(
        ask_address(his, "Luc.Petit@morel.example")
    )

    (sent,) = smtp_server.received
    assert sent.message["To"].endswith("<luc.petit@morel.example>")
    link, elsewhere = link_in(sent), Client()
    assert "luc.petit@morel.example" in words_of(elsewhere.get(link))
    luc.refresh_from_db()
    assert luc.email == EMAIL

    assert elsewhere.post(link).status_code == 302

    luc.refresh_from_db()
    assert luc.email == "luc.petit@morel.example"
    assert smtp_server.received[1].message["To"].endswith(f"<{EMAIL}>")
    assert his.get("/moi/").status_code == 200
    assert elsewhere.post(link).status_code == 404
    assert events() == ["account.email_changed"]


def test_the_password_is_asked_before_another_address(luc):
    client = Client()
    client.force_login(luc)

    assert client.get("/moi/adresse/")["Location"].startswith("/moi/confirmer/")


def test_a_link_to_another_address_is_dead_once_the_password_changed(his, luc, morel, smtp_server):
    sends_mail(morel, smtp_server)
    ask_address(his, "luc.petit@morel.example")
    his.post("/moi/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

    assert Client().get(link_in(smtp_server.received[0])).status_code == 404
    assert Client().get("/adresse/forged/").status_code == 404


def test_the_address_of_another_account_gets_nothing_and_is_not_told(his, luc, morel, smtp_server):
    sends_mail(morel, smtp_server)
    member(morel, "reader", "anne@morel.example")

    taken = ask_address(his, "anne@morel.example")

    assert taken.status_code == 200
    assert "n’est l’adresse d’aucun autre compte" in words_of(taken)
    assert smtp_server.received == []


def test_where_no_mail_leaves_the_address_stays_and_the_page_says_so(his, luc):
    answer = ask_address(his, "luc.petit@morel.example")

    assert answer.status_code == 422
    assert "Aucun e-mail ne peut partir" in words_of(answer)


def test_nobody_learns_whether_an_address_has_an_account(client, luc, smtp_server):
    known = client.post("/mot-de-passe/", {"email": EMAIL})
    unknown = client.post("/mot-de-passe/", {"email": "personne@morel.example"})

    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    assert smtp_server.received == []


def test_a_second_factor_is_asked_for_and_a_code_serves_once(his, luc):
    secret = activate(his)
    stored = Authenticator.objects.get(user=luc, type="totp").data["secret"]
    assert secret not in stored

    client = Client()
    door = client.post("/connexion/", {"login": EMAIL, "password": PASSWORD})
    assert door["Location"].startswith("/connexion/code/")
    assert client.get("/moi/").status_code == 302
    assert client.post("/connexion/code/", {"code": "000000"}).status_code == 200
    code = code_of(secret)
    assert client.post("/connexion/code/", {"code": code}).status_code == 302
    assert client.get("/moi/").status_code == 200

    again = Client()
    again.post("/connexion/", {"login": EMAIL, "password": PASSWORD})
    assert again.post("/connexion/code/", {"code": code}).status_code == 200
    assert again.get("/moi/").status_code == 302


def test_a_recovery_code_opens_once(his, luc):
    activate(his)
    page = his.get("/moi/deux-etapes/codes/").text
    codes = re.findall(r"<code>(\d+)</code>", page)
    assert len(codes) == 10
    assert codes[0] in his.get("/moi/deux-etapes/codes/codes.txt").text

    for status in (302, 200):
        client = Client()
        client.post("/connexion/", {"login": EMAIL, "password": PASSWORD})
        assert client.post("/connexion/code/", {"code": codes[0]}).status_code == status


def test_the_second_factor_is_taken_off_and_told(his, luc, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        activate(his)
        his.post("/moi/deux-etapes/codes/autres/")
        his.post("/moi/deux-etapes/desactiver/")

    assert not Authenticator.objects.filter(user=luc).exists()
    assert sorted(events()) == [
        "account.recovery_codes_renewed",
        "account.second_factor_removed",
        "account.second_factor_set",
    ]


def test_the_password_is_asked_again_before_the_second_factor(luc):
    client = Client()
    client.force_login(luc)

    response = client.get("/moi/deux-etapes/activer/")

    assert response["Location"].startswith("/moi/confirmer/")
    assert client.get(response["Location"]).status_code == 200


def test_sessions_are_seen_and_closed(his, luc):
    other = logged_in(**{"User-Agent": FIREFOX})
    third = logged_in()
    assert "Firefox · Windows" in words_of(his.get("/moi/sessions/"))

    row = UserSession.objects.get(user_agent=FIREFOX)
    his.post(f"/moi/sessions/{row.pk}/fermer/")
    assert other.get("/moi/").status_code == 302
    assert third.get("/moi/").status_code == 200
    his.post("/moi/sessions/")
    assert third.get("/moi/").status_code == 302
    assert his.get("/moi/").status_code == 200


def test_the_session_of_somebody_else_does_not_exist(his, luc, morel):
    stranger = member(morel, "reader", "anne@morel.example")
    client = Client()
    client.post("/connexion/", {"login": stranger.email, "password": PASSWORD})
    row = UserSession.objects.get(user=stranger)

    assert his.post(f"/moi/sessions/{row.pk}/fermer/").status_code == 404
    assert client.get("/moi/").status_code == 200


def test_too_many_wrong_passwords_close_the_door_for_a_while(luc):
    client = Client()
    for _attempt in range(5):
        client.post("/connexion/", {"login": EMAIL, "password": "faux"})

    assert client.post("/connexion/", {"login": EMAIL, "password": PASSWORD}).status_code == 200
    assert client.get("/moi/").status_code == 302


@pytest.mark.parametrize(
    "page",
    [
        "",
        "adresse/",
        "mot-de-passe/",
        "deux-etapes/",
        "deux-etapes/activer/",
        "deux-etapes/demande/",
        "deux-etapes/cles/ajouter/",
        "sessions/",
    ],
)
def test_ones_account_is_for_those_who_have_come_in(client, page):
    assert client.get(f"/moi/{page}")["Location"].startswith("/connexion/")
