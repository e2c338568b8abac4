"""`encaisse company`: companies and their people."""

import pytest

from encaisse.collection.models import CollectionProfile, Scenario
from encaisse.tenancy.models import Company, Event, Membership, User
from tests import builders
from tests.cli.desk import answered, encaisse, misused, refused

pytestmark = pytest.mark.django_db

PASSWORD = "un-mot-de-passe-assez-long"


def test_a_company_is_made_with_its_defaults():
    made = answered("company", "create", "Atelier d’Été", "--name", " Ateliers d’Été ")

    assert made == {"slug": "atelier-dete", "name": "Ateliers d’Été", "currency": "EUR"}
    company = Company.objects.get()
    assert (company.timezone, company.language) == ("Europe/Paris", "fr")
    assert CollectionProfile.objects.get(company=company, is_default=True).code == "standard"
    assert Scenario.objects.filter(company=company).count() == 6
    assert Event.objects.get(kind="company.created").actor_name == "Ligne de commande"


def test_its_currency_and_time_zone_may_be_others():
    answered("company", "create", "cfa", "--name", "Abidjan", "--currency", "xof",
             "--timezone", "Africa/Abidjan")  # fmt: skip

    company = Company.objects.get()
    assert (company.base_currency, company.timezone) == ("XOF", "Africa/Abidjan")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["morel", "--name", "Autre"], "Une société porte déjà le nom court « morel »"),
        (["Morel", "--name", "Autre"], "Une société porte déjà le nom court « morel »"),
        (["!!!", "--name", "  "], "La raison sociale compte de 1 à 120 signes."),
        (["autre", "--name", "x" * 121], "La raison sociale compte de 1 à 120 signes."),
        (["autre", "--name", "A", "--currency", "EURO"], "« EURO » n’est pas une devise"),
        (["autre", "--name", "A", "--currency", "ÉÀÜ"], "« ÉÀÜ » n’est pas une devise"),
        (["autre", "--name", "A", "--currency", "ZZQ"], "« ZZQ » n’est pas une devise"),
        (["autre", "--name", "A", "--timezone", "Paris"], "« Paris » n’est pas un fuseau"),
    ],
)
@pytest.mark.parametrize("ending", [[], ["--json"]])
def test_a_company_that_cannot_be_made_leaves_nothing(arguments, sentence, ending):
    builders.company(slug="morel")

    assert refused("company", "create", *arguments, *ending).startswith(sentence)
    assert Company.objects.count() == 1
    assert not Event.objects.exists()


def test_a_short_name_without_letters_is_refused():
    said = refused("company", "create", "!!!", "--name", "Ateliers Morel")

    assert said == "Donnez un nom court fait de lettres et de chiffres."
    assert not Company.objects.exists()


def test_companies_are_listed_by_short_name():
    builders.company("Petit", slug="petit")
    builders.company("Morel", slug="morel", is_demo=True)

    assert answered("company", "list") == {
        "companies": [
            {"slug": "morel", "name": "Morel", "currency": "EUR", "demo": True},
            {"slug": "petit", "name": "Petit", "currency": "EUR", "demo": False},
        ]
    }
    assert encaisse("company", "list").stdout == "morel\tMorel\npetit\tPetit\n"


def test_no_company_is_an_empty_list():
    assert answered("company", "list") == {"companies": []}


def test_a_person_is_given_a_role_and_can_come_in():
    company = builders.company(slug="morel")

    said = answered(
        "company", "add-user", "morel", " Claire@Morel.example ", "--role", "collector",
        "--password", PASSWORD, "--sales-rep", "Durant", "--sales-rep", "Roy",
    )  # fmt: skip

    assert said == {"email": "claire@morel.example", "role": "collector", "company": "morel"}
    membership = Membership.objects.get(company=company)
    assert membership.user.check_password(PASSWORD)
    assert (membership.limited_to_portfolio, membership.portfolio) == (True, "Durant\nRoy")


def test_the_role_is_administrator_unless_said():
    builders.company(slug="morel")

    said = answered("company", "add-user", "morel", "a@morel.example", "--password", PASSWORD)

    assert said["role"] == "administrator"
    assert not Membership.objects.get().limited_to_portfolio


def test_the_password_is_asked_for_on_stderr_only():
    builders.company(slug="morel")

    result = encaisse(
        "company", "add-user", "morel", "a@morel.example", "--json", input=f"{PASSWORD}\n"
    )

    assert result.exit_code == 0
    assert result.stdout.startswith('{"email"')
    assert result.stderr.startswith("Mot de passe")
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["morel", "a@b.fr", "--password", "court"], "Le mot de passe doit compter 12 signes"),
        (["morel", "pas-une-adresse", "--password", PASSWORD], "« pas-une-adresse » n’est pas une"),
        (["morel", "", "--password", PASSWORD], "«  » n’est pas une adresse"),
        (["absente", "a@b.fr", "--password", PASSWORD], "Il n’y a pas de société « absente »"),
    ],
)
def test_a_person_who_cannot_be_added_is_not(arguments, sentence):
    builders.company(slug="morel")

    assert refused("company", "add-user", *arguments).startswith(sentence)
    assert not User.objects.exists()


def test_nobody_answering_the_password_is_a_refusal():
    builders.company(slug="morel")

    result = encaisse("company", "add-user", "morel", "a@b.fr", input="")

    assert result.exit_code == 1
    assert "Donnez le mot de passe avec --password." in result.stderr


def test_a_role_that_does_not_exist_is_a_wrong_usage():
    said = misused("company", "add-user", "morel", "a@b.fr", "--role", "chef")

    assert said.startswith("--role : valeur refusée (choisissez parmi reader, collector,")
