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


def test_leaving_a_rehearsal_asks_what_becomes_of_its_messages(administrator, morel):
    administrator.post(PAGE, {"mail_mode": "capture"})
    now = timezone.now()
    dupont = customer(morel, "Dupont")
    reminder(dupont, on=morel.local_day(now), accepted_at=now, recipients=["a@b.fr"])

    page = administrator.get(PAGE)
    assert "1 message de répétition compte comme envoyé : l’oublier ?" in words_of(page)
    assert page.context["form"]["afterwards"].value() == "forget"
    assert administrator.post(PAGE, {"mail_mode": "live"}).status_code == 422
    assert administrator.post(PAGE, TO_ONE).status_code == 302  # another way to rehearse
    assert not Job.objects.exists()
    administrator.post(PAGE, {"mail_mode": "live", "afterwards": "forget"})
    assert Job.objects.get().function == "encaisse.collection.tasks.forget_rehearsals"
    # Once it is left, nothing more is asked.
    assert administrator.post(PAGE, {"mail_mode": "live"}).status_code == 302


def test_a_rehearsed_message_bears_its_mark_wherever_it_is_listed(administrator, morel):
    before = timezone.now() - timedelta(minutes=1)
    Company.objects.update(created_at=before - timedelta(days=2))
    dupont = customer(morel, "Dupont")
    reminder(dupont, on=morel.local_day(before), accepted_at=before, recipients=["vrai@b.fr"])
    administrator.post(PAGE, {"mail_mode": "capture"})
    now = timezone.now()
    reminder(dupont, on=morel.local_day(now), accepted_at=now, recipients=["faux@b.fr"])
    administrator.post(PAGE, {"mail_mode": "live", "afterwards": "keep"})

    for page in ("activites/", f"clients/{dupont.pk}/", f"clients/{dupont.pk}/historique/"):
        assert administrator.get(f"/s/morel/{page}").text.count(">Répétition</span>") == 1
    export = administrator.get("/s/morel/activites/export.csv")
    lines = b"".join(export.streaming_content).decode("utf-8-sig").splitlines()
    marked = [line for line in lines if "faux@b.fr" in line]
    assert "Envoyé (répétition)" in marked[0]
    assert "répétition" not in next(line for line in lines if "vrai@b.fr" in line)
