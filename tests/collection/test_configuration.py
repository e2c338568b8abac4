"""A company's configuration as a document: out, in, again, and every way of getting it wrong."""

import copy
import json
import tomllib
from datetime import date
from decimal import Decimal

import pytest
import tomli_w

from encaisse.collection.models import CollectionProfile, Reminder, Scenario, Step
from encaisse.collection.operations.configuration import ConfigurationRefused, take_configuration
from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.queries.configuration import configuration
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests import builders

pytestmark = pytest.mark.django_db

STEP = {"kind": "reminder", "level": 1, "medium": "letter", "trigger": "due + 8"}
TEXT = {"code": "visite", "kind": "reminder", "medium": "phone", "body": "Appeler."}


@pytest.fixture
def morel() -> Company:
    made = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(made)
    return made


@pytest.fixture
def petit() -> Company:
    made = Company.objects.create(slug="petit", name="Petit SARL")
    install_defaults(made)
    return made


def scenario(**changes: object) -> dict[str, object]:
    return {
        "profile": "standard", "variant": "with_email", "name": "Ferme", "steps": [STEP],
    } | changes  # fmt: skip


def document(**parts: object) -> dict[str, object]:
    return {"format": "encaisse-config/1"} | parts


def take(company: Company, wanted: object):
    return take_configuration(company, wanted, author=COMMAND_LINE)  # type: ignore[arg-type]


def as_toml(found: dict) -> dict:
    return tomllib.loads(tomli_w.dumps(found, multiline_strings=True))


def as_json(found: dict) -> dict:
    return json.loads(json.dumps(found))


def make_it_their_own(company: Company) -> None:
    """Change a bit of everything."""
    take(
        company,
        document(
            settings={
                "default_payment_terms": "45 jours fin de mois", "timezone": "Indian/Reunion",
                "country": "BE", "send_from_hour": 8, "send_until_hour": 20,
                "fiscal_year_month": 7, "freshness_hours": 24, "automatic_paused": True,
            },
            profiles=[{"code": "mairies", "name": "Mairies « État »", "default": True}],
            templates=[TEXT | {"body": "Appeler.\r\n\r\nNoter \"tout\" \\ ''' \"\"\" é\tœ"}],
            scenarios=[
                scenario(
                    profile="mairies", grouping="level", thanks_while_overdue=True, active=False,
                    thresholds=[
                        {"currency": "JPY", "entry_minimum": "100", "total_maximum": "900000"},
                        {"currency": "EUR", "total_minimum": "12.50"},
                    ],
                    steps=[
                        STEP | {"level": 2, "trigger": "previous + 10", "automatic": True},
                        STEP | {"trigger": "end_of_month(due + 30)", "template": "visite",
                                "recipients": ["Comptabilité", "Achats"],
                                "copies": ["chef@morel.example"], "active": False},
                        {"kind": "thanks", "medium": "email", "trigger": "match + 2",
                         "only_after_reminder": False},
                        {"kind": "pre_due", "medium": "email", "trigger": "due - 8"},
                    ],
                )
            ],
        ),
    )  # fmt: skip


@pytest.mark.parametrize("through", [as_toml, as_json])
def test_what_one_company_exports_another_takes_whole(morel, petit, through):
    make_it_their_own(morel)
    exported = through(configuration(morel))

    take(petit, exported)

    petit.refresh_from_db()
    assert configuration(petit) == configuration(morel) == exported
    assert petit.default_payment_terms == "45 jours fin de mois"


def test_a_company_that_has_nothing_takes_everything(morel):
    empty = Company.objects.create(slug="vide", name="Vide")

    changes = take(empty, as_toml(configuration(morel)))

    assert configuration(empty) == configuration(morel)
    assert (changes.profiles, changes.scenarios) == (4, 6)
    assert changes.templates == MessageTemplate.objects.filter(company=morel).count()


def test_late_payment_charges_go_along(morel, petit):
    configure_company(
        morel, author=COMMAND_LINE, penalty_mode="agreed", penalty_rate=Decimal("12.50"),
        ecb_rates={"2027-S1": "2.15"}, payment_url="https://payer.example/", customer_pages=True,
    )  # fmt: skip
    CollectionProfile.objects.filter(company=morel).update(is_business=False)

    take(petit, as_toml(configuration(morel)))

    petit.refresh_from_db()
    assert (petit.penalty_mode, petit.penalty_rate) == ("agreed", Decimal("12.50"))
    assert (petit.ecb_rates, petit.customer_pages) == ({"2027-S1": "2.15"}, True)
    assert not CollectionProfile.objects.filter(company=petit, is_business=True).exists()
    with pytest.raises(ConfigurationRefused, match="taux en pour cent"):
        take(petit, document(settings={"penalty_rate": "douze"}))


@pytest.mark.parametrize("through", [as_toml, as_json])
def test_taking_its_own_export_changes_nothing(morel, through):
    make_it_their_own(morel)
    morel.refresh_from_db()
    before = (list(Scenario.objects.values()), list(Step.objects.values("id", "version")))
    events, revision = Event.objects.count(), morel.facts_revision

    changes = take(morel, through(configuration(morel)))

    assert (changes.profiles, changes.scenarios, changes.templates) == (0, 0, 0)
    assert changes.settings == []
    assert before == (list(Scenario.objects.values()), list(Step.objects.values("id", "version")))
    morel.refresh_from_db()
    assert (Event.objects.count(), morel.facts_revision) == (events, revision)


def test_a_short_document_taken_twice_changes_nothing_the_second_time(morel):
    wanted = document(
        profiles=[{"code": "standard"}],
        scenarios=[scenario(thresholds=[{"currency": "EUR", "total_minimum": 15}])],
        templates=[TEXT | {"body": "Une ligne\r\net une autre"}],
    )

    first, second = take(morel, wanted), take(morel, wanted)

    assert (first.scenarios, first.templates) == (1, 1)
    assert (second.profiles, second.scenarios, second.templates) == (0, 0, 0)


def test_a_change_is_told_to_senders_and_written_in_the_journal(morel):
    revision = morel.facts_revision

    take(morel, document(scenarios=[scenario()]))

    morel.refresh_from_db()
    assert morel.facts_revision > revision
    event = Event.objects.get(company=morel, kind="configuration.taken")
    assert (event.data["scenarios"], event.actor_name) == (1, "Ligne de commande")


def test_what_the_document_does_not_name_stays(morel):
    before = configuration(morel)

    take(morel, document(scenarios=[scenario(profile="export", name="Export ferme")]))

    after = configuration(morel)
    assert after["profiles"] == before["profiles"]
    assert after["templates"] == before["templates"]
    changed = [row for row in after["scenarios"] if row not in before["scenarios"]]
    assert [row["name"] for row in changed] == ["Export ferme"]


# -- versions ----------------------------------------------------------------------------------


def test_changed_steps_make_a_version_and_what_was_done_keeps_its_own(morel):
    steps = Step.objects.filter(scenario__company=morel, kind="reminder", level=1)
    old = steps.get(scenario__profile__code="standard", scenario__with_email=True)
    debtor = builders.customer(morel, "Dupont")
    builders.reminder(debtor, on=date(2026, 3, 2), step=old, scenario_version=1)

    take(morel, document(scenarios=[scenario(steps=[STEP | {"trigger": "due + 3"}])]))

    changed = Scenario.objects.get(pk=old.scenario_id)
    assert changed.version == 2
    now = changed.steps.get(version=2)
    assert (now.trigger, now.offset_days) == ("due", 3)
    done = Reminder.objects.get()
    assert (done.step_id, done.scenario_version) == (old.pk, 1)
    old.refresh_from_db()
    assert (old.version, old.offset_days) == (1, 8)


def test_a_new_name_or_threshold_alone_makes_no_version(morel):
    exported = configuration(morel)
    wanted = exported["scenarios"][0]
    wanted["name"] = "Rebaptisé"
    wanted["thresholds"] = [{"currency": "EUR", "total_minimum": "99"}]

    changes = take(morel, exported)

    assert changes.scenarios == 1
    renamed = Scenario.objects.get(name="Rebaptisé")
    assert renamed.version == 1
    assert renamed.thresholds.get().total_minimum_minor == 9_900


def test_a_changed_text_gets_a_version_others_do_not(morel):
    exported = configuration(morel)
    exported["templates"][0]["body"] = "Bonjour {{ client }}"
    first = exported["templates"][0]

    take(morel, exported)

    versions = {
        (row.code, row.language): row.version for row in MessageTemplate.objects.filter(version=2)
    }
    assert versions == {(first["code"], first["language"]): 2}


# -- the default profile -----------------------------------------------------------------------


def default_profile(company: Company) -> str:
    return CollectionProfile.objects.get(company=company, is_default=True).code


def test_another_profile_becomes_the_default_whatever_the_order(morel):
    rows = [{"code": "export", "default": True}, {"code": "standard"}]

    take(morel, document(profiles=rows))
    assert default_profile(morel) == "export"

    take(morel, document(profiles=[{"code": "export"}, {"code": "standard", "default": True}]))
    assert default_profile(morel) == "standard"


def test_naming_a_profile_without_more_keeps_it_as_it_is(morel):
    changes = take(morel, document(profiles=[{"code": "standard"}]))

    assert changes.profiles == 0
    assert default_profile(morel) == "standard"


def test_a_company_is_never_left_without_a_default_profile(morel):
    with pytest.raises(ConfigurationRefused, match="par défaut"):
        take(morel, document(profiles=[{"code": "standard", "default": False}]))

    assert default_profile(morel) == "standard"


# -- wrong documents ---------------------------------------------------------------------------

WRONG_SHAPES = [
    (document(settings="x"), "« settings » doit être une table"),
    (document(settings=[]), "« settings » doit être une table"),
    (document(profiles="standard"), "« profiles » doit être une liste de tables"),
    (document(profiles={"code": "a"}), "« profiles » doit être une liste de tables"),
    (document(profiles=["standard"]), "« profiles » doit être une liste de tables"),
    (document(scenarios=[[]]), "« scenarios » doit être une liste de tables"),
    (document(templates=7), "« templates » doit être une liste de tables"),
    (document(surprise=1), "clé inconnue « surprise »"),
    (document(settings={"smtp_password": "x"}), "clé inconnue « smtp_password »"),
    (document(profiles=[{"name": "Sans code"}]), "il manque « code »"),
    (document(profiles=[{"code": "É t é"}]), "« code » doit être fait de"),
    (document(profiles=[{"code": "x" * 41}]), "« code » doit être fait de"),
    (document(profiles=[{"code": "a", "name": "x" * 61}]), "« name » dépasse 60"),
    (document(profiles=[{"code": "a", "default": "oui"}]), "« default » doit être « true »"),
    (document(profiles=[{"code": "a", "colour": "red"}]), "a : clé inconnue « colour »"),
    (document(scenarios=[{}]), "il manque « profile »"),
    (document(scenarios=[scenario(name="")]), "« name » ne peut pas être vide"),
    (document(scenarios=[scenario(name="a\x00b")]), "« name » contient des caractères"),
    (document(scenarios=[scenario(variant="both")]), "« variant » doit être l’un de"),
    (document(scenarios=[scenario(grouping=["statement"])]), "« grouping » doit être l’un de"),
    (document(scenarios=[scenario(steps="due + 8")]), "« steps » doit être une liste"),
    (document(scenarios=[scenario(steps=STEP)]), "« steps » doit être une liste de tables"),
    (document(scenarios=[scenario(thresholds={"EUR": 5})]), "« thresholds » doit être une liste"),
    (document(scenarios=[scenario(color="red")]), "Ferme : clé inconnue « color »"),
    (document(templates=[{"code": "a"}]), "a : il manque « body »"),
    (document(templates=[TEXT | {"kind": "bill"}]), "« kind » doit être l’un de"),
    (document(templates=[TEXT | {"language": "français"}]), "« language » doit être un code"),
    (document(templates=[TEXT | {"body": ["a"]}]), "« body » doit être un texte"),
    (document(templates=[TEXT | {"label": "x" * 121}]), "« label » dépasse 120"),
]


@pytest.mark.parametrize(("wanted", "sentence"), WRONG_SHAPES)
def test_a_document_of_another_shape_is_refused_with_a_sentence(morel, wanted, sentence):
    before = configuration(morel)

    with pytest.raises(ConfigurationRefused) as refusal:
        take(morel, wanted)

    assert sentence in plain(refusal.value)
    assert configuration(morel) == before


WRONG_STEPS = [
    ({"kind": "dunning"}, "« kind » doit être l’un de"),
    ({"kind": ["reminder"]}, "« kind » doit être l’un de"),
    ({"kind": {}}, "« kind » doit être l’un de"),
    ({"level": 0}, "le niveau d’une relance va de 1 à 9"),
    ({"level": 10}, "« level » doit être un nombre entier de 0 à 9"),
    ({"level": 1.5}, "« level » doit être un nombre entier"),
    ({"level": True}, "« level » doit être un nombre entier"),
    ({"level": "1"}, "« level » doit être un nombre entier"),
    ({"kind": "thanks", "trigger": "match + 2"}, "celui des autres étapes est 0"),
    ({"kind": "thanks", "level": 0}, "après le lettrage"),
    ({"kind": "pre_due", "level": 0}, "avant l’échéance"),
    ({"trigger": "match + 2"}, "pas par le lettrage"),
    ({"trigger": "demain"}, "n’est pas un déclencheur"),
    ({"trigger": 8}, "n’est pas un déclencheur"),
    ({"trigger": ["due + 8"]}, "n’est pas un déclencheur"),
    ({"medium": "fax"}, "« medium » doit être l’un de"),
    ({"automatic": "oui"}, "« automatic » doit être « true »"),
    ({"recipients": "Comptabilité"}, "« recipients » doit être une liste de textes"),
    ({"recipients": [1]}, "« recipients » doit être une liste de textes"),
    ({"copies": {"a": "b"}}, "« copies » doit être une liste de textes"),
    ({"copies": ["a@b.fr\nBcc: c@d.fr"]}, "« copies » doit être une liste de textes"),
    ({"template": "absent"}, "il n’y a pas de modèle « absent »"),
    ({"template": 5}, "« template » doit être un texte"),
    ({"delay": 8}, "étape : clé inconnue « delay »"),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG_STEPS)
def test_a_wrong_step_is_refused_with_a_sentence(morel, changes, sentence):
    with pytest.raises(ConfigurationRefused) as refusal:
        take(morel, document(scenarios=[scenario(steps=[STEP | changes])]))

    assert sentence in plain(refusal.value)
    assert "Ferme" in str(refusal.value)


WRONG_MEANINGS = [
    (document(scenarios=[scenario(steps=[STEP, STEP])]), "deux étapes au même niveau"),
    (document(scenarios=[scenario(profile="inconnu")]), "Profil inconnu : « inconnu »"),
    (document(scenarios=[scenario(), scenario()]), "« standard with_email » : donné deux fois"),
    (document(profiles=[{"code": "a"}, {"code": "a"}]), "profil « a » : donné deux fois"),
    (document(templates=[TEXT, TEXT]), "modèle « visite fr » : donné deux fois"),
    (
        document(profiles=[{"code": "a", "default": True}, {"code": "b", "default": True}]),
        "Un seul profil est celui par défaut",
    ),
    (document(templates=[TEXT | {"body": "{{ nimporte }}"}]), "Balise inconnue « nimporte »"),
    (document(templates=[TEXT | {"body": "{% for a in b %}{% endfor %}"}]), "visite : Ligne 1"),
    (document(templates=[TEXT | {"body": "{{ client_nom"}]), "mal fermée"),
    (document(templates=[TEXT | {"subject": "{{ zut }}"}]), "Balise inconnue « zut »"),
]


@pytest.mark.parametrize(("wanted", "sentence"), WRONG_MEANINGS)
def test_a_document_that_makes_no_sense_is_refused_whole(morel, wanted, sentence):
    before = configuration(morel)

    with pytest.raises(ConfigurationRefused) as refusal:
        take(morel, document(settings={"country": "BE"}) | wanted)

    assert sentence in plain(refusal.value)
    morel.refresh_from_db()
    assert configuration(morel) == before


@pytest.mark.parametrize(
    "threshold",
    [
        {"currency": "eur"}, {"currency": "EURO"}, {"currency": 123}, {},
        {"currency": "EUR", "entry_minimum": "cher"}, {"currency": "EUR", "total_minimum": True},
        {"currency": "EUR", "total_maximum": -5}, {"currency": "EUR", "total_minimum": [5]},
        {"currency": "EUR", "total_minimum": float("nan")}, {"currency": "EUR", "minimum": 5},
        {"currency": "EUR", "total_minimum": "9" * 40},
    ],
)  # fmt: skip
def test_a_wrong_threshold_is_refused_with_a_sentence(morel, threshold):
    with pytest.raises(ConfigurationRefused, match="seuil"):
        take(morel, document(scenarios=[scenario(thresholds=[threshold])]))


def test_two_thresholds_of_a_currency_are_refused(morel):
    rows = [{"currency": "EUR"}, {"currency": "EUR", "total_minimum": 3}]

    with pytest.raises(ConfigurationRefused, match=r"seuil.*EUR.*donné deux fois"):
        take(morel, document(scenarios=[scenario(thresholds=rows)]))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"timezone": "Mars/Phobos"}, "« timezone » n’est pas un fuseau"),
        ({"timezone": 1}, "« timezone » n’est pas un fuseau"),
        ({"fiscal_year_month": 13}, "de 1 à 12"),
        ({"send_from_hour": 18, "send_until_hour": 9}, "doit suivre l’heure de début"),
        ({"send_until_hour": 5}, "doit suivre l’heure de début"),
        ({"freshness_hours": -1}, "« freshness_hours » doit être un nombre entier"),
        ({"country": "ZZ"}, "Les jours fériés de « ZZ » ne sont pas connus"),
        ({"country": "fr"}, "Les jours fériés de « fr » ne sont pas connus"),
        ({"subdivision": "Mordor"}, "« FR Mordor »"),
        ({"automatic_paused": 0}, "« automatic_paused » doit être « true »"),
        ({"default_payment_terms": "quand je veux"}, "« quand je veux » n’est pas compris"),
        ({"default_payment_terms": 30}, "« default_payment_terms » doit être un texte"),
        ({"default_payment_terms": "30 jours " * 10}, "dépasse 60"),
        ({"timezone": date(2026, 1, 1)}, "« timezone » n’est pas un fuseau"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(morel, settings, sentence):
    with pytest.raises(ConfigurationRefused) as refusal:
        take(morel, document(settings=settings))

    assert sentence in plain(refusal.value)


@pytest.mark.parametrize("wanted", [{}, {"format": "encaisse-config/2"}, {"format": ["x"]}])
def test_another_document_altogether_is_named(morel, wanted):
    with pytest.raises(ConfigurationRefused, match="n’est pas une configuration d’Encaisse"):
        take(morel, wanted)


def hostile_values() -> list[object]:
    return ["x", -1, True, [1], {"a": {}}, date(2026, 1, 1)]


def paths(found: object, path: tuple = ()) -> list[tuple]:
    """Every place of a document where a value stands."""
    below = found.items() if isinstance(found, dict) else ()
    if isinstance(found, list):
        below = enumerate(found[:1])
    return [path, *(p for key, value in below for p in paths(value, (*path, key)))]


def refusals(wanted: dict) -> list[str]:
    try:
        take(Company.objects.get(slug="morel"), wanted)
    except ConfigurationRefused as refusal:
        return refusal.problems
    return []


def test_any_value_in_any_place_gives_a_sentence_or_a_configuration(morel):
    """No wrong document ever fails otherwise than by a refusal."""
    make_it_their_own(morel)
    exported = configuration(morel)
    exported["templates"] = [row for row in exported["templates"] if row["code"] == "visite"]
    exported["scenarios"] = [row for row in exported["scenarios"] if row["profile"] == "mairies"]
    refused = 0
    for path in paths(exported)[1:]:
        for value in hostile_values():
            wanted = copy.deepcopy(exported)
            parent = wanted
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = value
            problems = refusals(wanted)
            refused += bool(problems)
            assert all(problem.strip().endswith((".", ")")) for problem in problems)
    assert refused > 250


def plain(refusal: Exception) -> str:
    return str(refusal).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_service_that_mails_leave_by_is_carried_and_its_keys_are_not(
    morel: Company, petit: Company
):
    configure_company(
        morel, author=COMMAND_LINE, mail_service="mailgun", service_key="k3y-secret",
        service_domain="mg.morel.example", service_url="https://api.eu.mailgun.net/v3",
        tracks_clicks=True,
    )  # fmt: skip
    found = configuration(morel)
    assert "k3y-secret" not in str(found)
    assert morel.events_token not in str(found)

    take(petit, as_toml(found))

    petit.refresh_from_db()
    assert (petit.mail_service, petit.service_domain) == ("mailgun", "mg.morel.example")
    assert petit.tracks_clicks
    assert not petit.service_key_sealed
    assert not petit.can_send_mail()
    for wrong in ({"mail_service": "autre"}, {"service_url": "http://x.example"}):
        with pytest.raises(ConfigurationRefused):
            take(petit, document(settings=wrong))
