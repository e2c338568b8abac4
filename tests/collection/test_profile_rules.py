"""Profiles, and the rules that give them: which one decides, whom they leave alone, and when."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, ProfileRule, Reminder
from encaisse.collection.operations.configuration import ConfigurationRefused, take_configuration
from encaisse.collection.operations.followup import set_profile
from encaisse.collection.operations.profile_rules import save_profile_rules
from encaisse.collection.operations.profile_settings import (
    ProfileRefused,
    add_profile,
    copy_profile,
    delete_profile,
    make_default,
    rename_profile,
)
from encaisse.collection.operations.profiles import set_profile_of_many, undo_profile_of_many
from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.queries.configuration import configuration
from encaisse.collection.queries.customers import followed_up
from encaisse.collection.queries.profile_rules import rule_outcome, rules_of
from encaisse.collection.rules.profiles import ConditionError, Traits, decider, read_condition
from encaisse.collection.rules.profiles import ProfileRule as Rule
from encaisse.ledger.models import Customer, FreeField
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.scope import Scope
from tests import builders
from tests.connectors.tables_world import bring, plain, table

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BY_HAND = {"author": COMMAND_LINE, "now": NOON}


def when(about: str, test: str, value: str) -> dict[str, str]:
    return {"about": about, "test": test, "value": value}


def rule(profile: str, *conditions: dict[str, str]) -> dict[str, object]:
    return {"profile": profile, "conditions": list(conditions)}


ABROAD = rule("export", when("country", "is_not", "France"))
LARGE = rule("grand-compte", when("balance", "at_least", "5000"))


@pytest.fixture
def morel() -> Company:
    made = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(made)
    return made


def profile(of: Company, code: str) -> CollectionProfile:
    return CollectionProfile.objects.get(company=of, code=code)


def profile_of(customer: Customer) -> str:
    found = followed_up(customer).profile
    return found.code if found else ""


def save(company: Company, *rules: dict[str, object]) -> int | None:
    return save_profile_rules(company, rules, **BY_HAND)


@pytest.mark.parametrize(
    ("condition", "traits", "holds"),
    [
        (when("country", "is", "Belgique"), Traits(country="BE"), True),
        (when("country", "is", "be"), Traits(country="Belgium"), True),
        (when("country", "is_not", "France"), Traits(country="FR"), False),
        (when("country", "is_not", "France"), Traits(country="Atlantide"), True),
        (when("category", "is", "Grande distribution"), Traits("GRANDE-DISTRIBUTION"), True),
        (when("category", "contains", "distrib"), Traits("Grande distribution"), True),
        (when("sales_rep", "is_not", "Durant"), Traits(sales_rep="Durant"), False),
        (when("free2", "is", "A"), Traits(free=("A",) + ("",) * 5), False),
        (when("free6", "is", "A"), Traits(free=("",) * 5 + ("a",)), True),
        (when("balance", "at_least", "5 000,00"), Traits(balance_minor=500_000), True),
        (when("balance", "under", "5000"), Traits(balance_minor=500_000), False),
        (when("balance", "under", "5000"), Traits(balance_minor=-1), True),
    ],
)
def test_a_condition_compares_what_people_mean(condition, traits, holds):
    assert read_condition(condition, currency="EUR").holds(traits) is holds


@pytest.mark.parametrize(
    "condition",
    [
        when("taille", "is", "L"),
        when("category", "at_least", "5"),
        when("balance", "is", "5"),
        when("balance", "at_least", "beaucoup"),
        when("category", "is", " "),
        when("category", "is", "!!!"),
    ],
)
def test_a_condition_that_means_nothing_is_refused(condition):
    with pytest.raises(ConditionError):
        read_condition(condition, currency="EUR")


def test_the_first_rule_whose_conditions_all_hold_decides():
    both = (when("category", "is", "Mairie"), when("country", "is_not", "France"))
    rules = [
        Rule(1, tuple(read_condition(one, currency="EUR") for one in both)),
        Rule(2, (read_condition(both[0], currency="EUR"),)),
        Rule(3, (read_condition(both[1], currency="EUR"),)),
    ]

    decide = decider(rules)

    assert decide(Traits("Mairie", country="BE")) == 1
    assert decide(Traits("Mairie", country="FR")) == 2
    assert decide(Traits("Artisan", country="BE")) == 3
    assert decide(Traits("Artisan", country="FR")) is None


def test_saving_moves_those_whom_nobody_chose_a_profile_for_in_one_line_of_the_journal(morel):
    belgian = builders.customer(morel, "Brasserie", country="Belgique")
    chosen = builders.customer(morel, "Chocolatier", country="Belgique")
    french = builders.customer(morel, "Dupont", country="")
    large = builders.customer(morel, "Énorme")
    builders.invoice(large, euros=5000, due=date(2026, 1, 31))
    builders.invoice(large, euros=9000, due=date(2026, 1, 31), currency="USD")
    set_profile(chosen, profile(morel, "interne"), **BY_HAND)

    outcome = rule_outcome(morel, rules_of(morel))
    assert (outcome.moves, outcome.decided, outcome.chosen) == ([], 3, 1)
    assert save(morel, ABROAD, LARGE) == 2

    assert [profile_of(one) for one in (belgian, chosen, french, large)] == [
        "export", "interne", "standard", "grand-compte",
    ]  # fmt: skip
    event = Event.objects.get(kind="profile_rules.saved")
    assert event.data["count"] == 2
    assert event.data["after"]["rules"] == [ABROAD, LARGE]
    assert save(morel, ABROAD, LARGE) is None

    # A rule that goes gives back what it gave, and nothing else.
    assert save(morel) == 2
    assert [profile_of(one) for one in (belgian, chosen, large)] == [
        "standard", "interne", "standard",
    ]  # fmt: skip


def test_an_import_lets_the_rules_decide_again_and_a_file_goes_before_them(morel, tmp_path: Path):
    save(morel, ABROAD)
    text = "Code;Nom;Pays;Profil\n411A;Alpha;Suisse;\n411B;Beta;Suisse;Interne\n411C;Gamma;;\n"

    result = bring(morel, "customers", table(tmp_path, text))

    found = {one.account_code: profile_of(one) for one in Customer.objects.of(morel)}
    assert found == {"411A": "export", "411B": "interne", "411C": "standard"}
    assert "Vos règles ont changé le profil de 1 client." in map(plain, result.warnings)
    assert Event.objects.get(kind="profile_rules.applied").data["customers"] == ["411A"]

    again = bring(morel, "customers", table(tmp_path, text.replace("Alpha;Suisse", "Alpha;France")))
    assert profile_of(Customer.objects.get(account_code="411A")) == "standard"
    assert "Vos règles ont changé le profil de 1 client." in map(plain, again.warnings)


def test_what_a_person_chose_stands_before_a_file_until_it_is_given_back(morel, tmp_path: Path):
    dupont = builders.customer(morel, "Dupont", country="Espagne", account_code="411A")
    set_profile(dupont, profile(morel, "interne"), **BY_HAND)
    save(morel, ABROAD)

    text = "Code;Nom;Profil\n411A;Dupont;Grand compte\n"
    result = bring(morel, "customers", table(tmp_path, text))

    assert profile_of(dupont) == "interne"
    assert [plain(one) for one in result.warnings] == [
        "1 client garde le profil choisi dans Encaisse, que le fichier contredit."
    ]
    set_profile(dupont, None, **BY_HAND)
    assert profile_of(dupont) == "export"


def test_many_customers_given_back_to_the_rules_find_their_profiles_again_by_undoing(morel):
    scope = Scope(morel)
    belgian = builders.customer(morel, "Brasserie", country="Belgique")
    french = builders.customer(morel, "Dupont")
    save(morel, ABROAD)
    ids = [belgian.pk, french.pk]
    set_profile_of_many(scope, ids, profile(morel, "interne"), **BY_HAND)

    later = NOON.replace(hour=13)
    set_profile_of_many(scope, ids, None, author=COMMAND_LINE, now=later)
    assert [profile_of(belgian), profile_of(french)] == ["export", "standard"]

    undo_profile_of_many(scope, later, author=COMMAND_LINE, now=later)
    assert [profile_of(belgian), profile_of(french)] == ["interne", "interne"]
    origins = CustomerFollowUp.objects.values_list("profile_origin", flat=True)
    assert set(origins) == {""}


def test_a_profile_that_goes_leaves_its_customers_and_its_rules_to_another(morel):
    dupont = builders.customer(morel, "Dupont")
    belgian = builders.customer(morel, "Brasserie", country="Belgique")
    export = profile(morel, "export")
    set_profile(dupont, export, **BY_HAND)
    save(morel, ABROAD)

    moved = delete_profile(export, replacement=profile(morel, "grand-compte"), **BY_HAND)

    assert moved == 2
    assert profile_of(dupont) == profile_of(belgian) == "grand-compte"
    assert ProfileRule.objects.get().profile.code == "grand-compte"
    assert not CollectionProfile.objects.filter(code="export").exists()


def test_the_default_profile_is_replaced_by_the_one_that_takes_its_customers(morel):
    dupont = builders.customer(morel, "Dupont")

    delete_profile(
        profile(morel, "standard"), replacement=profile(morel, "grand-compte"), **BY_HAND
    )

    assert profile(morel, "grand-compte").is_default
    assert profile_of(dupont) == "grand-compte"


def test_a_profile_whose_messages_wait_does_not_go(morel):
    dupont = builders.customer(morel, "Dupont")
    standard = profile(morel, "standard")
    step = standard.scenarios.first().steps.first()
    builders.reminder(dupont, step=step, status=Reminder.Status.WAITING, on=NOON.date())

    with pytest.raises(ProfileRefused, match="attendent de partir"):
        delete_profile(standard, replacement=profile(morel, "export"), **BY_HAND)

    assert profile(morel, "standard").is_default


def test_the_default_profile_changes_what_rules_give_explicitly_does_not(morel):
    dupont = builders.customer(morel, "Dupont", category="Mairie")
    artisan = builders.customer(morel, "Martin", category="Artisan")
    save(morel, rule("standard", when("category", "is", "Mairie")))

    make_default(profile(morel, "interne"), **BY_HAND)

    assert [profile_of(dupont), profile_of(artisan)] == ["standard", "interne"]


def test_a_copy_has_the_scenarios_and_no_customer(morel):
    export = profile(morel, "export")
    set_profile(builders.customer(morel, "Dupont"), export, **BY_HAND)

    copied = copy_profile(export, "Export lointain", author=COMMAND_LINE)

    assert copied.code == "export-lointain"
    assert [plain(one.name) for one in copied.scenarios.order_by("-with_email")] == [
        "Clients « Export lointain » avec e-mail",
        "Clients « Export lointain » sans e-mail",
    ]
    steps = [list(one.scenarios.get(with_email=True).steps.values_list("medium", "level"))
             for one in (export, copied)]  # fmt: skip
    assert sorted(steps[0]) == sorted(steps[1])
    assert not CustomerFollowUp.objects.filter(profile=copied).exists()


def test_a_name_is_that_of_one_profile_and_renaming_follows_to_its_scenarios(morel):
    export = profile(morel, "export")
    for taken in ("GRAND COMPTE", "grand-compte", " "):
        with pytest.raises(ProfileRefused):
            rename_profile(export, taken, **BY_HAND)
        with pytest.raises(ProfileRefused):
            add_profile(morel, taken, **BY_HAND)

    rename_profile(export, "Étranger", **BY_HAND)

    export.refresh_from_db()
    assert (export.name, export.code) == ("Étranger", "export")
    scenario = export.scenarios.get(with_email=True)
    assert plain(scenario.name) == "Clients « Étranger » avec e-mail"


def test_rules_and_fields_go_from_one_company_to_another_in_its_document(morel):
    save(morel, ABROAD, LARGE)
    fields = [{"about": "customer", "number": 1, "label": "Région", "in_customers": True}]
    take_configuration(
        morel, {"format": "encaisse-config/1", "fields": fields}, author=COMMAND_LINE
    )
    document = configuration(morel)
    petit = Company.objects.create(slug="petit", name="Petit")
    install_defaults(petit)
    belgian = builders.customer(petit, "Brasserie", country="Belgique")

    changes = take_configuration(petit, document, author=COMMAND_LINE)

    assert (changes.profile_rules, changes.fields) == (True, 1)
    assert profile_of(belgian) == "export"
    field = FreeField.objects.get(company=petit)
    assert (field.name, field.in_customers, field.filters_criteria) == ("Région", True, True)
    assert configuration(petit) == document
    assert not take_configuration(petit, document, author=COMMAND_LINE).profile_rules


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"profile_rules": [rule("vip", when("category", "is", "A"))]}, "Profil inconnu"),
        ({"profile_rules": [rule("export")]}, "au moins un critère"),
        ({"profile_rules": [rule("export", when("taille", "is", "L"))]}, "Un critère porte sur"),
        ({"profile_rules": [{"profile": "export", "conditions": ["x"]}]}, "liste de tables"),
        ({"fields": [{"about": "customer", "number": 7}]}, "de 1 à 6"),
        ({"fields": [{"about": "entry", "number": 1, "in_customers": True}]}, "clé inconnue"),
        ({"fields": [{"about": "entry", "number": 1}] * 2}, "donné deux fois"),
    ],
)
def test_a_document_with_a_faulty_rule_or_field_is_refused_whole(morel, part, sentence):
    document = {"format": "encaisse-config/1", **part}

    with pytest.raises(ConfigurationRefused) as refusal:
        take_configuration(morel, document, author=COMMAND_LINE)

    assert sentence in " ".join(plain(one) for one in refusal.value.problems)
    assert not ProfileRule.objects.exists()
