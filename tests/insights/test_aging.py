"""The aged balance, on figures that can be added by hand."""

from datetime import timedelta

import pytest

from encaisse.core.ageing import BoundsRefused, parse_bounds
from encaisse.insights.aging import AgedBalance
from encaisse.insights.criteria import Accounts, Criteria
from encaisse.tenancy.scope import Scope
from tests.builders import (
    at_level,
    company,
    credit_note,
    customer,
    dispute,
    has_profile,
    hold,
    invoice,
    payment,
    profile,
    settled,
)
from tests.insights.days import ON, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont", sales_rep="Durant", category="A")


def balance(of, on=ON, bounds=(30, 60), sales_reps=None):
    return AgedBalance(Scope(of, sales_reps), on, bounds)


def only_row(of, **options):
    (row,) = balance(of, **options).page(offset=0, limit=10)
    return row


@pytest.mark.parametrize(
    ("days_late", "not_due", "late"),
    [
        (-10, 100, (0, 0, 0)),
        (0, 100, (0, 0, 0)),  # due that very day: not late yet
        (1, 0, (100, 0, 0)),
        (30, 0, (100, 0, 0)),
        (31, 0, (0, 100, 0)),
        (60, 0, (0, 100, 0)),
        (61, 0, (0, 0, 100)),
    ],
)
def test_an_entry_falls_into_the_period_of_its_age(morel, dupont, days_late, not_due, late):
    invoice(dupont, euros=1, due=days_ago(days_late), on=days_ago(90))

    amounts = only_row(morel).amounts

    assert (amounts.not_due, amounts.late) == (not_due, late)
    assert amounts.balance == amounts.not_due + amounts.overdue


def test_an_entry_without_due_date_counts_as_to_come_and_is_counted_apart(morel, dupont):
    invoice(dupont, euros=70, due=None, on=days_ago(200))

    (total,) = balance(morel).totals()

    assert total.amounts.not_due == 7000
    assert total.undated == 1


def test_an_unmatched_credit_lowers_what_is_overdue_and_is_shown(morel, dupont):
    invoice(dupont, euros=500, due=days_ago(10))
    invoice(dupont, euros=300, due=ON + timedelta(days=5), on=days_ago(5))
    payment(dupont, euros=120, on=days_ago(2))
    credit_note(dupont, euros=30, on=days_ago(1))

    amounts = only_row(morel).amounts

    assert amounts.credits == -15000
    assert amounts.late == (50000, 0, 0)
    assert amounts.overdue == 35000
    assert amounts.not_due == 30000
    assert amounts.balance == 65000


def test_only_what_remains_of_an_entry_counts(morel, dupont):
    invoice(dupont, euros=500, due=days_ago(10), remaining="200.01")
    settled(invoice(dupont, euros=900, due=days_ago(10)), on=days_ago(3))

    assert only_row(morel).amounts.balance == 20001


def test_a_past_day_is_seen_as_it_was(morel, dupont):
    settled(invoice(dupont, euros=900, due=days_ago(20), on=days_ago(50)), on=days_ago(3))
    invoice(dupont, euros=50, due=ON, on=days_ago(4))

    before = only_row(morel, on=days_ago(10)).amounts

    assert before.balance == 90000
    assert before.late == (90000, 0, 0)
    assert only_row(morel).amounts.balance == 5000


def test_creditors_are_left_out_unless_asked_for(morel, dupont):
    invoice(dupont, euros=100, due=days_ago(10))
    overpaid = customer(morel, "Lemoine")
    payment(overpaid, euros=40, on=days_ago(5))
    aged = balance(morel)

    (debtors,) = aged.totals()
    (creditors,) = aged.totals(Criteria(accounts=Accounts.CREDITORS))
    (everyone,) = aged.totals(Criteria(accounts=Accounts.ALL))

    assert (debtors.count, debtors.amounts.balance) == (1, 10000)
    assert (creditors.count, creditors.amounts.balance) == (1, -4000)
    assert (everyone.count, everyone.amounts.balance) == (2, 6000)


def test_currencies_are_never_added(morel, dupont):
    invoice(dupont, euros=100, due=days_ago(10))
    invoice(dupont, euros=5000, due=days_ago(10), currency="XOF")

    totals = balance(morel).totals()
    rows = balance(morel).page(offset=0, limit=10)

    assert [(total.currency, total.amounts.balance) for total in totals] == [
        ("EUR", 10000),
        ("XOF", 5000),
    ]
    assert [row.currency for row in rows] == ["EUR", "XOF"]


def test_totals_run_over_the_whole_result_and_not_the_page(morel):
    for number in range(7):
        invoice(customer(morel), euros=number + 1, due=days_ago(5 if number % 2 else -5), on=ON)
    aged = balance(morel)

    (total,) = aged.totals()

    assert len(aged.page(offset=0, limit=3)) == 3
    assert total.count == 7
    assert total.amounts.balance == 2800
    assert (total.overdue_count, total.not_due_count) == (3, 4)


@pytest.mark.parametrize("sort", ["-overdue", "name", "-name"])
def test_pages_follow_each_other_without_gap_or_repeat(morel, sort):
    for number in range(11):
        invoice(customer(morel), euros=1 + number % 3, due=days_ago(5))
        for _ in range(6):
            customer(morel)  # who owes nothing
    aged = balance(morel)

    pages = [aged.page(sort=sort, offset=offset, limit=4) for offset in (0, 4, 8)]
    seen = [row.customer_id for page in pages for row in page]

    assert len(seen) == len(set(seen)) == 11
    assert seen == [row.customer_id for row in aged.rows(sort=sort)]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("-overdue", ["Petit", "Dupont", "Émile"]),
        ("overdue", ["Émile", "Dupont", "Petit"]),
        ("name", ["Dupont", "Émile", "Petit"]),
        ("-name", ["Petit", "Émile", "Dupont"]),
        ("-not_due", ["Émile", "Dupont", "Petit"]),
        ("-late_2", ["Dupont", "Petit", "Émile"]),
        ("sales_rep", ["Petit", "Dupont", "Émile"]),
        ("-level", ["Dupont", "Émile", "Petit"]),
        ("profile", ["Émile", "Dupont", "Petit"]),
    ],
)
def test_a_list_can_be_sorted_on_every_column(morel, dupont, sort, names):
    petit, emile = customer(morel, "Petit"), customer(morel, "Émile", sales_rep="Guérin")
    at_level(invoice(dupont, euros=200, due=days_ago(90)), 3, on=days_ago(10))
    invoice(petit, euros=300, due=days_ago(5))
    at_level(invoice(emile, euros=10, due=days_ago(40)), 1, on=days_ago(2))
    invoice(emile, euros=5, due=ON, on=days_ago(1))
    has_profile(emile, profile(morel, "Grand compte"))

    rows = balance(morel).page(sort=sort, offset=0, limit=10)

    assert [row.name for row in rows] == names


@pytest.fixture
def three(morel, dupont):
    """Dupont: late, disputed, R2, default profile. Petit: STOP. Émile: to come, other profile."""
    petit, emile = customer(morel, "Petit", category="B"), customer(morel, "Émile")
    at_level(invoice(dupont, euros=200, due=days_ago(40)), 2, on=days_ago(10))
    invoice(petit, euros=300, due=days_ago(5))
    invoice(emile, euros=10, due=ON, on=days_ago(1))
    has_profile(emile, profile(morel, "Grand compte"))
    dispute(dupont, on=days_ago(1))
    hold(petit, on=days_ago(1))


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ({"search": "émi"}, {"Émile"}),
        ({"search": "411 dupont"}, {"Dupont"}),
        ({"category": "B"}, {"Petit"}),
        ({"sales_rep": "Durant"}, {"Dupont"}),
        ({"is_stopped": True}, {"Petit"}),
        ({"is_stopped": False}, {"Dupont", "Émile"}),
        ({"is_disputed": True}, {"Dupont"}),
        ({"level": 2}, {"Dupont"}),
        ({"level": 0}, {"Petit", "Émile"}),
        ({"part": "overdue"}, {"Dupont", "Petit"}),
        ({"part": "not_due"}, {"Émile"}),
        ({"part": "late_1"}, {"Dupont"}),
        ({"currency": "USD"}, set()),
    ],
)
def test_a_list_can_be_filtered(morel, three, criteria, names):
    rows = balance(morel).page(Criteria(**criteria), offset=0, limit=10)

    assert {row.name for row in rows} == names


def test_the_default_profile_is_that_of_customers_who_were_given_none(morel, three):
    default = morel.collectionprofile_set.get(is_default=True)
    other = morel.collectionprofile_set.get(is_default=False)

    def names(**criteria):
        return {row.name for row in balance(morel).rows(Criteria(**criteria))}

    assert names(profile_id=default.pk, is_default_profile=True) == {"Dupont", "Petit"}
    assert names(profile_id=other.pk) == {"Émile"}


def test_a_stop_that_has_run_out_holds_nobody(morel, dupont):
    invoice(dupont, euros=1, due=days_ago(9))
    hold(dupont, on=days_ago(9), until=days_ago(1))

    assert balance(morel).page(Criteria(is_stopped=True), offset=0, limit=10) == []


def test_a_portfolio_hides_the_customers_of_others(morel, three):
    aged = balance(morel, sales_reps=frozenset({"Durant"}))

    assert [row.name for row in aged.rows()] == ["Dupont"]
    assert [total.count for total in aged.totals()] == [1]


def test_an_empty_portfolio_sees_nobody(morel, three):
    assert balance(morel, sales_reps=frozenset()).totals() == []


def test_another_company_is_never_counted(morel, three):
    assert balance(company("Petit SA")).totals() == []


@pytest.mark.parametrize(
    ("text", "bounds"), [("30,60", (30, 60)), ("15, 45 ,90", (15, 45, 90)), ("7", (7,))]
)
def test_ageing_periods_are_read(text, bounds):
    assert parse_bounds(text) == bounds


@pytest.mark.parametrize("text", ["", "a", "60,30", "30,30", "0,30", "1,2,3,4,5,6", "99999", "-1"])
def test_ageing_periods_that_make_no_sense_are_refused(text):
    with pytest.raises(BoundsRefused):
        parse_bounds(text)


def test_other_periods_share_the_same_balance(morel, dupont):
    invoice(dupont, euros=1, due=days_ago(20))
    invoice(dupont, euros=2, due=days_ago(50))
    invoice(dupont, euros=4, due=days_ago(200))

    amounts = only_row(morel, bounds=(15, 45, 90)).amounts

    assert amounts.late == (0, 100, 200, 400)
    assert amounts.balance == 700
