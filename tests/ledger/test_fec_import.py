"""Importing fiscal years again and again, longer, shorter, changed, in any order."""

from pathlib import Path

import pytest

from encaisse.ledger.models import LedgerEntry, LedgerSync
from encaisse.tenancy.models import Company
from tests import builders
from tests.ledger.fec_years import Fec, bring, snapshot, still_open

pytestmark = pytest.mark.django_db


@pytest.fixture
def morel() -> Company:
    return builders.company()


def year_2025() -> Fec:
    return (
        Fec(2025)
        .invoice("DUPONT", "F501", 1000, "2025-03-10", letter="A")
        .payment("DUPONT", "V1", 1000, "2025-04-02", letter="A")
        .invoice("DUPONT", "F502", 300, "2025-11-10")
        .invoice("MARTIN", "F503", 700, "2025-12-12")
        .payment("MARTIN", "V2", 200, "2025-12-20")
        .invoice("PETIT", "F504", 90, "2025-12-28")
    )


def year_2026() -> Fec:
    return (
        Fec(2026)
        .opening("DUPONT", 300, ref="F502", letter="A")
        .opening("MARTIN", 500)
        .payment("DUPONT", "V3", 300, "2026-01-20", letter="A")
        .invoice("DUPONT", "F601", 400, "2026-02-01")
        .invoice("LEROY", "F602", 60, "2026-02-03")
    )


def test_a_year_is_matched_and_what_remains_is_the_balance(morel: Company, tmp_path: Path):
    result = bring(morel, year_2025().write(tmp_path))

    assert still_open(morel) == {
        "DUPONT F502": 300, "MARTIN F503": 700, "MARTIN V2": -200, "PETIT F504": 90,
    }  # fmt: skip
    assert result.open_minor == {"EUR": 89_000}
    assert result.control_minor == 89_000
    assert (result.added, result.updated, result.removed) == (6, 0, 0)


def test_what_is_open_in_another_currency_is_no_gap_with_the_accounting(
    morel: Company, tmp_path: Path
):
    fec = (
        Fec(2025)
        .invoice("DUPONT", "F1", 700, "2025-03-10")
        .invoice("SMITH", "F2", 900, "2025-03-11").in_currency(1000)
        .invoice("SMITH", "F3", 450, "2025-03-12", letter="A").in_currency(500)
        .payment("SMITH", "V3", 440, "2025-04-02", letter="A").in_currency(500)
        .payment("SMITH", "ECART", 10, "2025-04-02", letter="A")
    )  # fmt: skip

    result = bring(morel, fec.write(tmp_path))

    assert result.open_minor == {"EUR": 70_000, "USD": 100_000}
    assert (result.control_minor, result.foreign_minor) == (160_000, 90_000)
    assert result.agrees

    following = (
        Fec(2026)
        .opening("DUPONT", 700, ref="F1")
        .opening("SMITH", 900, ref="F2").in_currency(1000)
        .invoice("SMITH", "F4", 90, "2026-02-01").in_currency(100)
    )  # fmt: skip

    result = bring(morel, following.write(tmp_path))

    assert result.open_minor == {"EUR": 70_000, "USD": 110_000}
    assert (result.control_minor, result.foreign_minor) == (169_000, 99_000)
    assert result.agrees


def test_the_same_file_again_changes_nothing(morel: Company, tmp_path: Path):
    path = year_2025().write(tmp_path)
    bring(morel, path)
    before = snapshot(morel)

    again = bring(morel, path)

    assert (again.added, again.updated, again.removed, again.new_customers) == (0, 0, 0, 0)
    assert snapshot(morel) == before


def test_the_same_lines_in_another_order_change_nothing(morel: Company, tmp_path: Path):
    fec = year_2025()
    bring(morel, fec.write(tmp_path))
    before = snapshot(morel)
    fec.rows.reverse()

    again = bring(morel, fec.write(tmp_path))

    assert (again.added, again.updated, again.removed) == (0, 0, 0)
    assert snapshot(morel) == before


def test_saying_what_an_import_would_do_writes_nothing(morel: Company, tmp_path: Path):
    bring(morel, year_2025().write(tmp_path))
    before, syncs = snapshot(morel), LedgerSync.objects.count()
    path = year_2026().write(tmp_path)

    foretold = bring(morel, path, write=False)
    assert snapshot(morel) == before
    assert LedgerSync.objects.count() == syncs
    done = bring(morel, path)

    for name in ("added", "updated", "removed", "open_entries", "open_minor", "new_customers"):
        assert getattr(foretold, name) == getattr(done, name), name


def test_a_longer_export_adds_and_settles(morel: Company, tmp_path: Path):
    bring(morel, Fec(2026).invoice("DUPONT", "F1", 100, "2026-01-05").write(tmp_path))
    longer = (
        Fec(2026)
        .invoice("DUPONT", "F1", 100, "2026-01-05", letter="A")
        .payment("DUPONT", "V1", 100, "2026-02-05", letter="A")
        .invoice("DUPONT", "F2", 40, "2026-02-20")
    )

    result = bring(morel, longer.write(tmp_path))

    assert still_open(morel) == {"DUPONT F2": 40}
    assert (result.added, result.updated, result.removed) == (2, 1, 0)


@pytest.mark.parametrize("removed", ["F501", "F502", "F504"])
def test_a_line_that_left_the_export_counts_for_nothing(
    morel: Company, tmp_path: Path, removed: str
):
    """Even the very first or the very last line of the file."""
    fec = Fec(2025)
    for ref, on in (("F501", "2025-03-10"), ("F502", "2025-06-10"), ("F504", "2025-12-28")):
        fec.invoice("DUPONT" if ref != "F504" else "PETIT", ref, 100, on)
    bring(morel, fec.write(tmp_path))
    fec.rows = [row for row in fec.rows if row["PieceRef"] != removed]

    result = bring(morel, fec.write(tmp_path))

    assert removed not in " ".join(still_open(morel))
    assert len(still_open(morel)) == 2
    assert (result.added, result.updated, result.removed) == (0, 0, 1)


def test_a_changed_amount_replaces_the_line(morel: Company, tmp_path: Path):
    bring(morel, Fec(2026).invoice("DUPONT", "F1", 100, "2026-01-05").write(tmp_path))

    bring(morel, Fec(2026).invoice("DUPONT", "F1", 120, "2026-01-05").write(tmp_path))

    assert still_open(morel) == {"DUPONT F1": 120}


def test_the_next_year_with_its_opening_entries_is_not_counted_twice(
    morel: Company, tmp_path: Path
):
    bring(morel, year_2025().write(tmp_path))

    result = bring(morel, year_2026().write(tmp_path))

    assert still_open(morel) == {
        "MARTIN F503": 700, "MARTIN V2": -200, "DUPONT F601": 400, "LEROY F602": 60,
    }  # fmt: skip
    assert result.open_minor["EUR"] == 96_000  # Petit, whom no opening entry names, owes nothing


def test_two_years_in_either_order_give_the_same_ledger(morel: Company, tmp_path: Path):
    sage = builders.company("Ateliers Sage")
    old, new = year_2025().write(tmp_path), year_2026().write(tmp_path)

    for path in (old, new):
        bring(morel, path)
    for path in (new, old):
        bring(sage, path)

    assert still_open(morel) == still_open(sage)
    states = [
        sorted(
            LedgerEntry.objects.filter(company=company).values_list(
                "source_id", "remaining_minor", "settled_date", "is_counted"
            )
        )
        for company in (morel, sage)
    ]
    assert states[0] == states[1]


def test_an_opening_entry_that_was_replaced_never_comes_back(morel: Company, tmp_path: Path):
    bring(morel, Fec(2025).invoice("DUPONT", "F501", 300, "2025-11-10").write(tmp_path))
    bring(morel, Fec(2026).opening("DUPONT", 250).write(tmp_path))
    bring(morel, Fec(2026).opening("DUPONT", 200).write(tmp_path))

    bring(morel, Fec(2025).invoice("DUPONT", "F501", 300, "2025-11-10").write(tmp_path))

    assert still_open(morel) == {"DUPONT AN-AN1": 200}


def test_an_opening_entry_that_is_right_again_gives_the_detail_back(morel: Company, tmp_path: Path):
    bring(morel, Fec(2025).invoice("DUPONT", "F501", 300, "2025-11-10").write(tmp_path))
    bring(morel, Fec(2026).opening("DUPONT", 250).write(tmp_path))
    assert still_open(morel) == {"DUPONT AN-AN1": 250}

    bring(morel, Fec(2026).opening("DUPONT", 300).write(tmp_path))

    assert still_open(morel) == {"DUPONT F501": 300}


def test_a_line_dated_in_the_wrong_year_does_not_wipe_that_year(morel: Company, tmp_path: Path):
    bring(morel, year_2025().write(tmp_path))
    stray = Fec(2026).invoice("LEROY", "F600", 10, "2025-12-31")
    stray.invoice("LEROY", "F601", 20, "2026-06-30")

    bring(morel, stray.write(tmp_path))

    assert still_open(morel)["PETIT F504"] == 90


def test_a_payment_that_the_bank_sent_back_is_due_at_once(morel: Company, tmp_path: Path):
    bring(
        morel,
        Fec(2026)
        .invoice("DUPONT", "F1", 100, "2026-01-05", letter="A")
        .payment("DUPONT", "V1", 100, "2026-02-05", letter="A")
        .payment("DUPONT", "V1", -100, "2026-02-12")
        .write(tmp_path),
    )

    returned = LedgerEntry.objects.get(kind="rejected_payment")
    assert (returned.remaining_minor, f"{returned.due_date}") == (10_000, "2026-02-12")


def test_another_source_is_left_alone(morel: Company, tmp_path: Path):
    dupont = builders.customer(morel, "Dupont", account_code="DUPONT")
    typed = builders.invoice(
        dupont, euros=1000, remaining=250, due=None, source="entries", match_code="A"
    )

    result = bring(
        morel, Fec(2026).payment("DUPONT", "V1", 250, "2026-01-05", letter="A").write(tmp_path)
    )

    typed.refresh_from_db()
    assert typed.remaining_minor == 25_000
    assert result.open_minor == {"EUR": 0}
