"""What customers open without an account: their page, the invoices of a message, no more."""

from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from encaisse.collection.models import CustomerFollowUp, ReminderLine
from encaisse.collection.queries.customer_links import LINK_DAYS, invoices_address, page_address
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.ledger.operations.invoice_files import file_invoices, store_pdf
from encaisse.messaging.letters.pictures import Use, made_fit
from encaisse.messaging.letters.screen import screen_picture
from encaisse.messaging.operations.layout import change_letter_layout
from encaisse.messaging.queries.logo import company_logo
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from tests.builders import company, credit_note, customer, dispute, invoice, member, reminder
from tests.web.browsing import violations
from tests.web.plan_desk import text_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def morel(db) -> Company:
    return company(
        "Ateliers Morel", slug="morel", customer_pages=True, phone="04 65 71 18 00",
        reply_to="compta@morel.example", iban="FR1420041010050500013M02606", city="Lyon",
        payment_url="https://payer.example/{reference}?m={montant}", siren="000417337",
    )  # fmt: skip


@pytest.fixture
def today(morel):
    return morel.local_day(timezone.now())


@pytest.fixture
def dupont(morel, today) -> Customer:
    """Late with FA1, part of which is paid; FA2 is to come, AV3 to deduct; and dollars."""
    made = customer(morel, "Dupont", category="Mauvais payeur", sales_rep="Durant")
    invoice(made, euros=1200, due=today - timedelta(days=12), remaining=800, document_number="FA1")
    invoice(made, euros=300, due=today + timedelta(days=9), on=today, document_number="FA2")
    credit_note(made, euros=50, on=today, document_number="AV3")
    invoice(made, euros=70, due=today, currency="USD", document_number="US4")
    return made


def address(of: Customer, *, renewed: int = 0, ago: int = 0) -> str:
    day = of.company.local_day(timezone.now()) - timedelta(days=ago)
    return "/c/" + page_address(of.pk, renewed=renewed, on=day).rpartition("/")[2]


def with_files(of: Company, *documents: str) -> None:
    stored = [store_pdf(of, f"{name}.pdf", [PDF + name.encode()]) for name in documents]
    file_invoices(of, stored, author=COMMAND_LINE, now=timezone.now())


def with_logo(of: Company) -> None:
    picture = BytesIO()
    Image.new("RGB", (300, 80), "#135").save(picture, "PNG")
    fit = made_fit(Use.LOGO, picture.getvalue(), name="logo.png")
    change_letter_layout(of, {}, author=COMMAND_LINE, pictures={Use.LOGO: fit})


def entry(document: str) -> LedgerEntry:
    return LedgerEntry.objects.get(document_number=document)


# -- what it shows -------------------------------------------------------------------------------


def test_a_customer_reads_what_is_open_today_and_where_to_pay(client, dupont):
    other = customer(dupont.company, "Durand")
    invoice(other, euros=999, due=None, document_number="SECRET9")

    text = text_of(client.get(address(dupont)))

    assert "Reste à régler EUR 1 050 ,00 €" in text  # 800 + 300 − 50
    assert "Échu 800,00 € À échoir 300,00 € À déduire -50,00 €" in text
    assert "FA1" in text
    assert "12 jours de retard" in text
    assert "1 200,00 € 800,00 €" in text
    assert "Reste à régler USD 70 ,00 $US" in text
    assert "FR14 2004 1010 0505 0001 3M02 606" in text
    assert "Référence à indiquer 411DUPONT" in text
    assert "04 65 71 18 00" in text
    for kept in ("SECRET9", "Durand", "Mauvais payeur", "Durant", "Relance", "Standard"):
        assert kept not in text
    html = client.get(address(dupont)).content.decode()
    assert 'href="https://payer.example/411DUPONT?m=1050.00"' in html
    assert 'href="https://payer.example/411DUPONT?m=70.00"' in html


def test_what_was_agreed_is_said_soberly(client, dupont, today):
    dispute(dupont, on=today, comment="il ment")

    text = text_of(client.get(address(dupont)))

    assert "Votre réclamation est en cours d’examen." in text
    assert "il ment" not in text
    assert "Litige" not in text


def test_an_account_that_owes_nothing_says_so(client, morel):
    text = text_of(client.get(address(customer(morel, "Durand"))))

    assert "Votre compte est à jour" in text
    assert "IBAN" not in text


def test_the_page_speaks_the_language_of_the_customer(client, dupont):
    Customer.objects.filter(pk=dupont.pk).update(language="en")
    client.force_login(member(dupont.company, language="fr"))

    response = client.get(address(dupont))

    assert (response["Content-Language"], '<html lang="en">' in response.text) == ("en", True)
    assert "€1,050 .00" in text_of(response)


def test_his_papers_are_his_and_nobody_elses(client, dupont, today):
    durand = customer(dupont.company, "Durand")
    invoice(durand, euros=5, due=today, document_number="FA9")
    with_files(dupont.company, "FA1", "FA9")
    page = address(dupont)

    own = client.get(f"{page}/{entry('FA1').pk}.pdf")
    statement = client.get(f"{page}/releve.pdf")

    assert b"".join(own.streaming_content) == PDF + b"FA1"
    assert own["Content-Type"] == statement["Content-Type"] == "application/pdf"
    assert statement.content.startswith(b"%PDF")
    assert f"/{entry('FA1').pk}.pdf" in client.get(page).content.decode()
    for stranger in (entry("FA9").pk, entry("FA2").pk, 10**30):
        assert client.get(f"{page}/{stranger}.pdf").status_code == 404


def test_a_visit_leaves_no_trace_and_is_kept_by_nobody(client, dupont):
    with_files(dupont.company, "FA1")
    events, page = Event.objects.count(), address(dupont)
    CustomerFollowUp.objects.create(customer=dupont, company=dupont.company)

    for url in (page, f"{page}/releve.pdf", f"{page}/{entry('FA1').pk}.pdf", "/c/x", "/f/x"):
        for response in (client.get(url), client.head(url)):
            assert response["Cache-Control"] == "private, no-store"
            assert response["Referrer-Policy"] == "no-referrer"
            assert response["X-Robots-Tag"].startswith("noindex")
            assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
            assert not response.cookies
        assert client.post(url).status_code == 405
    assert Event.objects.count() == events


def test_a_large_account_costs_no_more_queries(
    client, dupont, today, django_assert_max_num_queries
):
    for number in range(60):
        invoice(dupont, euros=10, due=today, document_number=f"G{number}")

    with django_assert_max_num_queries(30):
        client.get(address(dupont))


# -- who comes in --------------------------------------------------------------------------------


def test_an_address_that_opens_nothing_never_says_why(client, dupont, morel):
    petit = company("Petit", slug="petit")
    good = address(dupont)
    forged = good[:-1] + ("a" if good[-1] != "a" else "b")
    off = address(customer(petit, "Dupont"))
    expired, renewed = address(dupont, ago=LINK_DAYS + 1), address(dupont, renewed=1)
    unknown = good.replace(f"/{dupont.pk}-", "/999999-")

    answers = [client.get(url) for url in (forged, off, expired, renewed, unknown, "/c/é", "/f/x")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    text = text_of(answers[0])
    assert "Ce lien n’est plus valable" in text
    assert "répondez à son message" in text
    assert "Dupont" not in text
    assert client.get(address(dupont, ago=LINK_DAYS)).status_code == 200
    Company.objects.update(customer_pages=False)
    assert client.get(good).content == answers[0].content


def test_somebody_who_tries_addresses_is_soon_told_to_wait(client, dupont):
    answers = [client.get(f"/c/{number}-0-739941.abc") for number in range(15)]

    assert answers[0].status_code == 404
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    assert client.get(address(dupont)).status_code == 429


def test_renewing_ends_the_addresses_that_were_given(client, dupont, morel):
    client.force_login(member(morel))
    limited, visitor = Client(), Client()
    limited.force_login(member(morel, sales_reps="Autre"))
    form, old = f"/s/morel/clients/{dupont.pk}/page/", address(dupont)
    assert old in client.get(form).content.decode()
    assert limited.post(form).status_code == 404
    assert visitor.get(old).status_code == 200

    assert client.post(form).status_code == 302

    assert visitor.get(old).status_code == 404
    assert visitor.get(address(dupont, renewed=1)).status_code == 200
    assert Event.objects.filter(kind="customer.links_renewed").count() == 1
    page = text_of(client.get(f"/s/morel/clients/{dupont.pk}/"))
    assert "Adresse de la page du client renouvelée" in page


def test_a_company_opens_its_pages_beside_the_payment_link(client, morel):
    Company.objects.update(customer_pages=False)
    client.force_login(member(morel, "administrator"))
    page = "/s/morel/configurer/penalites/"
    assert "ENCAISSE_URL" in text_of(client.get(page))

    client.post(page, {"penalty_mode": "", "payment_url": "", "customer_pages": "on"})

    morel.refresh_from_db()
    assert morel.customer_pages
    assert "page du client" in text_of(client.get("/s/morel/configurer/journal/")).lower()


# -- the invoices of a message -------------------------------------------------------------------


@pytest.fixture
def sent(dupont, today):
    """A reminder of FA1 and US4; FA2 is not in it."""
    with_files(dupont.company, "FA1", "FA2", "US4")
    made = reminder(dupont, on=today)
    for document in ("FA1", "US4"):
        ReminderLine.objects.create(
            reminder=made, entry=entry(document), kind="reminder", level_before=0, level_after=1,
            claimed_minor=100,
        )  # fmt: skip
    return made


def invoices_of(sent, *, renewed: int = 0) -> str:
    return "/f/" + invoices_address(sent.pk, renewed=renewed, on=sent.day).rpartition("/")[2]


def test_a_message_gives_its_own_invoices_and_no_other(client, sent):
    Company.objects.update(customer_pages=False)
    page = invoices_of(sent)

    text = text_of(client.get(page))
    whole = ZipFile(BytesIO(b"".join(client.get(f"{page}/factures.zip").streaming_content)))

    assert "FA1" in text
    assert "US4" in text
    assert "FA2" not in text
    assert "Reste" not in text
    assert sorted(whole.namelist()) == ["FA1.pdf", "US4.pdf"]
    one = client.get(f"{page}/{entry('US4').pk}.pdf")
    assert b"".join(one.streaming_content) == PDF + b"US4"
    assert client.get(f"{page}/{entry('FA2').pk}.pdf").status_code == 404
    assert client.get(invoices_of(sent, renewed=1)).status_code == 404


# -- the archive ---------------------------------------------------------------------------------


def test_the_history_shows_the_logo_that_a_mail_carried(client, morel, today, settings):
    with_logo(morel)
    logo = company_logo(morel)
    assert logo is not None
    html = f'<p><img src="cid:{logo.cid}" alt="Ateliers Morel" width="9"></p>'
    kept = reminder(customer(morel, "Dupont"), on=today, content_html=html)
    client.force_login(member(morel, "reader"))
    url = f"/s/morel/activites/{kept.pk}/contenu/"

    shown = client.get(url)

    assert '<img src="data:image/png;base64,' in shown.text
    assert "img-src data:" in shown["Content-Security-Policy"]
    for file in (settings.MEDIA_ROOT / "layout" / "morel").iterdir():
        file.unlink()
    screen_picture.cache_clear()
    assert '<img alt="Ateliers Morel"' in client.get(url).text


# -- in a browser --------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("fr", 1280, "light"), ("en", 390, "dark")]
)
def test_everybody_can_read_the_pages(browser_page: Page, dupont, sent, language, width, scheme):
    Customer.objects.update(language=language)
    with_logo(dupont.company)
    browser_page.set_viewport_size({"width": width, "height": 900})
    browser_page.emulate_media(color_scheme=scheme)
    for url in (address(dupont), invoices_of(sent), "/c/x"):
        browser_page.goto(url)
        beyond = browser_page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert (url, beyond, violations(browser_page)) == (url, 0, [])
