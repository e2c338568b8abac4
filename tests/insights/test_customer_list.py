"""The list of all customers, page after page."""

import pytest

from encaisse.insights.customer_list import CustomerList
from encaisse.tenancy.scope import Scope
from tests.builders import customer, invoice, payment
from tests.insights.days import ON, days_ago

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sort", ["name", "-balance", "balance", "-overdue", "overdue"])
def test_pages_follow_each_other_from_those_who_owe_to_those_who_do_not(morel, sort):
    for number in range(5):
        invoice(customer(morel), euros=1 + number % 3, due=days_ago(5 - 4 * (number % 2)))
        customer(morel)
    payment(customer(morel), euros=9, on=days_ago(3))
    invoice(customer(morel), euros=7, due=days_ago(9), currency="USD")
    found = CustomerList(Scope(morel), ON)

    pages = [found.page(sort=sort, offset=offset, limit=3) for offset in range(0, 12, 3)]

    assert [row.customer.pk for page in pages for row in page] == found.ids(sort=sort)
    assert len(found.ids(sort=sort)) == 12


def test_those_who_are_late_the_longest_come_first(morel):
    for days in (3, 40, 12, 12):
        invoice(customer(morel), euros=10, due=days_ago(days))
    found = CustomerList(Scope(morel), ON)

    pages = [found.page(sort="-late", offset=offset, limit=2) for offset in (0, 2)]

    assert [row.customer.pk for page in pages for row in page] == found.ids(sort="-late")
