"""Exports as a French spreadsheet opens them."""

import re
import zipfile
from datetime import date

from python_calamine import CalamineWorkbook

from encaisse.web.exports import Money, csv_lines, export_response, xlsx_file

TITLES = ["Client", "Montant", "Le", "Niveau"]
ROWS = [
    ["Dupont ; Fils", Money(123456, "EUR"), date(2026, 1, 31), 2],
    ["=1+1", Money(-50, "EUR"), None, None],
    ["@cmd", Money(980000, "XOF"), date(2026, 2, 1), 0],
    ["-2+3", Money(1500, "TND"), None, None],
]


def csv_text() -> str:
    return b"".join(csv_lines(TITLES, ROWS)).decode("utf-8-sig")


def test_a_csv_is_read_by_a_french_spreadsheet():
    assert csv_text().splitlines()[:2] == [
        "Client;Montant;Le;Niveau",
        '"Dupont ; Fils";1234,56;31/01/2026;2',
    ]


def test_a_csv_begins_with_the_mark_of_utf8():
    assert next(csv_lines(TITLES, ROWS)).startswith(b"\xef\xbb\xbf")


def test_a_text_that_looks_like_a_formula_is_disarmed_and_an_amount_is_not():
    lines = csv_text().splitlines()

    assert lines[2] == "'=1+1;-0,50;;"
    assert lines[3] == "'@cmd;980000;01/02/2026;0"
    assert lines[4] == "'-2+3;1,500;;"


def test_a_long_csv_comes_in_pieces_and_loses_nothing():
    pieces = list(csv_lines(["N"], ([number] for number in range(1200))))

    assert len(pieces) > 2
    assert len(b"".join(pieces).splitlines()) == 1201


def test_a_workbook_holds_numbers_days_and_texts():
    with xlsx_file(TITLES, ROWS) as file:
        rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()

    assert rows[0] == TITLES
    assert rows[1] == ["Dupont ; Fils", 1234.56, date(2026, 1, 31), 2]
    assert rows[2][:2] == ["=1+1", -0.5]
    assert rows[3][1] == 980000


def test_the_answer_is_a_file_to_download():
    response = export_response("csv", name="clients", titles=TITLES, rows=ROWS)

    assert response["Content-Disposition"] == 'attachment; filename="clients.csv"'
    assert b"".join(response).startswith(b"\xef\xbb\xbfClient")


def test_a_workbook_says_on_a_second_sheet_what_the_list_was():
    about = [("Société", "Ateliers Morel"), ("Filtre", "=1+1")]
    with xlsx_file(TITLES, ROWS, about=about) as file:
        book = CalamineWorkbook.from_filelike(file)

    assert book.sheet_names == ["Liste", "Filtres"]
    assert book.get_sheet_by_index(1).to_python() == [list(pair) for pair in about]


def test_a_workbook_filters_stays_in_sight_and_is_as_wide_as_what_it_holds():
    with xlsx_file(TITLES, [["x" * 30, *row[1:]] for row in ROWS]) as file:
        sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()

    assert '<autoFilter ref="A1:D5"/>' in sheet
    assert 'state="frozen"' in sheet
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert widths[0] > widths[1] > widths[2]
