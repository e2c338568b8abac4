"""« Niveaux de relance » : levels typed in a table, and the scenario that they make."""

import re
from datetime import timedelta

import pytest

from encaisse.collection.models import Scenario
from encaisse.collection.queries.configuration import scenario_document
from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.queries.quick_levels import quick_levels
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.scope import Scope
from tests import builders
from tests.web.plan_fixtures import desk
from tests.web.reading import text_of

__all__ = ["desk"]

PAGE = "/s/morel/configurer/niveaux/"


@pytest.fixture
def claire(client, desk):
    """An administrator who has logged in."""
    client.force_login(builders.member(desk.company, "administrator", "claire@morel.example"))
    return client


def typed(*levels: dict[str, str], **shared: str) -> dict[str, str]:
    """What the page sends."""
    rows = {
        f"n{place}-{name}": value for place, row in enumerate(levels) for name, value in row.items()
    }
    return {"n": str(len(levels))} | rows | shared


def level(
    label: str, days: int | str, ways: str = "el", body: str = "<p>Bonjour</p>"
) -> dict[str, str]:
    """A row; `ways`: e-mail, lettre, recommandé."""
    ticked = {"by_email": "e", "by_letter": "l", "registered": "r"}
    return {"label": label, "days": str(days), "body": body} | {
        name: "on" for name, letter in ticked.items() if letter in ways
    }


def steps(desk, *, with_email: bool) -> list[tuple[object, ...]]:
    scenario = Scenario.objects.get(profile__is_default=True, with_email=with_email)
    return [
        (step["level"], step["medium"], step["trigger"], step["automatic"], step["copies"])
        for step in scenario_document(scenario)["steps"]
        if step["kind"] != "thanks"
    ]


@pytest.mark.parametrize("days", ["--5", "9" * 5_000, "-", "5,5"])
def test_days_that_are_no_number_are_refused_and_shown_again(claire, days):
    response = claire.post(PAGE, typed(level("Relance", days)))

    assert response.status_code == 422
    assert "Rien n’est enregistré" in response.text
    assert f'value="{days}"' in response.text


def test_levels_make_both_variants_and_are_read_back(claire, desk):
    sent = typed(
        level("Rappel amical", 5),
        level("Avant échéance", -7, "e", "<p>Bientôt {{ total }}</p>"),
        level("Appel", 12, "", ""),
        level("Dernier avis", 30, "l", "<p>Dernier avis</p>"),
        copies="chef@morel.example, cabinet@compta.example",
        is_automatic="on",
    )

    response = claire.post(PAGE, sent)

    assert response.status_code == 302
    copies = ["chef@morel.example", "cabinet@compta.example"]
    assert steps(desk, with_email=True) == [
        (0, "email", "due - 7", True, copies),
        (1, "email", "due + 5", True, copies),
        (2, "phone", "due + 12", False, []),
        (3, "letter", "due + 30", True, []),
    ]
    assert steps(desk, with_email=False) == [
        (1, "letter", "due + 5", True, []),
        (2, "phone", "due + 12", False, []),
        (3, "letter", "due + 30", True, []),
    ]
    now = quick_levels(desk.company)
    assert now is not None
    assert now.fits
    assert [(one.label, one.days) for one in now.simple.levels] == [
        ("Avant échéance", -7), ("Rappel amical", 5), ("Appel", 12), ("Dernier avis", 30),
    ]  # fmt: skip
    assert now.simple.copies == tuple(copies)
    page = text_of(claire.get(PAGE))
    assert "plus riches" not in page
    assert "Rappel amical" in page
    assert Event.objects.filter(kind="scenario.levels_set").count() == 1
    before = Event.objects.count()
    claire.post(PAGE, sent)
    assert Event.objects.count() == before


def test_a_level_bears_the_number_that_its_customers_have(claire, desk):
    sent = typed(
        level("Rappel amical", 5),
        level("Avant échéance", -7, "e"),
        level("Dernier avis", 30, "l"),
        faire="ajouter",
    )

    page = text_of(claire.post(PAGE, sent))

    badges = re.findall(r'class="level-number" title="([^"]*)" aria-hidden="true">(\w+)<', page)
    assert badges == [
        ("Relance 1", "R1"), ("Prévenance", "P"), ("Relance 2", "R2"), ("Relance 3", "R3"),
    ]  # fmt: skip
    assert "Supprimer : Prévenance" in page
    assert "ne touche pas le texte proposé" in page


def test_the_plan_follows_the_levels_and_writes_their_text(claire, desk):
    dupont = desk.mail("Dupont")
    claire.post(PAGE, typed(level("Rappel", 14, "e", "<p>Réglez {{ total }}</p>")))

    plan = plan_of_day(Scope(desk.company), desk.today)
    action = next(one for one in plan.actions if one.customer_id == dupont.pk)
    assert (action.step.level, action.step.medium) == (1, "email")
    text = MessageTemplate.objects.get(company=desk.company, code=action.step.template_code)
    assert (text.label, text.body) == ("Rappel", "<p>Réglez {{ total }}</p>")
    assert plan_of_day(Scope(desk.company), desk.today - timedelta(days=10)).actions == []


def test_an_untouched_proposed_text_keeps_its_translation_and_its_letter(claire, desk):
    text = MessageTemplate.objects.get(code="reminder_1_email", language="fr")
    claire.post(PAGE, typed(level(text.label, 8, "el", text.body)))

    found = Scenario.objects.filter(profile__is_default=True)
    codes = {s["template"] for one in found for s in scenario_document(one)["steps"]}
    assert {"reminder_1_email", "reminder_1_letter"} <= codes
    assert not MessageTemplate.objects.filter(code__startswith="niveau").exists()
    now = quick_levels(desk.company)
    assert now is not None
    assert now.fits


def as_read(desk, **edits: str) -> dict[str, str]:
    """What the page sends back for the first reminder level, one field typed over."""
    now = quick_levels(desk.company)
    assert now is not None
    one = next(one for one in now.simple.levels if one.days > 0)
    ways = "e" * one.by_email + "l" * one.by_letter + "r" * one.registered
    return level(one.label, one.days, ways, one.body) | {"origin": one.origin} | edits


def test_renaming_a_level_keeps_subjects_letter_and_other_languages(claire, desk):
    found = MessageTemplate.objects.filter(company=desk.company)
    before = {
        (text.medium, text.language): (text.subject, text.body)
        for text in found.filter(code__in=["reminder_1_email", "reminder_1_letter"])
    }
    assert ("email", "en") in before

    claire.post(PAGE, typed(as_read(desk, label="Rappel amical")))

    now = quick_levels(desk.company)
    assert now is not None
    assert now.fits
    assert [one.label for one in now.simple.levels] == ["Rappel amical"]
    codes = now.simple.levels[0].origin.split()
    made = found.filter(code__in=codes)
    after = {(text.medium, text.language): (text.subject, text.body) for text in made}
    assert after == before
    assert {text.label for text in made if text.language == "fr"} == {"Rappel amical"}
    events = Event.objects.count()
    claire.post(PAGE, typed(as_read(desk)))
    assert Event.objects.count() == events

    claire.post(PAGE, typed(as_read(desk, body="<p>Réglez</p>")))
    email = found.get(code=codes[0], language="fr")
    assert (email.subject, email.body) == (before["email", "fr"][0], "<p>Réglez</p>")
    assert found.get(code=codes[0], language="en").body == before["email", "en"][1]


def test_a_registered_letter_stays_one(claire, desk):
    claire.post(PAGE, typed(level("Rappel", 8), level("Mise en demeure", 30, "r")))

    for with_email in (True, False):
        assert steps(desk, with_email=with_email)[-1][:2] == (2, "registered_letter")
    now = quick_levels(desk.company)
    assert now is not None
    assert now.fits
    last = now.simple.levels[-1]
    assert (last.by_email, last.by_letter, last.registered) == (False, False, True)
    assert "Recommandé" in text_of(claire.get(PAGE))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([level("", 8)], "Donnez un nom"),
        ([level("A", 8, "e"), level("B", 8, "l")], "« A » part déjà ce jour-là, par e-mail :"),
        ([level("A", 8, "r"), level("B", 8)], "« A » part déjà ce jour-là, par lettre :"),
        ([level("A", -8), level("B", -3)], "Un seul niveau peut précéder"),
        ([level("A", 8, "e", "")], "Écrivez le texte"),
        ([level("A", 8, "e", "{{ nimporte }}")], "nimporte"),
        ([], "au moins un niveau"),
    ],
)
def test_a_fault_stands_beside_its_field_and_writes_nothing(claire, desk, rows, said):
    response = claire.post(PAGE, typed(*rows))

    assert response.status_code == 422
    assert said in text_of(response)
    assert Scenario.objects.filter(version__gt=1).count() == 0


def test_a_wrong_copy_is_named(claire):
    response = claire.post(PAGE, typed(level("A", 8), copies="chef@morel.example, nimporte"))

    assert "« nimporte » n’est pas une adresse complète" in text_of(response)


def test_richer_scenarios_are_only_replaced_on_confirmation(claire, desk):
    builders.reminder(desk.mail("Dupont"), on=desk.today)
    assert "plus riches" in text_of(claire.get(PAGE))

    refused = claire.post(PAGE, typed(level("A", 8)))
    assert refused.status_code == 422
    assert "confirmez leur remplacement" in text_of(refused)

    assert claire.post(PAGE, typed(level("A", 8), replaces="on")).status_code == 302
    scenario = Scenario.objects.get(profile__is_default=True, with_email=True)
    assert scenario.version == 2
    kinds = [step["kind"] for step in scenario_document(scenario)["steps"]]
    assert kinds == ["reminder", "thanks"]
    assert scenario.thresholds.exists()


def test_rows_come_and_go_without_a_script_and_keep_what_was_typed(claire):
    one = typed(level("Premier", 8), level("Second", 16), faire="ajouter")
    page = text_of(claire.post(PAGE, one))
    assert 'name="n" value="3"' in page
    assert 'value="26"' in page

    page = text_of(claire.post(PAGE, one | {"faire": "supprimer-0"}))
    assert 'name="n" value="1"' in page
    assert "Premier" not in page
    assert "Second" in page


def test_founding_a_company_may_start_with_levels(claire):
    form = {
        "name": "Petit SARL", "base_currency": "EUR", "default_payment_terms": "30 jours",
        "start": "levels",
    }  # fmt: skip
    response = claire.post("/societes/nouvelle/", form)

    made = Company.objects.get(name="Petit SARL")
    assert response["Location"] == f"/s/{made.slug}/configurer/niveaux/?debut=1"
    page = text_of(claire.get(response["Location"]))
    assert "importer ma comptabilité" in page
    assert "plus riches" not in page
    after = claire.post(response["Location"], typed(level("Rappel", 8)))
    assert after["Location"] == f"/s/{made.slug}/importer/"
