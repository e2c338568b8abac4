"""« Aujourd’hui, vos actions à effectuer », and what is left out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from encaisse.collection.models import Reminder, Scenario, Step
from encaisse.collection.queries import day_plan as day_plans
from encaisse.collection.queries.day_plan import day_plan
from encaisse.collection.queries.reasons import HELD_BACK, LATER, UNDER_WAY, words_of
from encaisse.collection.rules.plan import Reason
from encaisse.ledger.models import LedgerSync
from encaisse.tenancy.journal import facts_changed
from encaisse.tenancy.scope import Scope
from tests.builders import dispute, hold, invoice, member, payment, reminder
from tests.web.plan_desk import ROOT, text_of
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]


def test_each_way_counts_its_steps_with_their_amounts(karim, desk):
    desk.mail("Dupont", 100)
    desk.mail("Durand", 250)
    desk.letter("Lemoine", 80)
    desk.call("Petit", 500)

    page = karim.get(ROOT).context["page"]

    found = {column.way.code: (column.count, column.amounts) for column in page.columns}
    assert found["emails"] == (2, [("EUR", 35_000)])
    assert found["courriers"] == (1, [("EUR", 8_000)])
    assert found["appels"] == (1, [("EUR", 50_000)])
    assert found["autres"] == (0, [])


def test_what_prevenances_announce_stands_beside_what_is_claimed(karim, desk):
    desk.mail("Dupont", 100)
    soon = desk.company.calendar.on_or_after(desk.today + timedelta(days=7))
    durand = desk.mail("Durand")
    desk.entries["Durand"].delete()
    invoice(durand, euros=50, due=soon, on=desk.today - timedelta(days=20))

    response = karim.get(ROOT)

    column = response.context["page"].columns[0]
    lines = [line.amounts for block in column.scenarios for line in block.steps]
    assert sorted(lines) == sorted([column.amounts, column.announced])
    assert (column.amounts, column.announced) == ([("EUR", 10_000)], [("EUR", 5_000)])
    assert "+ 50,00 € de prévenances" in text_of(response)


def test_an_automatic_step_that_waits_for_a_word_says_so(karim, desk):
    desk.mail("Dupont")
    step = desk.step(1)
    page = f"{ROOT}etape/{step.pk}/"
    Step.objects.filter(pk=step.pk).update(is_automatic=True)
    assert "à valider" not in text_of(karim.get(ROOT))
    assert "envoi automatique aux heures prévues" in text_of(karim.get(page))

    Step.objects.filter(pk=step.pk).update(needs_approval=True)
    facts_changed(desk.company.pk)
    assert "automatique, à valider" in text_of(karim.get(ROOT))
    assert "part après votre validation" in text_of(karim.get(page))


def test_a_step_is_said_in_words_and_leads_to_its_page(karim, desk):
    desk.call("Petit")

    response = karim.get(ROOT)

    assert "Relance 2" in text_of(response)
    assert "8 jours après la relance 1" in text_of(response)
    assert f"{ROOT}etape/{desk.step(2).pk}/" in response.content.decode()


def test_currencies_are_never_added(karim, desk):
    dupont = desk.mail("Dupont", 100)
    desk.late(dupont, 40, currency="USD")

    column = karim.get(ROOT).context["page"].columns[0]

    assert column.amounts == [("EUR", 10_000), ("USD", 4_000)]


def test_the_band_counts_customers_by_reason(karim, desk):
    for name in ("Dupont", "Durand"):
        hold(desk.mail(name), on=desk.today)
    dispute(desk.mail("Lemoine"), on=desk.today)

    page = karim.get(ROOT).context["page"]

    assert [(one.reason, one.count) for one in page.reasons] == [
        (Reason.CUSTOMER_STOP, 2),
        (Reason.DISPUTE, 1),
    ]


def test_nothing_to_do_says_when_something_will_be(karim, desk):
    dupont = desk.mail("Dupont")
    desk.entries["Dupont"].delete()
    invoice(dupont, euros=100, due=desk.today, on=desk.today - timedelta(days=30))

    page = karim.get(ROOT).context["page"]

    assert page.count == 0
    expected = desk.company.calendar.on_or_after(desk.today + timedelta(days=8))
    assert page.next_day == expected
    assert "Rien à faire aujourd’hui" in text_of(karim.get(ROOT))


def test_nothing_at_all_says_so(karim, desk):
    assert "Aucune action dans le mois qui vient" in text_of(karim.get(ROOT))


def test_old_data_is_warned_of(karim, desk):
    assert "trop anciennes" not in text_of(karim.get(ROOT))

    LedgerSync.objects.update(at=timezone.now() - timedelta(days=30))

    assert "trop anciennes" in text_of(karim.get(ROOT))


def test_without_any_data_the_first_thing_is_the_import(client, karim, desk):
    LedgerSync.objects.all().delete()

    text = text_of(karim.get(ROOT))
    assert "Aucune donnée : importez votre comptabilité" in text
    assert "trop anciennes" not in text
    pages = (ROOT, "/s/morel/agir/criteres/")
    button = 'class="button button-main" href="/s/morel/importer/"'
    assert all(button in karim.get(page).text for page in pages)
    client.force_login(member(desk.company, "reader"))
    assert not any(button in client.get(page).text for page in pages)


def test_a_missing_sender_is_warned_of(karim, desk):
    desk.company.mail_mode = "live"
    desk.company.save(update_fields=["mail_mode"])

    assert "l’adresse d’expédition n’est pas configurée" in text_of(karim.get(ROOT))


def test_what_waits_for_somebody_leads_there(karim, desk):
    dupont = desk.mail("Dupont")
    reminder(dupont, on=desk.today, status=Reminder.Status.PRINTED, medium="letter")
    reminder(dupont, on=desk.today, status=Reminder.Status.TO_DO, medium="phone")
    reminder(dupont, on=desk.today, status=Reminder.Status.UNKNOWN)

    html = karim.get(ROOT).content.decode()

    assert f'href="{ROOT}courriers-a-poster/"' in html
    assert f'href="{ROOT}appels-a-faire/"' in html
    assert "1 envoi à vérifier" in html


def test_a_portfolio_sees_its_own_customers_only(client, desk):
    desk.mail("Dupont", 100, sales_rep="Durant")
    desk.mail("Durand", 250, sales_rep="Autre")
    client.force_login(member(desk.company, "collector", sales_reps="Durant"))

    page = client.get(ROOT).context["page"]

    assert (page.count, page.columns[0].amounts) == (1, [("EUR", 10_000)])


# -- left out ----------------------------------------------------------------------------------


def test_left_out_says_why_until_when_and_what_to_do(karim, desk):
    until = desk.today + timedelta(days=9)
    hold(desk.mail("Dupont", 120), on=desk.today, until=until)

    response = karim.get(f"{ROOT}laisses-de-cote/")

    line = response.context["list"].rows[0]
    assert (line.customer.legal_name, line.amount, line.day) == ("Dupont", 12_000, until)
    assert line.words == words_of(Reason.HOLD_UNTIL)
    assert line.words.advice in response.content.decode()


def test_left_out_is_filtered_by_reason_and_searched(karim, desk):
    hold(desk.mail("Dupont"), on=desk.today)
    dispute(desk.mail("Lemoine"), on=desk.today)

    def names(query: str) -> list[str]:
        found = karim.get(f"{ROOT}laisses-de-cote/{query}").context["list"].rows
        return [line.customer.legal_name for line in found]

    assert names("?raison=dispute") == ["Lemoine"]
    assert names("?q=dup") == ["Dupont"]
    assert sorted(names("")) == ["Dupont", "Lemoine"]


def test_what_comes_later_is_shown_on_request(karim, desk):
    dupont = desk.mail("Dupont")
    invoice(dupont, euros=70, due=desk.today + timedelta(days=60), on=desk.today)

    quiet = karim.get(f"{ROOT}laisses-de-cote/").context["list"]
    told = karim.get(f"{ROOT}laisses-de-cote/?plus-tard=1").context["list"]

    assert quiet.count == 0
    assert [line.words for line in told.rows] == [words_of(Reason.NOT_DUE)]


# -- reasons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_name_and_an_advice(reason):
    words = words_of(reason)

    assert words.label
    assert words.advice.endswith(".")
    assert len(words.label) < 45 < len(words.label + words.advice)


def test_reasons_fall_into_separate_kinds():
    kinds = [HELD_BACK, LATER, UNDER_WAY, {Reason.LAST_STEP_DONE}]

    assert sum(len(kind) for kind in kinds) == len(frozenset().union(*kinds)) == len(Reason)


# -- keeping the plan --------------------------------------------------------------------------


@pytest.fixture
def small_plans_are_kept(monkeypatch):
    monkeypatch.setattr(day_plans, "_WORTH", 0)
    day_plans._kept.clear()
    yield
    day_plans._kept.clear()


@pytest.mark.usefixtures("small_plans_are_kept")
def test_the_plan_is_kept_until_something_changes(desk):
    scope, now = Scope(desk.company), timezone.now()
    dupont = desk.mail("Dupont")
    first = day_plan(scope, desk.today, now=now)

    assert day_plan(scope, desk.today, now=now) is first

    reminder(dupont, on=desk.today, status=Reminder.Status.TO_DO, medium="phone")
    second = day_plan(scope, desk.today, now=now)
    assert second is not first
    Reminder.objects.update(status=Reminder.Status.UNKNOWN)
    assert day_plan(scope, desk.today, now=now) is not second


@pytest.mark.usefixtures("small_plans_are_kept")
def test_the_plan_changes_with_a_scenario_a_day_and_the_facts(desk):
    scope, now = Scope(desk.company), timezone.now()
    desk.mail("Dupont")
    seen = [day_plan(scope, desk.today, now=now)]
    seen.append(day_plan(scope, desk.today + timedelta(days=1), now=now))
    seen.append(day_plan(scope, desk.today, now=now, explain=True))
    Scenario.objects.filter(company=desk.company).update(is_active=False)
    seen.append(day_plan(scope, desk.today, now=now))
    desk.company.facts_revision += 1
    seen.append(day_plan(scope, desk.today, now=now))

    assert len({id(one) for one in seen}) == 5
    assert seen[3].plan.actions == []


def test_a_credit_larger_than_the_debt_is_to_be_matched(karim, desk):
    payment(desk.mail("Dupont", 100), euros=300, on=desk.today - timedelta(days=3))

    page = karim.get(ROOT).context["page"]

    assert page.count == 0
    assert [one.reason for one in page.reasons] == [Reason.TO_MATCH]
