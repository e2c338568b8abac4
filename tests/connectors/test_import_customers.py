"""A customers' file into the database: what it says, what it leaves alone, what it sets aside."""

from datetime import date
from pathlib import Path

import pytest

from encaisse.collection.models import CustomerFollowUp
from encaisse.connectors.refusal import FileRefused
from encaisse.ledger.models import Contact, Customer, LedgerEntry, LedgerSync, PaymentMethod
from encaisse.tenancy.models import Company
from tests import builders
from tests.connectors.tables_world import bring, changes, everything, plain, reasons, table
from tests.connectors.workbooks import write_xlsx

pytestmark = pytest.mark.django_db

FULL = """
    N° client;Intitulé;Courriel;Adresse;CP;Ville;Délai;Mode de paiement;Profil;Plafond
    411DUP;Dupont SARL;C@Dupont.fr;1 rue Foch;1000;Bourg;45 jours FDM;Virement;Export;5 000,00
    411MAR;Martin SA;a@martin.example, b@martin.example;;;;;Prélèvement;;
"""


@pytest.fixture
def morel() -> Company:
    return builders.company()


def customer(code: str) -> Customer:
    return Customer.objects.get(account_code=code)


def test_columns_are_recognised_and_everything_is_taken_over(morel: Company, tmp_path: Path):
    export = builders.profile(morel, "Export")

    result = bring(morel, "customers", table(tmp_path, FULL))

    assert (result.rows, result.accepted, result.customers) == (2, 2, 2)
    assert changes(result) == (2, 0, 0)
    dupont = customer("411DUP")
    assert dupont.legal_name == "Dupont SARL"
    assert dupont.search_text == "dupont sarl 411dup"
    assert dupont.address_lines() == ["Dupont SARL", "1 rue Foch", "01000 Bourg"]
    assert dupont.payment_terms == "45 jours fin de mois"
    assert (dupont.credit_limit_minor, dupont.is_detailed) == (500_000, True)
    assert CustomerFollowUp.objects.get(customer=dupont).profile == export
    assert not CustomerFollowUp.objects.filter(customer=customer("411MAR")).exists()


def test_addresses_become_contacts_that_can_be_written_to(morel: Company, tmp_path: Path):
    bring(morel, "customers", table(tmp_path, FULL + "    411SEC;Sec;;;;;;;;\n"))

    emails = Contact.objects.order_by("email").values_list("email", flat=True)
    assert list(emails) == ["a@martin.example", "b@martin.example", "c@dupont.fr"]
    assert customer("411MAR").has_email
    assert not customer("411SEC").has_email


def test_new_payment_methods_are_manual_and_said_so(morel: Company, tmp_path: Path):
    result = bring(morel, "customers", table(tmp_path, FULL))

    methods = PaymentMethod.objects.order_by("label")
    assert [(m.label, m.is_automatic) for m in methods] == [
        ("Prélèvement", False),
        ("Virement", False),
    ]
    assert customer("411MAR").payment_method == methods[0]
    warning = next(text for text in result.warnings if "modes de règlement" in text)
    assert "Prélèvement, Virement" in warning
    assert "manuels" in warning


@pytest.mark.parametrize("written", ["VIREMENT", "virement ", "Virement bancaire"])
def test_a_known_payment_method_is_found_by_its_code_or_its_label(
    morel: Company, tmp_path: Path, written: str
):
    known = PaymentMethod.objects.create(
        company=morel, code="virement", label="Virement bancaire", is_automatic=True
    )
    text = f"Code client;Nom;Mode de règlement\n411DUP;Dupont;{written}\n"

    result = bring(morel, "customers", table(tmp_path, text))

    assert customer("411DUP").payment_method == known
    assert result.warnings == []
    assert PaymentMethod.objects.get().is_automatic


def test_the_same_file_again_changes_nothing(morel: Company, tmp_path: Path):
    builders.profile(morel, "Export")
    path = table(tmp_path, FULL)
    bring(morel, "customers", path)
    before = everything(morel)

    again = bring(morel, "customers", path)

    assert changes(again) == (0, 0, 0)
    assert everything(morel) == before
    assert again.warnings == []


def test_a_blank_cell_or_an_absent_column_erases_nothing(morel: Company, tmp_path: Path):
    export = builders.profile(morel, "Export")
    bring(morel, "customers", table(tmp_path, FULL))
    before = everything(morel)

    blank = "N° client;Intitulé;Courriel;Ville;Plafond;Profil\n411DUP;;;;;\n"
    result = bring(morel, "customers", table(tmp_path, blank))
    bring(morel, "customers", table(tmp_path, "Code;Nom\n411DUP;Dupont SARL\n"))

    assert everything(morel) == before
    assert changes(result) == (0, 0, 0)
    assert CustomerFollowUp.objects.get().profile == export


def test_a_new_customer_without_a_name_is_called_by_his_code(morel: Company, tmp_path: Path):
    result = bring(morel, "customers", table(tmp_path, "Code client;Nom\n411SANS;\n411B;Bo\n"))

    assert customer("411SANS").legal_name == "411SANS"
    assert customer("411SANS").search_text == "411sans 411sans"
    assert "le code client le remplace" in plain(result.warnings[0])


def test_rows_that_name_no_single_customer_are_set_aside(morel: Company, tmp_path: Path):
    text = f"""
        Code client;Nom;Ville
        411A;Alpha;Lyon
        ;Personne;Lyon
        411A;Alpha bis;Nantes
        {"9" * 81};Trop long;Lyon
        411B;Beta;Lyon;de;trop
        411C;Gamma;Lyon
    """

    result = bring(morel, "customers", table(tmp_path, text))

    assert reasons(result) == [
        (3, "Le code client est vide."),
        (4, "Ce code client est déjà plus haut."),
        (5, "Le code client dépasse 80 caractères."),
        (6, "La ligne a 5 colonnes au lieu de 3."),
    ]
    assert (result.rows, result.accepted, result.set_aside_count) == (6, 2, 4)
    assert customer("411A").city == "Lyon"
    assert Customer.objects.count() == 2


def test_a_profile_that_nobody_made_is_left_aside_with_a_warning(morel: Company, tmp_path: Path):
    text = "Code client;Nom;Profil\n411A;Alpha;Étranger\n411B;Beta;STANDARD\n"

    result = bring(morel, "customers", table(tmp_path, text))

    assert [plain(text) for text in result.warnings] == [
        "Profils inconnus, laissés de côté : Étranger."
    ]
    follow_up = CustomerFollowUp.objects.get()
    assert (follow_up.customer.account_code, follow_up.profile.code) == ("411B", "standard")


def test_a_profile_changes_nothing_else_of_the_follow_up(morel: Company, tmp_path: Path):
    export = builders.profile(morel, "Export")
    debtor = builders.customer(morel, "Dupont", account_code="411DUP")
    state = CustomerFollowUp.objects.create(
        customer=debtor, company=morel, profile=None, address="12 rue tapée ici"
    )

    bring(morel, "customers", table(tmp_path, FULL))

    state.refresh_from_db()
    assert (state.profile, state.address) == (export, "12 rue tapée ici")


# -- due dates ---------------------------------------------------------------------------------


def due_dates() -> dict[str, tuple[date | None, str]]:
    return {
        entry.document_number: (entry.due_date, entry.due_date_source)
        for entry in LedgerEntry.objects.all()
    }


def test_terms_of_a_customer_compute_his_due_dates_again_and_no_others(
    morel: Company, tmp_path: Path
):
    dupont = builders.customer(morel, "Dupont", account_code="411DUP")
    other = builders.customer(morel, "Autre", account_code="411AUT")
    day, due = date(2026, 1, 10), date(2026, 2, 9)
    computed = {"on": day, "due": due, "due_date_source": "computed"}
    builders.invoice(dupont, euros=10, document_number="COMPUTED", **computed)
    builders.invoice(dupont, euros=10, document_number="GIVEN", on=day, due=due)
    builders.invoice(other, euros=10, document_number="OTHER", **computed)
    builders.payment(dupont, euros=5, on=day, document_number="PAID", due_date_source="computed")

    bring(morel, "customers", table(tmp_path, FULL))

    assert due_dates() == {
        "COMPUTED": (date(2026, 2, 28), "computed"),
        "GIVEN": (due, "given"),
        "OTHER": (due, "computed"),
        "PAID": (None, "computed"),
    }


def test_due_dates_of_an_import_with_its_own_terms_outlive_a_customers_file(
    morel: Company, tmp_path: Path
):
    """The terms given with a file replace the company's: nothing goes back to the company's."""
    entries = "Code client;N° de pièce;Date;Montant\n411MAR;F1;10/01/2026;100\n"
    path = table(tmp_path, entries, "entries.csv")
    bring(morel, "entries", path, terms="60 jours")

    bring(morel, "customers", table(tmp_path, FULL))

    assert due_dates() == {"F1": (date(2026, 3, 11), "computed")}
    assert changes(bring(morel, "entries", path, terms="60 jours")) == (0, 0, 0)


def test_terms_that_nobody_understands_are_left_out_with_a_warning(morel: Company, tmp_path: Path):
    text = "Code client;Nom;Délai\n411A;Alpha;quand il veut\n411B;Bé;30 FDM\n"

    result = bring(morel, "customers", table(tmp_path, text))

    assert plain(result.warnings[0]).startswith("Ligne 2 : « quand il veut » n’est pas compris.")
    assert customer("411A").payment_terms == ""
    assert customer("411B").payment_terms == "30 jours fin de mois"


# -- all or nothing ----------------------------------------------------------------------------


def test_a_dry_run_says_the_same_and_writes_nothing(morel: Company, tmp_path: Path):
    builders.customer(morel, "Dupont", account_code="411DUP")
    builders.customer(morel, "Martin SA", account_code="411MAR", is_detailed=True)
    before = everything(morel)
    text = FULL.replace(";a@martin.example, b@martin.example;", ";;")

    said = bring(morel, "customers", table(tmp_path, text), write=False)

    assert everything(morel) == before
    assert (PaymentMethod.objects.count(), LedgerSync.objects.count()) == (0, 0)
    done = bring(morel, "customers", table(tmp_path, text))
    assert said.as_json() == done.as_json()
    assert changes(done) == (0, 2, 0)


def test_a_file_without_a_required_column_is_refused(morel: Company, tmp_path: Path):
    with pytest.raises(FileRefused, match=r"Il manque des colonnes.*Code client"):
        bring(morel, "customers", table(tmp_path, "Raison sociale;Ville\nDupont;Lyon\n"))

    assert not Customer.objects.exists()


def test_a_workbook_is_read_like_a_text_file(morel: Company, tmp_path: Path):
    rows = [
        ["Code client", "Nom", "Code postal", "Téléphone"],
        [411001, "Dupont", 1000, 472000000],
    ]

    bring(morel, "customers", write_xlsx(tmp_path / "clients.xlsx", rows))

    dupont = customer("411001")
    assert (dupont.postal_code, dupont.phone) == ("01000", "0472000000")


def test_texts_longer_than_the_database_allows_are_cut(morel: Company, tmp_path: Path):
    head = "Code client;Nom;Ville;Téléphone;Contact;E-mail\n"
    row = f"411A;{'N' * 300};{'V' * 300};{'1' * 90};{'C' * 200};a@b.fr\n"
    path = table(tmp_path, head + row)

    bring(morel, "customers", path)
    again = bring(morel, "customers", path)

    found = customer("411A")
    assert [len(t) for t in (found.legal_name, found.city, found.phone)] == [160, 80, 40]
    assert len(Contact.objects.get().name) == 120
    assert changes(again) == (0, 0, 0)


def test_another_company_is_never_touched(morel: Company, tmp_path: Path):
    petit = builders.company("Petit SARL")
    theirs = builders.customer(petit, "Dupont à eux", account_code="411DUP")

    bring(morel, "customers", table(tmp_path, FULL))

    theirs.refresh_from_db()
    assert (theirs.legal_name, theirs.payment_terms) == ("Dupont à eux", "")
    assert Customer.objects.filter(company=petit).count() == 1


def test_what_an_import_did_is_written_down(morel: Company, tmp_path: Path):
    revision = morel.facts_revision

    bring(morel, "customers", table(tmp_path, FULL, "clients mars.csv"))

    sync = LedgerSync.objects.get()
    assert (sync.format, sync.file_name) == ("customers", "clients mars.csv")
    assert sync.summary["changes"] == {"added": 2, "updated": 0, "removed": 0}
    morel.refresh_from_db()
    assert morel.facts_revision > revision


def test_an_address_that_the_file_replaced_is_not_written_to(morel: Company, tmp_path: Path):
    for email in ("old@dupont.example", "new@dupont.example"):
        text = f"Code client;Nom;E-mail\nC1;Dupont;{email}\n"
        bring(morel, "customers", table(tmp_path, text))

    writable = Contact.objects.writable().values_list("email", flat=True)
    assert list(writable) == ["new@dupont.example"]


def test_an_address_that_the_file_gives_again_is_written_to_again(morel: Company, tmp_path: Path):
    for email in ("right@dupont.example", "wrong@dupont.example", "right@dupont.example"):
        text = f"Code client;Nom;E-mail\nC1;Dupont;{email}\n"
        bring(morel, "customers", table(tmp_path, text))

    writable = Contact.objects.writable().values_list("email", flat=True)
    assert list(writable) == ["right@dupont.example"]
    assert morel.customer_set.get().has_email
