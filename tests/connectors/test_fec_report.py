"""The controls shown after reading a FEC."""

from pathlib import Path

import pytest

from encaisse.connectors.fec.report import SET_ASIDE_SHOWN
from tests.connectors.fec_files import SALE, invoice, payment, plain, read, text_of, write

BANK = {"CompteNum": "512000", "CompteLib": "Banque", "CompAuxNum": "", "CompAuxLib": ""}


def report_of(tmp_path: Path, rows, *, name: str = "fec.txt"):
    return read(write(tmp_path, text_of(rows), name=name))[1]


def test_totals_and_control_balance(tmp_path: Path):
    rows = [
        invoice(),
        SALE,
        payment(Credit="1000,00"),
        payment(Debit="1000,00", Credit="0,00", **BANK),
        invoice(EcritureNum="3", CompteNum="416000", Debit="50,00"),
        invoice(EcritureNum="3", CompteNum="411000", Debit="-50,00"),
    ]
    report = report_of(tmp_path, rows)

    assert (report.debit_minor, report.credit_minor) == (220_000, 220_000)
    assert report.control_balance_minor == 20_000
    assert report.balance_by_account_prefix == {"411": 15_000, "413": 0, "416": 5_000, "4191": 0}
    assert report.unbalanced_entries == 0
    assert (report.first_date, report.last_date) == ("2026-01-15", "2026-02-10")


def test_entries_that_do_not_balance_are_counted(tmp_path: Path):
    rows = [invoice(), SALE | {"Credit": "1199,99"}, payment(), payment(EcritureNum="3")]

    assert report_of(tmp_path, rows).unbalanced_entries == 3


def test_an_entry_whose_lines_are_apart_still_balances(tmp_path: Path):
    other = {"EcritureNum": "2"}

    rows = [invoice(), invoice(**other), SALE, SALE | other]
    assert report_of(tmp_path, rows).unbalanced_entries == 0


def test_one_number_for_all_entries_tells_nothing_of_their_balance(tmp_path: Path):
    rows = [invoice(EcritureNum="0"), payment(EcritureNum="0")]

    assert report_of(tmp_path, rows).unbalanced_entries is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"Debit": "douze"}, "« douze » n’est pas un montant."),
        ({"Debit": "9" * 20}, f"« {'9' * 20} » est trop grand."),
        ({"EcritureDate": "20261340"}, "« 20261340 » n’est pas une date."),
        ({"EcritureDate": ""}, "La date comptable est vide."),
        ({"EcritureDate": "01/01/1898"}, "« 01/01/1898 » n’est pas une date plausible."),
        ({"CompteNum": " "}, "Le numéro de compte est vide."),
    ],
)
def test_a_line_that_cannot_be_read_is_set_aside(tmp_path: Path, change, reason):
    lines, report = read(write(tmp_path, text_of([invoice(), invoice(**change), invoice()])))

    assert [line.line_number for line in lines] == [2, 4]
    assert [(aside.line, plain(aside.reason)) for aside in report.set_aside] == [(3, reason)]
    assert (report.rows, report.set_aside_count) == (3, 1)


def test_lines_cut_short_or_with_too_many_cells_are_set_aside(tmp_path: Path):
    header, row = text_of([invoice()]).splitlines()
    short = "\t".join(row.split("\t")[:9])
    _, report = read(write(tmp_path, f"{header}\n{short}\n{row}\n{row}\tde\ttrop\n"))

    assert [(aside.line, aside.reason) for aside in report.set_aside] == [
        (2, "La ligne a 9 colonnes au lieu de 18."),
        (4, "La ligne a 20 colonnes au lieu de 18."),
    ]


def test_a_wrong_direction_is_set_aside(tmp_path: Path):
    text = text_of([invoice(Debit="12,00", Credit="Z")])
    _, report = read(write(tmp_path, text.replace("Debit\tCredit", "Montant\tSens")))

    assert plain(report.set_aside[0].reason) == "Le sens « Z » n’est ni D ni C."


def test_a_truncated_last_line_is_set_aside_with_a_warning(tmp_path: Path):
    text = text_of([invoice(), invoice()])
    lines, report = read(write(tmp_path, text[: text.rindex("0,00")]))

    assert len(lines) == 1
    assert report.set_aside[0].line == 3
    assert "La dernière ligne est coupée" in report.warnings[0]


def test_a_complete_last_line_needs_no_line_end(tmp_path: Path):
    lines, report = read(write(tmp_path, text_of([invoice(), invoice()]).rstrip("\n")))

    assert len(lines) == 2
    assert report.warnings == []


def test_reasons_are_kept_for_the_first_thousand_lines_only(tmp_path: Path):
    report = report_of(tmp_path, [invoice(Debit="x")] * (SET_ASIDE_SHOWN + 5) + [invoice()])

    assert len(report.set_aside) == SET_ASIDE_SHOWN
    assert report.set_aside_count == SET_ASIDE_SHOWN + 5


def test_lines_of_zero_are_counted_and_not_given(tmp_path: Path):
    lines, report = read(write(tmp_path, text_of([invoice(Debit="0,00"), invoice()])))

    assert len(lines) == 1
    assert (report.zero_rows, report.customer_rows, report.set_aside_count) == (1, 2, 0)


def test_kinds_of_journals(tmp_path: Path):
    opening = {"JournalCode": "AN", "JournalLib": "A nouveaux", "EcritureDate": "20260101"}
    misc = {"JournalCode": "OD", "JournalLib": "Opérations diverses", "EcritureNum": "4"}
    payroll = misc | {"EcritureNum": "5", "CompteNum": "641000"}
    rows = [
        invoice(**opening), SALE | opening | {"CompteNum": "120000"},
        invoice(), SALE,
        payment(), payment(**BANK),
        invoice(**misc), payment(**misc), SALE | payroll, SALE | payroll | {"CompteNum": "758000"},
    ]  # fmt: skip

    assert report_of(tmp_path, rows).journal_kinds == {
        "AN": "opening", "VE": "sales", "BQ": "treasury", "OD": "misc",
    }  # fmt: skip


def test_a_journal_an_all_along_the_year_is_not_the_opening(tmp_path: Path):
    purchases = {"JournalCode": "AN", "JournalLib": "Achats nationaux", "CompteNum": "401000"}
    rows = [invoice(**purchases), invoice(**purchases, EcritureDate="20260320")]

    assert report_of(tmp_path, rows).journal_kinds == {"AN": "misc"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("123456789FEC20261231.txt", ("123456789", "2026-12-31")),
        ("export_0000000001fec20220831.TXT", ("", "2022-08-31")),
        ("fec.txt", ("", "")),
    ],
)
def test_the_name_of_the_file_tells_company_and_closing(tmp_path: Path, name, expected):
    report = report_of(tmp_path, [invoice()], name=name)

    assert (report.siren, report.closing_date) == expected


def test_takings_are_not_customers(tmp_path: Path):
    takings = [
        invoice(CompAuxNum=name[:4], CompAuxLib=name)
        for name in ("RECETTE CB", "RECETTES ESPÈCES", "CHÈQUES", "Dupont")
    ]

    assert report_of(tmp_path, takings).customers_look_like_payment_means is True
    assert report_of(tmp_path, takings[2:]).customers_look_like_payment_means is False
