"""The layout of letters: what is chosen is on the paper, what cannot be printed is refused."""

from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from encaisse.collection.operations.configuration import ConfigurationRefused, take_configuration
from encaisse.collection.queries.configuration import configuration
from encaisse.collection.queries.statement import statement_pdf
from encaisse.messaging.letters.layout import Layout, Margins
from encaisse.messaging.letters.pictures import Picture, PictureRefused, Use, made_fit
from encaisse.messaging.letters.press import LetterPress, LetterRefused
from encaisse.messaging.letters.slip import payment_slip
from encaisse.messaging.models import LetterLayout
from encaisse.messaging.operations.layout import change_letter_layout
from encaisse.messaging.queries.layout import letter_layout
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Event
from tests.builders import company, customer
from tests.messaging.facts import facts
from tests.messaging.test_letters import letter, pages
from tests.support.paper import needs_pdftotext, text_of

CLAIRE = Author("Claire")
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M0 0h9v9z'/></svg>"


@pytest.fixture(scope="module")
def press() -> LetterPress:
    return LetterPress()


@pytest.fixture
def morel(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return company("Ateliers Morel", slug="morel")


def image(width: int, height: int, kind: str = "PNG", mode: str = "RGB") -> bytes:
    file = BytesIO()
    Image.new(mode, (width, height), "navy" if mode != "CMYK" else 0).save(file, kind)
    return file.getvalue()


def a_pdf(width: int = 595, height: int = 842) -> bytes:
    file = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(width, height))
        document.save(file)
    return file.getvalue()


def images_of(pdf: bytes, page: int = 0) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages[page].get_images())


# -- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "content", "suffix"),
    [
        (Use.LOGO, image(3000, 800), "png"),
        (Use.LOGO, image(300, 80, "PNG", "RGBA"), "png"),
        (Use.SIGNATURE, image(300, 80, "JPEG", "CMYK"), "png"),
        (Use.LOGO, SVG, "svg"),
        (Use.LETTERHEAD, image(1240, 1754, "JPEG"), "png"),
        (Use.LETTERHEAD, a_pdf(), "png"),
    ],
)
def test_a_picture_is_made_fit_for_an_archived_letter(press, tmp_path, use, content, suffix):
    picture = made_fit(use, content, name="image")

    assert picture.suffix == suffix
    if suffix == "png":
        with Image.open(BytesIO(picture.content)) as kept:
            assert kept.width <= 1654
            assert kept.mode in ("RGB", "RGBA")
    file = tmp_path / f"image.{suffix}"
    file.write_bytes(picture.content)
    assert pages(press.compile(letter(layout=Layout(**{use.value: file})))) == 1


@pytest.mark.parametrize(
    ("use", "content", "sentence"),
    [
        (Use.LOGO, b"pas une image", "Donnez une image PNG, JPEG ou SVG."),
        (Use.LOGO, a_pdf(), "Donnez une image PNG, JPEG ou SVG."),
        (Use.LETTERHEAD, SVG, "Donnez une page A4 en PNG, JPEG ou PDF."),
        (Use.LOGO, image(40, 40)[:60], "illisible"),
        (Use.LOGO, b"\x89PNG\r\n\x1a\n" + bytes(2**20), "dépasse 1 Mo"),
        (Use.LETTERHEAD, image(800, 600), "A4"),
        (Use.LETTERHEAD, a_pdf(842, 595), "A4"),
        (Use.LETTERHEAD, b"%PDF-1.7 rien", "Ce PDF est illisible"),
        (Use.LOGO, SVG.replace(b"<path", b"<script>x</script><path"), "autre chose qu’un dessin"),
        (
            Use.LOGO,
            SVG.replace(b"<path", b'<image href="/etc/hostname" width="9" height="9"/><path'),
            "illisible",
        ),
        (Use.LOGO, b"<svg pas fini", "illisible"),
    ],
)
def test_what_cannot_be_printed_is_refused_when_it_is_given(use, content, sentence):
    with pytest.raises(PictureRefused, match=sentence):
        made_fit(use, content, name="image")


# -- on paper ------------------------------------------------------------------------------------


def test_pictures_are_printed_and_a_lost_one_is_refused(press, tmp_path):
    logo, sheet = tmp_path / "logo.png", tmp_path / "sheet.png"
    logo.write_bytes(image(40, 10))
    sheet.write_bytes(image(210, 297))
    first = Layout(logo=logo, letterhead=sheet, signature=logo)
    everywhere = Layout(letterhead=sheet, letterhead_everywhere=True)

    assert images_of(press.compile(letter(layout=first))) >= 2
    long = press.compile(letter(rows=20, layout=first))
    assert images_of(long, page=0) == 2
    assert images_of(long, page=1) == 1  # the signature
    assert images_of(press.compile(letter(rows=20, layout=everywhere)), page=1) == 1
    with pytest.raises(LetterRefused, match="mise en page"):
        press.compile(letter(layout=Layout(logo=tmp_path / "partie.png")))


@pytest.mark.parametrize("font", LetterLayout.Font.values)
@pytest.mark.parametrize("margins", [Margins(10, 10, 10, 10), Margins(50, 50, 50, 50)])
def test_every_font_and_margin_holds(press, font, margins):
    layout = Layout(font=font, margins=margins, window="left", has_sender=False)

    assert pages(press.compile(letter(rows=3, layout=layout))) >= 1
    assert press.warnings(letter(layout=layout)) == []


@needs_pdftotext
def test_the_slip_says_whose_payment_it_is_and_takes_the_code(press):
    slip = payment_slip(facts(), customer="Dupont et Fils")
    text = text_of(press.compile(letter(slip=slip)))

    assert "À joindre à votre règlement" in text
    assert "Dupont et Fils" in text
    assert "Montant à régler" in text
    assert text.count("à scanner avec") == 1
    assert payment_slip(facts(bank=None), customer="Dupont") == ()


# -- of a company --------------------------------------------------------------------------------


def test_the_choices_are_kept_and_the_journal_says_what_they_were(morel, tmp_path):
    picture = Picture(image(40, 10), "png", "logo morel.png")
    choices = {"window": "left", "footer": "Merci"}
    change_letter_layout(morel, choices, author=CLAIRE, pictures={Use.LOGO: picture})
    change_letter_layout(morel, {"window": "left"}, author=CLAIRE)

    layout = letter_layout(morel)
    assert (layout.window, layout.footer) == ("left", "Merci")
    assert layout.logo is not None
    assert layout.logo.read_bytes() == picture.content
    assert layout.logo.is_relative_to(tmp_path / "layout" / "morel")
    event = Event.objects.get(kind="letters.changed")
    assert event.data["before"]["window"] == "right"
    assert event.data["after"]["logo_name"] == "logo morel.png"

    change_letter_layout(morel, {}, author=CLAIRE, pictures={Use.LOGO: None})
    assert letter_layout(morel).logo is None


@needs_pdftotext
def test_a_statement_follows_the_layout(morel):
    change_letter_layout(morel, {"footer": "Pied maison", "has_sender": False}, author=CLAIRE)

    text = text_of(statement_pdf(customer(morel, "Dupont"), on=morel.created_at.date()))
    assert "Pied maison" in text
    assert "Ateliers Morel" not in text


def test_a_configuration_carries_the_layout_to_another_company(morel):
    change_letter_layout(morel, {"font": "Source Sans Pro", "margin_top": 30}, author=CLAIRE)
    document = configuration(morel)
    other = company("Petit", slug="petit")

    changes = take_configuration(
        other, {"format": document["format"], "letters": document["letters"]}, author=CLAIRE
    )

    assert changes.letters == ["font", "margin_top"]
    assert letter_layout(other).margins.top == 30
    with pytest.raises(ConfigurationRefused, match="margin_top"):
        take_configuration(
            other, {"format": document["format"], "letters": {"margin_top": 90}}, author=CLAIRE
        )
