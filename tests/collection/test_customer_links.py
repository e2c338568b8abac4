"""What only some texts ask for: the links of a customer, and the company's logo."""

from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from encaisse.collection.models import Reminder
from encaisse.collection.operations.followup import renew_links
from encaisse.collection.queries.customer_links import (
    LINK_DAYS,
    LinkGone,
    invoices_address,
    open_invoices,
    open_page,
    page_address,
)
from encaisse.ledger.models import Customer
from encaisse.ledger.operations.invoice_files import file_invoices, store_pdf
from encaisse.messaging.letters.pictures import Use, made_fit
from encaisse.messaging.models import MessageTemplate
from encaisse.messaging.operations.layout import change_letter_layout
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from tests.collection.world import Desk

TODAY = date(2026, 4, 8)
SITE = "https://encaisse.example/"
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
    b'<rect width="90" height="30" fill="#135"/></svg>'
)


@pytest.fixture(autouse=True)
def public(settings):
    settings.SITE_URL = SITE.rstrip("/")


def says(acme: Desk, body: str, code: str = "reminder_1_email") -> None:
    """The text of the first reminder, in French."""
    MessageTemplate.objects.filter(company=acme.company, code=code, language="fr").update(body=body)


def with_pages(acme: Desk) -> None:
    Company.objects.filter(pk=acme.company.pk).update(customer_pages=True)


def with_logo(acme: Desk, content: bytes = b"") -> None:
    if not content:
        picture = BytesIO()
        Image.new("RGB", (600, 120), "#113355").save(picture, "PNG")
        content = picture.getvalue()
    picture_of = made_fit(Use.LOGO, content, name="logo")
    change_letter_layout(acme.company, {}, author=COMMAND_LINE, pictures={Use.LOGO: picture_of})


def with_file(acme: Desk, document: str) -> None:
    stored = store_pdf(acme.company, f"{document}.pdf", [b"%PDF-1.7\n" + document.encode()])
    file_invoices(acme.company, [stored], author=COMMAND_LINE, now=acme.at(TODAY))


def token_in(reminder: Reminder, path: str) -> str:
    """The key of the only address of ours in a message."""
    _before, _found, after = reminder.content_html.partition(f'href="{SITE}{path}')
    return after.partition('"')[0]


# -- the customer's page -------------------------------------------------------------------------


def test_a_message_leads_to_the_page_of_its_customer(acme: Desk, dupont: Customer):
    with_pages(acme)
    says(acme, "<p>Votre compte : {{ lien_portail }}</p>")

    acme.work(TODAY)

    sent = Reminder.objects.get()
    token = token_in(sent, "c/")
    assert sent.content_text.strip().endswith(f"{SITE}c/{token}")
    assert open_page(token, now=acme.at(TODAY)) == dupont
    assert len(token) < 50


@pytest.mark.parametrize("how", ["switched off", "out of reach"])
def test_without_a_page_to_lead_to_the_message_does_not_leave(acme, dupont, settings, how):
    if how == "out of reach":
        with_pages(acme)
        settings.SITE_URL = "http://localhost:8000"
    says(acme, "<p>Votre compte : {{ lien_portail }}</p>")

    acme.work(TODAY)

    sent = Reminder.objects.get()
    assert (sent.status, acme.mails()) == ("failed", [])
    assert "lien_portail" in sent.error


def test_a_rehearsal_leads_to_this_machine(acme: Desk, dupont: Customer, settings):
    with_pages(acme)
    Company.objects.update(mail_mode="capture")
    settings.SITE_URL = "http://localhost:8000"
    says(acme, "<p>{{ lien_portail }}</p>")

    acme.work(TODAY)

    assert "http://localhost:8000/c/" in Reminder.objects.get().content_text


def test_an_address_opens_until_it_is_too_old_or_renewed(acme: Desk, dupont: Customer):
    with_pages(acme)
    token = page_address(dupont.pk, renewed=0, on=TODAY).rpartition("/")[2]
    last = TODAY + timedelta(days=LINK_DAYS)

    assert open_page(token, now=acme.at(last, 23)) == dupont
    assert open_page(token.upper(), now=acme.at(TODAY)) == dupont
    with pytest.raises(LinkGone):
        open_page(token, now=acme.at(last + timedelta(days=1)))

    renew_links(dupont, author=COMMAND_LINE, now=acme.at(TODAY))

    with pytest.raises(LinkGone):
        open_page(token, now=acme.at(TODAY))
    assert Event.objects.filter(kind="customer.links_renewed").count() == 1
    says(acme, "<p>{{ lien_portail }}</p>")
    acme.work(TODAY)
    fresh = token_in(Reminder.objects.get(), "c/")
    assert fresh != token
    assert open_page(fresh, now=acme.at(TODAY)) == dupont


def test_a_key_opens_neither_another_customer_nor_another_door(acme: Desk, dupont: Customer):
    with_pages(acme)
    durand = acme.customer("DURAND")
    acme.work(TODAY)
    sent = Reminder.objects.get()
    ours = page_address(dupont.pk, renewed=0, on=TODAY).rpartition("/")[2]
    theirs = ours.replace(f"{dupont.pk}-", f"{durand.pk}-", 1)
    invoices = invoices_address(sent.pk, renewed=0, on=TODAY).rpartition("/")[2]

    for wrong in (theirs, ours[:-1], ours + "a", invoices, "", "x", "%00", "é", ours.split(".")[0]):
        with pytest.raises(LinkGone):
            open_page(wrong, now=acme.at(TODAY))
    with pytest.raises(LinkGone):
        open_invoices(ours, now=acme.at(TODAY))


# -- the invoices of a message -------------------------------------------------------------------


def test_a_message_leads_to_its_invoices_when_a_file_is_known(acme: Desk, dupont: Customer):
    says(acme, "<p>Vos factures : {{ lien_factures }}</p>")
    acme.invoice(dupont, "FA2026", 90, due=date(2026, 3, 31))
    acme.sync(date(2026, 3, 1))
    with_file(acme, "FA2026")

    acme.work(TODAY)

    sent = Reminder.objects.get()
    assert open_invoices(token_in(sent, "f/"), now=acme.at(TODAY)) == sent


def test_without_any_file_the_message_does_not_leave(acme: Desk, dupont: Customer):
    says(acme, "<p>Vos factures : {{ lien_factures }}</p>")

    acme.work(TODAY)

    sent = Reminder.objects.get()
    assert (sent.status, acme.mails()) == ("failed", [])
    assert "lien_factures" in sent.error


# -- the logo ------------------------------------------------------------------------------------


def parts_of(mail: EmailMessage, kind: str) -> list[EmailMessage]:
    return [part for part in mail.walk() if part.get_content_type() == kind]  # type: ignore[misc]


@pytest.mark.parametrize("content", [b"", DRAWING])
def test_a_mail_carries_the_logo_that_its_html_names(acme: Desk, dupont: Customer, content):
    with_logo(acme, content)
    says(acme, "<p>{{ logo }}</p><p>Bonjour</p>")

    acme.work(TODAY)

    (mail,) = acme.mails()
    assert mail.get_content_type() == "multipart/alternative"
    plain, related = mail.iter_parts()
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    cid = picture["Content-ID"].strip("<>")
    assert f'<img src="cid:{cid}" alt="ACME" width=' in html.get_content()
    assert picture["Content-Disposition"].startswith("inline")
    with Image.open(BytesIO(picture.get_content())) as image:
        assert (image.format, image.width > image.height) == ("PNG", True)
    assert plain.get_content().split() == ["ACME", "Bonjour"]
    assert not mail.defects


def test_a_mail_without_the_logo_is_as_it_was(acme: Desk, dupont: Customer):
    with_logo(acme)
    says(acme, "<p>{% if logo %}Avec{% endif %} logo</p>")

    acme.work(TODAY)

    (mail,) = acme.mails()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert not parts_of(mail, "image/png")


def test_without_a_logo_the_message_does_not_leave(acme: Desk, dupont: Customer):
    says(acme, "<p>{{ logo }}</p><p>Bonjour</p>")

    acme.work(TODAY)

    sent = Reminder.objects.get()
    assert (sent.status, "logo" in sent.error) == ("failed", True)


def test_a_letter_prints_the_logo_where_its_text_has_it(acme: Desk):
    with_logo(acme)
    durand = acme.customer("DURAND", email=False)
    acme.invoice(durand, "G", 900, due=date(2026, 3, 31))
    acme.sync(date(2026, 3, 1))
    says(acme, "<p>Bonjour</p><p>{{ logo }}</p>", code="reminder_1_letter")

    acme.prepare(TODAY)
    (path,) = acme.print(TODAY)

    with pikepdf.open(path) as pdf:
        drawn = [str(op) for _args, op in pikepdf.parse_content_stream(pdf.pages[0])]
    # Once at the head, once in the text.
    assert drawn.count("Do") == 2
