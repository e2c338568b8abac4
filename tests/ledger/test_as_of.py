"""Figures of any day: an entry exists from its posting date and is settled from its match date."""

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from encaisse.ledger.models import Allocation, LedgerEntry
from encaisse.ledger.operations.synchronise import Coverage, SourceRow, Synchroniser
from encaisse.ledger.queries.open_items import last_movement, open_items
from encaisse.tenancy.models import Company
from tests import builders

pytestmark = pytest.mark.django_db
FIRST = date(2026, 1, 1)
_KINDS = {True: "invoice", False: "payment"}


def row(number: int, day: int, amount: int, letter: str = "", lettered: int | None = None):
    """A line posted `day` days after the first of January, matched at the earliest as given."""
    posted = (FIRST + timedelta(days=day)).isoformat()
    matched = "" if lettered is None else (FIRST + timedelta(days=lettered)).isoformat()
    return SourceRow(
        f"L{number}", _KINDS[amount > 0], "411000", "VE", "1", f"F{number}", posted, posted,
        posted, "given", "", "EUR", amount, amount, letter, matched if letter else "",
    )  # fmt: skip


def write(company: Company, rows: list[SourceRow]) -> None:
    """Make the ledger of one customer out of some lines."""
    dupont = builders.customer(company, "Dupont")
    whole = Coverage("test", "", "", 20260101, is_whole=True)
    Synchroniser(company, whole, write=True).add({dupont.pk: rows})


def open_on(company: Company, day: date) -> dict[str, int]:
    """What remains on a day, by document, as every screen computes it."""
    items = open_items(company, day)
    sql = f"""SELECT e.document_number, {items.remaining} FROM ledger_ledgerentry e
        WHERE {items.where}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, (*items.remaining_params, *items.where_params))
        return {document: int(left) for document, left in cursor.fetchall() if left}


def test_an_invoice_is_open_from_its_posting_until_its_match():
    company = builders.company()
    write(company, [row(1, 10, 1000, "A", 40), row(2, 30, -1000, "A", 40), row(3, 60, 5)])

    seen = {day: open_on(company, FIRST + timedelta(days=day)) for day in (9, 10, 30, 40, 60)}

    assert seen == {
        9: {}, 10: {"F1": 1000}, 30: {"F1": 1000, "F2": -1000}, 40: {}, 60: {"F3": 5},
    }  # fmt: skip


def test_a_partial_payment_counts_from_its_day():
    company = builders.company()
    write(company, [row(1, 10, 1000, "A"), row(2, 30, -400, "A"), row(3, 50, -100, "A")])

    seen = [open_on(company, FIRST + timedelta(days=day)) for day in (29, 30, 50)]

    assert seen == [{"F1": 1000}, {"F1": 600}, {"F1": 500}]


def test_what_the_source_says_is_left_holds_although_something_is_posted_later():
    company = builders.company()
    given_left = row(1, 10, 1000)._replace(given_remaining=250)
    write(company, [given_left, row(2, 300, 70)])

    assert open_on(company, FIRST + timedelta(days=20)) == {"F1": 250}
    assert open_on(company, FIRST + timedelta(days=300)) == {"F1": 250, "F2": 70}


ROWS = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from((100, 200, 300, 500, -100, -200, -300, -500)),
        st.sampled_from(("", "A", "B")),
        st.none() | st.integers(0, 90),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_on_every_day_the_open_items_are_the_balance(facts):
    LedgerEntry.objects.all().delete()
    Company.objects.all().delete()
    company = builders.company()
    write(company, [row(number, *fact) for number, fact in enumerate(facts)])

    for day in range(0, 100, 3):
        posted = sum(amount for on, amount, *_rest in facts if on <= day)
        assert sum(open_on(company, FIRST + timedelta(days=day)).values()) == posted


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_the_last_day_computed_as_a_past_day_gives_the_same_figures(facts):
    Allocation.objects.all().delete()
    LedgerEntry.objects.all().delete()
    Company.objects.all().delete()
    company = builders.company()
    write(company, [row(number, *fact) for number, fact in enumerate(facts)])
    last = last_movement(company)
    fast = open_on(company, last)

    later = builders.customer(company, "Martin")
    builders.invoice(later, euros=1, due=None, on=last + timedelta(days=1))

    assert open_on(company, last) == fast
