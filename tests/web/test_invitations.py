"""Inviting people: by mail or by a link handed over, into one company or several."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from encaisse.insights.models import CashReport
from encaisse.tenancy.models import Invitation, Membership, User
from tests.builders import PASSWORD, company, customer, member
from tests.web.reading import events, words_of

pytestmark = pytest.mark.django_db

USERS = "/s/morel/configurer/utilisateurs/"
WISH = {"email": "Luc@morel.example", "language": "fr", "role": "collector", "sees_all": "on"}
LUC = {"first_name": "Luc", "last_name": "Petit", "password": "une-longue-phrase-secrète"}


@pytest.fixture
def claire(morel):
    return member(morel, "administrator", "claire@morel.example", first_name="Claire")


@pytest.fixture
def administrator(client, claire):
    client.force_login(claire)
    return client


@pytest.fixture
def visitor():
    return Client()


def invite(client, **fields):
    return client.post(f"{USERS}inviter/", {k: v for k, v in (WISH | fields).items() if v})


def link_in(response):
    return re.search(r"(/invitation/[\w-]+/)", response.text).group(1)


def mailing(morel, server):
    morel.smtp_host, morel.smtp_port, morel.smtp_security = "127.0.0.1", server.port, "none"
    morel.sender_email, morel.mail_mode = "compta@morel.example", "live"
    morel.save()


def test_the_invited_person_gets_a_link_by_mail_and_enters_with_a_password(
    administrator, visitor, morel, smtp_server
):
    mailing(morel, smtp_server)

    assert invite(administrator).status_code == 302

    (sent,) = smtp_server.received
    text = sent.message.get_body(("plain",)).get_content()
    assert sent.message["To"] == "luc@morel.example"
    assert "Claire vous invite" in " ".join(text.split())
    link = re.search(r"/invitation/[\w-]+/", text).group(0)
    assert "luc@morel.example" in words_of(administrator.get(USERS))

    assert "Ateliers Morel" in words_of(visitor.get(link))
    entered = visitor.post(link, LUC)
    assert entered["Location"] == "/s/morel/"
    assert visitor.get("/s/morel/").status_code == 200
    membership = Membership.objects.get(user__email="luc@morel.example")
    assert (membership.role, membership.sales_reps()) == ("collector", None)
    assert membership.user.check_password(LUC["password"])
    assert events() == ["member.invited", "member.added"]
    assert visitor.get(link).status_code == 404


def test_without_a_sender_the_link_is_shown_to_be_handed_over(administrator, morel):
    response = invite(administrator)

    assert response.status_code == 200
    assert link_in(response)
    assert "L’e-mail n’est pas parti" not in words_of(response)


def test_a_mail_that_cannot_leave_shows_why_and_the_link(administrator, morel, smtp_server):
    mailing(morel, smtp_server)
    smtp_server.refused["luc@morel.example"] = "550 5.1.1 Utilisateur inconnu"

    response = invite(administrator)

    assert "Utilisateur inconnu" in words_of(response)
    assert link_in(response)


def test_an_address_invited_twice_keeps_the_last_wish_and_the_first_link_dies(
    administrator, visitor, morel
):
    first = link_in(invite(administrator))
    second = link_in(invite(administrator, role="reader"))

    assert visitor.get(first).status_code == 404
    visitor.post(second, LUC)
    assert Membership.objects.get(user__email="luc@morel.example").role == "reader"
    assert not Invitation.objects.exists()


def test_a_link_dies_after_a_fortnight_and_lives_again_when_it_is_resent(
    administrator, visitor, morel
):
    link = link_in(invite(administrator))
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert visitor.get(link).status_code == 404
    assert "trop ancienne" in words_of(administrator.get(USERS))

    row = Invitation.objects.get()
    again = administrator.post(f"{USERS}invitations/{row.pk}/renvoyer/")

    assert visitor.get(link).status_code == 404
    assert visitor.get(link_in(again)).status_code == 200


def test_a_withdrawn_invitation_opens_nothing(administrator, visitor, morel):
    link = link_in(invite(administrator))

    administrator.post(f"{USERS}invitations/{Invitation.objects.get().pk}/retirer/")

    assert visitor.post(link, LUC).status_code == 404
    assert not User.objects.filter(email="luc@morel.example").exists()


def test_a_limited_person_sees_the_customers_of_the_chosen_sales_reps(
    administrator, visitor, morel
):
    seen = customer(morel, "Dupont", sales_rep="Durant")
    hidden = customer(morel, "Martin", sales_rep="Guérin")
    link = link_in(invite(administrator, sees_all="", sales_reps=["Durant"]))
    assert "Durant" in words_of(administrator.get(USERS))

    visitor.post(link, LUC)

    assert visitor.get(f"/s/morel/clients/{seen.pk}/").status_code == 200
    assert visitor.get(f"/s/morel/clients/{hidden.pk}/").status_code == 404


def test_one_link_opens_the_companies_that_the_host_administers(
    administrator, visitor, morel, claire
):
    petit, grand = company("Petit"), company("Grand")
    Membership.objects.create(user=claire, company=petit, role="administrator")
    Membership.objects.create(user=claire, company=grand, role="collector")

    assert "Grand" not in words_of(administrator.get(f"{USERS}inviter/")).split("<main")[1]
    assert invite(administrator, companies=["grand"]).status_code == 422
    link = link_in(invite(administrator, companies=["petit"]))
    assert visitor.post(link, LUC)["Location"] == "/societes/"

    assert {one.company for one in Membership.objects.filter(user__email="luc@morel.example")} == {
        morel,
        petit,
    }


def test_someone_with_an_account_confirms_it_and_only_he_can(administrator, visitor, morel):
    luc = member(company("Petit"), "reader", "luc@morel.example")
    stranger = Client()
    stranger.force_login(member(company("Grand")))
    link = link_in(invite(administrator))

    assert "a déjà un compte" in words_of(visitor.get(link))
    assert visitor.post(link, LUC).status_code == 422
    assert stranger.post(link).status_code == 422
    visitor.force_login(luc)
    assert visitor.post(link)["Location"] == "/s/morel/"
    luc.refresh_from_db()
    assert luc.check_password(PASSWORD)


def test_the_cash_report_that_was_wished_begins_with_the_person(administrator, visitor, morel):
    visitor.post(link_in(invite(administrator, wants_cash_report="on")), LUC)

    report = CashReport.objects.get()
    assert (report.owner.email, report.is_active) == ("luc@morel.example", True)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "luc"}, "field-error"),
        ({"email": "Claire@morel.example"}, "est déjà dans Ateliers Morel"),
        ({"sees_all": ""}, "Choisissez au moins un commercial"),
        ({"role": "chef"}, "chef"),
    ],
)
def test_a_wrong_invitation_is_refused(administrator, morel, fields, sentence):
    response = invite(administrator, **fields)

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("court", "trop court"),
        ("luc@morel.example", "trop semblable"),
        ("qwerty123456", "trop courant"),
    ],
)
def test_a_weak_password_is_refused(administrator, visitor, morel, password, sentence):
    response = visitor.post(link_in(invite(administrator)), LUC | {"password": password})

    assert response.status_code == 422
    assert sentence in words_of(response)
    assert not User.objects.filter(email="luc@morel.example").exists()


def test_an_invitation_of_another_company_does_not_exist(administrator, visitor, morel):
    other = Client()
    other.force_login(member(company("Petit"), "administrator"))
    invite(administrator)
    row = Invitation.objects.get()

    url = f"/s/petit/configurer/utilisateurs/invitations/{row.pk}/retirer/"
    assert other.post(url).status_code == 404
