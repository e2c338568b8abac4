"""Tables in workbooks, and workbooks that must not be opened."""

import resource
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.tables.source import open_table
from tests.connectors.workbooks import (
    write_ods,
    write_ole,
    write_sparse_xlsx,
    write_xls,
    write_xlsx,
    write_zip_bomb,
)

TEXTS = [["Code client", "Raison sociale"], ["C1", "Crèmerie"], ["C2", "Dupont & fils"]]
MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("writer", "name"), [(write_xlsx, "t.xlsx"), (write_ods, "t.ods"), (write_xls, "t.xls")]
)
def test_every_format_gives_the_same_table(tmp_path: Path, writer, name):
    table = open_table(writer(tmp_path / name, TEXTS))

    assert table.headers == TEXTS[0]
    assert list(table.rows()) == [(2, TEXTS[1]), (3, TEXTS[2])]


def test_the_name_of_the_file_does_not_matter(tmp_path: Path):
    assert open_table(write_xlsx(tmp_path / "t.csv", TEXTS)).preview() == TEXTS[1:]


def test_titles_above_the_header_are_left_out(tmp_path: Path):
    rows = [["Liste des clients"], ["Au 31/01/2026", "", "Page 1"], [], *TEXTS]
    table = open_table(write_xlsx(tmp_path / "t.xlsx", rows))

    assert (table.headers, table.header_line) == (TEXTS[0], 4)
    assert [number for number, _ in table.rows()] == [5, 6]


def test_cells_become_plain_texts(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["Code", "Nom", "Date", "Heure", "Montant", "Formule", "Oui", "Vide"])
        page.write_row(1, 0, [411, "a\nb"])
        page.write_datetime(1, 2, date(2026, 1, 14), day)
        page.write_datetime(1, 3, datetime(2026, 1, 14, 10, 5), day)  # noqa: DTZ001
        page.write_number(1, 4, 0.1 + 0.2)
        page.write_formula(1, 5, "=A2+1", None, 412.5)
        page.write_boolean(1, 6, True)
        page.write_number(2, 4, 1719.26)
        page.write_number(3, 4, 1e16)
    table = open_table(path)

    assert table.preview() == [
        ["411", "a\nb", "2026-01-14", "2026-01-14 10:05:00", "0.3", "412.5", "oui", ""],
        ["", "", "", "", "1719.26", "", "", ""],
        ["", "", "", "", "10000000000000000", "", "", ""],
    ]


def test_a_sheet_is_chosen_or_named(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Vide")
        hidden = book.add_worksheet("Cachée")
        hidden.hide()
        for name in ("Clients", "Contacts"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["Code", "Nom"])
            page.write_row(1, 0, [name, "x"])

    chosen, named = open_table(path), open_table(path, sheet="Contacts")

    assert (chosen.sheet, chosen.preview()) == ("Clients", [["Clients", "x"]])
    assert (named.sheet, named.preview()) == ("Contacts", [["Contacts", "x"]])
    assert chosen.sheets == ("Vide", "Clients", "Contacts")


def test_a_sheet_that_does_not_exist(tmp_path: Path):
    with pytest.raises(FileRefused, match="illisible"):
        open_table(write_xlsx(tmp_path / "t.xlsx", TEXTS), sheet="Absente")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "aucune feuille remplie"),
        ([["Code", "Nom"]], "aucune feuille remplie"),
        ([["Code"], ["C1"]], "n’a pas de colonnes"),
        ([[f"c{n}" for n in range(501)], ["x"]], "démesuré"),
        ([["Titre", "x"], ["", ""], ["Code", "Nom"]], "aucune ligne"),
    ],
)
def test_workbooks_without_a_table(tmp_path: Path, rows, message):
    with pytest.raises(FileRefused, match=message):
        open_table(write_xlsx(tmp_path / "t.xlsx", rows))


def test_a_workbook_with_a_password(tmp_path: Path):
    path = write_ole(tmp_path / "t.xlsx", "EncryptedPackage", b"secret")

    with pytest.raises(FileRefused, match="mot de passe"):
        open_table(path)


def test_a_broken_workbook(tmp_path: Path):
    path = write_xlsx(tmp_path / "t.xlsx", TEXTS)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(FileRefused, match="illisible"):
        open_table(path)


def test_an_archive_that_is_no_workbook(tmp_path: Path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("clients.csv", "code;nom\n")

    with pytest.raises(FileRefused, match="est une archive"):
        open_table(path)


@pytest.mark.parametrize("megabytes", [60, 400])
def test_a_zip_bomb_is_refused_unopened(tmp_path: Path, megabytes):
    path = write_zip_bomb(tmp_path / "t.xlsx", megabytes)

    tracemalloc.start()
    with pytest.raises(FileRefused, match="démesuré"):
        open_table(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 50 * MEGABYTE


def test_a_few_cells_that_ask_for_terabytes_only_end_their_own_process(tmp_path: Path):
    path = write_sparse_xlsx(tmp_path / "t.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(FileRefused, match="illisible"):
        open_table(path)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_the_unpacked_copy_goes_away_with_the_table(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table = open_table(write_xlsx(tmp_path / "t.xlsx", TEXTS))
    assert len(list(tmp_path.glob("encaisse-*"))) == 1

    del table

    assert list(tmp_path.glob("encaisse-*")) == []
