"""The same customer in several companies, and what they are all owed."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.insights.criteria import Accounts
from encaisse.insights.groups import GroupCriteria, Groups, Place
from encaisse.tenancy.scope import Scope
from tests.builders import company, customer, invoice, payment, settled

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
LATE, COMING = TODAY - timedelta(days=20), TODAY + timedelta(days=20)
ALL = GroupCriteria()


@pytest.fixture
def petit():
    return company("Petit Frères", slug="petit")


def groups(*companies, reps=None, on=TODAY):
    return Groups([Place(Scope(of, reps), on) for of in companies])


def shown(found, criteria=ALL, **options):
    return [
        (
            group.name,
            group.sum.currency,
            group.sum.overdue,
            group.sum.not_due,
            [member.company.slug for member in group.members],
        )
        for group in found.page(criteria, offset=0, limit=50, **options).groups
    ]


def owes(of, name, *, late=0, coming=0, currency="EUR", **fields):
    made = customer(of, name, **fields)
    if late:
        invoice(made, euros=late, due=LATE, currency=currency)
    if coming:
        invoice(made, euros=coming, due=COMING, on=TODAY, currency=currency)
    return made


def test_rows_with_one_siren_are_one_customer_whatever_their_names(morel, petit):
    owes(morel, "Dupont", siren="732829320", late=100)
    owes(petit, "DUPONT SA", siren="732829320", coming=50)
    owes(petit, "Dupont", siren="552100554", late=7)

    assert shown(groups(morel, petit)) == [
        ("Dupont", "EUR", 10_000, 5_000, ["morel", "petit"]),
        ("Dupont", "EUR", 700, 0, ["petit"]),
    ]


def test_without_siren_code_and_name_must_both_agree(morel, petit):
    owes(morel, "Dupont", account_code="C1", late=100)
    owes(petit, "dupont", account_code="C1", late=10)
    owes(petit, "Martin", account_code="C2", late=5)
    owes(morel, "Autre Martin", account_code="C2", late=3)

    assert [row[4] for row in shown(groups(morel, petit))] == [
        ["morel", "petit"], ["petit"], ["morel"],
    ]  # fmt: skip


def test_a_siren_known_on_one_side_only_does_not_part_namesakes(morel, petit):
    owes(morel, "Dupont", account_code="C1", siren="732829320", late=100)
    owes(petit, "Dupont", account_code="C1", late=10)

    ((_name, _currency, overdue, _due, companies),) = shown(groups(morel, petit))
    assert (overdue, companies) == (11_000, ["morel", "petit"])


def test_currencies_stay_apart_and_totals_add_up_to_the_pages(morel, petit):
    owes(morel, "Dupont", siren="732829320", late=100)
    owes(petit, "Dupont", siren="732829320", late=30, currency="USD")
    owes(petit, "Martin", coming=5)

    found = groups(morel, petit)
    totals = found.page(ALL, offset=0, limit=1).totals

    assert [(one.currency, one.count, one.overdue, one.not_due) for one in totals] == [
        ("EUR", 2, 10_000, 500),
        ("USD", 1, 3_000, 0),
    ]
    assert [row[1] for row in shown(found)] == ["EUR", "EUR", "USD"]


def test_filters_keep_whole_customers(morel, petit):
    owes(morel, "Dupont", siren="732829320", late=100)
    owes(petit, "Dupont", siren="732829320", late=10)
    owes(morel, "Martin", coming=5)
    payment(customer(petit, "Zola"), euros=40, on=TODAY)
    found = groups(morel, petit)

    def names(**criteria):
        return [row[0] for row in shown(found, GroupCriteria(**criteria), sort="name")]

    assert names() == ["Dupont", "Martin"]
    assert names(search="dup 411") == ["Dupont"]
    assert names(is_shared=True) == names(company_id=petit.pk) == names(is_late=True) == ["Dupont"]
    assert names(accounts=Accounts.CREDITORS) == ["Zola"]
    assert names(accounts=Accounts.ALL) == ["Dupont", "Martin", "Zola"]
    assert names(currency="USD") == []
    assert shown(found, GroupCriteria(company_id=petit.pk))[0][2] == 11_000


def test_the_picker_counts_customers_who_owe_company_by_company(morel, petit):
    owes(morel, "Dupont", late=100, coming=20)
    payment(customer(morel, "Zola"), euros=40, on=TODAY)
    owes(petit, "Martin", late=3, currency="USD")
    empty = company("Vide", slug="vide", base_currency="CHF")

    lines = groups(morel, petit, empty).companies()

    assert [(of.slug, one.currency, one.overdue, one.not_due) for of, one in lines] == [
        ("morel", "EUR", 10_000, 2_000),
        ("petit", "USD", 300, 0),
        ("vide", "CHF", 0, 0),
    ]


def test_each_company_is_seen_on_its_own_day_and_through_its_portfolio(morel, petit):
    late = owes(morel, "Dupont", siren="732829320", late=100, sales_rep="Durant")
    settled(invoice(late, euros=9, due=LATE, on=LATE), on=TODAY)
    owes(petit, "Dupont", siren="732829320", late=10, sales_rep="Guérin")
    reps = frozenset({"Durant"})

    assert shown(groups(morel, petit, reps=reps)) == [("Dupont", "EUR", 10_000, 0, ["morel"])]
    assert shown(groups(morel, on=TODAY - timedelta(days=1)))[0][2] == 10_900
    assert groups(morel, petit, reps=reps).elsewhere(late) == []


def test_a_customer_knows_himself_in_the_other_companies(morel, petit):
    here = owes(morel, "Dupont", account_code="C1", siren="732829320", late=1)
    owes(petit, "Dupont SAS", account_code="X", siren="732829320", late=10, coming=2)
    owes(petit, "Dupont", account_code="C1")
    owes(petit, "Dupont", account_code="C3", siren="552100554", late=10)
    owes(morel, "Dupont", account_code="C4", siren="732829320", late=10)

    found = groups(morel, petit).elsewhere(here)

    assert [(one.company.slug, one.code) for one in found] == [("petit", "X"), ("petit", "C1")]
    assert [(one.overdue, one.not_due) for one in found[0].sums] == [(1_000, 200)]
    assert found[1].sums == ()


def test_two_companies_cost_as_many_queries_as_eight(morel, petit):
    def cost(*companies):
        found = groups(*companies)
        with CaptureQueriesContext(connection) as queries:
            found.companies()
            found.page(ALL, offset=0, limit=25)
            found.elsewhere(here)
        return len(queries)

    here = owes(morel, "Dupont", late=1)
    owes(petit, "Dupont", late=1)
    few = cost(morel, petit)
    more = [company(f"Société {number}") for number in range(6)]
    for of in more:
        owes(of, "Dupont", late=1)
    assert cost(morel, petit, *more) == few
