"""« Prévisions » and « Objectif de cash », over HTTP and in a browser."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page, expect

from encaisse.collection.models import CashTarget, EntryFollowUp
from encaisse.collection.operations.setup import install_defaults
from encaisse.collection.rules.forecast import Window, first_of_month, monday
from encaisse.tenancy.models import Company, Event
from tests.builders import customer, invoice, member, payment
from tests.web.browsing import enter, violations
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

BOARD = "/s/morel/previsions/"
MOVE = f"{BOARD}deplacer/"
OBJECTIVE = f"{BOARD}objectif/"
TARGETS = f"{OBJECTIVE}objectifs/"
PART = {"HX-Request": "true", "HX-Target": "list"}


def owed(of, euros, due, **fields):
    return invoice(of, euros=euros, due=due, on=due - timedelta(days=200), **fields)


def week(today: date, number: int) -> str:
    """The column of a week, this one being 0."""
    return (monday(today) + timedelta(weeks=number)).isoformat()


def columns(response) -> dict[str, int]:
    figures = response.context["page"].figures.columns
    return {one.column: one.minor for one in figures if one.minor}


@pytest.fixture
def late(dupont, today):
    return owed(dupont, "1200.50", today - timedelta(days=70), document_number="FAC1")


# -- the board ---------------------------------------------------------------------------------


def test_the_board_says_who_is_expected_when_and_why(collector, dupont, late, today):
    owed(dupont, 300, today + timedelta(days=14), document_number="FAC2")
    payment(dupont, euros=100, on=today - timedelta(days=1))

    response = collector.get(BOARD)
    text = text_of(response)

    assert columns(response) == {"retard": 1200_50, week(today, 2): 300_00}
    for words in ("Dupont", "FAC1", "1 200,50 €", "70 j de retard", "-100,00 €", "FAC2"):
        assert words in text
    assert "1 400,50" in text.replace('<span class="cents">', "")  # everything, less the credit


def test_htmx_gets_the_board_alone_and_the_address_of_its_filters(collector, late):
    response = collector.get(f"{BOARD}?q=dup&profil=", headers=PART)

    assert "<html" not in response.text
    assert response["HX-Push-Url"] == f"{BOARD}?q=dup"


def test_an_empty_board_says_why(collector, morel, late):
    assert "Rien ne répond à ces filtres" in collector.get(f"{BOARD}?q=zzz").text
    late.delete()
    assert "Rien à encaisser pour l’instant" in collector.get(BOARD).text


@pytest.mark.parametrize("start", ["9999-12-31", "1999-01-01", "demain", "2026-02-31"])
def test_any_first_week_in_the_address_gives_a_board(collector, late, start):
    assert collector.get(f"{BOARD}?debut={start}").status_code == 200


def test_a_long_column_gives_its_cards_little_by_little(collector, dupont, today):
    for number in range(25):
        owed(dupont, number + 1, today - timedelta(days=9), document_number=f"N{number:02}")

    board = collector.get(BOARD).text
    more = collector.get(f"{BOARD}semaine/?semaine=retard&vus=12", headers={"HX-Request": "true"})
    alone = collector.get(f"{BOARD}semaine/?semaine=retard&vus=12")

    assert "Voir les 13 autres" in board
    assert "N13" in board
    assert "N12" not in board
    assert all(f"N{number:02}" in more.text for number in range(13))
    assert "<html" not in more.text
    assert "N04" in alone.text
    assert "<h1>" in alone.text
    assert collector.get(f"{BOARD}semaine/?semaine=hier").status_code == 404


def test_as_many_queries_for_three_pieces_as_for_thirty(collector, morel, today):
    def fill(count):
        for number in range(count):
            owed(customer(morel), 10, today + timedelta(days=number))

    fill(3)
    collector.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        collector.get(BOARD)
    fill(27)
    with CaptureQueriesContext(connection) as many:
        assert collector.get(BOARD).context["page"].figures.count == 30
    assert len(many) == len(few)


def test_an_export_holds_every_part_and_adds_up(collector, dupont, late, today):
    owed(dupont, 300, today + timedelta(days=14), document_number="FAC2")
    payment(dupont, euros=100, on=today - timedelta(days=1), document_number="VIR")

    content = b"".join(collector.get(f"{BOARD}export.csv").streaming_content)
    lines = content.decode("utf-8-sig").splitlines()
    workbook = collector.get(f"{BOARD}export.xlsx")

    assert [line.split(";")[5] for line in lines] == ["Pièce", "VIR", "FAC1", "FAC2"]
    assert ";Crédit non lettré;Dupont;411DUPONT;VIR;;0;-100,00;-100,00;EUR;Durant" in lines[1]
    assert b"".join(workbook.streaming_content).startswith(b"PK")


# -- moving ------------------------------------------------------------------------------------


def test_pieces_move_without_javascript_and_come_back(collector, morel, dupont, late, today):
    other = owed(customer(morel, "Petit"), 50, today - timedelta(days=3))
    target = week(today, 2)

    moved = collector.post(
        f"{MOVE}?sans-litige=1", {"choix": [late.pk, other.pk], "semaine": target}, follow=True
    )

    assert moved.redirect_chain == [(f"{BOARD}?sans-litige=1", 302)]
    assert columns(moved) == {target: 1250_50}
    (message,) = moved.context["messages"]
    assert "2 pièces attendues le" in str(message)
    assert "revenir à l’échéance" in moved.text
    assert Event.objects.filter(kind="entry.repositioned").count() == 2

    undone = collector.post(message.extra_tags, follow=True)
    assert columns(undone) == {"retard": 1250_50}
    assert not EntryFollowUp.objects.exclude(expected_date=None).exists()


def test_a_card_dropped_on_the_first_column_follows_its_due_date_again(collector, late, today):
    collector.post(MOVE, {"choix": late.pk, "semaine": week(today, 1)})

    back = collector.post(MOVE, {"choix": late.pk, "semaine": "retard"}, headers=PART)
    again = collector.post(MOVE, {"choix": late.pk, "semaine": "retard"}, headers=PART)

    assert columns(back) == {"retard": 1200_50}
    assert "revenue" in back["HX-Trigger"]
    assert "suivent d" in again["HX-Trigger"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"semaine": "ensuite"}, "Cochez"),
        ({"choix": "1", "semaine": "hier"}, "Choisissez la semaine"),
        ({"choix": "99999999999999999999", "semaine": "ensuite"}, "ne sont plus dues"),
        ({"choix": [str(n) for n in range(1, 300)], "semaine": "ensuite"}, "au plus 200"),
    ],
)
def test_what_cannot_be_moved_is_said(collector, late, form, words):
    response = collector.post(MOVE, form, follow=True)

    assert words in response.text
    assert not EntryFollowUp.objects.exists()


def test_a_portfolio_moves_and_sees_its_own_only(client, morel, late, today):
    client.force_login(member(morel, "collector", sales_reps="Lefort"))

    client.post(MOVE, {"choix": late.pk, "semaine": "ensuite"})
    client.post(f"{MOVE}?retour={today.isoformat()}:{late.pk}")

    assert not EntryFollowUp.objects.exists()
    assert "Dupont" not in client.get(BOARD).text
    assert "Dupont" not in client.get(f"{BOARD}semaine/?semaine=retard").text


def test_a_reader_sees_the_board_and_moves_nothing(client, morel, late):
    client.force_login(member(morel, "reader"))

    text = client.get(BOARD).text

    assert "FAC1" in text
    assert "data-grip" not in text
    assert client.post(MOVE, {"choix": late.pk}).status_code == 403


# -- the cash objective ------------------------------------------------------------------------


def test_months_show_receipts_forecast_and_targets(client, morel, dupont, late, today):
    client.force_login(member(morel, "administrator"))
    payment(dupont, euros=800, on=first_of_month(today, -1))
    first = first_of_month(today)

    shown = client.post(
        TARGETS,
        {f"{first:%Y-%m}-realistic": "2 000,50", f"{first:%Y-%m}-optimistic": "3000"},
        follow=True,
    )

    text = text_of(shown)
    assert shown.redirect_chain[0][1] == 302
    for words in ("Objectifs enregistrés.", "800,00", "2 000,50", "Objectif réaliste"):
        assert words in text
    assert "curve-pessimistic" not in text
    assert CashTarget.objects.get().realistic_minor == 2000_50
    content = b"".join(client.get(f"{OBJECTIVE}export.csv").streaming_content).decode("utf-8-sig")
    lines = content.splitlines()
    assert len(lines) == 13
    assert lines[6].split(";", 1)[1] == "800,00;800,00;0,00;0,00;800,00;;;;EUR"
    assert lines[7].split(";", 1)[1] == "0,00;0,00;400,50;0,00;400,50;;2000,50;3000,00;EUR"


def test_targets_that_make_no_sense_are_shown_again_with_what_was_typed(client, morel, today):
    client.force_login(member(morel, "administrator"))
    month = f"{first_of_month(today):%Y-%m}"

    unread = client.post(TARGETS, {f"{month}-realistic": "beaucoup"})
    crossed = client.post(TARGETS, {f"{month}-pessimistic": "30", f"{month}-realistic": "20"})

    assert (unread.status_code, crossed.status_code) == (422, 422)
    assert "n’est pas un montant" in text_of(unread)
    assert "beaucoup" in unread.text
    assert "Le pessimiste ne dépasse pas le réaliste" in crossed.text
    assert not CashTarget.objects.exists()


@pytest.mark.parametrize("start", ["", "0001-01", "9999-12", "x", "2026-13"])
def test_any_first_month_in_the_address_gives_twelve_months(collector, late, start):
    response = collector.get(f"{OBJECTIVE}?debut={start}")

    assert len(response.context["page"].lines) == 12


# -- in a browser ------------------------------------------------------------------------------


@pytest.fixture
def board(browser_page: Page) -> Page:
    morel = Company.objects.create(slug="morel", name="Ateliers Morel")
    install_defaults(morel)
    member(morel, email="claire@morel.fr", first_name="Claire", last_name="Martin")
    today = morel.local_day(timezone.now())
    dupont = customer(morel, "Dupont")
    for number in (1, 2, 3):
        due = today - timedelta(days=50 + number)
        owed(dupont, 400 - number * 100, due, document_number=f"FAC{number}")
    browser_page.set_viewport_size({"width": 1440, "height": 900})
    enter(browser_page, "claire@morel.fr", BOARD)
    return browser_page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_cards_move_by_keyboard_and_by_mouse(board):
    today = Company.objects.get().local_day(timezone.now())
    second, third = (board.locator(f"#col-{week(today, number)}") for number in (1, 2))
    live = board.locator("#live")

    # two ticked cards by keyboard, after a first try that is given up
    for number in (1, 2):
        board.get_by_label(f"Choisir FAC{number}").check()
    expect(board.get_by_text("Cochées : 2")).to_be_visible()
    grip = board.get_by_role("button", name="Déplacer FAC1", exact=True)
    grip.focus()
    board.keyboard.press("Space")
    expect(live).to_contain_text("2 pièces prise")
    board.keyboard.press("Escape")
    expect(live).to_have_text("Déplacement annulé.")
    board.keyboard.press("Space")
    board.keyboard.press("ArrowRight")
    board.keyboard.press("ArrowRight")
    expect(live).to_contain_text("3 sur 11")
    board.keyboard.press("Space")
    expect(second.locator("[data-card]")).to_have_count(2)
    expect(board.get_by_role("button", name="Déplacer FAC1", exact=True)).to_be_focused()
    expect(board.get_by_role("status").get_by_text("2 pièces attendues le")).to_be_visible()

    # one by mouse, from its text
    card = board.locator("#col-retard [data-card]")
    card.locator(".piece-number").hover()
    board.mouse.down()
    place = third.locator(".board-head").bounding_box()
    board.mouse.move(place["x"] + 40, place["y"] + 120, steps=8)
    board.mouse.up()
    expect(third.locator("[data-card]")).to_have_count(1)
    moved = EntryFollowUp.objects.exclude(expected_date=None)
    window = Window.starting(today)
    assert sorted(monday(one.expected_date) for one in moved) == [
        *[window.mondays[1]] * 2,
        window.mondays[2],
    ]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_is_cut_and_axe_finds_nothing(board):
    for width, scheme in ((1440, "light"), (1024, "dark"), (390, "light")):
        board.emulate_media(color_scheme=scheme)
        board.set_viewport_size({"width": width, "height": 900})
        for address in (BOARD, OBJECTIVE):
            board.goto(address)
            assert violations(board) == []
            assert board.evaluate("document.documentElement.scrollWidth <= innerWidth")
