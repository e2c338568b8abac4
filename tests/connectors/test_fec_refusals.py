"""Files that are no FEC: refused in one French sentence, at once and in little memory."""

import tracemalloc
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encaisse.connectors.fec.reader import FecFile
from encaisse.connectors.refusal import FileRefused
from tests.connectors.fec_files import HEADER, invoice, text_of, write

MEGABYTE = 1 << 20


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "est vide"),
        (b"%PDF-1.7\n", "un document PDF"),
        (b"PK\x03\x04" + b"x" * 100, "une archive"),
        (b"\x1f\x8b\x08" + b"x" * 100, "une archive"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "une image"),
        (b"\xff\xd8\xff\xe0" + b"x" * 100, "une image"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un classeur"),
        (b"\x00\x01\x02 binaire", "un fichier binaire"),
        (b"<!DOCTYPE html><html>", "une page web"),
        (b'<?xml version="1.0"?><comptabilite/>', "document XML"),
        (b"Bonjour,\nvoici le fichier demande\n", "aucune des colonnes attendues"),
        (b"\n\n  \n", "ne contient aucune"),
        (text_of([]).encode(), "ne contient aucune"),
        (text_of([]).encode() + b"\r\n\t\t\t\n", "ne contient aucune"),
    ],
)
def test_files_that_are_no_fec(tmp_path: Path, content, message):
    with pytest.raises(FileRefused, match=message):
        FecFile(write(tmp_path, content))


@pytest.mark.parametrize(
    ("absent", "message"),
    [
        ("Debit|Credit|", "il lui manque\u00a0: Debit, Credit"),
        ("CompteNum|", "il lui manque\u00a0: CompteNum"),
        ("JournalCode|", "il lui manque\u00a0: JournalCode"),
    ],
)
def test_missing_columns_are_named(tmp_path: Path, absent, message):
    text = HEADER.replace(absent, "") + "\nVE|x\n"

    with pytest.raises(FileRefused, match=message):
        FecFile(write(tmp_path, text))


def test_a_file_past_the_limit(tmp_path: Path):
    path = write(tmp_path, text_of([invoice()]))

    with pytest.raises(FileRefused, match="dépasse 100\u00a0octets"):
        FecFile(path, max_bytes=100)


@pytest.mark.parametrize(
    "pattern", [b"x" * MEGABYTE, b"JournalCode\t" * 90_000, "é|".encode() * 300_000]
)
def test_an_endless_first_line_is_refused_in_little_memory(tmp_path: Path, pattern):
    path = tmp_path / "fec.txt"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(pattern)

    tracemalloc.start()
    with pytest.raises(FileRefused, match="démesurée"):
        FecFile(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 50 * MEGABYTE


def test_an_endless_line_among_others_is_set_aside_in_little_memory(tmp_path: Path):
    path = tmp_path / "fec.txt"
    header, row = text_of([invoice()]).splitlines()
    with path.open("w") as file:
        file.write(f"{header}\n{row}\n")
        for _ in range(60):
            file.write("\t" * MEGABYTE)
        file.write(f"\n{row}\n")

    tracemalloc.start()
    fec = FecFile(path)
    numbers = [line.line_number for line in fec.lines()]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert numbers == [2, 4]
    assert [(aside.line, aside.reason) for aside in fec.report.set_aside] == [
        (3, "La ligne est démesurée.")
    ]
    assert fec.report.rows == 3
    assert peak < 50 * MEGABYTE


def test_memory_does_not_grow_with_the_file(tmp_path: Path):
    path = tmp_path / "fec.txt"
    with path.open("w") as file:
        file.write(text_of([]))
        for batch in range(60):
            file.write(
                "".join(
                    text_of(
                        [invoice(PieceRef=f"F{batch}-{rank}", Debit=f"{batch * 5000 + rank},10")]
                    ).partition("\n")[2]
                    for rank in range(2_000)
                )
            )

    tracemalloc.start()
    count = sum(1 for _ in FecFile(path).lines())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 120_000
    assert peak < 50 * MEGABYTE


@given(
    st.lists(
        st.lists(
            st.one_of(
                st.text(st.characters(exclude_characters="\x00"), max_size=8),
                st.sampled_from(
                    ["411000", "20260101", "12,50", "-1", '"', "D", "VE", "²", "-", "."]
                ),
            ),
            max_size=24,
        ).map("|".join)
    ).map("\n".join),
    st.sampled_from([HEADER, HEADER.replace("Debit|Credit", "Montant|Sens")]),
)
@settings(max_examples=200, deadline=None)
def test_no_line_however_strange_stops_the_reading(text, header):
    with TemporaryDirectory() as folder:
        path = write(Path(folder), f"{header}\nVE|x\n{text}\n".encode(errors="replace"))
        fec = FecFile(path)
        count = sum(1 for _ in fec.lines())

    report = fec.report
    assert count + report.zero_rows == report.customer_rows
    assert report.set_aside_count + report.customer_rows <= report.rows


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_bytes_however_strange_give_anything_but_a_refusal(content):
    with TemporaryDirectory() as folder:
        path = write(Path(folder), content)
        with pytest.raises(FileRefused):
            FecFile(path)
