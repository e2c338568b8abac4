"""Columns recognised by their usual names."""

import pytest

from encaisse.connectors.tables.mapping import (
    FIELDS_CONTACTS,
    FIELDS_CUSTOMERS,
    FIELDS_ENTRIES,
    guess_mapping,
    is_known_header,
    missing_fields,
    normalised,
)


def guessed(headers: str, fields) -> dict[str, str]:
    """Field → header, for the fields that found one."""
    names = headers.split(" | ")
    mapping = guess_mapping(names, fields)
    return {field: names[place] for field, place in mapping.items() if place is not None}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("N° de compte", "n compte"),
        ("Numéro de Compte :", "n compte"),
        ("Nº compte", "n compte"),
        ("Date d’échéance", "date echeance"),
        ("DATE ECHEANCE", "date echeance"),
        ("Mode de règlement", "mode reglement"),
        ("La", "la"),
    ],
)
def test_column_names_compare_without_their_dress(header, expected):
    assert normalised(header) == expected


def test_a_list_of_customers():
    headers = (
        "Code client | Intitulé | Adresse | Complément | CP | Ville | Pays | N° Siret"
        " | TVA intracommunautaire | Tél. | Portable | E-mail | Interlocuteur | Représentant"
        " | Conditions de paiement | Mode de paiement | Encours autorisé | Remarque"
    )
    assert guessed(headers, FIELDS_CUSTOMERS) == {
        "code": "Code client", "name": "Intitulé", "address1": "Adresse",
        "address2": "Complément", "postal_code": "CP", "city": "Ville", "country": "Pays",
        "siret": "N° Siret", "vat_number": "TVA intracommunautaire", "phone": "Tél.",
        "mobile": "Portable", "email": "E-mail", "contact_name": "Interlocuteur",
        "sales_rep": "Représentant", "payment_terms": "Conditions de paiement",
        "payment_method": "Mode de paiement", "credit_limit": "Encours autorisé",
    }  # fmt: skip


def test_a_list_of_contacts():
    assert guessed("Compte | Contact | Fonction | Mail | Téléphone", FIELDS_CONTACTS) == {
        "customer_code": "Compte", "name": "Contact", "role": "Fonction", "email": "Mail",
        "phone": "Téléphone",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            "Compte | Intitulé | Jal | Date | N° pièce | Libellé | Échéance | Débit | Crédit | Let",
            {"customer_code": "Compte", "customer_name": "Intitulé", "journal": "Jal",
             "document_date": "Date", "document_number": "N° pièce", "label": "Libellé",
             "due_date": "Échéance", "debit": "Débit", "credit": "Crédit", "letter": "Let"},
        ),
        (
            "Client | Code | Facture | Date facture | Date d'échéance | Montant TTC (€) | Solde dû",
            {"customer_code": "Code", "customer_name": "Client", "document_number": "Facture",
             "document_date": "Date facture", "due_date": "Date d'échéance",
             "amount": "Montant TTC (€)", "remaining": "Solde dû"},
        ),
        (
            "Tiers | Référence | Date | Date limite | Montant EUR | Reste à payer | Devise | Sens",
            {"customer_code": "Tiers", "document_number": "Référence", "document_date": "Date",
             "due_date": "Date limite", "amount": "Montant EUR", "remaining": "Reste à payer",
             "currency": "Devise", "direction": "Sens"},
        ),
    ],
)  # fmt: skip
def test_entries(headers, expected):
    assert guessed(headers, FIELDS_ENTRIES) == expected


def test_a_column_serves_one_field_only():
    mapping = guess_mapping(["Téléphone", "Téléphone"], FIELDS_CUSTOMERS)

    assert [place for place in mapping.values() if place is not None] == [0]


def test_the_surest_name_wins_wherever_it_is():
    assert guess_mapping(["Compte", "Code client"], FIELDS_CONTACTS)["customer_code"] == 1


@pytest.mark.parametrize(
    ("headers", "fields", "expected"),
    [
        ("Code | Nom", FIELDS_CUSTOMERS, []),
        ("Nom | Ville", FIELDS_CUSTOMERS, ["Code client"]),
        ("Compte | Pièce | Date", FIELDS_ENTRIES, ["Montant, ou débit et crédit"]),
        ("Compte | Pièce | Date | Débit", FIELDS_ENTRIES, []),
        ("Compte | Date | Reste dû", FIELDS_ENTRIES, ["N° de pièce"]),
    ],
)
def test_what_is_missing_is_named(headers, fields, expected):
    mapping = guess_mapping(headers.split(" | "), fields)

    assert missing_fields(mapping, fields) == expected


@pytest.mark.parametrize("fields", [FIELDS_CUSTOMERS, FIELDS_CONTACTS, FIELDS_ENTRIES])
def test_the_labels_on_screen_are_recognised_in_a_file(fields):
    mapping = guess_mapping([field.label_fr for field in fields], fields)

    assert list(mapping.values()) == list(range(len(fields)))
    assert all(is_known_header(field.label_fr) for field in fields)
