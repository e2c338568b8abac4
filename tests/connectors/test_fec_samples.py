"""Published files of real software; the balances were checked by hand from the same files."""

from pathlib import Path

import pytest

from tests.connectors.fec_files import read

SAMPLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "samples" / "fec"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")


@pytest.mark.parametrize(
    ("name", "balance", "rows", "customer_rows"),
    [
        ("neolegal_0000000001FEC20220831.txt", 5_251_724, 5_422, 538),
        ("neolegal_111111111FEC20221231.TXT", 1_441_652, 934, 151),
    ],
)
def test_control_balances(name, balance, rows, customer_rows):
    lines, report = read(SAMPLES / name)

    assert report.control_balance_minor == sum(line.amount_minor for line in lines) == balance
    assert (report.rows, report.customer_rows) == (rows, customer_rows)
    assert report.debit_minor == report.credit_minor
    assert (report.unbalanced_entries, report.set_aside_count) == (0, 0)
    assert report.without_auxiliary == 0


def test_journals_of_a_firm():
    _, report = read(SAMPLES / "neolegal_0000000001FEC20220831.txt")

    assert report.journal_kinds == {
        "ANO": "opening", "VEN": "sales", "CH": "treasury", "CRC": "treasury", "RCH": "treasury",
        "ACH": "misc", "O.I": "misc", "OD": "misc", "PA": "misc",
    }  # fmt: skip


def test_a_dos_file_with_padded_cells():
    lines, report = read(SAMPLES / "neolegal_111111111FEC20221231.TXT")

    assert report.journal_kinds["VE"] == "sales"
    assert report.siren == "111111111"
    assert {line.account for line in lines} == {"41100000"}
    assert not any(line.label.endswith(" ") or line.letter == " " for line in lines)


def test_a_restaurant_whose_customers_are_payment_means():
    _, report = read(SAMPLES / "neolegal_000000000FEC20231231.txt")

    assert report.customers_look_like_payment_means is True
    assert report.unbalanced_entries is None
    assert report.journal_kinds["ve"] == "sales"
