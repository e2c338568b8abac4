"""Free fields, from a file or a program to lists, texts and rules: as many as the constants say."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composer
from encaisse.collection.rules.plan import Claim
from encaisse.connectors.push.entries import push_entries
from encaisse.connectors.push.order import PushedEntry, PushOrder
from encaisse.connectors.push.people import push_customers
from encaisse.connectors.tables.mapping import FIELDS_CUSTOMERS, FIELDS_ENTRIES
from encaisse.ledger.models import Customer, FreeField, LedgerEntry
from encaisse.ledger.operations.details import Details
from encaisse.ledger.queries.free_fields import free_fields
from encaisse.ledger.rules.free_fields import CUSTOMER_COLUMNS, ENTRY_COLUMNS
from encaisse.messaging.rules.placeholders import CATALOGUE
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company
from encaisse.web.api.push_schemas import CustomerIn, EntryIn
from encaisse.web.api.records import CustomerOut, EntryOut
from tests import builders
from tests.connectors.tables_world import NOW, bring, changes, table

pytestmark = pytest.mark.django_db

PLAIN = "Code client;N° de pièce;Date;Montant"


@pytest.fixture
def morel() -> Company:
    return builders.company()


def in_use(company: Company) -> list[str]:
    return [f"{field.about}{field.number}" for field in free_fields(company).all()]


def test_every_layer_knows_as_many_as_the_constants_say():
    for columns, model, fields, schemas, tag in (
        (CUSTOMER_COLUMNS, Customer, FIELDS_CUSTOMERS, (CustomerIn, CustomerOut), "client_champ"),
        (ENTRY_COLUMNS, LedgerEntry, FIELDS_ENTRIES, (EntryIn, EntryOut), "piece_champ"),
    ):
        expected = set(columns)
        known = {field.name for field in model._meta.get_fields()}
        assert {name for name in known if name.startswith("free")} == expected
        assert {one.name for one in fields if one.name.startswith("free")} == expected
        for schema in schemas:
            names = {name for name in schema.model_fields if name.startswith("free")}
            assert names == expected
        assert sum(name.startswith(tag) for name in CATALOGUE) == len(columns)


def test_a_file_fills_the_last_fields_and_one_without_them_empties_them(
    morel: Company, tmp_path: Path
):
    rich = table(
        tmp_path,
        f"""{PLAIN};Zone libre 1;Zone libre 5;Zone libre 6
        411A;F1;10/01/2026;100;Nord;;Lot 6
        411A;F2;10/01/2026;200;;Chantier 5;""",
    )
    assert changes(bring(morel, "entries", rich)) == (2, 0, 0)
    assert changes(bring(morel, "entries", rich)) == (0, 0, 0)

    found = {entry.document_number: entry.free for entry in LedgerEntry.objects.all()}
    assert found == {
        "F1": ("Nord", "", "", "", "", "Lot 6"),
        "F2": ("", "", "", "", "Chantier 5", ""),
    }
    assert in_use(morel) == ["customer1", "customer2", "entry1", "entry2", "entry3", "entry5",
                             "entry6"]  # fmt: skip
    assert free_fields(morel).entry[-1].name == "Zone libre 6"

    plain = table(tmp_path, f"{PLAIN}\n411A;F1;10/01/2026;100\n411A;F2;10/01/2026;200")
    assert changes(bring(morel, "entries", plain)) == (0, 2, 0)
    assert {entry.free for entry in LedgerEntry.objects.all()} == {("",) * 6}


def test_a_customers_file_fills_them_and_a_blank_cell_erases_nothing(
    morel: Company, tmp_path: Path
):
    bring(morel, "customers", table(tmp_path, "Code;Nom;Zone libre 4\n411A;Alpha;Sud\n"))
    bring(morel, "customers", table(tmp_path, "Code;Nom;Zone libre 4\n411A;Alpha;\n"))

    assert Customer.objects.get().free == ("", "", "", "Sud", "", "")
    assert "customer4" in in_use(morel)


def test_what_a_program_fills_is_in_use(morel: Company):
    order = PushOrder(morel, COMMAND_LINE, NOW, "Compta")
    push_customers(order, [Details("411A", "Alpha", {"free3": "Est"})])
    pushed = PushedEntry("1", "411A", date(2026, 1, 10), 10_000, free=("", "", "", "Lot 4"))
    push_entries(order, [pushed])

    assert Customer.objects.get().free3 == "Est"
    assert LedgerEntry.objects.get().free == ("", "", "", "Lot 4", "", "")
    assert {"customer3", "entry4"} <= {*in_use(morel)}
    assert FreeField.objects.count() == 2


def test_a_text_prints_them(morel: Company):
    alpha = builders.customer(morel, "Alpha", free6="Sud")
    invoice = builders.invoice(alpha, euros=100, due=date(2026, 1, 10), free5="Lot 5")
    claim = Claim(invoice.pk, 10_000, 0, 1)
    draft = Draft(alpha.pk, "EUR", "reminder", 1, "email", "reminder_1_email", (claim,))

    values = Composer(morel, date(2026, 2, 1), [draft]).facts(draft).values

    assert (values["client_champ6"], values["piece_champ5"]) == ("Sud", "Lot 5")
