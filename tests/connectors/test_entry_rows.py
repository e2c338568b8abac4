"""Entries read from tables: grand livre, échéancier, list of open items."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.connectors.refusal import shortened
from encaisse.connectors.tables.mapping import FIELDS_ENTRIES, guess_mapping
from encaisse.connectors.tables.rows import EntryRow, SetAside, read_entries
from encaisse.connectors.tables.source import open_table
from tests.connectors.fec_files import plain, write


def entries(tmp_path: Path, text: str, *, base_currency: str = "EUR"):
    table = open_table(write(tmp_path, text))
    mapping = guess_mapping(table.headers, FIELDS_ENTRIES)
    return list(read_entries(table, mapping, base_currency=base_currency))


def entry(tmp_path: Path, **cells: str) -> EntryRow | SetAside:
    """The only row of a table with these columns."""
    cells = {"Compte": "C1", "Pièce": "FA1", "Date": "14/01/2026"} | cells
    (row,) = entries(tmp_path, "\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n")
    return row


def test_a_complete_entry(tmp_path: Path):
    row = entry(
        tmp_path, **{
            "Raison sociale": "Dupont", "Échéance": "13/02/2026", "Libellé": "Vente",
            "Montant": "1 200,00 €", "Reste dû": "200,00", "Devise": "EUR", "Lettrage": "a",
            "Date lettrage": "2026-02-01", "Mode": "VIR", "Journal": "VE", "Id": "7",
            "Type": "Facture", "Libre 1": "chantier", "Libre 2": "x", "Libre 3": "y",
        }
    )  # fmt: skip

    assert row == EntryRow(
        line=2, customer_code="C1", customer_name="Dupont", document_number="FA1",
        document_date=date(2026, 1, 14), due_date=date(2026, 2, 13), label="Vente",
        amount_minor=120_000, remaining_minor=20_000, currency="EUR", letter="a",
        letter_date=date(2026, 2, 1), payment_method="VIR", journal="VE", source_id="7",
        kind="invoice", warnings=(), free=("chantier", "x", "y"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"Débit": "1200,00", "Crédit": ""}, 120_000),
        ({"Débit": "0,00", "Crédit": "1200,00"}, -120_000),
        ({"Débit": "-1200,00", "Crédit": "0"}, -120_000),
        ({"Montant": "-12,00"}, -1_200),
        ({"Montant": "12,00-"}, -1_200),
        ({"Montant": "(12,00)"}, -1_200),
        ({"Montant": "1719.26"}, 171_926),
        ({"Montant": "12,00", "Sens": "C"}, -1_200),
        ({"Montant": "12,00", "Sens": "D"}, 1_200),
        ({"Montant": "-12,00", "Sens": "Crédit"}, 1_200),
        ({"Montant": "12,00", "Type": "Avoir"}, -1_200),
        ({"Montant": "-12,00", "Type": "Avoir"}, -1_200),
        ({"Montant": "12,00", "Type": "Règlement"}, -1_200),
        ({"Montant": "-12,00", "Type": "Facture"}, -1_200),
        ({"Reste dû": "12,00"}, 1_200),
        ({"Reste dû": "12,00", "Type": "Avoir"}, -1_200),
        ({"Montant": "1200", "Devise": "XOF"}, 1_200),
    ],
)
def test_amounts(tmp_path: Path, cells, expected):
    row = entry(tmp_path, **cells)

    assert isinstance(row, EntryRow)
    assert row.amount_minor == expected


@pytest.mark.parametrize(
    ("amount", "remaining", "expected", "warned"),
    [
        ("100,00", "40,00", 4_000, False),
        ("-100,00", "40,00", -4_000, False),
        ("100,00", "0,00", 0, False),
        ("100,00", "", None, False),
        ("100,00", "100,01", None, True),
    ],
)
def test_what_remains_has_the_sign_of_the_amount(
    tmp_path: Path, amount, remaining, expected, warned
):
    row = entry(tmp_path, **{"Montant": amount, "Reste dû": remaining})

    assert isinstance(row, EntryRow)
    assert row.remaining_minor == expected
    assert bool(row.warnings) == warned


@pytest.mark.parametrize("written", ["14/01/2026", "2026-01-14", "20260114", "46036", "14.01.26"])
def test_dates_serial_numbers_included(tmp_path: Path, written):
    row = entry(tmp_path, Date=written, Montant="1")

    assert isinstance(row, EntryRow)
    assert row.document_date == date(2026, 1, 14)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"Compte": ""}, "Le code client est vide."),
        ({"Date": ""}, "La date de la pièce est vide."),
        ({"Date": "demain"}, "« demain » n’est pas une date."),
        ({"Date": "01/01/1898"}, "« 01/01/1898 » n’est pas une date plausible."),
        ({"Montant": "douze"}, "« douze » n’est pas un montant."),
        ({"Montant": "9" * 20}, f"« {'9' * 20} » est trop grand."),
        ({"Montant": ""}, "Le montant est vide."),
        ({"Montant": "0,00"}, "Le montant est nul."),
        ({"Sens": "1"}, "Le sens « 1 » n’est ni D ni C."),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside(tmp_path: Path, cells, reason):
    row = entry(tmp_path, **{"Montant": "12,00"} | cells)

    assert isinstance(row, SetAside)
    assert (row.line, plain(row.reason)) == (2, reason)


def test_a_reason_stays_short_whatever_the_cell():
    assert len(shortened("x" * 1_000_000)) == 200


def test_what_is_not_essential_only_warns(tmp_path: Path):
    row = entry(tmp_path, **{"Pièce": "", "Montant": "12,00", "Échéance": "bientôt"})

    assert isinstance(row, EntryRow)
    assert (row.due_date, row.document_number) == (None, "")
    assert [plain(warning) for warning in row.warnings] == [
        "La pièce n’a pas de numéro.",
        "« bientôt » n’est pas une date.",
    ]


def test_a_printed_ledger(tmp_path: Path):
    rows = entries(
        tmp_path,
        "Grand livre;;;;;\n"
        "Compte;Intitulé;Date;Pièce;Débit;Crédit\n"
        "411DUPONT;Dupont SARL;;;;\n"
        ";;14/01/2026;FA1;1200,00;\n"
        ";;10/02/2026;VIR;;1200,00\n"
        "Total 411DUPONT;;;;1200,00;1200,00\n"
        "Compte;Intitulé;Date;Pièce;Débit;Crédit\n"
        "411PETIT;Petit;15/01/2026;FA2;50,00;\n"
        ";;16/01/2026;FA3;60,00;\n"
        "Solde;;;;110,00;\n"
        ";;17/01/2026;FA4;70,00;\n",
    )

    read = [row for row in rows if isinstance(row, EntryRow)]
    assert [(row.line, row.customer_code, row.customer_name) for row in read] == [
        (4, "411DUPONT", "Dupont SARL"),
        (5, "411DUPONT", "Dupont SARL"),
        (8, "411PETIT", "Petit"),
        (9, "411PETIT", "Petit"),
    ]
    assert [row.amount_minor for row in read] == [120_000, -120_000, 5_000, 6_000]
    assert [row for row in rows if isinstance(row, SetAside)] == [
        SetAside(11, "Le code client est vide.")
    ]


def test_another_base_currency(tmp_path: Path):
    text = "Compte;Pièce;Date;Montant\nC1;F1;14/01/2026;12,345\n"
    (row,) = entries(tmp_path, text, base_currency="TND")

    assert isinstance(row, EntryRow)
    assert (row.amount_minor, row.currency) == (12_345, "TND")
