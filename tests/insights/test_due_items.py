"""The open items one by one, on figures that can be added by hand."""

import pytest

from encaisse.collection.models import DisputeEntry, PaymentPromise, PromiseEntry, ReminderLine
from encaisse.insights.aging import AgedBalance
from encaisse.insights.criteria import Accounts, Criteria, FreeText
from encaisse.insights.due_items import DueCriteria, DueItems
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.scope import Scope
from tests.builders import (
    at_level,
    company,
    credit_note,
    customer,
    dispute,
    hold,
    invoice,
    payment,
    reminder,
    settled,
)
from tests.insights.days import ON, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont", sales_rep="Durant", free1="Nord", free2="Négoce de vins")


def due(of, on=ON, sales_reps=None):
    return DueItems(Scope(of, sales_reps), on)


def documents(of, sort="due", **criteria):
    found = due(of).page(DueCriteria(**criteria), sort=sort, offset=0, limit=50)
    return [item.entry.document_number for item in found]


def entry(of, number, *, days_late, euros=100, **fields):
    return invoice(
        of, euros=euros, due=days_ago(days_late), on=days_ago(90), document_number=number, **fields
    )


def test_every_open_entry_is_there_credits_last_and_the_totals_are_those_of_the_balance(
    morel, dupont
):
    entry(dupont, "B", days_late=-5, euros=300)
    entry(dupont, "A", days_late=10, euros=500, remaining="200.01")
    settled(entry(dupont, "PAID", days_late=10), on=days_ago(1))
    payment(dupont, euros=120, on=days_ago(2), document_number="VIR")
    invoice(dupont, euros=70, due=None, on=days_ago(9), document_number="SANS")
    invoice(dupont, euros=9, due=days_ago(3), currency="USD", document_number="USD")

    assert documents(morel) == ["A", "USD", "B", "VIR", "SANS"]
    euros, dollars = due(morel).totals()
    aged = AgedBalance(Scope(morel), ON).totals(Criteria(accounts=Accounts.ALL))
    assert (euros.count, euros.overdue, euros.remaining) == (4, 8001, 45001)
    for total, one in zip((euros, dollars), aged, strict=True):
        assert (total.remaining, total.overdue) == (one.amounts.balance, one.amounts.overdue)


def test_an_entry_says_how_late_it_is_and_what_it_went_through(morel, dupont):
    late = entry(dupont, "A", days_late=41, euros=500)
    at_level(late, 2, on=days_ago(3))
    sent = reminder(dupont, on=days_ago(3), level=2)
    ReminderLine.objects.create(
        reminder=sent, entry=late, kind="reminder", level_before=1, level_after=2, claimed_minor=1
    )

    (item,) = due(morel).page(offset=0, limit=10)

    assert (item.days_late, item.level, item.reminders) == (41, 2, 2)
    assert item.reminded_on == days_ago(3)
    assert item.profile == "Standard"
    assert item.customer == dupont


def test_a_past_day_is_seen_as_it_was(morel, dupont):
    settled(entry(dupont, "A", days_late=30), on=days_ago(3))

    (item,) = due(morel, on=days_ago(10)).page(offset=0, limit=10)

    assert (item.remaining, item.days_late) == (10000, 20)
    assert due(morel).totals() == []


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({"part": "overdue"}, ["LATE70", "LATE31", "LATE30"]),
        ({"part": "not_due"}, ["COMING", "SANS"]),
        ({"part": "undated"}, ["SANS"]),
        ({"part": "credits"}, ["AVOIR"]),
        ({"late_from": 1, "late_to": 30}, ["LATE30"]),
        ({"late_from": 31, "late_to": 60}, ["LATE31"]),
        ({"late_from": 61}, ["LATE70"]),
        ({"first_due": days_ago(31), "last_due": days_ago(30)}, ["LATE31", "LATE30"]),
        ({"minimums": (("EUR", 20000),)}, ["LATE70"]),
        ({"level": 3}, ["LATE70"]),
        ({"level": 0}, ["LATE31", "LATE30", "COMING", "AVOIR", "SANS"]),
        ({"search": "late7"}, ["LATE70"]),
        ({"search": "dupont late3"}, ["LATE31", "LATE30"]),
        ({"search": "100%"}, []),
        ({"currency": "USD"}, []),
    ],
)
def test_filters_on_the_entry(morel, dupont, criteria, kept):
    at_level(entry(dupont, "LATE70", days_late=70, euros=200), 3, on=ON)
    entry(dupont, "LATE31", days_late=31)
    entry(dupont, "LATE30", days_late=30)
    entry(dupont, "COMING", days_late=0)
    credit_note(dupont, euros=30, on=days_ago(1), document_number="AVOIR")
    invoice(dupont, euros=70, due=None, on=days_ago(200), document_number="SANS")

    assert documents(morel, **criteria) == kept


@pytest.mark.parametrize(
    ("who", "kept"),
    [
        (Criteria(sales_rep="Durant"), ["A"]),
        (Criteria(free=(FreeText("free1", "Nord"),)), ["A"]),
        (Criteria(free=(FreeText("free1", "No"),)), []),
        (Criteria(free=(FreeText("free2", "NÉGOCE", is_whole=False),)), ["A"]),
        (Criteria(free=(FreeText("free2", "DE VIN_", is_whole=False),)), []),
        (Criteria(search="petit"), ["B"]),
        (Criteria(only=frozenset()), []),
    ],
)
def test_filters_on_the_customer(morel, dupont, who, kept):
    entry(dupont, "A", days_late=2)
    entry(customer(morel, "Petit"), "B", days_late=1)

    assert documents(morel, who=who) == kept


def test_an_entry_is_paid_by_its_own_method_else_by_its_customers(morel):
    transfer = PaymentMethod.objects.create(company=morel, code="V", label="Virement")
    debit = PaymentMethod.objects.create(company=morel, code="P", label="Prélèvement")
    dupont = customer(morel, "Dupont", payment_method=transfer)
    entry(dupont, "A", days_late=2)
    entry(dupont, "B", days_late=1, payment_method=debit)

    assert documents(morel, payment_method_id=transfer.pk) == ["A"]
    assert documents(morel, payment_method_id=debit.pk) == ["B"]
    assert [item.method for item in due(morel).page(sort="method", offset=0, limit=9)] == [
        "Prélèvement",
        "Virement",
    ]


def test_stops_disputes_and_promises_are_found_and_shown_on_the_entry_they_hold(morel, dupont):
    entries = {name: entry(dupont, name, days_late=9) for name in ("STOP", "LITIGE", "PROMIS", "X")}
    hold(dupont, on=days_ago(1), entry=entries["STOP"])
    contested = dispute(dupont, on=days_ago(1))
    DisputeEntry.objects.create(dispute=contested, entry=entries["LITIGE"])
    promise = PaymentPromise.objects.create(
        company=morel, customer=dupont, amount_minor=4000, currency="EUR",
        promised_date=ON, made_on=days_ago(1),
    )  # fmt: skip
    PromiseEntry.objects.create(
        promise=promise, entry=entries["PROMIS"], amount_minor=4000, remaining_then_minor=10000
    )
    petit = customer(morel, "Petit")
    entry(petit, "P", days_late=1)
    hold(petit, on=days_ago(1))
    dispute(petit, on=days_ago(1), comment="whole account")

    assert documents(morel, is_stopped=True) == ["STOP", "P"]
    assert documents(morel, is_stopped=False) == ["LITIGE", "PROMIS", "X"]
    assert documents(morel, is_disputed=True) == ["LITIGE", "P"]
    assert documents(morel, is_disputed=False) == ["STOP", "PROMIS", "X"]
    assert documents(morel, dispute_reason="Litige commercial") == ["LITIGE", "P"]
    assert documents(morel, dispute_reason="Autre") == []
    assert documents(morel, is_promised=True) == ["PROMIS"]
    assert documents(morel, is_promised=False) == ["STOP", "LITIGE", "X", "P"]
    shown = {one.entry.document_number: one.marks for one in due(morel).page(offset=0, limit=9)}
    assert shown["STOP"].is_stopped
    assert not shown["STOP"].dispute
    assert shown["LITIGE"].dispute == "Litige commercial"
    assert shown["PROMIS"].promised_for == ON
    assert shown["X"].is_empty
    assert shown["P"].is_customer_stopped
    assert shown["P"].dispute

    entries["PROMIS"].remaining_minor = 6000  # what was promised came in
    entries["PROMIS"].save()
    assert documents(morel, is_promised=True) == []


@pytest.mark.parametrize(
    "sort",
    [
        "name", "document", "document_date", "due", "label", "level", "method", "amount",
        "remaining", "currency", "expected", "profile", "sales_rep", "category",
        "customer_free1", "customer_free2", "free1", "free2", "free3",
    ],
)  # fmt: skip
def test_every_sort_gives_each_entry_once_and_reverses(morel, dupont, sort):
    for number in range(4):
        entry(dupont, f"F{number}", days_late=number, euros=number + 1, label=f"L{number}")

    there, back = documents(morel, sort=sort), documents(morel, sort=f"-{sort}")

    assert sorted(there) == sorted(back) == ["F0", "F1", "F2", "F3"]
    if sort in ("document", "label", "amount", "remaining"):
        assert there == back[::-1] == sorted(there)


def test_a_portfolio_sees_its_customers_only(morel, dupont):
    entry(dupont, "A", days_late=2)
    entry(customer(morel, "Petit"), "B", days_late=1)
    entry(customer(company("Ailleurs"), "Autre"), "C", days_late=1)

    seen = due(morel, sales_reps=frozenset({"Durant"}))

    assert [item.entry.document_number for item in seen.rows()] == ["A"]
    assert [total.count for total in seen.totals()] == [1]
    assert due(morel, sales_reps=frozenset()).totals() == []
