"""Each character shows the situation he is there for."""

import pytest

from encaisse.collection.queries.plan import plan_of_day
from encaisse.collection.rules.plan import Plan, Reason
from encaisse.ledger.models import Contact, Customer, LedgerEntry
from encaisse.tenancy.models import Company
from encaisse.tenancy.scope import Scope
from tests.demo.conftest import NOW

TODAY = NOW.date()


@pytest.fixture
def plan(morel: Company) -> Plan:
    return plan_of_day(Scope(morel), TODAY, now=NOW, explain=True)


def named(company: Company, name: str) -> Customer:
    return Customer.objects.of(company).get(legal_name=name)


LEFT_OUT = {
    "Librairie Chardonnel": {Reason.NOT_DUE},
    "Brasserie Lormeau": {Reason.WAITING, Reason.NOT_DUE},
    "Café Belorgey": {Reason.NOT_DUE},
    "Hôtel des Trois Fontaines": {Reason.PROMISE},
    "Clinique du Val d’Ombrelle": {Reason.DISPUTE},
    "Mairie de Sainte-Aubière": {Reason.CUSTOMER_STOP},
    "Auberge du Pont Vieil": {Reason.HOLD_UNTIL},
    "Cabinet Moncel & Brugère": {Reason.ENTRY_STOP},
    "Pharmacie Delvaux-Rey": {Reason.TO_MATCH},
    "Menuiserie Quentric": {Reason.BELOW_TOTAL_MINIMUM},
    "Camping des Grands Chênes": {Reason.AUTOMATIC_METHOD},
    "Lycée Aubrac-Sud": {Reason.AUTOMATIC_METHOD},
    "Étude Lamarque-Vial": {Reason.WAITING},
    "Restaurant Le Vieux Moulin d’Orsac": {Reason.LAST_STEP_DONE},
    "Hôtel Beaurivage-les-Bains": {Reason.LAST_STEP_DONE},
    "SCI Morel Immobilier": {Reason.NO_SCENARIO},
    "Lycée professionnel Aubevoie": {Reason.NO_DUE_DATE},
    "Agence Pellegrin & Fils": {Reason.IN_PROGRESS},
    "Ébénisterie Roquebrun": {Reason.IN_PROGRESS},
    "Cabinet comptable Sorguelle": {Reason.UNKNOWN_OUTCOME},
    "Traiteur Ravigneau": {Reason.PROMISE},
    "Papeterie Delorge-Vassin": {Reason.NOT_DUE},
}


@pytest.mark.parametrize(("name", "reasons"), LEFT_OUT.items(), ids=LEFT_OUT)
def test_a_character_who_is_left_out(morel, plan, name, reasons):
    customer = named(morel, name)

    assert {left.reason for left in plan.left_out if left.customer_id == customer.pk} == reasons
    assert not any(action.customer_id == customer.pk for action in plan.actions)


DUE = {
    "Agencement Vautrin-Desmoulières": ("phone", 2, 648_000, "EUR"),
    "Transports Gaillandre": ("phone", 3, 270_000, "EUR"),
    "Groupe Hostélia": ("phone", 2, 3_811_600, "EUR"),
    "Cabinet médical Saint-Orens": ("phone", 3, 386_400, "EUR"),
    "Résidence Les Charmilles": ("phone", 2, 372_000, "EUR"),
    "Imprimerie Gaudremont": ("phone", 2, 259_200, "EUR"),
    "Optique Vermandel": ("phone", 2, 121_200, "EUR"),
    "Collège Jean-Vaubanel": ("phone", 2, 342_000, "EUR"),
    "Boulangerie Tissandre": ("letter", 1, 73_200, "EUR"),
    "Optique Verdellan": ("letter", 1, 168_000, "EUR"),
    "Harrow & Finch Interiors": ("email", 1, 936_000, "USD"),
    "Oakhurst Joinery Ltd": ("email", 2, 427_200, "EUR"),
    "Garage Montrichet": ("phone", 2, 200_000, "EUR"),
}


@pytest.mark.parametrize(("name", "expected"), DUE.items(), ids=DUE)
def test_a_character_to_remind_today(morel, plan, name, expected):
    customer = named(morel, name)
    actions = [action for action in plan.actions if action.customer_id == customer.pk]

    assert [
        (action.step.medium, action.step.level, action.amount, action.currency)
        for action in actions
    ] == [expected]


def test_a_refused_address_is_not_written_to_any_more(morel):
    customer = named(morel, "Optique Verdellan")

    assert not customer.has_email
    assert Contact.objects.get(customer=customer).is_invalid
    assert customer.reminders.get(status="failed").error.startswith("550")


def test_partial_payments_leave_a_rest(morel):
    entry = LedgerEntry.objects.get(
        customer=named(morel, "Groupe Hostélia"), amount_minor=3_864_000
    )

    assert entry.remaining_minor == 1_564_000
    assert entry.received.count() == 2


def test_the_big_account_exceeds_its_limit_and_is_flagged(morel):
    customer = named(morel, "Groupe Hostélia")
    owed = sum(
        customer.entries.exclude(remaining_minor=0).values_list("remaining_minor", flat=True)
    )

    assert customer.credit_limit_minor
    assert owed > customer.credit_limit_minor
    assert customer.follow_up.is_flagged
