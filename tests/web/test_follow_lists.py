"""Échéances, Encaissements, Clients, and what « Qui vous doit quoi ? » shares with them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect

from encaisse.collection.models import CollectionProfile, CustomerFollowUp, DisputeEntry, Note
from encaisse.collection.operations.setup import install_defaults
from encaisse.ledger.models import PaymentMethod
from encaisse.tenancy.models import Company, Event, Membership
from encaisse.tenancy.operations import note_visit
from tests.builders import (
    at_level,
    customer,
    dispute,
    has_profile,
    hold,
    invoice,
    member,
    payment,
    profile,
)
from tests.web.browsing import enter
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

ROOT = "/s/morel/"
AGING, DUE = f"{ROOT}qui-vous-doit-quoi/", f"{ROOT}echeances/"
RECEIPTS, CUSTOMERS = f"{ROOT}encaissements/", f"{ROOT}clients/"


@pytest.fixture
def desk(client, morel):
    client.force_login(member(morel, "collector", first_name="Claire", last_name="Martin"))
    return client


@pytest.fixture
def dupont(morel, today):
    made = customer(
        morel, "Dupont", sales_rep="Durant", category="Négoce", email="a@dupont.example",
        free1="Nord", free2="VIP", city="Lille",
    )  # fmt: skip
    late = invoice(
        made, euros="1200.50", due=today - timedelta(days=70), document_number="FA1",
        free1="Lot 7", label="Équipement du hall",
    )  # fmt: skip
    at_level(late, 3, on=today)
    return made


@pytest.fixture
def petit(morel, today):
    made = customer(morel, "Petit", free1="Sud")
    payment(made, euros=811, on=today, document_number="VIR")
    return made


def lines_of(response) -> list[str]:
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


# -- Échéances -----------------------------------------------------------------------------------


def test_every_open_entry_is_listed_with_its_total(desk, dupont, petit):
    text = text_of(desk.get(DUE))

    for words in ("Dupont", "FA1", "70 j", "R3", "1 200,50", "VIR", "à lettrer", "-811,00"):
        assert words in text
    assert "De 1 à 2 sur 2" in text
    assert "389,50" in text  # the total, net of the credit


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?tranche=retard", {"FA1"}),
        ("?tranche=2", {"FA1"}),
        ("?tranche=0", set()),
        ("?tranche=credits", {"VIR"}),
        ("?niveau=3", {"FA1"}),
        ("?champ1=Nord", {"FA1"}),
        ("?champ1=Sud&q=petit", {"VIR"}),
        ("?min=1+200,50", {"FA1"}),
        ("?min=1200,51", set()),
        ("?q=fa1", {"FA1"}),
        ("?q=équipement", {"FA1"}),
        ("?q=ÉQUIP", {"FA1"}),
    ],
)
def test_the_filters_of_the_due_items(desk, dupont, petit, query, kept):
    lines = desk.get(DUE + query).context["list"].rows

    assert {line.item.entry.document_number for line in lines} == kept


@pytest.mark.parametrize("path", [RECEIPTS, DUE, f"{ROOT}activites/", f"{ROOT}suivre/reponses/"])
def test_a_day_that_no_calendar_goes_past_is_no_filter(desk, petit, path):
    response = desk.get(f"{path}?au=9999-12-31")

    assert response.status_code == 200
    assert not response.context["list"].chips


@pytest.mark.parametrize("path", [AGING, DUE, RECEIPTS, CUSTOMERS, f"{ROOT}litiges/"])
def test_a_list_that_was_opened_with_a_filter_nobody_answers_keeps_its_exports(desk, dupont, path):
    """Filters change the list alone: what stands above it must serve once they are taken off."""
    assert "export.csv" in desk.get(f"{path}?q=personne").text


def test_what_is_held_back_today_says_why(client):
    morel = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(morel)
    client.force_login(member(morel))
    today = morel.local_day(timezone.now())
    for name in ("Libre", "Arrêté"):
        made = customer(morel, name, email=f"{len(name)}@x.example")
        invoice(made, euros=500, due=today - timedelta(days=21), on=today - timedelta(days=60))
    hold(made, on=today)

    reminded, left, stopped, contacts = (
        text_of(client.get(url))
        for url in (
            f"{DUE}?relance=oui",
            f"{DUE}?relance=non",
            f"{DUE}?relance=stop",
            f"{CUSTOMERS}?arelancer=1",
        )
    )

    for page in (reminded, contacts):
        assert "411LIBRE" in page
        assert "411ARRETE" not in page
    for page in (left, stopped):
        assert "411LIBRE" not in page
        assert "411ARRETE" in page
    assert "Client en STOP" in left


def test_the_file_of_the_due_items_has_the_columns_that_are_asked_for(desk, dupont, today):
    dispute(dupont, on=today)
    columns = "name,document,late,level,remaining,marks,customer_free1,free1"

    lines = lines_of(desk.get(f"{DUE}export.csv?colonnes={columns}"))

    assert lines[0] == (
        "Client;Code client;Pièce;Nature;Jours de retard;Niveau;Relances reçues;Reste dû;"
        "STOP;Litige;Promesse pour le;Laissée de côté;Champ 1 du client;Champ 1 de la pièce"
    )
    assert lines[1] == (
        "Dupont;411DUPONT;FA1;Facture;70;3;3;1200,50;;Litige commercial;;;Nord;Lot 7"
    )


# -- Encaissements -------------------------------------------------------------------------------


def test_receipts_of_the_fiscal_year_with_their_nature_and_what_they_settled(desk, morel, today):
    debit = PaymentMethod.objects.create(
        company=morel, code="P", label="Prélèvement", is_automatic=True
    )
    dupont = customer(morel, "Dupont", payment_method=debit)
    paid = invoice(dupont, euros=50, due=today, match_code="AB", document_number="FA7")
    at_level(paid, 2, on=today)
    payment(dupont, euros=50, on=today, match_code="AB", remaining=0)
    payment(customer(morel, "Petit"), euros=8, on=today, kind="credit_note")

    text = text_of(desk.get(RECEIPTS))

    for words in ("Automatique", "Prélèvement", "FA7", "R2", "Avoir ou autre", "à lettrer"):
        assert words in text
    assert "Montant total (2 encaissements)" in text
    assert "58,00" in text
    assert "Dupont" not in text_of(desk.get(f"{RECEIPTS}?type=autre"))
    assert "Petit" not in text_of(desk.get(f"{RECEIPTS}?auto=oui"))
    yesterday = today - timedelta(days=1)
    assert "Rien ne répond" in text_of(desk.get(f"{RECEIPTS}?au={yesterday}"))


def test_the_bars_add_up_to_the_total_and_lead_to_their_month(desk, dupont, today):
    first = today.replace(day=1)
    months = [first, first - timedelta(days=1), first - timedelta(days=40)]
    for number, day in enumerate(months):
        payment(dupont, euros=100 * (number + 1), on=day)

    page = desk.get(f"{RECEIPTS}?du={months[2]}").context["page"]
    (picture,) = page.pictures

    assert picture.total.minor == 60000 == sum(bar.minor for bar in picture.bars)
    assert max(bar.payments_height for bar in picture.bars) == 100
    month = desk.get(picture.bars[-1].url).context["page"]
    assert [total.minor for total in month.listing.totals] == [10000]
    assert desk.get(f"{RECEIPTS}?du=2020-01-01").context["page"].pictures[0].bars[0].is_year


# -- Clients -------------------------------------------------------------------------------------


def test_all_the_customers_are_there_even_those_who_owe_nothing(desk, morel, dupont, petit):
    customer(morel, "Calme")

    text = text_of(desk.get(CUSTOMERS))

    for words in ("Calme", "0,00 €", "1 200,50 €", "-811,00 €", "Lille", "3 clients", "389,50 €"):
        assert words in text


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("?solde=doit", ["Dupont"]),
        ("?solde=crediteur", ["Petit"]),
        ("?solde=nul", ["Calme"]),
        ("?email=oui", ["Dupont"]),
        ("?email=non", ["Calme", "Petit"]),
        ("?champ1=Sud", ["Petit"]),
        ("?champ2=VIP", ["Dupont"]),
        ("?niveau=3", ["Dupont"]),
        ("?litige=1", ["Petit"]),
        ("?litige=non", ["Calme", "Dupont"]),
        ("?motif=Litige+commercial", ["Petit"]),
        ("?stop=oui", ["Calme"]),
        ("?stop=non&tri=-name", ["Petit", "Dupont"]),
        ("?tri=-balance", ["Dupont", "Calme", "Petit"]),
        ("?tri=overdue", ["Petit", "Calme", "Dupont"]),
        ("?q=411p", ["Petit"]),
    ],
)
def test_the_filters_and_sorts_of_the_customers(desk, morel, today, dupont, petit, query, kept):
    hold(customer(morel, "Calme", free2="-"), on=today)
    dispute(petit, on=today)

    rows = desk.get(CUSTOMERS + query).context["list"].rows

    assert [line.row.customer.legal_name for line in rows] == kept


def test_a_customer_in_two_currencies_is_one_row_and_two_columns_of_the_file(desk, dupont, today):
    invoice(dupont, euros=30, due=today, currency="USD")

    assert desk.get(CUSTOMERS).context["list"].count == 1
    head, row = lines_of(desk.get(f"{CUSTOMERS}export.csv?colonnes=name,balance"))
    assert head == "Client;Somme due EUR;Somme due USD"
    assert row == "Dupont;1200,50;30,00"


def test_a_profile_is_given_to_all_that_is_ticked_with_one_line_in_the_journal(
    desk, morel, dupont, petit
):
    large = profile(morel, "Grand compte")
    has_profile(petit, profile(morel, "Autre"))
    calme = customer(morel, "Calme")
    revision = Company.objects.get(pk=morel.pk).facts_revision
    url = f"{CUSTOMERS}profil/?choix=tous&sauf={calme.pk}"

    shown = desk.get(url)
    assert "2 clients" in text_of(shown)
    stale = desk.post(url, {"profile": large.pk, "count": 3})
    assert stale.status_code == 422
    assert "La liste a changé" in stale.text
    assert not Event.objects.exists()
    done = desk.post(url, {"profile": large.pk, "count": 2}, follow=True)

    assert "2 clients affectés au profil" in text_of(done)
    found = CustomerFollowUp.objects.filter(profile=large)
    assert set(found.values_list("customer_id", flat=True)) == {dupont.pk, petit.pk}
    event = Event.objects.get()
    assert event.kind == "customers.profile_set"
    assert event.data["customers"] == ["411DUPONT", "411PETIT"]
    assert Company.objects.get(pk=morel.pk).facts_revision == revision + 1


def test_profiles_given_together_are_given_back_to_those_who_still_have_the_new_one(
    desk, morel, dupont, petit
):
    large, other = profile(morel, "Grand compte"), profile(morel, "Autre")
    calme = customer(morel, "Calme")
    has_profile(petit, other)
    done = desk.post(
        f"{CUSTOMERS}profil/?choix=tous", {"profile": large.pk, "count": 3}, follow=True
    )
    CustomerFollowUp.objects.filter(customer=calme).update(profile=other)
    (undo,) = re.findall(r'action="([^"]+/clients/profil/\d+/annuler/)"', done.text)

    assert "2 clients ont retrouvé leur profil." in text_of(desk.post(undo, follow=True))
    found = CustomerFollowUp.objects.values_list("customer__account_code", "profile__name")
    assert dict(found) == {"411DUPONT": None, "411PETIT": "Autre", "411CALME": "Autre"}
    assert "C’était déjà fait." in text_of(desk.post(undo, follow=True))


def test_a_portfolio_moves_its_customers_only_and_a_reader_none(client, morel, dupont, petit):
    large = profile(morel, "Grand compte")
    url = f"{CUSTOMERS}profil/?choix={dupont.pk}&choix={petit.pk}"
    client.force_login(member(morel, "collector", sales_reps="Durant"))

    client.post(url, {"profile": large.pk, "count": 2})

    assert list(CustomerFollowUp.objects.values_list("customer_id", flat=True)) == [dupont.pk]
    client.force_login(member(morel, "reader"))
    assert client.post(url, {"profile": large.pk, "count": 2}).status_code == 403
    assert "data-select" not in client.get(CUSTOMERS).text


# -- Qui vous doit quoi ? ------------------------------------------------------------------------


def test_nouv_marks_what_became_overdue_since_the_last_visit(desk, morel, today):
    for name, days in (("Hier", 1), ("Avant", 5), ("Demain", -1)):
        invoice(customer(morel, name), euros=9, due=today - timedelta(days=days), on=today)
    seen = Membership.objects.get()
    seen.visited_on = today - timedelta(days=3)
    seen.save()

    page = desk.get(AGING)

    assert [line.row.name for line in page.context["list"].rows if line.is_new] == ["Hier"]
    assert f"NOUV : échu depuis votre dernière visite, le {seen.visited_on:%d/%m/%Y}" in text_of(
        page
    )
    only = desk.get(f"{AGING}?nouveau=1").context["list"]
    assert [line.row.name for line in only.rows] == ["Hier"]
    seen.refresh_from_db()
    assert (seen.visited_before, seen.visited_on) == (today - timedelta(days=3), today)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has a single write lock")
def test_a_visit_does_not_wait_while_an_import_holds_the_database(morel, today):
    of = member(morel).memberships.get()
    importer = connection.copy()
    try:
        with importer.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            note_visit(of, today=today)
            cursor.execute("ROLLBACK")
    finally:
        importer.close()
    assert of.visited_on is None

    note_visit(of, today=today)

    of.refresh_from_db()
    assert of.visited_on == today


def test_the_first_visit_counts_a_week_back(desk, morel, today):
    for name, days in (("Semaine", 7), ("Avant", 8)):
        invoice(customer(morel, name), euros=9, due=today - timedelta(days=days))

    rows = desk.get(AGING).context["list"].rows

    assert {line.row.name: line.is_new for line in rows} == {"Semaine": True, "Avant": False}
    assert "ces 7 derniers jours" in text_of(desk.get(AGING))


def test_the_detailed_view_unfolds_the_open_entries_in_their_periods(desk, dupont, today):
    invoice(dupont, euros=300, due=today + timedelta(days=9), on=today, document_number="FA2")
    for number in range(30):
        invoice(dupont, euros=1, due=today + timedelta(days=20 + number), on=today)

    page = desk.get(f"{AGING}?vue=detail")
    (line,) = page.context["list"].rows
    file = lines_of(desk.get(f"{AGING}export.csv?vue=detail&colonnes=name,overdue,balance"))

    assert [piece.item.entry.document_number for piece in line.pieces[:2]] == ["FA1", "FA2"]
    assert (len(line.pieces), line.others) == (25, 7)
    assert "7 autres pièces" in text_of(page)
    assert file[0] == "Client;Code client;Pièce;Échéance;Jours de retard;En retard;Total"
    assert file[1].startswith("Dupont;411DUPONT;FA1;")
    assert file[1].endswith(";70;1200,50;1200,50")
    assert len(file) == 33
    assert "FA2" not in text_of(desk.get(AGING))


def test_free_fields_and_notes_can_be_shown(desk, morel, dupont):
    Note.objects.create(
        company=morel, customer=dupont, text="Rappeler mardi", author_name="C", at=timezone.now()
    )

    text = text_of(desk.get(f"{AGING}?colonnes=name,free1,free2,category,notes"))

    for words in ("Nord", "VIP", "Négoce", "Rappeler mardi"):
        assert words in text
    assert "Rappeler" not in text_of(desk.get(AGING))


def test_a_free_field_with_very_many_values_is_typed(desk, morel, today):
    for number in range(201):
        of = customer(morel, free1=f"Chantier {number:03}")
    invoice(of, euros=5, due=today)

    listing = desk.get(f"{AGING}?champ1=tier+200").context["list"]

    (typed,) = [one for one in listing.spec.filters if one.key == "champ1"]
    assert typed.kind == "text"
    assert listing.count == 1


# -- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", [DUE, RECEIPTS, CUSTOMERS, f"{AGING}?vue=detail&colonnes=name,notes", f"{DUE}?litige=1"]
)
def test_as_many_queries_for_three_rows_as_for_thirty(desk, morel, today, url):
    def fill(number: int) -> None:
        for _ in range(number):
            someone = customer(morel)
            late = invoice(someone, euros=10, due=today - timedelta(days=9), match_code="A")
            at_level(late, 1, on=today)
            payment(someone, euros=3, on=today, match_code="A")
            DisputeEntry.objects.create(dispute=dispute(someone, on=today), entry=late)

    fill(3)
    desk.get(url)
    with CaptureQueriesContext(connection) as few:
        assert desk.get(url).context["list"].rows
    fill(22)
    with CaptureQueriesContext(connection) as many:
        assert len(desk.get(url).context["list"].rows) == 25
    assert len(many) == len(few)


@pytest.mark.parametrize("url", [DUE, RECEIPTS, CUSTOMERS])
def test_a_portfolio_sees_its_customers_only_in_pages_and_files(
    client, morel, today, dupont, petit, url
):
    payment(dupont, euros=1, on=today)
    client.force_login(member(morel, "reader", sales_reps="Durant"))

    page, file = client.get(url).text, "".join(lines_of(client.get(f"{url}export.csv")))

    assert "Dupont" in page
    assert "Dupont" in file
    assert "Petit" not in page + file


@pytest.mark.parametrize("url", [DUE, RECEIPTS, CUSTOMERS])
def test_an_empty_ledger_says_where_to_begin(desk, url):
    assert "Importer un fichier" in desk.get(url).text


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_customers_are_ticked_and_given_a_profile(browser_page, morel):
    member(morel, email="claire@morel.fr")
    profile(morel, "Grand compte")
    for name in ("Dupont", "Petit", "Roux"):
        customer(morel, name)
    page = browser_page
    enter(page, "claire@morel.fr", CUSTOMERS)

    page.get_by_label("Choisir Dupont").check()
    page.get_by_label("Choisir Roux").check()
    page.get_by_role("link", name="Affecter un profil").click()
    dialog = page.locator("#dialog[open]")
    expect(dialog.get_by_text("2 clients changeront de profil")).to_be_visible()
    dialog.get_by_label("Grand compte").check()
    dialog.get_by_role("button", name="Affecter à 2 clients").click()

    expect(page.get_by_role("status").get_by_text("2 clients affectés")).to_be_visible()
    expect(page.get_by_role("cell", name="Grand compte")).to_have_count(2)
    assert page.url.endswith(CUSTOMERS)


def test_the_levels_of_the_scenarios_are_offered_and_an_old_link_keeps_another(desk, morel, today):
    standard = CollectionProfile.objects.get(company=morel)
    scenario = standard.scenarios.create(company=morel, name="Standard", with_email=True)
    for level in range(1, 6):
        scenario.steps.create(
            kind="reminder", level=level, medium="email", trigger="due", offset_days=level
        )
    invoiced = invoice(customer(morel, "Dupont"), euros=10, due=today)
    at_level(invoiced, 9, on=today)

    offered = re.findall(r'<option value="(\d)"[^>]*>(?:R\d|Jamais)', desk.get(CUSTOMERS).text)
    assert offered == ["0", "1", "2", "3", "4", "5"]

    page = desk.get(f"{CUSTOMERS}?niveau=9").text
    assert '<option value="9" selected>R9</option>' in page
    assert "Dupont" in page
