"""What people decided outlives every synchronisation; a broken import leaves no trace."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.collection.models import EntryFollowUp, Hold, PaymentPromise
from encaisse.collection.operations.holds import set_hold
from encaisse.collection.operations.promises import record_promise
from encaisse.ledger.models import Customer, LedgerEntry, LedgerSync
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from tests import builders
from tests.ledger.fec_years import NOW, Fec, bring, snapshot, still_open

pytestmark = pytest.mark.django_db
TODAY = date(2026, 4, 8)


@pytest.fixture
def morel(tmp_path: Path) -> Company:
    """Dupont owes F1, at level 2, on hold, with a promise; Martin owes F2."""
    company = builders.company()
    bring(company, year().write(tmp_path))
    entry = LedgerEntry.objects.get(document_number="F1")
    builders.at_level(entry, 2, on=TODAY)
    set_hold(entry.customer, author=COMMAND_LINE, today=TODAY, now=NOW, entry=entry)
    record_promise(
        entry.customer,
        [entry],
        amount_minor=50_000,
        promised_date=date(2026, 4, 30),
        author=COMMAND_LINE,
        today=TODAY,
        now=NOW,
    )
    return company


def year() -> Fec:
    return (
        Fec(2026)
        .invoice("DUPONT", "F1", 1000, "2026-01-05", number="D1")
        .invoice("MARTIN", "F2", 400, "2026-02-05")
    )


def decided(document: str = "F1") -> tuple[int, int, int]:
    """Level, running holds and promised amount of an entry that counts."""
    entry = LedgerEntry.objects.get(document_number=document, is_counted=True)
    promised = PaymentPromise.objects.filter(lines__entry=entry)
    return (
        EntryFollowUp.objects.get(entry=entry).level,
        Hold.objects.filter(entry=entry, lifted_on=None).count(),
        sum(promised.values_list("amount_minor", flat=True)),
    )


def test_it_survives_the_same_export_again(morel: Company, tmp_path: Path):
    bring(morel, year().write(tmp_path))

    assert decided() == (2, 1, 50_000)


def test_it_survives_a_full_export_with_other_lines(morel: Company, tmp_path: Path):
    longer = year().payment("DUPONT", "V1", 100, "2026-03-05")

    bring(morel, longer.invoice("DUPONT", "F3", 5, "2026-05-01").write(tmp_path))

    assert decided() == (2, 1, 50_000)


def test_an_entry_that_disappears_and_comes_back_is_where_it_was(morel: Company, tmp_path: Path):
    bring(morel, Fec(2026).invoice("MARTIN", "F2", 400, "2026-02-05").write(tmp_path))
    assert still_open(morel) == {"MARTIN F2": 400}

    bring(morel, year().write(tmp_path))

    assert still_open(morel) == {"DUPONT F1": 1000, "MARTIN F2": 400}
    assert decided() == (2, 1, 50_000)


def test_an_entry_that_is_matched_then_unmatched_is_where_it_was(morel: Company, tmp_path: Path):
    paid = Fec(2026).invoice("DUPONT", "F1", 1000, "2026-01-05", number="D1", letter="A")
    paid.payment("DUPONT", "V1", 1000, "2026-04-10", letter="A")
    bring(morel, paid.invoice("MARTIN", "F2", 400, "2026-02-05").write(tmp_path))
    assert "DUPONT F1" not in still_open(morel)

    bring(morel, year().write(tmp_path))

    assert still_open(morel)["DUPONT F1"] == 1000
    assert decided() == (2, 1, 50_000)


def test_a_draft_that_is_validated_under_another_number_is_the_same_entry(
    morel: Company, tmp_path: Path
):
    validated = Fec(2026).invoice("DUPONT", "F1", 1000, "2026-01-05", number="VE-00012")

    result = bring(morel, validated.invoice("MARTIN", "F2", 400, "2026-02-05").write(tmp_path))

    assert decided() == (2, 1, 50_000)
    assert (result.added, result.updated, result.removed) == (0, 1, 0)


class Interrupted(Exception):
    pass


@pytest.mark.parametrize("step", [64, 70, 80])
def test_an_import_that_breaks_half_way_leaves_everything_as_it_was(
    morel: Company, tmp_path: Path, step: int
):
    before = snapshot(morel), Customer.objects.count(), LedgerSync.objects.count()
    events, revision = Event.objects.count(), Company.objects.get(pk=morel.pk).facts_revision
    path = Fec(2026).invoice("LEROY", "F9", 9, "2026-01-05")
    for number in range(40):
        path.invoice(f"C{number}", f"G{number}", 10, "2026-06-05")

    def break_off(done: int, _total: int) -> None:
        if _total == 128 and done >= step:
            raise Interrupted

    with pytest.raises(Interrupted):
        bring(morel, path.write(tmp_path), progress=break_off)

    assert (snapshot(morel), Customer.objects.count(), LedgerSync.objects.count()) == before
    assert Event.objects.count() == events
    assert Company.objects.get(pk=morel.pk).facts_revision == revision
