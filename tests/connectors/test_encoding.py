"""The ladder of encodings, on words every accounting file holds."""

from pathlib import Path

import pytest

from encaisse.connectors.encoding import BLOCK_BYTES, decoded_blocks, detect_encoding

WORDS = "Règlement reçu à Évreux, forêt n° 12, déjà réglé\n"


@pytest.mark.parametrize(
    ("written_in", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("cp1252", "cp1252"),
        ("latin-1", "cp1252"),
        ("cp850", "cp850"),
    ],
)
def test_words_are_read_back_with_the_encoding_found(tmp_path: Path, written_in, expected):
    path = tmp_path / "words.txt"
    path.write_bytes(WORDS.encode(written_in))

    encoding = detect_encoding(path)

    assert encoding.name == expected
    assert encoding.samples == (WORDS.strip(),)
    assert "".join(text for text, _ in decoded_blocks(path, encoding.name)) == WORDS


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"C\xbdur de b\xbduf", "Cœur de bœuf"),  # ISO-8859-15
        (b"\xe9t\xe9 100 \xa4", "été 100 €"),  # ISO-8859-15
        (b"\xe9t\xe9 100 \x80 l\x92an", "été 100 € l’an"),  # Windows 1252
        (b"l\x92an 100 \xa4", "l’an 100 €"),  # both at once: the euro stays a euro
        (b"N\xf8 12 FACTURE", "N° 12 FACTURE"),  # code page 850
        (b"R\x90GLEMENT", "RÉGLEMENT"),  # code page 850, capitals
    ],
)
def test_the_signs_that_tell_old_encodings_apart(tmp_path: Path, content, expected):
    path = tmp_path / "words.txt"
    path.write_bytes(content)

    name = detect_encoding(path).name

    assert "".join(text for text, _ in decoded_blocks(path, name)) == expected


def test_ascii_needs_no_confirmation(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_bytes(b"FACTURE\n" * 10)

    assert detect_encoding(path).samples == ()
    assert detect_encoding(path).name == "utf-8"


def test_five_different_samples_are_shown_each_once(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_text("\n".join(f"ligne\n{'é' * (i % 7 + 1)} {i % 7}" for i in range(100)), "utf-8")

    samples = detect_encoding(path).samples

    assert samples == ("é 0", "éé 1", "ééé 2", "éééé 3", "ééééé 4")


def test_the_first_byte_that_is_not_utf8_may_be_far(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_bytes(b"x" * BLOCK_BYTES + b"\nr\xe9gl\xe9\n")

    assert detect_encoding(path).name == "cp1252"
    assert detect_encoding(path).samples == ("réglé",)


def test_a_file_cut_inside_a_character_stays_utf8(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_bytes("réglé".encode()[:-1])

    assert detect_encoding(path).name == "utf-8"


def test_a_character_across_two_blocks_is_read(tmp_path: Path):
    path = tmp_path / "words.txt"
    path.write_bytes(b"x" * (BLOCK_BYTES - 1) + "é".encode())

    assert "".join(text for text, _ in decoded_blocks(path, "utf-8")).endswith("xé")
