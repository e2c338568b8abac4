"""What surrounds the pages: the way in, the menu, the freshness, the jobs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from encaisse.jobs.models import Job
from tests.builders import PASSWORD, company, customer, invoice, member, synced

pytestmark = pytest.mark.django_db


def test_one_logs_in_with_an_address_and_a_password(client, morel):
    member(morel, email="claire@morel.fr")

    response = client.post(
        "/connexion/", {"login": "Claire@Morel.fr", "password": PASSWORD}, follow=True
    )

    assert response.redirect_chain[-1][0] == "/s/morel/"


def test_a_wrong_password_is_said_beside_the_form(client, morel):
    member(morel, email="claire@morel.fr")

    response = client.post("/connexion/", {"login": "claire@morel.fr", "password": "faux"})

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert 'value="claire@morel.fr"' in response.text


def test_a_member_of_one_company_goes_straight_to_it(client, morel):
    client.force_login(member(morel))

    assert client.get("/").url == "/s/morel/"


def test_a_member_of_several_chooses_and_sees_what_each_is_owed(client, morel):
    negoce = company("Morel Négoce", slug="negoce")
    user = member(morel, email="claire@morel.fr")
    member(negoce, "reader", email="claire@morel.fr")
    today = timezone.now().date()
    invoice(customer(morel), euros=1000, due=today - timedelta(days=10))
    invoice(customer(negoce), euros=250, due=today + timedelta(days=10), on=today)
    client.force_login(user)

    assert client.get("/").url == "/societes/"
    text = client.get("/societes/").text.replace("\u202f", " ").replace("\xa0", " ")
    assert "1 000,00 €" in text
    assert "1 250,00 €" in text


def test_a_company_of_someone_else_is_not_in_the_picker(client, morel):
    company("Petit")
    client.force_login(member(morel))

    assert "Petit" not in client.get("/societes/").text


def test_the_menu_hides_what_the_role_may_not_open(client, morel):
    client.force_login(member(morel, "reader"))

    menu = {
        entry.screen.name
        for group in client.get("/s/morel/").context["frame"].menu
        for entry in group.entries
    }

    assert {"home", "aging"} <= menu
    assert not {"import", "settings"} & menu


@pytest.mark.parametrize(("hours", "is_old"), [(1, False), (167, False), (169, True)])
def test_data_older_than_the_company_allows_is_said_old(client, morel, hours, is_old):
    client.force_login(member(morel))
    synced(morel, at=timezone.now() - timedelta(hours=hours))

    assert ("à rafraîchir" in client.get("/s/morel/").text) == is_old


def test_the_freshness_is_told_in_the_companys_time(client, morel):
    client.force_login(member(morel))
    synced(morel, at=datetime(2026, 1, 10, 7, 12, tzinfo=UTC))

    assert "Données du 10/01 à 8 h 12" in client.get("/s/morel/").text


def test_a_running_job_is_asked_about_again_and_a_finished_one_is_not(client, morel):
    client.force_login(member(morel))
    job = Job.objects.create(
        company=morel, function="x", label="Import", status="running", done=1, total=4
    )

    running = client.get("/s/morel/travaux/", headers={"HX-Request": "true"})
    Job.objects.filter(pk=job.pk).update(status="done", finished_at=timezone.now())
    ended = client.get("/s/morel/travaux/", headers={"HX-Request": "true"})

    assert "25\xa0%" in running.text
    assert "every 2s" in running.text
    assert "every 2s" not in ended.text
    assert ended["HX-Trigger"] == "jobs-finished"


def test_a_job_can_be_stopped(client, morel):
    client.force_login(member(morel))
    job = Job.objects.create(company=morel, function="x", label="Envoi")

    client.post(f"/s/morel/travaux/{job.pk}/arreter/")

    job.refresh_from_db()
    assert job.status == "stopped"


def test_a_job_of_another_company_cannot_be_stopped(client, morel):
    client.force_login(member(morel))
    job = Job.objects.create(company=company("Petit"), function="x", label="Envoi")

    assert client.post(f"/s/morel/travaux/{job.pk}/arreter/").status_code == 404


def test_the_demonstration_is_announced(client):
    client.force_login(member(company("Démo", slug="demo", is_demo=True)))

    assert "rien n’est envoyé à de vraies adresses" in client.get("/s/demo/").text


def test_no_page_asks_for_anything_elsewhere(client, morel):
    client.force_login(member(morel))

    response = client.get("/s/morel/")

    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "https://" not in response.text
    assert "http://" not in response.text


def test_what_waits_for_approval_is_under_its_menu_entry(client, morel):
    client.force_login(member(morel))

    menu = client.get("/s/morel/agir/a-valider/").context["frame"].menu

    current = [entry.screen.name for group in menu for entry in group.entries if entry.is_current]
    assert current == ["plan"]
