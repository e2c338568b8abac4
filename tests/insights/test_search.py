"""What a search finds, and in which order."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from encaisse.insights.search import search
from encaisse.ledger.models import Contact, CustomerTerm, KnownWord, LedgerEntry
from encaisse.ledger.operations.contacts import add_contact
from encaisse.ledger.operations.customers import CustomerDirectory
from encaisse.ledger.operations.details import Details, DetailsWriter, Person
from encaisse.ledger.operations.finding import index_customers
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.scope import Scope
from tests.builders import company, customer, invoice, payment, settled

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def found(of, text, *, sales_reps=None, customers=6, entries=6):
    scope = Scope(of, sales_reps)
    return search(scope, text, today=TODAY, customers=customers, entries=entries)


def names(of, text, **options):
    return [hit.name for hit in found(of, text, **options).customers]


def documents(of, text, **options):
    return [hit.entry.document_number for hit in found(of, text, **options).entries]


# -- customers ---------------------------------------------------------------------------------


@pytest.fixture
def dupont(morel):
    made = customer(
        morel,
        "Menuiserie Dupont & Fils SARL",
        account_code="411DUPONT",
        siren="732829320",
        siret="73282932000074",
        email="compta@dupont-fils.fr",
        phone="04 72 00 12 34",
        contact_name="Mme Sophie Lemaire",
    )
    Contact.objects.create(
        company=morel, customer=made, name="Karim Benali", email="k.benali@gmail.com",
        mobile="+33 6 12 34 56 78",
    )  # fmt: skip
    index_customers(morel, [made.pk])
    customer(morel, "Boulangerie Petit")
    return made


@pytest.mark.parametrize(
    "text",
    [
        "dupont", "DUPONT fils", "menuis", "fils dup", "Sarl Dupont", "dupont et fils sarl",
        "menuiserie dupont sa", "411dupont", "411DUP", "732 829 320", "73282932000074", "7328",
        "0472001234", "04.72.00.12", "+33 4 72 00 12 34", "06 12 34", "+33612", "0033 6 12",
        "compta@dupont-fils.fr", "compta@dup", "@dupont-fils", "dupont-fils.fr", "K.Benali@gmail",
        "benali", "sophie lemaire", "lemaire dupont",
    ],
)  # fmt: skip
def test_a_customer_is_found_by_all_that_is_known_of_him(morel, dupont, text):
    assert names(morel, text) == [dupont.legal_name]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Dupont", "dupond"),
        ("Maréchal", "marechal"),
        ("Maréchal", "MARCHAL"),
        ("Maréchal", "marechall"),
        ("Maréchal", "maerchal"),
        ("Maréchal", "narechal"),
        ("Maréchal", "maréchla"),
        ("Maréchal", "marehc"),
        ("Garage Vernoillet", "vernoyllat"),
        ("Garage Vernoillet", "garaje vernoilet"),
        ("Pharmacie Lemoine", "lemoien pharmcie"),
        ("Le Clerc", "leclerc"),
        ("Leclerc", "le clerc"),
        ("S.A.R.L. E.D.F.", "edf"),
        ("Œuvre d’Été", "oeuvre d'ete"),
    ],
)
def test_mistyped_names_are_understood(morel, name, typed):
    customer(morel, name, account_code="C1")
    customer(morel, "Autre chose", account_code="C2")

    assert names(morel, typed) == [name]


@pytest.mark.parametrize("text", ["", " ", "d", "zzz", "dupont zzzz", "%", "_", "\\", "'"])
def test_what_nobody_answers_to_finds_nothing(morel, dupont, text):
    assert names(morel, text) == []
    assert documents(morel, text) == []


def test_the_closest_comes_first_and_among_equals_who_is_late(morel):
    for name in ("Dupontel", "Garage Dupont", "Dupond", "Dupont Père", "Durand", "Dupont"):
        customer(morel, name)
    late = customer(morel, "Imprimerie Dupont")
    invoice(late, euros=10, due=TODAY - timedelta(days=3))

    assert names(morel, "dupont", customers=10) == [
        "Dupont", "Dupont Père", "Dupontel", "Imprimerie Dupont", "Garage Dupont", "Dupond",
    ]  # fmt: skip


def test_the_code_comes_before_any_name(morel):
    customer(morel, "Petit 4117", account_code="C9")
    customer(morel, "Zola", account_code="4117")

    assert names(morel, "4117") == ["Zola", "Petit 4117"]


def test_what_led_to_a_customer_is_said_when_it_is_not_his_name(morel, dupont):
    def hint(text):
        return found(morel, text).customers[0].hint

    assert hint("dupont") == ""
    assert hint("411dup") == ""
    assert hint("benali") == "Karim Benali"
    assert hint("7328") == "73282932000074"
    assert hint("0612") == "+33 6 12 34 56 78"
    assert hint("compta@") == "compta@dupont-fils.fr"


def test_a_customer_comes_with_what_he_owes_in_each_currency(morel, dupont):
    invoice(dupont, euros=100, due=TODAY - timedelta(days=40))
    invoice(dupont, euros=50, due=TODAY + timedelta(days=5), on=TODAY)
    payment(dupont, euros=30, on=TODAY)
    invoice(dupont, euros=7, due=TODAY, currency="USD")

    euros, dollars = found(morel, "dupont").customers[0].owed

    assert (euros.balance, euros.overdue, euros.days_late) == (12_000, 7_000, 40)
    assert (dollars.currency, dollars.balance, dollars.overdue, dollars.days_late) == (
        "USD", 700, 0, 0,
    )  # fmt: skip


# -- entries -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        ("FAC19207", "19207"),
        ("FAC19207", "FAC19207"),
        ("FAC19207", "fac 19207"),
        ("FAC19207", "1920"),
        ("FAC19207", "fac192"),
        ("FA-2026-00192", "192"),
        ("FA-2026-00192", "00192"),
        ("FA-2026-00192", "fa-2026-00192"),
        ("FA-2026-00192", "2026 192"),
        ("FA202600192", "192"),
        ("FA202600192", "FA202600192"),
        ("2026/11/0042-B", "42"),
    ],
)
def test_an_entry_is_found_by_its_number_or_its_beginning(morel, number, typed):
    dupont = customer(morel, "Dupont")
    invoice(dupont, euros=10, due=TODAY, document_number=number)
    invoice(dupont, euros=20, due=TODAY, document_number="AV77777")

    assert documents(morel, typed) == [number]


def test_the_exact_number_comes_first_then_what_is_open(morel):
    dupont = customer(morel, "Dupont")
    settled(invoice(dupont, euros=9, due=TODAY, document_number="FAC1921"), on=TODAY)
    invoice(dupont, euros=9, due=TODAY - timedelta(days=9), document_number="FAC19200")
    settled(invoice(dupont, euros=9, due=TODAY, document_number="FAC192"), on=TODAY)

    assert documents(morel, "192") == ["FAC192", "FAC19200", "FAC1921"]


@pytest.mark.parametrize("typed", ["1234,56", "1 234,56 €", "1.234,56", "1234.56", "-1234,56 EUR"])
def test_an_entry_is_found_by_its_amount_open_ones_first(morel, typed):
    dupont = customer(morel, "Dupont")
    settled(invoice(dupont, euros="1234.56", due=TODAY, document_number="PAID"), on=TODAY)
    invoice(dupont, euros="2000", remaining="1234.56", due=TODAY, document_number="LEFT")
    payment(dupont, euros="1234.56", on=TODAY - timedelta(days=1), document_number="CREDIT")
    invoice(dupont, euros="1234.57", due=TODAY, document_number="OTHER")

    assert documents(morel, typed) == ["LEFT", "CREDIT", "PAID"]


def test_an_amount_is_read_in_the_decimals_of_each_currency(morel):
    dupont = customer(morel, "Dupont")
    invoice(dupont, euros=1234, due=TODAY, currency="XOF", document_number="CFA")
    invoice(dupont, euros="1.234", due=TODAY, currency="TND", document_number="DINAR")

    assert documents(morel, "1234") == ["CFA"]
    assert documents(morel, "1,234") == ["DINAR"]


def test_an_entry_that_left_the_accounting_is_not_found(morel):
    entry = invoice(customer(morel, "Dupont"), euros=10, due=TODAY, document_number="FAC555")
    entry.remaining_minor, entry.is_counted = 0, False
    entry.save(update_fields=["remaining_minor", "is_counted"])

    assert documents(morel, "555") == []


# -- who sees, and what it costs ---------------------------------------------------------------


def test_a_portfolio_and_a_company_end_where_they_end(morel):
    other = company("Petit", slug="petit")
    for of, rep in ((morel, "Durant"), (morel, "Guérin"), (other, "Durant")):
        someone = customer(of, f"Dupont {rep} {of.slug}", sales_rep=rep)
        invoice(someone, euros=77, due=TODAY, document_number=f"FAC900{rep}")
    mine = {"sales_reps": frozenset({"Durant"})}

    assert names(morel, "dupont", **mine) == ["Dupont Durant morel"]
    assert names(morel, "duponr", **mine) == ["Dupont Durant morel"]
    assert documents(morel, "900", **mine) == documents(morel, "77,00", **mine) == ["FAC900Durant"]
    assert names(morel, "dupont", sales_reps=frozenset()) == []


@pytest.mark.parametrize("text", ["dupont", "dupnot", "900", "10,00", "contact"])
def test_as_many_queries_for_three_rows_as_for_thirty(morel, text):
    def fill(number):
        for _ in range(number):
            someone = customer(morel, contact_name="M. Contact")
            someone.legal_name = f"Dupont {someone.pk}"
            someone.save(update_fields=["legal_name"])
            index_customers(morel, [someone.pk])
            invoice(someone, euros=10, due=TODAY, document_number=f"FAC900{someone.pk}")

    fill(6)
    with CaptureQueriesContext(connection) as few:
        found(morel, text)
    fill(24)
    with CaptureQueriesContext(connection) as many:
        found(morel, text)
    assert len(many) <= len(few)
    assert len(many) <= 16


# -- what is kept follows what is written ------------------------------------------------------


def test_an_import_and_what_is_typed_here_are_found_at_once(morel):
    directory = CustomerDirectory(morel, write=True)
    ids = directory.ids({"C001": "Dupont", "C002": "Martin"})
    assert names(morel, "dupont") == ["Dupont"]

    directory.ids({"C001": "Durand"})
    assert names(morel, "durand") == ["Durand"]
    assert names(morel, "dupont") == []

    writer = DetailsWriter(morel, write=True)
    writer.customers(
        [Details("C001", "Établissements Lebrun", {"phone": "0472009988"}, ("a@lebrun.fr",))]
    )
    writer.contacts([Person("C002", "zoe@example.com", "Zoé Kern")])
    assert names(morel, "lebrun") == names(morel, "0472009") == ["Établissements Lebrun"]
    assert names(morel, "@lebrun") == ["Établissements Lebrun"]
    assert names(morel, "durand") == []
    assert names(morel, "kern") == ["Martin"]

    martin = morel.customer_set.get(pk=ids["C002"])
    add_contact(martin, email="paul@ici.fr", name="Paul Ney", author=COMMAND_LINE, now=NOW)
    assert names(morel, "paul ney") == names(morel, "paul@") == ["Martin"]


def test_rows_that_were_there_before_are_given_what_new_ones_get(morel, dupont):
    entry = invoice(dupont, euros=10, due=TODAY, document_number="FA-2026-00192")
    terms = sorted(CustomerTerm.objects.values_list("customer_id", "term"))
    words = sorted(KnownWord.objects.values_list("word", "mirror"))
    CustomerTerm.objects.all().delete()
    KnownWord.objects.all().delete()
    LedgerEntry.objects.update(document_key="")

    migration = import_module("encaisse.ledger.migrations.0003_search")
    editor = connection.schema_editor()
    migration.fill_terms(apps, editor)
    migration.fill_documents(apps, editor)

    assert sorted(CustomerTerm.objects.values_list("customer_id", "term")) == terms
    assert sorted(KnownWord.objects.values_list("word", "mirror")) == words
    entry.refresh_from_db()
    assert entry.document_key == "192 fa2026"
