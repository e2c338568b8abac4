"""« Démarrer »: what is done and what remains, from the real state of a company."""

import pytest
from django.utils import timezone

from encaisse.collection.models import CollectionProfile
from encaisse.collection.operations.setup import install_defaults
from encaisse.insights.readiness import readiness
from encaisse.tenancy.models import Company, Event
from tests.builders import customer, member, reminder, synced
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

START = "/s/morel/demarrer/"


@pytest.fixture
def new(morel) -> Company:
    """Morel as it is founded, with its profiles and scenarios."""
    CollectionProfile.objects.all().delete()
    install_defaults(morel)
    return morel


@pytest.fixture
def administrator(client, new):
    client.force_login(member(new, "administrator", "claire@morel.example", first_name="Claire"))
    return client


def states(company: Company) -> dict[str, str]:
    return {step.code: step.state for step in readiness(company).steps}


def test_the_home_page_of_a_new_company_says_what_remains(administrator):
    page = administrator.get("/s/morel/")

    words = words_of(page)
    assert "7 étapes à finir ou à vérifier" in words
    assert "À compléter : adresse, SIREN, IBAN" in words
    assert "5 relances, la première 8 jours après l’échéance" in words
    assert 'href="/s/morel/importer/">Importer ma comptabilité' in page.text


def test_the_steps_follow_what_is_really_there(administrator, new):
    synced(new, at=timezone.now())
    assert readiness(new).current.code == "emails"
    someone = customer(new, "Dupont", email="a@b.example")
    assert readiness(new).current.code == "sender"
    new.smtp_host = new.sender_email = "a@b.example"
    new.city, new.address, new.siren, new.iban = "Pau", "1 rue", "732829320", "FR76"

    assert states(new) == {
        "company": "done", "import": "done", "emails": "done", "profiles": "check",
        "scenario": "check", "sender": "done", "plan": "todo",
    }  # fmt: skip
    assert readiness(new).is_ready
    assert readiness(new).current.code == "plan"
    reminder(someone, on=new.local_day(timezone.now()), status="cancelled", effective_on=None)
    assert not readiness(new).is_over

    reminder(someone, on=new.local_day(timezone.now()))
    assert readiness(new).is_over
    assert "Mise en route" not in administrator.get("/s/morel/").text
    assert "La première relance est décidée" in words_of(administrator.get(START))


def test_without_any_reminder_in_the_scenario_the_company_is_not_ready(new):
    new.scenario_set.update(is_active=False)

    assert states(new)["scenario"] == "todo"


def test_what_works_as_it_came_is_confirmed_once(administrator, new):
    for code in ("scenario", "scenario", "profiles"):
        assert administrator.post(f"{START}{code}/").status_code == 302

    new.refresh_from_db()
    assert (states(new)["scenario"], states(new)["profiles"]) == ("done", "done")
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds.count("start.confirmed") == 2
    # A step that waits for something real cannot be talked away.
    assert administrator.post(f"{START}import/").status_code == 404
    assert "C’est bien ainsi : Société" in words_of(administrator.get(START))


def test_it_is_hidden_from_the_home_page_and_put_back(administrator, new):
    administrator.post(f"{START}accueil/", {"montrer": "0"})
    assert "Mise en route" not in administrator.get("/s/morel/").text
    assert "Montrer ces étapes sur l’accueil" in administrator.get(START).text

    administrator.post(f"{START}accueil/", {"montrer": "1"})
    assert "Mise en route" in administrator.get("/s/morel/").text
    assert Event.objects.filter(kind__startswith="start.").count() == 2


def test_only_who_configures_the_company_sees_them(client, new):
    client.force_login(member(new, "collector"))

    assert "Mise en route" not in client.get("/s/morel/").text
    assert client.get(START).status_code == 403
