"""A table of entries into the database: a snapshot of all that the source knows."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.connectors.refusal import FileRefused
from encaisse.ledger.models import Customer, LedgerEntry, LedgerSync, PaymentMethod
from encaisse.tenancy.models import Company
from tests import builders
from tests.connectors.tables_world import bring, changes, everything, plain, reasons, table
from tests.connectors.workbooks import write_xlsx

pytestmark = pytest.mark.django_db

HEAD = "Code client;Nom client;N° facture;Date;Échéance;Montant TTC;Reste dû\n"
SNAPSHOT = HEAD + (
    "411DUP;Dupont SARL;F1;05/01/2026;04/02/2026;1 200,00;1 200,00\n"
    "411DUP;Dupont SARL;F2;10/01/2026;;300,00;120,50\n"
    "411MAR;Martin SA;F3;12/01/2026;28/02/2026;90,00;90,00\n"
)


@pytest.fixture
def morel() -> Company:
    return builders.company()


def remaining(company: Company) -> dict[str, int]:
    """Cents that remain, by customer and document."""
    entries = LedgerEntry.objects.filter(company=company).exclude(remaining_minor=0)
    return {
        f"{entry.customer.account_code} {entry.document_number}": entry.remaining_minor
        for entry in entries.select_related("customer")
    }


def entry(document: str) -> LedgerEntry:
    return LedgerEntry.objects.get(document_number=document, is_counted=True)


def test_what_remains_and_when_it_is_due_are_those_of_the_file(morel: Company, tmp_path: Path):
    result = bring(morel, "entries", table(tmp_path, SNAPSHOT))

    assert remaining(morel) == {"411DUP F1": 120_000, "411DUP F2": 12_050, "411MAR F3": 9_000}
    assert (entry("F1").due_date, entry("F1").due_date_source) == (date(2026, 2, 4), "given")
    assert (entry("F2").due_date, entry("F2").due_date_source) == (date(2026, 2, 9), "computed")
    assert entry("F2").amount_minor == 30_000
    assert result.as_json()["open_balance"] == result.as_json()["control_balance"] == "1410.50"
    assert (result.customers, result.open_entries, changes(result)) == (2, 3, (3, 0, 0))
    assert result.computed_due_dates == 1


def test_the_same_file_again_changes_nothing_whatever_its_order(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    before = everything(morel)
    lines = SNAPSHOT.splitlines()
    upside_down = "\n".join([lines[0], *reversed(lines[1:])])

    assert changes(bring(morel, "entries", table(tmp_path, SNAPSHOT))) == (0, 0, 0)
    assert changes(bring(morel, "entries", table(tmp_path, upside_down))) == (0, 0, 0)
    assert everything(morel) == before


def test_a_workbook_and_a_text_file_bring_the_same(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    before = everything(morel)
    rows: list[list[str | float]] = [
        HEAD.strip().split(";"),
        ["411DUP", "Dupont SARL", "F1", 46027, 46057, 1200, 1200.0],
        ["411DUP", "Dupont SARL", "F2", 46032, "", 300, 120.5],
        ["411MAR", "Martin SA", "F3", 46034, 46081, 90, 90],
    ]

    result = bring(morel, "entries", write_xlsx(tmp_path / "open.xlsx", rows))

    assert changes(result) == (0, 0, 0)
    assert everything(morel) == before


def test_what_is_not_in_the_file_any_more_stops_counting(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    kept = "\n".join(SNAPSHOT.splitlines()[:2])

    result = bring(morel, "entries", table(tmp_path, kept))

    assert remaining(morel) == {"411DUP F1": 120_000}
    assert changes(result) == (0, 0, 2)
    assert LedgerEntry.objects.filter(is_counted=False).count() == 2
    assert changes(bring(morel, "entries", table(tmp_path, kept))) == (0, 0, 0)


def test_follow_up_survives_a_disappearance_and_a_return(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    builders.at_level(entry("F1"), 2, on=date(2026, 2, 20))
    without = "\n".join(line for line in SNAPSHOT.splitlines() if "F1" not in line)

    bring(morel, "entries", table(tmp_path, without))
    back = bring(morel, "entries", table(tmp_path, SNAPSHOT))

    assert entry("F1").follow_up.level == 2
    assert changes(back)[1:] == (1, 0)


@pytest.mark.parametrize("amount", ["Montant TTC;Reste dû", "Montant initial;Solde"])
def test_a_partial_payment_keeps_the_level(morel: Company, tmp_path: Path, amount: str):
    head = f"Code client;Facture;Date;Échéance;{amount}\n"
    row = "411DUP;F1;05/01/2026;04/02/2026;1200;{}\n"
    bring(morel, "entries", table(tmp_path, head + row.format("1200")))
    builders.at_level(entry("F1"), 2, on=date(2026, 2, 20))

    result = bring(morel, "entries", table(tmp_path, head + row.format("700")))

    assert remaining(morel) == {"411DUP F1": 70_000}
    assert entry("F1").follow_up.level == 2
    assert changes(result) == (0, 1, 0)


def test_a_table_of_what_remains_only_keeps_the_level_too(morel: Company, tmp_path: Path):
    """Many tables of open items tell no amount: what remains changes with each payment."""
    head = "Code client;Facture;Date;Échéance;Reste à payer\n"
    row = "411DUP;F1;05/01/2026;04/02/2026;{}\n"
    bring(morel, "entries", table(tmp_path, head + row.format("1200")))
    builders.at_level(entry("F1"), 2, on=date(2026, 2, 20))

    result = bring(morel, "entries", table(tmp_path, head + row.format("700")))

    assert remaining(morel) == {"411DUP F1": 70_000}
    assert entry("F1").follow_up.level == 2
    assert changes(result) == (0, 1, 0)


def test_a_new_due_date_keeps_the_level(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    builders.at_level(entry("F1"), 2, on=date(2026, 2, 20))

    bring(morel, "entries", table(tmp_path, SNAPSHOT.replace("04/02/2026", "04/04/2026")))

    assert (entry("F1").due_date, entry("F1").follow_up.level) == (date(2026, 4, 4), 2)


def test_an_invoice_in_several_payments_makes_several_entries(morel: Company, tmp_path: Path):
    text = "Code client;Facture;Date;Échéance;Montant\n" + "".join(
        f"411DUP;F1;05/01/2026;{due};{amount}\n"
        for due, amount in (("05/02/2026", 100), ("05/03/2026", 100), ("05/03/2026", 50),
                            ("05/03/2026", 50))
    )  # fmt: skip

    result = bring(morel, "entries", table(tmp_path, text))

    assert (result.open_entries, result.open_base_minor) == (4, 30_000)
    assert changes(bring(morel, "entries", table(tmp_path, text))) == (0, 0, 0)


# -- debit, credit, letters --------------------------------------------------------------------


def test_debit_and_credit_columns_and_letters(morel: Company, tmp_path: Path):
    text = """
        Compte;Journal;Pièce;Date;Libellé;Débit;Crédit;Lettrage
        411DUP;VE;F1;05/01/2026;Facture F1;1 000,00;;A
        411DUP;BQ;V1;20/01/2026;Virement;;1 000,00;A
        411DUP;VE;F2;05/02/2026;Facture F2;500,00;;B
        411DUP;BQ;V2;20/02/2026;Virement;;200,00;B
        411DUP;VE;AV1;21/02/2026;Avoir;;30,00;
    """

    result = bring(morel, "entries", table(tmp_path, text))

    assert remaining(morel) == {"411DUP F2": 30_000, "411DUP AV1": -3_000}
    assert entry("F1").settled_date is not None
    assert result.open_base_minor == result.control_minor == 27_000
    assert changes(bring(morel, "entries", table(tmp_path, text))) == (0, 0, 0)


def test_credits_without_a_sign_are_told_by_their_kind(morel: Company, tmp_path: Path):
    text = """
        Code client;N° pièce;Date;Type;Montant
        411DUP;F1;05/01/2026;Facture;100
        411DUP;A1;06/01/2026;Avoir;30
        411DUP;R1;07/01/2026;Règlement;20
        411DUP;R2;08/01/2026;Règlement;-10
    """

    result = bring(morel, "entries", table(tmp_path, text))

    assert result.open_base_minor == 4_000
    kinds = {e.document_number: e.kind for e in LedgerEntry.objects.all()}
    assert kinds == {"F1": "invoice", "A1": "credit_note", "R1": "payment", "R2": "payment"}


def test_foreign_currencies_are_kept_apart(morel: Company, tmp_path: Path):
    text = """
        Code client;Facture;Date;Montant;Devise
        411DUP;F1;05/01/2026;100,00;EUR
        411DUP;F2;05/01/2026;99,99;USD
        411TOK;F3;05/01/2026;15000;JPY
        411TUN;F4;05/01/2026;1,234;TND
    """

    result = bring(morel, "entries", table(tmp_path, text))

    assert result.as_json()["open_balances"] == {
        "EUR": "100.00", "USD": "99.99", "JPY": "15000", "TND": "1.234",
    }  # fmt: skip
    assert result.as_json()["open_balance"] == result.as_json()["control_balance"] == "100.00"
    assert result.agrees


# -- ids ---------------------------------------------------------------------------------------


def with_ids(*rows: tuple[str, str, str, str]) -> str:
    lines = "".join(
        f"{code};{doc};05/01/2026;{amount};{given}\n" for code, doc, amount, given in rows
    )
    return "Code client;Facture;Date;Montant;Identifiant\n" + lines


def test_the_ids_of_the_source_are_kept(morel: Company, tmp_path: Path):
    path = table(tmp_path, with_ids(("411DUP", "F1", "10", "77"), ("411MAR", "F2", "20", "78")))

    bring(morel, "entries", path)

    assert sorted(LedgerEntry.objects.values_list("source_id", flat=True)) == ["77", "78"]


def test_an_id_that_several_rows_share_names_none_of_them(morel: Company, tmp_path: Path):
    """« N° d’écriture » numbers a whole entry: its lines share it, of two customers even."""
    path = table(
        tmp_path,
        with_ids(
            ("411DUP", "F1", "10", "77"), ("411DUP", "F1", "10", "77"),
            ("411DUP", "F2", "5", "77"), ("411MAR", "F1", "20", "77"),
            ("411MAR", "F9", "9", "78"), ("411MAR", "", "3", "x" * 200),
        ),
    )  # fmt: skip

    result = bring(morel, "entries", path)

    assert (result.open_entries, result.open_base_minor) == (6, 5_700)
    assert LedgerEntry.objects.get(document_number="F9").source_id == "78"
    assert changes(bring(morel, "entries", path)) == (0, 0, 0)


def test_an_entry_follows_its_customer_to_his_new_code(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, with_ids(("411OLD", "F1", "10", "77"))))
    builders.at_level(entry("F1"), 2, on=date(2026, 2, 20))

    moved = table(tmp_path, with_ids(("411NEW", "F1", "10", "77")))
    bring(morel, "entries", moved)

    assert remaining(morel) == {"411NEW F1": 1_000}
    assert entry("F1").follow_up.level == 2
    assert changes(bring(morel, "entries", moved)) == (0, 0, 0)


# -- customers and methods ---------------------------------------------------------------------


def test_unknown_customers_are_made_and_described_ones_keep_their_name(
    morel: Company, tmp_path: Path
):
    builders.customer(morel, "Dupont décrit", account_code="411DUP", is_detailed=True)
    builders.customer(morel, "Martin d’avant", account_code="411MAR")

    result = bring(
        morel, "entries", table(tmp_path, SNAPSHOT + "411ZED;;F9;12/01/2026;;5,00;5,00\n")
    )

    names = dict(Customer.objects.values_list("account_code", "legal_name"))
    assert names == {"411DUP": "Dupont décrit", "411MAR": "Martin SA", "411ZED": "411ZED"}
    assert result.new_customers == 1


def test_new_payment_methods_are_manual_and_said_so(morel: Company, tmp_path: Path):
    known = PaymentMethod.objects.create(
        company=morel, code="prelevement", label="Prélèvement SEPA", is_automatic=True
    )
    text = """
        Code client;Facture;Date;Montant;Mode de règlement
        411DUP;F1;05/01/2026;10;Prélèvement
        411DUP;F2;05/01/2026;10;LCR
        411DUP;F3;05/01/2026;10;lcr
        411DUP;F4;05/01/2026;10;
    """
    path = table(tmp_path, text)

    said = bring(morel, "entries", path, write=False)
    result = bring(morel, "entries", path)

    assert said.as_json() == result.as_json()
    assert len(result.warnings) == 1
    assert ": LCR." in plain(result.warnings[0])
    lcr = PaymentMethod.objects.get(label="LCR")
    assert not lcr.is_automatic
    methods = dict(LedgerEntry.objects.values_list("document_number", "payment_method"))
    assert methods == {"F1": known.pk, "F2": lcr.pk, "F3": lcr.pk, "F4": None}
    assert bring(morel, "entries", path).warnings == []


def test_the_terms_of_the_order_replace_the_company_s_but_not_the_customer_s(
    morel: Company, tmp_path: Path
):
    builders.customer(morel, "Martin", account_code="411MAR", payment_terms="10 jours")
    text = "Code client;Facture;Date;Montant\n411DUP;F1;05/01/2026;1\n411MAR;F2;05/01/2026;1\n"

    bring(morel, "entries", table(tmp_path, text), terms="30 jours fin de mois")

    assert entry("F1").due_date == date(2026, 2, 28)
    assert entry("F2").due_date == date(2026, 1, 15)


# -- all or nothing ----------------------------------------------------------------------------


def test_rows_that_cannot_be_read_are_set_aside(morel: Company, tmp_path: Path):
    text = HEAD + (
        "411DUP;Dupont;F1;05/01/2026;;10;\n"
        "411DUP;Dupont;F2;31/02/2026;;10;\n"
        "411DUP;Dupont;F3;05/01/2026;;dix;\n"
        "411DUP;Dupont;F4;;;10;\n"
        "411DUP;Dupont;F5;05/01/2026;;0;\n"
        f"{'4' * 81};Trop;F6;05/01/2026;;10;\n"
        "Total 411DUP;;;;;10;\n"
        "411DUP;Dupont;F7;05/01/2026;pas une date;10;99\n"
    )

    result = bring(morel, "entries", table(tmp_path, text))

    assert [line for line, _reason in reasons(result)] == [3, 4, 5, 6, 7]
    assert reasons(result)[-1] == (7, "Le code client dépasse 80 caractères.")
    assert (result.rows, result.accepted) == (7, 2)
    assert len(result.warnings) == 2
    assert remaining(morel) == {"411DUP F1": 1_000, "411DUP F7": 1_000}


def test_a_file_in_which_nothing_can_be_read_settles_nobody(morel: Company, tmp_path: Path):
    """A wrong column would make every row unreadable: the accounts must not be emptied for it."""
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    before = everything(morel)
    unreadable = SNAPSHOT.replace("/2026", "/?")

    with pytest.raises(FileRefused) as refusal:
        bring(morel, "entries", table(tmp_path, unreadable))

    assert "rien n’est importé. Ligne 2 : « 05/01/? » n’est pas une date." in plain(
        str(refusal.value)
    )
    assert everything(morel) == before
    assert LedgerSync.objects.count() == 1


def test_a_file_cut_in_the_middle_of_a_quote_writes_nothing(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    before = everything(morel)
    cut = SNAPSHOT + '411NEW;"Neuf;F9;05/01/2026;;1,00;1,00\n' + "411DUP;;F1;;;;\n" * 60

    with pytest.raises(FileRefused, match="guillemet"):
        bring(morel, "entries", table(tmp_path, cut))

    assert everything(morel) == before


def test_terms_that_nobody_understands_refuse_the_import(morel: Company, tmp_path: Path):
    with pytest.raises(FileRefused, match="n’est pas compris"):
        bring(morel, "entries", table(tmp_path, SNAPSHOT), terms="bientôt")

    assert not LedgerEntry.objects.exists()


def test_a_dry_run_says_the_same_and_writes_nothing(morel: Company, tmp_path: Path):
    bring(morel, "entries", table(tmp_path, SNAPSHOT))
    before = everything(morel)
    text = SNAPSHOT.replace("120,50", "20,50").replace("411MAR;Martin SA;F3", "411NEW;Neuf;F4")

    said = bring(morel, "entries", table(tmp_path, text), write=False)

    assert everything(morel) == before
    assert LedgerSync.objects.count() == 1
    assert said.as_json() == bring(morel, "entries", table(tmp_path, text)).as_json()
    assert changes(said) == (1, 1, 1)


def test_another_source_and_another_company_are_left_alone(morel: Company, tmp_path: Path):
    petit = builders.company("Petit SARL")
    theirs = builders.customer(petit, "Dupont", account_code="411DUP")
    builders.invoice(theirs, euros=7, due=date(2026, 1, 1), source="entries", document_number="T")
    ours = builders.customer(morel, "Dupont", account_code="411DUP")
    builders.invoice(ours, euros=9, due=date(2026, 1, 1), source="fec", document_number="FEC")

    bring(morel, "entries", table(tmp_path, SNAPSHOT))

    assert remaining(petit) == {"411DUP T": 700}
    assert remaining(morel)["411DUP FEC"] == 900
