"""The people of a company: their rights, their leaving, and what they leave behind."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from encaisse.collection.models import Note, NoteMention
from encaisse.insights.models import ScheduledExport
from encaisse.tenancy.models import Event, Membership, User
from encaisse.tenancy.policy import CAPABILITIES
from encaisse.web.app.people.rights import WORDS
from tests.builders import company, customer, member
from tests.web.reading import events, words_of

pytestmark = pytest.mark.django_db

USERS = "/s/morel/configurer/utilisateurs/"
ALL = {"role": "reader", "sees_all": "on"}


@pytest.fixture
def claire(morel):
    return member(morel, "administrator", "claire@morel.example", first_name="Claire")


@pytest.fixture
def luc(morel):
    return member(morel, "collector", "luc@morel.example", first_name="Luc")


@pytest.fixture
def administrator(client, claire):
    client.force_login(claire)
    return client


def at(user, morel):
    return f"{USERS}{Membership.objects.get(user=user, company=morel).pk}/"


def test_another_role_and_portfolio_hold_from_the_next_page_on(administrator, luc, morel):
    seen = customer(morel, "Dupont", sales_rep="Durant")
    hidden = customer(morel, "Martin", sales_rep="Guérin")
    his = Client()
    his.force_login(luc)

    fields = {"role": "reader", "sales_reps": ["Durant"]}
    assert administrator.post(at(luc, morel), fields).status_code == 302

    assert his.get(f"/s/morel/clients/{seen.pk}/").status_code == 200
    assert his.get(f"/s/morel/clients/{hidden.pk}/").status_code == 404
    line = Event.objects.get()
    assert line.data["before"] == {"role": "collector", "portfolio": None}
    assert line.data["after"] == {"role": "reader", "portfolio": ["Durant"]}


def test_a_change_that_changes_nothing_is_not_told(administrator, luc, morel):
    administrator.post(at(luc, morel), {"role": "collector", "sees_all": "on"})

    assert events() == []


def test_a_deactivated_person_is_out_at_once_and_comes_back_as_he_was(administrator, luc, morel):
    his = Client()
    his.force_login(luc)
    assert his.get("/s/morel/").status_code == 200

    administrator.post(f"{at(luc, morel)}desactiver/")

    assert his.get("/s/morel/")["Location"].startswith("/connexion/")
    his.force_login(User.objects.get(pk=luc.pk))
    assert his.get("/s/morel/").status_code == 404
    assert "Désactivés" in words_of(administrator.get(USERS))
    administrator.post(f"{at(luc, morel)}reactiver/")
    assert his.get("/s/morel/").status_code == 200
    assert Membership.objects.get(user=luc).role == "collector"
    assert events() == ["member.deactivated", "member.reactivated"]


def test_leaving_one_company_keeps_the_others(administrator, luc, morel):
    petit = company("Petit")
    Membership.objects.create(user=luc, company=petit, role="reader")

    administrator.post(f"{at(luc, morel)}desactiver/")

    his = Client()
    his.force_login(User.objects.get(pk=luc.pk))
    assert his.get("/s/petit/").status_code == 200


def test_nobody_changes_his_own_access(administrator, claire, luc, morel):
    response = administrator.post(at(claire, morel), ALL)
    administrator.post(f"{at(claire, morel)}desactiver/")

    assert response.status_code == 422
    assert Membership.objects.get(user=claire).role == "administrator"
    assert Membership.objects.get(user=claire).is_active


def test_a_company_keeps_an_administrator_who_sees_everything(administrator, claire, luc, morel):
    other = member(morel, "administrator", "anne@morel.example")
    theirs = Client()
    theirs.force_login(other)
    page = at(claire, morel)
    theirs.post(f"{page}desactiver/")
    assert not Membership.objects.get(user=claire).is_active

    # Claire's session is closed: of two who dismiss each other, the second comes too late.
    assert administrator.post(f"{at(other, morel)}desactiver/").status_code == 302
    assert Membership.objects.get(user=other).is_active


def test_the_people_of_another_company_do_not_exist(administrator, morel):
    stranger = member(company("Petit"), "reader")
    row = Membership.objects.get(user=stranger)

    assert administrator.get(f"{USERS}{row.pk}/").status_code == 404
    assert administrator.post(f"{USERS}{row.pk}/desactiver/").status_code == 404


def named(luc, morel):
    dupont = customer(morel, "Dupont")
    return [
        NoteMention.objects.create(note=_note(morel, dupont, text), user=luc)
        for text in ("Rappeler", "Vérifier")
    ]


def _note(morel, dupont, text):
    return Note.objects.create(
        company=morel, customer=dupont, text=text, author_name="Claire", at=timezone.now()
    )


def test_what_waits_for_a_person_goes_to_a_colleague(administrator, claire, luc, morel):
    first, second = named(luc, morel)
    NoteMention.objects.create(note=first.note, user=claire)
    ScheduledExport.objects.create(
        company=morel, owner=luc, screen="due_items", name="Échéances", recipients="a@b.example"
    )
    assert "2 notes" in words_of(administrator.get(at(luc, morel)))

    to = Membership.objects.get(user=claire).pk
    administrator.post(f"{at(luc, morel)}transferer/", {"to": to})

    assert not NoteMention.objects.filter(user=luc).exists()
    assert {one.note for one in NoteMention.objects.filter(user=claire)} == {
        first.note,
        second.note,
    }
    assert ScheduledExport.objects.get().owner == claire
    assert events() == ["work.transferred"]


def test_nothing_goes_to_somebody_who_left_or_is_elsewhere(administrator, luc, morel):
    named(luc, morel)
    gone = member(morel, "reader", "gone@morel.example")
    administrator.post(f"{at(gone, morel)}desactiver/")
    stranger = Membership.objects.get(user=member(company("Petit"), "reader"))

    to = Membership.objects.get(user=gone).pk
    administrator.post(f"{at(luc, morel)}transferer/", {"to": to})
    response = administrator.post(f"{at(luc, morel)}transferer/", {"to": stranger.pk})

    assert response.status_code == 404
    assert NoteMention.objects.filter(user=luc).count() == 2


def test_the_list_asks_as_often_for_many_as_for_few(
    administrator, morel, django_assert_max_num_queries
):
    for _number in range(12):
        member(morel, "reader")

    with django_assert_max_num_queries(14):
        administrator.get(USERS)


def test_every_capability_is_said_in_words():
    assert set(WORDS) == set().union(*CAPABILITIES.values())


def test_who_may_do_what_and_who_sees_whom(administrator, luc, morel):
    customer(morel, "Dupont", sales_rep="Durant")
    customer(morel, "Martin", sales_rep="Guérin")
    member(morel, "reader", "anne@morel.example", sales_reps="Durant")

    page = words_of(administrator.get(f"{USERS}droits/"))

    sending = page.split("Envoyer des relances")[1].split("</tr>")[0]
    assert re.findall(">(oui|non)<", sending) == ["non", "oui", "oui"]
    limited = page.split("anne@morel.example")[1].split("</tr>")[0]
    assert re.search(r"Durant.*>1</td>", limited)
    assert "Réinitialiser la démonstration" not in page
