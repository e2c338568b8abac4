"""Long lists of ids find the same rows as short ones, whichever way they are written."""

import pytest
from django.db import connection
from django.utils import timezone

from encaisse.tenancy.models import Event
from tests.builders import company

pytestmark = pytest.mark.django_db


def test_ids_by_the_hundred_are_found_without_parameters_where_these_cost():
    acme = company("Acme")
    now = timezone.now()
    Event.objects.bulk_create(
        Event(company=acme, at=now, kind="told", data={}) for _number in range(300)
    )
    ids = list(Event.objects.order_by("id").values_list("pk", flat=True))

    of_themselves = Event.objects.filter(pk__in=ids[:150])
    of_companies = Event.objects.filter(company__in=[acme.pk, *range(10_000, 10_100)])

    assert list(of_themselves.order_by("id").values_list("pk", flat=True)) == ids[:150]
    assert of_companies.count() >= len(ids)
    expected = 0 if connection.vendor == "postgresql" else 150
    assert len(of_themselves.query.sql_with_params()[1]) == expected
