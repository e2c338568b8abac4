"""The editor of a scenario: what is refused, what is kept, and the effect before it is."""

import re
from typing import Any

import pytest

from encaisse.collection.models import Reminder, Scenario
from encaisse.collection.operations.scenarios import fingerprint
from encaisse.collection.queries.configuration import scenario_document
from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.queries.scenario_effect import effect_day
from encaisse.ledger.models import Contact
from encaisse.tenancy.models import Event
from encaisse.tenancy.scope import Scope
from encaisse.web.app.configure.scenario_rows import step_row
from tests import builders
from tests.web.plan_fixtures import desk
from tests.web.reading import text_of, words_of

__all__ = ["desk"]


@pytest.fixture
def claire(client, desk):
    """An administrator who has logged in."""
    client.force_login(builders.member(desk.company, "administrator", "claire@morel.example"))
    return client


def standard(*, with_email: bool = True) -> Scenario:
    return Scenario.objects.get(profile__is_default=True, with_email=with_email)


def page_of(scenario: Scenario, *parts: str) -> str:
    slug = "avec-email" if scenario.with_email else "sans-email"
    return f"/s/morel/configurer/scenarios/{scenario.profile_id}/{slug}/" + "".join(parts)


def sent(scenario: Scenario, steps: dict[int, dict[str, str]] | None = None, **changes: str):
    """What the form sends: the scenario as it is, with some fields of steps and of the whole."""
    document = scenario_document(scenario)
    rows = [step_row(step) for step in document["steps"]]
    for place, row in (steps or {}).items():
        rows[place] |= row
    data: dict[str, Any] = {
        "name": document["name"],
        "active": "on",
        "grouping": document["grouping"],
        "seen": fingerprint(document),
        "e": len(rows),
        "s": len(document["thresholds"]),
    }
    for prefix, some in (("e", rows), ("s", document["thresholds"])):
        data |= {
            f"{prefix}{place}-{name}": value
            for place, row in enumerate(some)
            for name, value in row.items()
            if value
        }
    return data | changes


# Places in the standard scenario with e-mail: prévenance, relances 1 to 5, remerciement.
PRE_DUE, FIRST, SECOND, THIRD = 0, 1, 2, 3


def test_what_is_not_changed_leaves_nothing_behind(claire, desk):
    before = Event.objects.count()
    for scenario in Scenario.objects.all():
        response = claire.post(page_of(scenario), sent(scenario))
        assert response.status_code == 302, response.text
    assert Event.objects.count() == before
    assert not Scenario.objects.filter(version__gt=1).exists()


def test_a_change_makes_a_version_that_the_plan_follows(claire, desk):
    scenario = standard()
    dupont = desk.mail("Dupont")
    changes = {FIRST: {"days": "3", "sending": "to_approve", "copies": "chef@morel.example"}}

    assert claire.post(page_of(scenario), sent(scenario, changes)).status_code == 302

    scenario.refresh_from_db()
    step = scenario_document(scenario)["steps"][FIRST]
    assert scenario.version == 2
    assert (step["trigger"], step["automatic"], step["to_approve"]) == ("due + 3", True, True)
    assert step["copies"] == ["chef@morel.example"]
    assert scenario.steps.filter(version=1).count() == 7
    day = effect_day(Scope(desk.company), desk.today)
    action = next(a for a in plan_of_day(Scope(desk.company), day).actions)
    assert (action.customer_id, action.step.offset_days) == (dupont.pk, 3)
    assert Event.objects.get(kind="scenario.changed").actor_name


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ({FIRST: {"trigger": "invoice"}}, "ignorez la prévenance"),
        ({PRE_DUE: {"active": ""}, FIRST: {"trigger": "invoice"}, THIRD: {"trigger": "due"}},
         "depuis la même date"),
        ({FIRST: {"template": ""}}, "Choisissez le modèle du message."),
        ({FIRST: {"medium": "letter"}}, "écrit pour un autre média"),
        ({FIRST: {"template": "thanks_email"}}, "écrit pour un autre type de message"),
        ({FIRST: {"level": "2"}}, "Une autre étape a déjà ce niveau."),
        ({SECOND: {"sending": "automatic"}}, "Un appel ne part pas tout seul"),
        ({FIRST: {"copies": "nimporte"}}, "« nimporte » n’est pas une adresse complète"),
        ({FIRST: {"days": ""}}, "Dites combien de jours."),
        ({place: {"active": ""} for place in range(7)}, "au moins une étape active"),
    ],
)  # fmt: skip
def test_a_rule_that_is_broken_is_said_beside_its_field(claire, desk, steps, said):
    scenario = standard()
    response = claire.post(page_of(scenario), sent(scenario, steps))

    assert response.status_code == 422
    assert said in text_of(response)
    scenario.refresh_from_db()
    assert scenario.version == 1


def test_customers_without_an_address_have_no_step_by_mail(claire, desk):
    scenario = standard(with_email=False)
    changes = {0: {"medium": "email", "template": "reminder_1_email"}}
    response = claire.post(page_of(scenario), sent(scenario, changes))

    assert response.status_code == 422
    assert "pas d’adresse e-mail" in text_of(response)


def days_shown(response) -> list[str]:
    """The days on the line of time."""
    return re.findall(r'moment-day">([^<]+)<', response.text.replace("\u00a0", " "))


def test_the_line_of_time_counts_as_the_plan_does(claire, desk):
    scenario = standard()
    address = page_of(scenario, "effet/")

    whole = days_shown(claire.post(address, sent(scenario)))
    assert whole == [
        "J − 8",
        "Échéance",
        "J + 8",
        "J + 16",
        "J + 24",
        "J + 32",
        "J + 40",
        "Ensuite",
    ]
    response = claire.post(address, sent(scenario, {SECOND: {"active": ""}}))
    assert days_shown(response) == [
        "J − 8", "Échéance", "J + 8", "–", "J + 16", "J + 24", "J + 32", "Ensuite",
    ]  # fmt: skip
    assert "ignorée" in text_of(response)
    assert "désactivée" not in text_of(response)


def test_after_a_refusal_the_line_of_time_is_that_of_the_form(claire, desk):
    scenario = standard()
    steps = {FIRST: {"days": "3"}, THIRD: {"days": "9" * 5_000}}
    response = claire.post(page_of(scenario), sent(scenario, steps))

    assert response.status_code == 422
    assert days_shown(response) == [
        "J − 8", "Échéance", "J + 3", "J + 11", "Ensuite", "Ensuite", "Ensuite", "Ensuite",
    ]  # fmt: skip


def test_the_effect_is_the_next_plan_with_nothing_written(claire, desk):
    scenario = standard()
    for name in ("Dupont", "Martin"):
        desk.mail(name)
    recent = builders.customer(desk.company, "Petit", email="p@petit.example")
    desk.late(recent, 100, days=5)
    address = page_of(scenario, "effet/")

    same = words_of(claire.post(address, sent(scenario)))
    assert "2 clients seraient relancés" in same
    assert "autant qu’avec l’actuel" in same
    sooner = words_of(claire.post(address, sent(scenario, {FIRST: {"days": "1"}})))
    assert "3 clients seraient relancés" in sooner
    assert "au lieu de 2" in sooner
    by_call = {FIRST: {"medium": "phone", "template": ""}}
    assert "Téléphone" in words_of(claire.post(address, sent(scenario, by_call)))
    off = sent(scenario)
    del off["active"]
    assert "personne ne serait relancé" in words_of(claire.post(address, off))
    high = words_of(claire.post(address, sent(scenario, s0_total_minimum="")))
    assert "seraient" in high
    wrong = claire.post(address, sent(scenario, {FIRST: {"days": ""}}))
    assert "dès que les étapes sont complètes" in text_of(wrong)
    scenario.refresh_from_db()
    assert scenario.version == 1
    assert not Event.objects.filter(kind="scenario.changed").exists()


def test_the_effect_foretells_the_plan_that_follows_the_saving(claire, desk):
    scenario = standard()
    desk.mail("Dupont")
    desk.call("Durand")
    changes = {SECOND: {"medium": "letter", "template": "reminder_2_letter", "days": "2"}}
    said = words_of(claire.post(page_of(scenario, "effet/"), sent(scenario, changes)))
    claire.post(page_of(scenario), sent(scenario, changes))

    scope = Scope(desk.company)
    plan = plan_of_day(scope, effect_day(scope, desk.today))
    assert f"{len(plan.actions)} clients seraient relancés" in said
    assert {action.step.medium for action in plan.actions} == {"email", "letter"}


def test_buttons_move_add_and_drop_steps_without_writing(claire, desk):
    scenario = standard()
    page = page_of(scenario)

    moved = claire.post(page, sent(scenario, faire=f"monter-{SECOND}"))
    assert moved.status_code == 200
    form = moved.context["form"]
    media = [step["medium"].value() for step in form.steps]
    assert media[FIRST : SECOND + 1] == ["phone", "email"]
    assert [step["level"].value() for step in form.steps][FIRST : SECOND + 1] == ["1", "2"]

    more = claire.post(page, sent(scenario, faire="ajouter-reminder")).context["form"]
    assert more.steps[6]["level"].value() == "6"
    less = claire.post(page, sent(scenario, faire=f"supprimer-{PRE_DUE}")).context["form"]
    assert less.lacks == ["pre_due", "reminder"]
    other = sent(scenario, {FIRST: {"medium": "letter"}}, faire=f"media-{FIRST}")
    fitted = claire.post(page, other).context["form"]
    assert fitted.steps[FIRST]["template"].value() == "reminder_1_letter"
    assert claire.post(page, sent(scenario, faire="monter-99")).status_code == 200
    shown = claire.post(page, sent(scenario, faire="effet"))
    assert "comme avec l’actuel" in text_of(shown)
    scenario.refresh_from_db()
    assert scenario.version == 1


def test_one_more_reminder_says_what_the_last_one_says(claire, desk):
    for with_email in (True, False):
        scenario = standard(with_email=with_email)
        last = [s for s in scenario_document(scenario)["steps"] if s["kind"] == "reminder"][-1]
        form = claire.post(page_of(scenario), sent(scenario, faire="ajouter-reminder")).context[
            "form"
        ]
        added = next(step for step in form.steps if step["level"].value() == "6")
        assert added["template"].value() == last["template"]
        assert added["medium"].value() == last["medium"]


def test_services_that_contacts_have_and_colleagues_are_suggested(claire, desk):
    desk.mail("Dupont")
    Contact.objects.update(role="Service achats, Trésorerie")
    scenario = standard()

    page = claire.get(page_of(scenario)).text
    assert '<option value="Trésorerie"></option>' in page
    assert '<option value="claire@morel.example">' in page

    def warned(services: str) -> bool:
        changes = {FIRST: {"recipients": services}}
        said = text_of(claire.post(page_of(scenario, "effet/"), sent(scenario, changes)))
        return "Relance 1 : aucun contact n’a le service" in said

    assert warned("Trésorerie, Juridique")
    assert not warned("achats, Trésorerie")
    saved = claire.post(page_of(scenario), sent(scenario, {FIRST: {"recipients": "Juridique"}}))
    assert saved.status_code == 302


def test_copies_go_to_addresses_and_to_whoever_follows_the_customer(claire, desk):
    scenario = standard()
    changes = {FIRST: {"copies": "chef@morel.example, Commercial"}}
    assert claire.post(page_of(scenario), sent(scenario, changes)).status_code == 302

    step = scenario_document(standard())["steps"][FIRST]
    assert step["copies"] == ["chef@morel.example", "commercial"]
    assert "copie : chef@morel.example, commercial du client" in text_of(
        claire.get(page_of(scenario))
    )
    versions = text_of(claire.get(page_of(scenario, "versions/")))
    assert "sans copie → chef@morel.example, commercial du client" in versions


def test_thresholds_are_kept_by_currency(claire, desk):
    scenario = standard()
    changes = {
        "s": 2,
        "s0-currency": "EUR", "s0-entry_minimum": "15,50", "s0-total_minimum": "30",
        "s0-total_maximum": "10 000",
        "s1-currency": "jpy", "s1-total_minimum": "500",
    }  # fmt: skip
    assert claire.post(page_of(scenario), sent(scenario) | changes).status_code == 302
    assert scenario_document(Scenario.objects.get(pk=scenario.pk))["thresholds"] == [
        {"currency": "EUR", "entry_minimum": "15.50", "total_minimum": "30.00",
         "total_maximum": "10000.00"},
        {"currency": "JPY", "entry_minimum": "0", "total_minimum": "500"},
    ]  # fmt: skip

    wrong = {"s": 2, "s0-total_minimum": "30", "s0-total_maximum": "10", "s1-total_minimum": "5"}
    response = claire.post(page_of(scenario), sent(Scenario.objects.get(pk=scenario.pk)) | wrong)
    assert "en dessous du minimum" in text_of(response)
    again = {"s": 2, "s1-currency": "EUR", "s1-total_minimum": "5", "s1-total_maximum": ""}
    twice = claire.post(page_of(scenario), sent(Scenario.objects.get(pk=scenario.pk)) | again)
    assert "deux fois" in text_of(twice)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(claire, desk):
    scenario = standard()
    mine = sent(scenario, {FIRST: {"days": "3"}})
    claire.post(page_of(scenario), sent(scenario, {FIRST: {"days": "5"}}))

    response = claire.post(page_of(scenario), mine)

    assert response.status_code == 422
    assert "a changé entre-temps" in text_of(response)
    assert 'value="3"' in text_of(response)


def test_a_profile_without_a_scenario_gets_one_and_loses_it(claire, desk):
    other = builders.profile(desk.company, "Cession")
    page = f"/s/morel/configurer/scenarios/{other.pk}/avec-email/"
    assert "Cession, avec e-mail" in text_of(claire.get("/s/morel/configurer/scenarios/"))
    assert claire.get(page).status_code == 200
    empty = {"name": "Cession", "active": "on", "grouping": "level", "e": "0", "s": "0",
             "seen": fingerprint(None)}  # fmt: skip
    assert claire.post(page, empty).status_code == 422
    step = {"kind": "reminder", "level": "1", "medium": "phone", "days": "4", "trigger": "due",
            "sending": "manual", "active": "on"}  # fmt: skip
    filled = empty | {"e": "1"} | {f"e0-{name}": value for name, value in step.items()}
    assert claire.post(page, filled).status_code == 302
    made = Scenario.objects.get(profile=other)
    assert made.grouping == "level"

    pending = builders.reminder(
        desk.mail("Dupont"), on=desk.today, status="waiting", step=made.steps.get()
    )
    claire.post(f"{page}supprimer/")
    assert Scenario.objects.filter(pk=made.pk).exists()
    Reminder.objects.filter(pk=pending.pk).update(status="sent")
    claire.post(f"{page}supprimer/")
    assert not Scenario.objects.filter(pk=made.pk).exists()
    assert Event.objects.filter(kind="scenario.deleted").count() == 1


def test_another_company_s_profile_does_not_exist(claire, desk):
    foreign = builders.company("Petit SARL", slug="petit")
    profile = foreign.collectionprofile_set.get()
    assert claire.get(f"/s/morel/configurer/scenarios/{profile.pk}/avec-email/").status_code == 404
    mine = standard().profile_id
    assert claire.get(f"/s/morel/configurer/scenarios/{mine}/autre/").status_code == 404


# -- versions and copies -------------------------------------------------------------------------


def test_versions_are_listed_in_words_and_one_is_taken_back(claire, desk):
    scenario = standard()
    page = page_of(scenario, "versions/")
    assert "n’a jamais été changé" in text_of(claire.get(page))
    claire.post(page_of(scenario), sent(scenario, {FIRST: {"days": "3"}}))

    listed = text_of(claire.get(page))
    assert "8 jours après l’échéance → 3 jours après l’échéance" in listed
    assert "Scénario d’origine" in listed
    assert claire.post(f"{page}1/reprendre/").status_code == 302
    step = scenario_document(Scenario.objects.get(pk=scenario.pk))["steps"][FIRST]
    assert step["trigger"] == "due + 8"
    assert claire.post(f"{page}99/reprendre/").status_code == 404


def test_a_scenario_is_copied_to_companies_that_one_configures_only(claire, desk):
    scenario = standard()
    mine = builders.company("Petit SARL", slug="petit")
    foreign = builders.company("Autre SA", slug="autre")
    builders.member(mine, "administrator", "claire@morel.example")
    builders.member(foreign, "collector", "claire@morel.example")
    page = text_of(claire.get(page_of(scenario)))
    assert "Petit SARL – Standard, avec e-mail" in page
    assert "Autre SA – Standard" not in page

    there = mine.collectionprofile_set.get()
    claire.post(page_of(scenario, "copier/"), {"vers": f"{there.pk}-avec"})
    assert Scenario.objects.get(profile=there).steps.count() == 7
    refused = foreign.collectionprofile_set.get()
    answer = claire.post(page_of(scenario, "copier/"), {"vers": f"{refused.pk}-avec"})
    assert answer.status_code == 404
    assert not Scenario.objects.filter(profile=refused).exists()


# -- the last twelve months ----------------------------------------------------------------------


def test_the_past_year_is_simulated_by_a_job_and_its_figures_add_up(claire, desk):
    scenario = standard()
    desk.mail("Dupont")
    desk.letter("Martin")
    page = page_of(scenario, "douze-mois/")
    assert "Pas encore de simulation" in text_of(claire.get(page))

    assert claire.post(page).status_code == 302
    claire.post(page)
    assert "La simulation tourne" in text_of(claire.get(page))
    (job,) = desk.work()
    assert job.status == "done"

    shown = claire.get(page)
    picture = shown.context["picture"]
    # Three weeks late, with an address: relances 1 and 2 have had their day.
    assert (picture.total, picture.sums) == (2, [1, 1])
    assert [medium for medium, _label in picture.media] == ["email", "phone"]
    assert sum(month.total for month in picture.months) == 2
    assert len(picture.months) == 12
    assert "Ce scénario aurait donné 2 messages" in text_of(shown)
    assert "À 1 client" in words_of(shown)
    assert not Reminder.objects.exists()
    claire.post(page_of(scenario), sent(scenario, {FIRST: {"days": "3"}}))
    assert "simulez de nouveau" in text_of(claire.get(page))
