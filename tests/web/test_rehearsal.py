"""« Répétition » over HTTP: the three modes, the banner, what would have left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from encaisse.jobs.models import Job
from encaisse.tenancy.models import Company, Event
from tests.builders import customer, member, reminder
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

PAGE = "/s/morel/configurer/repetition/"
TO_ONE = {"mail_mode": "redirect", "redirect_to": "claire@morel.example"}


@pytest.fixture
def administrator(client, morel):
    client.force_login(member(morel, "administrator", "claire@morel.example", first_name="Claire"))
    return client


def test_every_page_says_so_until_mails_leave_for_real_again(administrator, morel):
    administrator.post(PAGE, TO_ONE)

    for page in ("", "qui-vous-doit-quoi/", "configurer/"):
        words = words_of(administrator.get(f"/s/morel/{page}"))
        assert "Répétition : tous les e-mails vont à claire@morel.example" in words
    administrator.post(PAGE, {"mail_mode": "capture"})
    assert "Répétition : aucun e-mail ne part" in words_of(administrator.get("/s/morel/"))
    administrator.post(PAGE, {"mail_mode": "live"})
    assert "demo-rehearsal" not in administrator.get("/s/morel/").text

    changes = Event.objects.filter(kind="company.configured").order_by("id")
    assert [one.data["after"]["mail_mode"] for one in changes] == ["redirect", "capture", "live"]


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("", "Donnez l’adresse qui recevra tout."), ("claire", "valide")],
)
def test_one_address_for_all_must_be_right(administrator, morel, address, sentence):
    response = administrator.post(PAGE, TO_ONE | {"redirect_to": address})

    assert response.status_code == 422
    assert sentence in words_of(response)
    morel.refresh_from_db()
    assert morel.mail_mode == "live"
    # The address that is not used is not looked at.
    wrong = {"mail_mode": "capture", "redirect_to": address}
    assert administrator.post(PAGE, wrong).status_code == 302


def test_a_rehearsed_message_names_whom_it_would_have_reached(administrator, morel):
    administrator.post(PAGE, {"mail_mode": "capture"})
    now = timezone.now()
    sent = reminder(
        customer(morel, "Dupont"), on=morel.local_day(now), accepted_at=now, recipients=["a@b.fr"]
    )

    words = words_of(administrator.get(f"/s/morel/activites/{sent.pk}/"))
    assert "Répétition : rien n’est parti. Ce message serait allé à a@b.fr." in words
    words = words_of(administrator.get(PAGE))
    assert "1 message de répétition compte comme envoyé" in words
    assert "serait parti à a@b.fr" in words
    administrator.post(f"{PAGE}oublier/")
    assert Job.objects.get().function == "encaisse.collection.tasks.forget_rehearsals"


def test_a_message_that_really_left_is_not_called_a_rehearsal(administrator, morel):
    before = timezone.now() - timedelta(minutes=1)
    Company.objects.update(created_at=before - timedelta(days=2))
    sent = reminder(
        customer(morel, "Dupont"), on=morel.local_day(before), accepted_at=before,
        recipients=["a@b.fr"],
    )  # fmt: skip
    administrator.post(PAGE, {"mail_mode": "capture"})

    assert "Répétition : rien" not in words_of(administrator.get(f"/s/morel/activites/{sent.pk}/"))
    assert "de répétition" not in words_of(administrator.get(PAGE))


def test_what_still_waits_is_said_before_the_mode_changes(administrator, morel):
    administrator.post(PAGE, {"mail_mode": "capture"})
    today = morel.local_day(timezone.now())
    reminder(customer(morel, "Dupont"), on=today, status="waiting", effective_on=None)

    assert "1 e-mail décidé attend encore" in words_of(administrator.get(PAGE))
