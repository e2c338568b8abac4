"""What came in over a period, and what it settled."""

from datetime import date

import pytest

from encaisse.insights.criteria import Criteria
from encaisse.insights.receipts import ReceiptCriteria, Receipts
from encaisse.ledger.models import Allocation, PaymentMethod
from encaisse.tenancy.scope import Scope
from tests.builders import at_level, credit_note, customer, invoice, payment

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def receipts(of, sales_reps=None, **criteria):
    asked = ReceiptCriteria(**({"first": FIRST, "last": LAST} | criteria))
    return Receipts(Scope(of, sales_reps), asked)


def documents(of, sort="-date", **criteria):
    found = receipts(of, **criteria).page(sort=sort, offset=0, limit=50)
    return [one.entry.document_number for one in found]


def matched(entry, letter, **fields):
    entry.remaining_minor, entry.match_code = 0, letter
    entry.settled_date = entry.match_date = LAST
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.save()
    return entry


def test_credits_of_the_period_count_as_positive_amounts_by_currency(morel, dupont):
    payment(dupont, euros=100, on=FIRST)
    credit_note(dupont, euros="20.50", on=LAST)
    payment(dupont, euros=7, on=LAST, currency="USD")
    payment(dupont, euros=999, on=date(2025, 12, 31))
    payment(dupont, euros=999, on=date(2026, 4, 1))
    payment(dupont, euros=999, on=LAST, kind="opening")
    payment(dupont, euros=999, on=LAST, is_counted=False, remaining=0)
    invoice(dupont, euros=999, due=LAST, on=FIRST)

    euros, dollars = receipts(morel).totals()

    assert (euros.currency, euros.count, euros.minor) == ("EUR", 2, 12050)
    assert (euros.payments_minor, euros.others_minor) == (10000, 2050)
    assert (dollars.currency, dollars.count, dollars.minor) == ("USD", 1, 700)
    assert [(day.day, day.minor) for day in receipts(morel, currency="EUR").days] == [
        (FIRST, 10000),
        (LAST, 2050),
    ]


def test_a_receipt_says_what_it_settled_and_the_level_it_had_reached(morel, dupont):
    first = matched(invoice(dupont, euros=60, due=FIRST, document_number="F1"), "AA")
    matched(invoice(dupont, euros=40, due=FIRST, document_number="F2"), "AA")
    at_level(first, 3, on=FIRST)
    matched(payment(dupont, euros=100, on=LAST), "AA")
    # The same letter means something else for another customer and in another year.
    petit = customer(morel, "Petit")
    matched(invoice(petit, euros=9, due=FIRST, document_number="OTHER"), "AA")
    matched(invoice(dupont, euros=9, due=FIRST, document_number="OLD"), "AA", period=20250101)

    (receipt,) = receipts(morel).page(offset=0, limit=10)

    assert receipt.is_matched
    assert receipt.settled.documents == ("F1", "F2")
    assert (receipt.settled.count, receipt.settled.level) == (2, 3)


def test_a_part_payment_says_the_debit_it_was_counted_on(morel, dupont):
    debit = invoice(dupont, euros=100, due=FIRST, remaining=60, document_number="F1")
    credit = payment(dupont, euros=50, on=LAST, remaining=-10)
    Allocation.objects.create(company=morel, debit=debit, credit=credit, amount_minor=4000, on=LAST)

    (receipt,) = receipts(morel).page(offset=0, limit=10)

    assert not receipt.is_matched
    assert receipt.settled.documents == ("F1",)


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        ({"is_payment": True}, ["PRELEV", "VIR", "INCONNU"]),
        ({"is_payment": False}, ["AVOIR"]),
        ({"is_automatic": True}, ["PRELEV"]),
        ({"is_automatic": False}, ["VIR", "INCONNU"]),
        ({"is_matched": True}, ["VIR"]),
        ({"is_matched": False}, ["PRELEV", "INCONNU", "AVOIR"]),
        ({"who": Criteria(sales_rep="Durant")}, ["PRELEV", "VIR", "AVOIR"]),
        ({"who": Criteria(search="petit")}, ["INCONNU"]),
    ],
)
def test_filters(morel, criteria, kept):
    transfer = PaymentMethod.objects.create(company=morel, code="V", label="Virement")
    debit = PaymentMethod.objects.create(
        company=morel, code="P", label="Prélèvement", is_automatic=True
    )
    dupont = customer(morel, "Dupont", sales_rep="Durant", payment_method=transfer)
    credit_note(dupont, euros=1, on=date(2026, 2, 1), document_number="AVOIR")
    payment(customer(morel, "Petit"), euros=2, on=date(2026, 2, 2), document_number="INCONNU")
    matched(payment(dupont, euros=3, on=date(2026, 2, 3), document_number="VIR"), "A")
    payment(dupont, euros=4, on=date(2026, 2, 4), document_number="PRELEV", payment_method=debit)

    assert documents(morel, **criteria) == kept
    assert receipts(morel, **criteria).totals()[0].count == len(kept)
    assert documents(morel, payment_method_id=transfer.pk) == ["VIR"]


@pytest.mark.parametrize("sort", ["date", "name", "kind", "amount", "sales_rep"])
def test_every_sort_gives_each_receipt_once_and_reverses(morel, sort):
    for number in range(4):
        of = customer(morel, f"C{number}", sales_rep=f"R{number}")
        payment(of, euros=number + 1, on=date(2026, 2, number + 1), document_number=f"P{number}")

    there, back = documents(morel, sort=sort), documents(morel, sort=f"-{sort}")

    assert sorted(there) == sorted(back) == ["P0", "P1", "P2", "P3"]
    if sort != "kind":
        assert there == back[::-1] == sorted(there)


def test_a_portfolio_sees_its_receipts_only(morel, dupont):
    payment(dupont, euros=1, on=LAST, document_number="A")
    payment(customer(morel, "Petit"), euros=1, on=LAST, document_number="B")

    seen = receipts(morel, sales_reps=frozenset({"Durant"}))

    assert [one.entry.document_number for one in seen.rows()] == ["A"]
    assert seen.totals()[0].count == 1
