"""IBAN, RIB, creditor reference and transfer code, on the published vectors."""

import re

import pytest
import segno

from encaisse.messaging.letters.epc import epc_payload, epc_svg
from encaisse.messaging.letters.rib import (
    Rib,
    creditor_reference,
    group_iban,
    is_creditor_reference,
    is_valid_iban,
    rib_from_iban,
    rib_key,
)

DUPONT = {"holder": "ATELIER DUPONT SARL", "iban": "FR14 2004 1010 0505 0001 3M02 606"}


def payload(**changes) -> str | None:
    values = {**DUPONT, "currency": "EUR", "amount_minor": 123_456, "reference": "CLI00117"}
    return epc_payload(**{**values, **changes})


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        ("FR14 2004 1010 0505 0001 3M02 606", True),
        ("fr1420041010050500013m02606", True),
        ("FR76 3000 6000 0112 3456 7890 189", True),
        ("BE68 5390 0754 7034", True),
        ("FR14 2004 1010 0505 0001 3M02 607", False),
        ("FR14 2004 1010 0505 0001 3M02 60", False),
        ("", False),
        ("FR14 2004 1010 0505 0001 3M02 60é", False),
    ],
)
def test_the_key_of_an_iban(iban, valid):
    assert is_valid_iban(iban) is valid


def test_an_iban_is_read_in_groups_of_four():
    assert group_iban("FR1420041010050500013M02606").split("\u00a0") == [
        "FR14", "2004", "1010", "0505", "0001", "3M02", "606",
    ]  # fmt: skip


def test_the_rib_of_a_french_account():
    assert rib_from_iban(DUPONT["iban"]) == Rib("20041", "01005", "0500013M026", "06")
    assert rib_from_iban("FR7630006000011234567890189") == Rib(
        "30006", "00001", "12345678901", "89"
    )
    assert rib_key("20041", "01005", "0500013M026") == "06"
    assert rib_key("30006", "00001", "12345678901") == "89"


@pytest.mark.parametrize("iban", ["BE68539007547034", "FR1420041010050500013M02607", ""])
def test_no_rib_for_a_foreign_or_wrong_account(iban):
    assert rib_from_iban(iban) is None


@pytest.mark.parametrize(
    ("reference", "structured"),
    [
        ("539007547034", "RF18539007547034"),
        ("FA20260042", "RF83FA20260042"),
        ("fa-2026 0042", "RF83FA20260042"),
    ],
)
def test_structured_references(reference, structured):
    assert creditor_reference(reference) == structured
    assert is_creditor_reference(structured)
    assert not is_creditor_reference(structured[:-1] + "9")


@pytest.mark.parametrize("reference", ["", "---", "A" * 22])
def test_a_reference_too_long_or_empty_has_no_structured_form(reference):
    with pytest.raises(ValueError, match="1 à 21"):
        creditor_reference(reference)


@pytest.mark.parametrize(
    ("changes", "expected", "size", "code"),
    [
        (
            {"reference": "FA-2026-0042 CLI00117"},
            "BCD\n002\n1\nSCT\n\nATELIER DUPONT SARL\nFR1420041010050500013M02606\nEUR1234.56"
            "\n\n\nFA-2026-0042 CLI00117",
            97,
            "6-M",
        ),
        (
            {"reference": "RF18 5390 0754 7034"},
            "BCD\n002\n1\nSCT\n\nATELIER DUPONT SARL\nFR1420041010050500013M02606\nEUR1234.56"
            "\n\nRF18539007547034",
            91,
            "6-M",
        ),
        (
            {
                "holder": "Société Générale des Eaux & Fils",
                "iban": "FR7630006000011234567890189",
                "amount_minor": 120_000,
                "reference": "Facture n° FA-2026-0042",
            },
            "BCD\n002\n1\nSCT\n\nSociété Générale des Eaux & Fils\nFR7630006000011234567890189"
            "\nEUR1200\n\n\nFacture n° FA-2026-0042",
            114,
            "7-M",
        ),
    ],
)
def test_published_transfer_codes(changes, expected, size, code):
    text = payload(**changes)

    assert text == expected
    assert len(text.encode()) == size
    drawn = segno.make_qr(text.encode(), error="m", mode="byte", boost_error=False)
    assert drawn.designator == code
    side = drawn.symbol_size(border=4)[0]
    assert f'width="{side}" height="{side}"' in epc_svg(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "USD"},
        {"amount_minor": 0},
        {"amount_minor": -1},
        {"amount_minor": 100_000_000_000},
        {"iban": "FR1420041010050500013M02607"},
        {"holder": "  "},
    ],
)
def test_no_code_when_the_standard_forbids_it(changes):
    assert payload(**changes) is None


@pytest.mark.parametrize(
    ("minor", "line"),
    [(1, "EUR0.01"), (50, "EUR0.50"), (120_000, "EUR1200"), (99_999_999_999, "EUR999999999.99")],
)
def test_amounts_of_the_code(minor, line):
    assert payload(amount_minor=minor).split("\n")[7] == line


def test_long_or_many_lined_texts_are_cut_to_the_standard():
    text = payload(holder="É" * 90, reference="ligne 1\nligne 2 " + "é" * 300, bic="psstfrpplyo")

    lines = text.split("\n")
    assert len(lines) == 11
    assert lines[4] == "PSSTFRPPLYO"
    assert lines[5] == "É" * 70
    assert re.fullmatch("ligne 1 ligne 2 é+", lines[10])
    assert len(text.encode()) in (330, 331)
    assert epc_svg(text)
