"""Letters as they come out of the press."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from encaisse.messaging.letters.epc import epc_payload
from encaisse.messaging.letters.layout import Layout
from encaisse.messaging.letters.letter import LetterData, fit_address
from encaisse.messaging.letters.press import LetterPress, merge_letters
from encaisse.messaging.rules.rendering import render
from tests.messaging.facts import BANK, facts, row, table
from tests.support.paper import needs_pdftotext, text_of

BODY = "<p>{{ formule_appel }}</p><p>Reste dû :</p><p>{{ tableau }}</p><p>{{ rib }}</p>"


@pytest.fixture(scope="module")
def press() -> LetterPress:
    return LetterPress()


def letter(body: str = BODY, *, rows: int = 1, **changes) -> LetterData:
    entries = table(tuple(row(f"FA-{number}") for number in range(1, rows + 1)), credits=())
    data = facts(entries=entries)
    values = {
        "language": "fr",
        "title": "Rappel – Dupont",
        "letter_date": date(2026, 11, 30),
        "sender_lines": ("Ateliers Morel", "12 rue des Lilas", "69003 Lyon"),
        "recipient_lines": ("DUPONT ET FILS", "14 avenue de la République", "59000 LILLE"),
        "place_and_date": "Lyon, le 30 novembre 2026",
        "reference_lines": ("Nos références : CLI00117",),
        "subject": "Rappel d’échéance",
        "nodes": render("Objet", body, data).nodes,
        "epc_payload": epc_payload(
            holder=BANK.holder,
            iban=BANK.iban,
            currency="EUR",
            amount_minor=data.amount_minor,
            reference=data.reference,
        ),
        "footer": "ATELIERS MOREL SAS au capital de 10 000 € – 732 829 320 RCS Lyon",
        "signature_name": "Jeanne Morel\nComptable",
    }
    return LetterData(**{**values, **changes})


def pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


@pytest.mark.parametrize(("rows", "expected"), [(1, 1), (8, 1), (20, 2), (60, 3)])
def test_the_number_of_pages(press, rows, expected):
    assert pages(press.compile(letter(rows=rows))) == expected


@needs_pdftotext
def test_everything_is_on_the_paper(press):
    text = text_of(press.compile(letter(rows=2, registered=True)))

    for expected in (
        "Ateliers Morel",
        "DUPONT ET FILS",
        "59000 LILLE",
        "Lyon, le 30 novembre 2026",
        "Lettre recommandée avec avis de réception",
        "Nos références : CLI00117",
        "Objet : Rappel d’échéance",
        "FA-2",
        "1 000,00 €",
        "2 000,00 €",
        "FR14 2004 1010",
        "Jeanne Morel",
        "732 829 320 RCS Lyon",
        "Page 1 / 1",
    ):
        assert expected in text


@needs_pdftotext
def test_the_heading_of_the_table_is_repeated_on_each_page(press):
    first, second, _third = text_of(press.compile(letter(rows=60))).split("\f")[:3]

    assert "Reste dû" in first
    assert "N° facture" in second
    assert "Page 2 / 3" in second


@needs_pdftotext
def test_an_english_letter(press):
    data = facts("en", entries=table((row(),), credits=()))
    nodes = render("x", "<p>{{ tableau }}</p>", data).nodes

    text = text_of(press.compile(letter(language="en", nodes=nodes, registered=True)))

    assert "Subject: Rappel" in text
    assert "Balance due" in text
    assert "Registered letter with acknowledgement of receipt" in text


def test_the_same_letter_is_the_same_bytes(press):
    assert press.compile(letter()) == LetterPress().compile(letter())
    assert press.compile(letter()) != press.compile(letter(letter_date=date(2026, 12, 1)))


def test_the_file_is_made_to_be_kept_and_to_be_read_aloud(press):
    with pikepdf.open(BytesIO(press.compile(letter()))) as document:
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Rappel – Dupont"
        assert document.Root.Lang == "fr"
        assert "2026-11-30" in str(metadata["xmp:CreateDate"])


@needs_pdftotext
def test_hostile_text_is_printed_as_it_is(press):
    hostile = '#panic("x") *x* $x$ #read("/etc/passwd") ] } \\ // @a <b>'
    body = "<p>{{ client }}</p><p>" + "W" * 500 + "</p>" + "<blockquote>" * 60 + "fond"
    nodes = render("x", body, facts(client=hostile)).nodes

    pdf = press.compile(letter(nodes=nodes, subject=hostile, footer=hostile, title=hostile))

    text = text_of(pdf)
    assert text.count(hostile) == 3
    assert text.replace("\u200b", "").count("W") == 500
    assert "fond" in text


@needs_pdftotext
def test_a_character_the_font_lacks_is_shown_and_told(press):
    data = letter(subject="Café 漢 😀 e\u0301", recipient_lines=("漢字 SARL", "59000 LILLE"))

    text = text_of(press.compile(data))

    assert "Café � � é" in text
    assert press.warnings(data) == ["Caractères absents de la police, remplacés par � : 字 漢 😀"]
    assert press.warnings(letter()) == []


def test_a_long_address_is_wrapped_then_loses_its_middle():
    lines = ("LA TRÈS GRANDE SOCIÉTÉ NATIONALE DES ÉTABLISSEMENTS DUPONT", "a", "b", "c", "d", "e")

    kept, omitted = fit_address((*lines, "59000 LILLE"))
    assert kept == [
        "LA TRÈS GRANDE SOCIÉTÉ NATIONALE DES", "ÉTABLISSEMENTS DUPONT",
        "a", "b", "c", "d", "e", "59000 LILLE",
    ]  # fmt: skip
    assert omitted == []

    kept, omitted = fit_address((*lines, "f", "g", "59000 LILLE"))
    assert len(kept) == 8
    assert kept[-1] == "59000 LILLE"
    assert omitted == ["d", "e"]


def test_what_the_window_cannot_show_is_told(press):
    lines = tuple(f"ligne {number}" for number in range(10))

    assert press.warnings(letter(recipient_lines=lines)) == [
        "Adresse trop longue pour la fenêtre, lignes omises : ligne 5 / ligne 6"
    ]


def test_the_layout_holds_in_every_variant(press):
    body = (
        "<h3>a</h3><h2>b</h2><h3>c</h3><ul><li>x<ol><li>y</li></ol></li></ul><u>u</u> <i>i</i>"
        "<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>{{ qr_virement }}"
        '<p><a href="https://x.example">lien</a></p>'
    )

    assert pages(press.compile(letter(body, layout=Layout(window="left")))) == 1
    assert pages(press.compile(letter(body, epc_payload=None, signature_name="", footer=""))) == 1
    assert pages(press.compile(letter(nodes=[], sender_lines=(), recipient_lines=()))) == 1


def test_letters_are_merged_in_order(press, tmp_path):
    first, second = press.compile(letter(rows=20)), press.compile(letter())
    kept = tmp_path / "seconde.pdf"
    kept.write_bytes(second)
    out: Path = tmp_path / "tout.pdf"

    merge_letters((pdf for pdf in [first, kept] * 60), out)

    with pikepdf.open(out) as document:
        assert len(document.pages) == 180
        heights = {float(page.mediabox[3]) for page in document.pages}
        assert max(heights) == pytest.approx(841.9, abs=0.1)
