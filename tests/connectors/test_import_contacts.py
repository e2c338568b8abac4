"""A contacts' file into the database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from encaisse.ledger.models import Contact
from encaisse.ledger.operations.contacts import add_contact, mark_invalid, refresh_has_email
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from tests import builders
from tests.connectors.tables_world import bring, changes, everything, reasons, table

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, tzinfo=UTC)
HEAD = "Code client;Nom;Fonction;E-mail;Téléphone\n"


@pytest.fixture
def morel() -> Company:
    made = builders.company()
    builders.customer(made, "Dupont", account_code="411DUP")
    builders.customer(made, "Martin", account_code="411MAR")
    return made


def people() -> list[tuple[str, str, str]]:
    rows = Contact.objects.order_by("customer__account_code", "name", "email")
    return list(rows.values_list("name", "email", "phone"))


def test_people_are_added_to_their_customers(morel: Company, tmp_path: Path):
    text = HEAD + "411DUP;Anne;Comptabilité;Anne@Dupont.example;01\n411MAR;Bob;;;0472000000\n"

    result = bring(morel, "contacts", table(tmp_path, text))

    assert people() == [("Anne", "anne@dupont.example", "01"), ("Bob", "", "0472000000")]
    assert (result.accepted, result.customers, changes(result)) == (2, 2, (2, 0, 0))
    reached = {c.account_code: c.has_email for c in morel.customer_set.all()}
    assert reached == {"411DUP": True, "411MAR": False}


def test_a_row_of_an_unknown_customer_is_set_aside_once(morel: Company, tmp_path: Path):
    text = HEAD + "411XXX;Zoé;;z@x.example, y@x.example;\n411DUP;Anne;;a@d.example;\n;Tom;;;\n"

    result = bring(morel, "contacts", table(tmp_path, text))

    assert reasons(result) == [
        (4, "Le code client est vide."),
        (2, "Le client « 411XXX » n’existe pas dans la société."),
    ]
    assert (result.rows, result.accepted, result.set_aside_count) == (3, 1, 2)
    assert result.customers == 1
    assert people() == [("Anne", "a@d.example", "")]


def test_the_same_file_again_changes_nothing(morel: Company, tmp_path: Path):
    text = HEAD + (
        "411DUP;Anne;;;01\n411DUP;Bob;;;02\n411DUP;;;;03\n411DUP;Chloé;;c@d.example, d@d.example;\n"
    )
    path = table(tmp_path, text)
    bring(morel, "contacts", path)
    before = everything(morel)

    again = bring(morel, "contacts", path)

    assert changes(again) == (0, 0, 0)
    assert everything(morel) == before
    assert len(people()) == 5


def test_people_without_an_address_are_not_taken_for_one_another(morel: Company, tmp_path: Path):
    bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Anne;;;01\n411DUP;Bob;;;02\n"))

    result = bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Bob;;;22\n411DUP;Anne;;;01\n"))

    assert people() == [("Anne", "", "01"), ("Bob", "", "22")]
    assert changes(result) == (0, 1, 0)


def test_one_address_twice_in_a_file_is_one_person(morel: Company, tmp_path: Path):
    path = table(tmp_path, HEAD + "411DUP;Anne;;a@d.example;\n411DUP;A. Dupont;;A@D.example;07\n")

    bring(morel, "contacts", path)

    assert people() == [("A. Dupont", "a@d.example", "07")]
    assert changes(bring(morel, "contacts", path)) == (0, 0, 0)


def test_an_address_that_was_refused_or_opted_out_stays_so(morel: Company, tmp_path: Path):
    path = table(tmp_path, HEAD + "411DUP;Anne;;a@d.example;\n411MAR;Bob;;b@m.example;\n")
    bring(morel, "contacts", path)
    mark_invalid(morel, ["a@d.example"], now=NOW)
    Contact.objects.filter(email="b@m.example").update(is_reminder_recipient=False)

    renamed = HEAD + "411DUP;Anne Roy;;a@d.example;\n411MAR;Bob Roy;;b@m.example;\n"
    result = bring(morel, "contacts", table(tmp_path, renamed))
    bring(
        morel,
        "customers",
        table(tmp_path, "Code;Nom;E-mail\n411DUP;Dupont;a@d.example\n411MAR;M;b@m.example\n"),
    )

    anne, bob = Contact.objects.order_by("email")
    assert (anne.name, anne.is_invalid) == ("Anne Roy", True)
    assert (bob.name, bob.is_reminder_recipient) == ("Bob Roy", False)
    assert changes(result) == (0, 2, 0)
    assert not morel.customer_set.filter(has_email=True).exists()


def test_what_was_typed_here_is_left_alone(morel: Company, tmp_path: Path):
    add_contact(
        morel.customer_set.get(account_code="411DUP"),
        email="a@d.example",
        name="Tapée ici",
        author=COMMAND_LINE,
        now=NOW,
    )

    result = bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Anne;PDG;a@d.example;09\n"))

    assert people() == [("Tapée ici", "a@d.example", "")]
    assert changes(result) == (0, 0, 0)


def test_a_blank_cell_erases_nothing(morel: Company, tmp_path: Path):
    bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Anne;PDG;a@d.example;09\n"))
    before = everything(morel)

    bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;;;a@d.example;\n"))

    assert everything(morel) == before


def test_a_dry_run_says_the_same_and_writes_nothing(morel: Company, tmp_path: Path):
    bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Anne;;a@d.example;\n"))
    before = everything(morel)
    path = table(tmp_path, HEAD + "411DUP;Anne R;;a@d.example;\n411MAR;Bob;;b@m.example;\n")

    said = bring(morel, "contacts", path, write=False)

    assert everything(morel) == before
    assert said.as_json() == bring(morel, "contacts", path).as_json()
    assert changes(said) == (1, 1, 0)


def test_texts_longer_than_the_database_allows_are_cut(morel: Company, tmp_path: Path):
    head = "Code client;Nom;Fonction;E-mail;Téléphone;Mobile;Langue\n"
    row = f"411DUP;{'N' * 200};{'F' * 200};a@d.example;{'1' * 90};{'2' * 90};allemand\n"
    path = table(tmp_path, head + row)

    bring(morel, "contacts", path)

    found = Contact.objects.get()
    lengths = [len(t) for t in (found.name, found.role, found.phone, found.mobile, found.language)]
    assert lengths == [120, 80, 40, 40, 5]
    assert changes(bring(morel, "contacts", path)) == (0, 0, 0)


def test_who_can_be_written_to_follows_the_contacts(morel: Company, tmp_path: Path):
    bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Anne;;a@d.example;\n"))
    Contact.objects.all().delete()
    refresh_has_email(morel)
    assert not morel.customer_set.filter(has_email=True).exists()

    bring(morel, "contacts", table(tmp_path, HEAD + "411DUP;Anne;;a@d.example;\n"))

    assert morel.customer_set.get(has_email=True).account_code == "411DUP"


def test_contacts_of_another_company_are_not_reached(morel: Company, tmp_path: Path):
    petit = builders.company("Petit SARL")
    builders.customer(petit, "Eux", account_code="411EUX")

    result = bring(morel, "contacts", table(tmp_path, HEAD + "411EUX;Zoé;;z@e.example;\n"))

    assert reasons(result) == [(2, "Le client « 411EUX » n’existe pas dans la société.")]
    assert not Contact.objects.exists()
