"""Tables in text files."""

import tracemalloc
from pathlib import Path

import pytest

from encaisse.connectors.refusal import FileRefused
from encaisse.connectors.tables.source import open_table
from tests.connectors.fec_files import write

MEGABYTE = 1 << 20


@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "cp850", "utf-16"])
@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r"])
def test_separators_encodings_and_line_ends(tmp_path: Path, separator, encoding, eol):
    rows = [["N° de compte", "Raison sociale", "Réglé à"], ["C1", "Crèmerie", "déjà été"]]
    content = eol.join(separator.join(row) for row in rows).encode(encoding)
    table = open_table(write(tmp_path, content))

    assert (table.separator, table.headers) == (separator, rows[0])
    assert list(table.rows()) == [(2, rows[1])]


def test_a_decimal_comma_does_not_pass_for_a_separator(tmp_path: Path):
    table = open_table(write(tmp_path, "Client;Montant\nA, B, C et D;1,5\nE, F;2,5\n"))

    assert table.preview() == [["A, B, C et D", "1,5"], ["E, F", "2,5"]]


def test_quoted_cells_may_hold_anything(tmp_path: Path):
    text = 'Code,Nom,Montant\n1,"Dupont, ""fils""\n2 rue","1719,26"\n2,Petit,3\n'
    table = open_table(write(tmp_path, text))

    assert list(table.rows()) == [
        (2, ["1", 'Dupont, "fils"\n2 rue', "1719,26"]),
        (4, ["2", "Petit", "3"]),
    ]


def test_titles_blank_lines_and_the_separator_hint_are_left_out(tmp_path: Path):
    text = "sep=;\nClients au 31/01/2026\n\nCode; Nom ;;\n;;;\n C1 ; Dupont \n\nC2;Petit;;\n"
    table = open_table(write(tmp_path, text))

    assert (table.headers, table.header_line) == (["Code", "Nom"], 4)
    assert list(table.rows()) == [(6, ["C1", "Dupont"]), (8, ["C2", "Petit"])]


def test_columns_with_unknown_names(tmp_path: Path):
    table = open_table(write(tmp_path, "sep=;\nzig;zag\n1;2\n"))

    assert (table.headers, table.preview()) == (["zig", "zag"], [["1", "2"]])


def test_short_rows_are_filled_and_long_ones_kept_long(tmp_path: Path):
    table = open_table(write(tmp_path, "Code;Nom;Ville\nC1\nC2;Dupont;Lyon;69\n"))

    assert table.preview() == [["C1", "", ""], ["C2", "Dupont", "Lyon", "69"]]


def test_a_preview_stops_at_ten_rows(tmp_path: Path):
    table = open_table(write(tmp_path, "Code;Nom\n" + "C;N\n" * 30))

    assert len(table.preview()) == 10
    assert len(table.preview(3)) == 3


def test_the_fingerprint_follows_the_names_of_the_columns_only(tmp_path: Path):
    same = [
        open_table(write(tmp_path, text, name=f"{rank}.csv")).fingerprint
        for rank, text in enumerate(["Code;Échéance\n1;2\n", "CODE ,echeance\n3,4\n5,6\n"])
    ]
    other = open_table(write(tmp_path, "Echeance;Code\n1;2\n")).fingerprint

    assert same[0] == same[1] != other


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "est vide"),
        (b"Code;Nom\n", "aucune ligne"),
        (b"\n\n", "n’a pas de colonnes"),
        (b"Code\nC1\n", "n’a pas de colonnes"),
        (b";".join([b"x"] * 501) + b"\n1;2\n", "plus de 500 colonnes"),
        (b"%PDF-1.7", "un document PDF"),
        (b"<html><table>", "une page web"),
        (b"\x89PNG\r\n\x1a\n", "une image"),
        (b"Code;Nom\n" + b"x" * (3 * MEGABYTE) + b"\n", "La ligne 2 est démesurée"),
        (b'Code;Nom\nC1;"Dupont\n' + b"C2;Petit\n" * 200, "guillemet ouvert à la ligne 2"),
        (b'Code;Nom\nC1;"' + b"x" * 200_000 + b"\n", "guillemet ouvert à la ligne 2"),
    ],
)
def test_files_that_are_no_table(tmp_path: Path, content, message):
    with pytest.raises(FileRefused, match=message):
        list(open_table(write(tmp_path, content)).rows())


def test_memory_does_not_grow_with_the_file(tmp_path: Path):
    path = tmp_path / "t.csv"
    with path.open("w") as file:
        file.write("Code;Nom;Adresse\n")
        for _ in range(60):
            file.write(f"C1;Dupont;{'x' * 500}\n" * 2_000)

    tracemalloc.start()
    count = sum(1 for _ in open_table(path).rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 120_000
    assert peak < 50 * MEGABYTE
