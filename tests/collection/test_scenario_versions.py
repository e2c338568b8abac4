"""What scenarios were, and their steps given to others."""

import pytest

from encaisse.collection.models import Scenario
from encaisse.collection.operations.configuration import ConfigurationRefused, take_configuration
from encaisse.collection.operations.scenarios import copy_scenario, restore_version
from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.queries.configuration import FORMAT, scenario_document
from encaisse.collection.queries.scenario_changes import scenario_changes
from encaisse.collection.queries.scenario_edit import versions_of_scenario
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def morel() -> Company:
    made = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(made)
    return made


def standard(of: Company, *, with_email: bool = True) -> Scenario:
    return Scenario.objects.get(company=of, profile__code="standard", with_email=with_email)


def change(scenario: Scenario, **first_reminder: object) -> None:
    """Give the first reminder other values, as any configuration does."""
    document = scenario_document(scenario)
    step = next(one for one in document["steps"] if one["level"] == 1)
    step |= first_reminder
    wanted = {"format": FORMAT, "scenarios": [document]}
    take_configuration(scenario.company, wanted, author=COMMAND_LINE)


def test_every_change_keeps_what_was_before_it(morel):
    origin = scenario_document(standard(morel))
    change(standard(morel), trigger="due + 3")
    change(standard(morel), trigger="due + 4", automatic=True)

    third, second, first = versions_of_scenario(standard(morel))
    assert (first.document, first.saved_at, first.author_name) == (origin, None, "")
    assert second.author_name == COMMAND_LINE.name
    assert third.document == scenario_document(standard(morel))
    said = scenario_changes(second.document, third.document, {})
    assert [" ".join(one.split()) for one in said] == [
        "Relance 1 : 3 jours après l’échéance → 4 jours après l’échéance",
        "Relance 1 : manuelle → automatique",
    ]


def test_steps_thresholds_and_the_whole_are_told_in_words(morel):
    before = scenario_document(standard(morel))
    after = {
        **before,
        "active": False,
        "grouping": "level",
        "steps": [step for step in before["steps"] if step["level"] != 3],
        "thresholds": [{"currency": "EUR", "entry_minimum": "10.00", "total_minimum": "0"}],
    }
    said = [" ".join(one.split()) for one in scenario_changes(before, after, {})]
    assert said == [
        "Scénario arrêté",
        "Regroupement : À la situation de compte → À la pièce",
        "Relance 3 supprimée",
        "Minimum par pièce (EUR) : aucun → 10,00",
        "Minimum du total (EUR) : 5,00 → aucun",
    ]
    back = [" ".join(one.split()) for one in scenario_changes(after, before, {})]
    assert back[2].startswith("Relance 3 ajoutée : Téléphone, 8 jours après l’étape précédente")


def test_a_version_is_restored_as_the_next_one(morel):
    origin = scenario_document(standard(morel))
    change(standard(morel), trigger="due + 3")
    first = versions_of_scenario(standard(morel))[-1]

    assert restore_version(first, author=COMMAND_LINE)

    scenario = standard(morel)
    assert scenario_document(scenario) == origin
    assert scenario.version == 3
    assert len(versions_of_scenario(scenario)) == 3
    assert not restore_version(first, author=COMMAND_LINE)


def test_a_version_whose_text_is_gone_is_not_restored(morel):
    change(standard(morel), template="reminder_2_email")
    first = versions_of_scenario(standard(morel))[-1]
    MessageTemplate.objects.filter(company=morel, code="reminder_1_email").delete()

    with pytest.raises(ConfigurationRefused, match="reminder_1_email"):
        restore_version(first, author=COMMAND_LINE)
    assert len(versions_of_scenario(standard(morel))) == 2


def test_a_copy_takes_its_texts_to_the_other_company(morel):
    petit = builders.company("Petit SARL", slug="petit")
    there = petit.collectionprofile_set.get()
    change(standard(morel), trigger="due + 3")

    copy_scenario(standard(morel), there, with_email=True, author=COMMAND_LINE)

    made = Scenario.objects.get(profile=there, with_email=True)
    mine, theirs = scenario_document(standard(morel)), scenario_document(made)
    assert theirs["steps"] == mine["steps"]
    assert theirs["thresholds"] == mine["thresholds"]
    assert theirs["profile"] == there.code
    codes = {step["template"] for step in theirs["steps"]}
    texts = MessageTemplate.objects.filter(company=petit)
    assert set(texts.values_list("code", flat=True)) == codes
    assert set(texts.values_list("language", flat=True)) == {"fr", "en"}


def test_a_copy_for_customers_without_address_writes_letters(morel):
    source = standard(morel)
    without = standard(morel, with_email=False)
    name = without.name

    copy_scenario(source, source.profile, with_email=False, author=COMMAND_LINE)

    found = scenario_document(standard(morel, with_email=False))
    assert found["name"] == name
    assert {step["kind"] for step in found["steps"]} == {"reminder"}
    first = found["steps"][0]
    assert (first["medium"], first["template"]) == ("letter", "reminder_1_letter")
