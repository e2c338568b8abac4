"""« Journal »: what was done to scenarios, profiles and secrets, and what a search finds of it."""

import re

import pytest

from encaisse.collection.models import CollectionProfile, Scenario
from encaisse.collection.operations.followup import set_profile
from encaisse.collection.operations.profile_settings import copy_profile
from encaisse.collection.operations.scenarios import (
    copy_scenario,
    fingerprint,
    restore_version,
    save_scenario,
)
from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.queries.configuration import scenario_document
from encaisse.collection.queries.scenario_changes import scenario_changes
from encaisse.collection.queries.scenario_edit import versions_of_scenario
from encaisse.ledger.models import PaymentMethod
from encaisse.ledger.operations.payment_methods import MethodChange, MethodDirectory, set_methods
from encaisse.messaging.operations.layout import change_letter_layout
from encaisse.tenancy.journal import COMMAND_LINE, record_event
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from encaisse.web.app.audit.searched import said_by_kind
from tests.builders import member
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

PAGE = "/s/morel/configurer/journal/"


@pytest.fixture
def morel(db) -> Company:
    made = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(made)
    return made


@pytest.fixture
def desk(client, morel):
    client.force_login(member(morel, "administrator", first_name="Claire", last_name="Martin"))
    return client


def standard(morel, *, with_email: bool = True) -> Scenario:
    return Scenario.objects.get(company=morel, profile__code="standard", with_email=with_email)


def change(scenario: Scenario, level: int = 2, **values: object) -> None:
    seen = scenario_document(scenario)
    document = scenario_document(scenario)
    next(step for step in document["steps"] if step["level"] == level).update(values)
    save_scenario(scenario.profile, document, seen=fingerprint(seen), author=COMMAND_LINE)


def actions(response) -> list[str]:
    found = re.findall(r'<td class="card-main wrap">(.*?)(?=<)', response.text)
    return [" ".join(one.replace("&quot;", '"').split()) for one in found]


def test_a_scenario_says_what_was_done_to_it_as_its_versions_do(desk, morel):
    change(standard(morel), active=False)
    after, before = versions_of_scenario(standard(morel))
    said = [" ".join(one.split()) for one in scenario_changes(before.document, after.document, {})]

    text = words_of(desk.get(PAGE))

    assert len(said) == 1
    assert "Scénario modifié · Clients « Standard » avec e-mail" in text
    assert said[0] in text
    assert "Configuration appliquée" not in text


def test_going_back_copying_and_creating_a_profile_say_so(desk, morel):
    change(standard(morel), active=False)
    restore_version(versions_of_scenario(standard(morel))[-1], author=COMMAND_LINE)
    export = CollectionProfile.objects.get(company=morel, code="export")
    copy_scenario(standard(morel), export, with_email=True, author=COMMAND_LINE)
    copy_profile(standard(morel).profile, "Mairies", author=COMMAND_LINE)

    created, copied, restored, _changed = actions(desk.get(PAGE))

    assert created == "Profil créé : Mairies · copié de « Standard » · 2 scénarios"
    variants = "Clients « Export » avec e-mail · d’après « Clients « Standard » avec e-mail »"
    assert copied == f"Scénario copié · {variants}"
    assert restored == (
        "Scénario remis à ce qu’il était · Clients « Standard » avec e-mail · version 1"
    )


def test_a_secret_that_changed_is_named_and_never_told_and_the_same_one_leaves_no_line(desk, morel):
    for secret in ("s3cr3t", "s3cr3t", None):
        configure_company(morel, author=COMMAND_LINE, smtp_password=secret)

    text = words_of(desk.get(PAGE))
    assert text.count("mot de passe SMTP changé") == 1
    assert Event.objects.filter(kind="company.configured").count() == 1
    assert "s3cr3t" not in text


@pytest.mark.parametrize("page", ["", "regles/", "expediteur/", "expediteur/boite/", "penalites/"])
def test_a_form_saved_as_it_was_leaves_no_line(desk, morel, page):
    response = desk.get(f"/s/morel/configurer/{page}", follow=True)
    name = "mailbox" if "boite" in page else "form"
    form = response.context[name]
    sent = {}
    for field in form:
        value = field.value()
        if value not in (None, False):
            sent[field.html_name] = value

    before = Event.objects.count()
    desk.post(f"/s/morel/configurer/{page}", sent)
    first = Event.objects.count()
    answer = desk.post(f"/s/morel/configurer/{page}", sent)

    assert first - before <= 1  # what the form makes tidier
    assert answer.status_code == 302, [one.form.errors for one in answer.context]
    assert Event.objects.count() == first


def test_names_are_said_instead_of_codes_and_only_what_changed(desk, morel, dupont):
    prlv = morel.paymentmethod_set.create(code="prlv", label="Prélèvement")
    vir = morel.paymentmethod_set.create(code="vir", label="Virement", is_new=True)
    changes = [MethodChange(prlv, "Prélèvement", True), MethodChange(vir, "Virement", False)]
    set_methods(changes, author=COMMAND_LINE, now=morel.created_at)
    vir.refresh_from_db()
    assert not vir.is_new
    profile = CollectionProfile.objects.get(company=morel, code="grand-compte")
    set_profile(dupont, profile, author=COMMAND_LINE, now=morel.created_at)
    for about in ("customers", "contacts", "fec"):
        record_event(
            "ledger.synchronised", company=morel, author=COMMAND_LINE, format=about, file="x.csv"
        )

    text = words_of(desk.get(PAGE))

    assert "Mode de règlement · Prélèvement" in text
    assert "Virement" not in text
    assert "Profil changé · Grand compte" in text
    for sentence in ("Clients importés · x.csv", "Contacts importés", "Écritures importées"):
        assert sentence in text


def test_a_method_keeps_the_name_that_the_accounting_gives_it(desk, morel):
    directory = MethodDirectory(morel, write=True)
    assert directory.id_of("PRLV  SEPA") == directory.id_of("prlv sepa")
    method = PaymentMethod.objects.get(company=morel, code="PRLV SEPA")
    set_methods(
        [MethodChange(method, "Prélèvement", True)], author=COMMAND_LINE, now=morel.created_at
    )

    assert MethodDirectory(morel, write=True).id_of("Prlv Sepa") == method.pk
    assert "dans les fichiers : PRLV SEPA" in words_of(desk.get("/s/morel/configurer/reglements/"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("coupon", ["Présentation des courriers"]),
        ("présentation", ["Présentation des courriers"]),
        ("PIED DE PAGE", ["Présentation des courriers"]),
        ("minimum par pièce", ["Scénario modifié"]),
        ("scénario MODIFIÉ", ["Scénario modifié"]),
        ("configuration", []),
        ("has_slip", ["Présentation des courriers"]),
        ("ville", []),
    ],
)
def test_a_search_finds_what_is_on_the_screen(desk, morel, text, found):
    change_letter_layout(morel, {"has_slip": True, "footer": "Merci"}, author=COMMAND_LINE)
    record_event("view.saved", company=morel, author=COMMAND_LINE, name="Été")
    scenario = standard(morel)
    document = scenario_document(scenario)
    document["thresholds"] = [{"currency": "EUR", "entry_minimum": "10", "total_minimum": "0"}]
    seen = fingerprint(scenario_document(scenario))
    save_scenario(scenario.profile, document, seen=seen, author=COMMAND_LINE)

    shown = actions(desk.get(PAGE, {"q": text}))

    assert [one.partition(" · ")[0] for one in shown] == found


def test_every_kind_of_line_can_be_found_by_its_words():
    assert all(words and "%" not in words for _kind, words in said_by_kind())
