"""Customers and contacts read from tables."""

from pathlib import Path

import pytest

from encaisse.connectors.tables.mapping import FIELDS_CONTACTS, FIELDS_CUSTOMERS, guess_mapping
from encaisse.connectors.tables.rows import (
    ContactRow,
    CustomerRow,
    SetAside,
    read_contacts,
    read_customers,
)
from encaisse.connectors.tables.source import open_table
from tests.connectors.fec_files import plain, write


def customers(tmp_path: Path, text: str) -> list[CustomerRow | SetAside]:
    table = open_table(write(tmp_path, text))
    return list(read_customers(table, guess_mapping(table.headers, FIELDS_CUSTOMERS)))


def contacts(tmp_path: Path, text: str) -> list[ContactRow | SetAside]:
    table = open_table(write(tmp_path, text))
    return list(read_contacts(table, guess_mapping(table.headers, FIELDS_CONTACTS)))


def customer(tmp_path: Path, **cells: str) -> CustomerRow:
    """The only row of a table with these columns."""
    cells = {"Code": "C1", "Nom": "Dupont"} | cells
    (row,) = customers(tmp_path, "\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n")
    assert isinstance(row, CustomerRow)
    return row


def test_a_complete_customer(tmp_path: Path):
    row = customer(
        tmp_path, **{
            "Email": "Compta@Dupont.fr", "Téléphone": "04 78 00 00 00", "CP": "69001",
            "Ville": "Lyon", "SIREN": "732 829 320", "N° TVA": "FR44 732 829 320",
            "Conditions de règlement": "30 jours fin de mois", "Langue": "Français",
            "Devise": "€", "Plafond": "10 000,00",
        }
    )  # fmt: skip

    assert (row.line, row.code, row.name, row.emails) == (2, "C1", "Dupont", ("compta@dupont.fr",))
    assert (row.phone, row.postal_code, row.city) == ("04 78 00 00 00", "69001", "Lyon")
    assert (row.siren, row.vat_number) == ("732829320", "FR44732829320")
    assert (row.payment_terms, row.language) == ("30 jours fin de mois", "fr")
    assert (row.currency, row.credit_limit_minor) == ("EUR", 1_000_000)
    assert row.warnings == ()


@pytest.mark.parametrize("header", ["Conditions", "Conditions de règlement", "Délai"])
def test_payment_terms_have_many_names(tmp_path: Path, header: str):
    assert customer(tmp_path, **{header: "45 jours"}).payment_terms == "45 jours"


@pytest.mark.parametrize(
    ("written", "good", "warned"),
    [
        ("A@B.fr; c@d.com", ("a@b.fr", "c@d.com"), 0),
        ("a@b.fr,c@d.com / ", ("a@b.fr", "c@d.com"), 1),
        ("Marie Petit <marie@petit.fr>", ("marie@petit.fr",), 0),
        ("mailto:a@b.fr", ("a@b.fr",), 0),
        ("a@b.fr;A@B.FR", ("a@b.fr",), 0),
        ("a@b", (), 1),
        ("a@@b.fr", (), 1),
        ("é@b.fr", (), 1),
        ("a..b@c.fr", (), 1),
        ("a@-b.fr", (), 1),
        ("aucun", (), 1),
        (f"{'a' * 60}@{'b.' * 120}fr", (), 1),
        ("", (), 0),
    ],
)
def test_emails(tmp_path: Path, written, good, warned):
    row = customer(tmp_path, **{"E-mail": written})

    assert row.emails == good
    assert len(row.warnings) == warned


def test_a_wrong_email_is_told(tmp_path: Path):
    (warning,) = customer(tmp_path, Mail="dupont@").warnings

    assert plain(warning) == "« dupont@ » n’est pas une adresse e-mail."


@pytest.mark.parametrize(
    ("cells", "expected", "warning"),
    [
        ({"SIREN": "732829320"}, ("732829320", "", ""), ""),
        ({"SIREN": "732829321"}, ("732829321", "", ""), "n’est pas un SIREN valable"),
        ({"SIRET": "732 829 320 00074"}, ("732829320", "73282932000074", ""), ""),
        ({"SIREN": "73282932000074"}, ("732829320", "73282932000074", ""), ""),
        ({"SIRET": "123"}, ("", "123", ""), "n’est pas un SIRET valable"),
        ({"N° TVA": "fr44732829320"}, ("732829320", "", "FR44732829320"), ""),
        ({"N° TVA": "FR00732829320"}, ("732829320", "", "FR00732829320"), "numéro de TVA"),
        ({"N° TVA": "BE 0403.170.701"}, ("", "", "BE0403170701"), ""),
        ({"N° TVA": "XX12"}, ("", "", "XX12"), "numéro de TVA"),
    ],
)
def test_identifiers_are_checked_and_kept(tmp_path: Path, cells, expected, warning):
    row = customer(tmp_path, **cells)

    assert (row.siren, row.siret, row.vat_number) == expected
    assert warning in " ".join(row.warnings)
    assert bool(row.warnings) == bool(warning)


@pytest.mark.parametrize(
    ("cells", "phone", "postal_code"),
    [
        ({"Tél": "478000000", "CP": "1000"}, "0478000000", "01000"),
        ({"Tél": "478000000", "CP": "1000", "Pays": "Belgique"}, "478000000", "1000"),
        ({"Tél": "+33 4 78 00 00 00", "CP": "2A004"}, "+33 4 78 00 00 00", "2A004"),
    ],
)
def test_the_zero_that_workbooks_drop(tmp_path: Path, cells, phone, postal_code):
    row = customer(tmp_path, **cells)

    assert (row.phone, row.postal_code) == (phone, postal_code)


def test_a_wrong_limit_is_left_out_with_a_warning(tmp_path: Path):
    row = customer(tmp_path, Plafond="illimité")

    assert row.credit_limit_minor is None
    assert [plain(warning) for warning in row.warnings] == ["« illimité » n’est pas un montant."]


def test_a_customer_without_a_name_bears_its_code(tmp_path: Path):
    row = customer(tmp_path, Nom="", Ville="Lyon")

    assert row.name == "C1"
    assert [plain(warning) for warning in row.warnings] == [
        "Le nom est vide : le code client le remplace."
    ]


def test_rows_that_are_no_customer(tmp_path: Path):
    text = (
        "Code;Nom;Ville\n;Sans code;Lyon\nTOTAL;TotalEnergies;Nanterre\n\nCode;Nom;Ville\n"
        "C1;Dupont;Lyon;trop\nTotal : 2 clients;;\n"
    )
    rows = customers(tmp_path, text)

    assert [row.name for row in rows if isinstance(row, CustomerRow)] == ["TotalEnergies"]
    assert [row for row in rows if isinstance(row, SetAside)] == [
        SetAside(2, "Le code client est vide."),
        SetAside(6, "La ligne a 4 colonnes au lieu de 3."),
    ]


def test_contacts(tmp_path: Path):
    rows = contacts(
        tmp_path,
        "Code;Nom;Fonction;Mail;Tél;Langue\n"
        "C1;Marie Petit;Comptable;marie@petit.fr;478000000;EN\n"
        "C1;;;compta@petit.fr;;\n"
        ";Sans client;;x@y.fr;;\n"
        "C2;;;pas une adresse;;\n"
        "Total;;;;;\n",
    )

    assert rows[0] == ContactRow(
        2, "C1", "Marie Petit", "Comptable", ("marie@petit.fr",), "0478000000", "", "en", ()
    )
    assert isinstance(rows[1], ContactRow)
    assert rows[1].emails == ("compta@petit.fr",)
    assert [row.line for row in rows if isinstance(row, SetAside)] == [4, 5]
    assert len(rows) == 4
