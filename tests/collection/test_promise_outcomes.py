"""What became of a promise is noted once, when the ledger says so."""

from datetime import UTC, datetime, timedelta

import pytest

from encaisse.collection.models import PaymentPromise
from encaisse.collection.operations.promise_outcomes import note_outcomes
from encaisse.collection.operations.promises import cancel_promise, record_promise
from encaisse.ledger.models import Customer
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from tests import builders

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = NOW.date()
DAY = TODAY + timedelta(days=3)


@pytest.fixture
def morel(db) -> Company:
    return builders.company("Ateliers Morel", slug="morel")


@pytest.fixture
def dupont(morel) -> Customer:
    return builders.customer(morel, "Dupont")


def promise_of(of: Customer, entry, *, euros: int = 100) -> PaymentPromise:
    return record_promise(
        of, [entry], amount_minor=euros * 100, promised_date=DAY, author=COMMAND_LINE,
        today=TODAY, now=NOW,
    )  # fmt: skip


def look(of: Company, days: int) -> int:
    return note_outcomes(of, today=TODAY + timedelta(days=days), now=NOW + timedelta(days=days))


def noted(of: Company) -> list[str]:
    rows = Event.objects.filter(company=of, kind__startswith="promise.").order_by("id")
    return [kind for kind in rows.values_list("kind", flat=True) if kind != "promise.recorded"]


def test_a_promise_that_nothing_came_for_is_broken_on_the_day_after_and_said_so_once(morel, dupont):
    promise = promise_of(dupont, builders.invoice(dupont, euros=100, due=TODAY))

    assert [look(morel, day) for day in (0, 3, 4, 5, 9)] == [0, 0, 1, 0, 0]

    event = Event.objects.get(kind="promise.broken")
    assert event.customer_code == dupont.account_code
    assert event.data["promise"] == promise.pk
    assert (event.data["amount_minor"], event.data["received_minor"]) == (10_000, 0)


def test_a_promise_is_kept_as_soon_as_the_amount_is_in(morel, dupont):
    entry = builders.invoice(dupont, euros=100, due=TODAY)
    promise_of(dupont, entry)
    builders.settled(entry, on=TODAY + timedelta(days=1))

    look(morel, 1)
    look(morel, 4)

    assert noted(morel) == ["promise.kept"]


def test_a_payment_that_is_undone_breaks_a_promise_after_all(morel, dupont):
    entry = builders.invoice(dupont, euros=100, due=TODAY)
    promise_of(dupont, entry)
    builders.settled(entry, on=TODAY + timedelta(days=1))
    look(morel, 1)
    entry.remaining_minor, entry.settled_date = entry.amount_minor, None
    entry.save()

    look(morel, 4)

    assert noted(morel) == ["promise.kept", "promise.broken"]


def test_a_promise_taken_back_or_long_past_is_no_news(morel, dupont):
    taken_back = promise_of(dupont, builders.invoice(dupont, euros=100, due=TODAY))
    cancel_promise(taken_back, author=COMMAND_LINE, today=TODAY, now=NOW)
    promise_of(dupont, builders.invoice(dupont, euros=100, due=TODAY))

    assert look(morel, 30) == 0
