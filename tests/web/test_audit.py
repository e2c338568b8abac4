"""« Journal »: every action in words, what it changed, filtered, turned page by page, exported."""

import ast
import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page

import encaisse
from encaisse.collection.models import Reminder
from encaisse.collection.operations.motives import set_outcomes
from encaisse.collection.queries.motives import call_outcomes
from encaisse.insights import audit
from encaisse.ledger.operations.payment_methods import set_method
from encaisse.tenancy.journal import AUTOMATIC, Author, Line, record_event, record_events
from encaisse.tenancy.models import Membership
from encaisse.tenancy.operations import configure_company
from encaisse.tenancy.policy import CAPABILITIES
from encaisse.web.app.audit.words import GROUPS, WORDS, kinds_of
from tests.builders import company, customer, member
from tests.web.browsing import enter, violations
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

PAGE = "/s/morel/configurer/journal/"
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
_KIND = re.compile(r"[a-z_]+\.[a-z_]+")
# Written as `reminder.` and a status or a mark.
_MADE = {f"reminder.{status}" for status in Reminder.EFFECTIVE} | {
    "reminder.opened",
    "reminder.delivered",
    "reminder.clicked",
    "reminder.bounced",
}


@pytest.fixture
def claire(morel):
    return member(morel, "administrator", first_name="Claire", last_name="Martin")


@pytest.fixture
def desk(client, claire):
    client.force_login(claire)
    return client


def written_kinds() -> set[str]:
    """The kinds that the code can write: the texts `noun.past` of the calls that journal them."""
    found = set()
    for path in Path(encaisse.__file__).parent.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if {"web", "cli"} & set(path.parts) or "tenancy.journal import" not in source:
            continue
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call | ast.Assign):
                found |= {
                    node.value
                    for node in ast.walk(call)
                    if isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and _KIND.fullmatch(node.value)
                }
    return found - CAPABILITIES[Membership.Role.ADMINISTRATOR]


def test_there_are_words_for_every_kind_that_the_code_can_write():
    nouns = {kind.partition(".")[0] for kind in WORDS}
    written = {kind for kind in written_kinds() if kind.partition(".")[0] in nouns}
    others = {kind for kind in written_kinds() if kind.partition(".")[0] not in nouns}

    assert len(written) > 70
    assert written | _MADE <= set(WORDS)
    # Nothing else looks like a kind but the salts of signed addresses.
    assert {kind for kind in others if not kind.startswith("encaisse.")} == set()


def test_every_kind_is_in_one_group():
    grouped = [kind for key, _label, _nouns in GROUPS for kind in kinds_of(key)]

    assert sorted(grouped) == sorted(WORDS)


def test_a_setting_shows_what_it_was_and_became_but_never_a_secret(desk, morel, claire):
    configure_company(
        morel, author=Author.of(claire), city="Lyon", tracks_clicks=True, smtp_password="s3cr3t"
    )

    text = desk.get(PAGE).text
    assert "Réglages de la société" in text
    assert "Claire Martin" in text
    assert "ville" in text
    assert "(vide) → <strong>Lyon</strong>" in text
    assert "non → <strong>oui</strong>" in text
    assert "s3cr3t" not in text


def test_a_payment_method_tells_what_it_was(desk, morel, claire):
    method = morel.paymentmethod_set.create(code="lcr", label="LCR")
    set_method(method, label="LCR", is_automatic=True, author=Author.of(claire), now=NOON)

    text = desk.get(PAGE).text
    assert "Mode de règlement · LCR" in text
    assert "non → <strong>oui</strong>" in text


def test_what_changed_is_in_words_and_a_long_text_shows_where_it_differs(desk, morel):
    letters = {"window": "right", "footer": "", "margin_left": 20}
    moved = {"window": "left", "footer": "Merci", "margin_left": 25}
    say(morel, "letters.changed", before=letters, after=moved)
    rhythm = {"weekdays": "12345", "month_day": None, "hour": 7}
    say(morel, "cash_report.set", before=rhythm, after=rhythm | {"weekdays": "15"})
    text = f"<p>{'Bonjour, voici le compte. ' * 20}Payez <b>{{}}</b>.</p><p>{'Merci. ' * 40}</p>"
    say(
        morel,
        "template.changed",
        label="Première relance",
        before={"body": text.format("vite")},
        after={"body": text.format("sous huit jours")},
    )

    page = desk.get(PAGE).text

    assert "fenêtre de l’enveloppe</span> À droite → <strong>À gauche" in page
    assert "pied de page</span> (vide) → <strong>Merci" in page
    assert "marge gauche</span> 20 → <strong>25" in page
    assert "lundi, mardi, mercredi, jeudi, vendredi → <strong>lundi, vendredi" in page
    assert "Première relance" in page
    changed = re.search(r"texte</span> (…[^<]*?) → <strong>(…[^<]*?)</strong>", page)
    assert changed
    assert "Payez vite" in changed[1]
    assert "Payez sous huit jours" in changed[2]
    assert len(changed[1]) < 120


def test_days_and_lists_are_told_in_words_and_in_order(desk, morel, claire):
    author = Author.of(claire)
    one, days = "2026-12-24", {"first": "2026-12-24", "last": "2027-01-02", "label": "Inventaire"}
    alone = {"first": one, "last": one, "label": ""}
    configure_company(morel, author=author, closures=[alone])
    configure_company(morel, author=author, closures=[days], ecb_rates={"2026-2": "2.15"})
    set_outcomes(morel, list(reversed(call_outcomes(morel))), author=author)

    text = text_of(desk.get(PAGE))

    assert "fermetures</span> (vide) → <strong>24 décembre 2026</strong>" in text
    assert "du 24 décembre 2026 au 2 janvier 2027 (Inventaire)" in text
    assert "2026-2 : 2.15" in text
    assert "1. Joint ; 2. Promesse de règlement" in text
    assert "1. Absent, à rappeler ; 2. Absent, message laissé" in text


def say(morel, kind="note.written", at=NOON, author=AUTOMATIC, code="", **data):
    record_event(kind, company=morel, author=author, at=at, customer_code=code, **data)


def actions(response) -> list[str]:
    return re.findall(r'<td class="card-main wrap">(.*?)(?=<)', response.text)


@pytest.fixture
def lines(morel, claire, dupont):
    say(morel, "customer.flagged", code=dupont.account_code, at=NOON - timedelta(days=3))
    say(morel, "view.saved", author=Author.of(claire), name="Été indien")
    say(morel, "hold.set", code="411PARTI", at=NOON + timedelta(days=1), reason="100 % sûr")
    say(company("Autre"), "company.created", name="Autre")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["STOP sur le client · 100 % sûr", "Vue enregistrée · Été indien", "Client suivi"]),
        ("?sujet=envois", ["Vue enregistrée · Été indien"]),
        ("?sujet=decisions", ["STOP sur le client · 100 % sûr", "Client suivi"]),
        ("?acteur=auto", ["STOP sur le client · 100 % sûr", "Client suivi"]),
        ("?client=dupon", ["Client suivi"]),
        ("?client=411parti", ["STOP sur le client · 100 % sûr"]),
        ("?q=été", ["Vue enregistrée · Été indien"]),
        ("?q=100 %25", ["STOP sur le client · 100 % sûr"]),
        ("?q=claire", ["Vue enregistrée · Été indien"]),
        ("?du=2026-11-20&au=2026-11-20", ["Vue enregistrée · Été indien"]),
        ("?q=rien", []),
    ],
)
def test_the_filters_keep_what_they_say(desk, lines, query, found):
    assert actions(desk.get(PAGE + query)) == found


def test_a_person_keeps_his_own_lines(desk, lines, claire):
    assert actions(desk.get(f"{PAGE}?acteur={claire.pk}")) == ["Vue enregistrée · Été indien"]


def test_the_customer_is_a_link_while_he_is_known(desk, lines, dupont):
    text = desk.get(PAGE).text

    assert f'<a href="/s/morel/clients/{dupont.pk}/">Dupont</a>' in text
    assert "411PARTI" in text


@pytest.fixture
def many(morel):
    author = Author("Envoi automatique")
    record_events(
        [
            # Two by two at the same instant: the number of the line decides.
            Line("view.saved" if number % 3 else "customer.flagged", morel.pk, author,
                 NOON + timedelta(minutes=number // 2), "", {"name": f"n{number:02}"})
            for number in range(60)
        ]
    )  # fmt: skip


@pytest.mark.parametrize("query", ["?par=25", "?par=25&sujet=envois"])
def test_pages_turn_to_the_end_and_back_without_missing_a_line(desk, many, query):
    def turn(address: str, way: str) -> list[list[str]]:
        pages, here = [], address
        while here:
            response = desk.get(here)
            pages.append(re.findall(r"n\d\d|Client suivi", " ".join(actions(response))))
            link = re.search(rf'href="([^"]*)" rel="{way}"', response.text)
            last, here = here, link[1].replace("&amp;", "&") if link else ""
        return [*pages, [last]]

    *forward, (last,) = turn(PAGE + query, "next")
    *back, _first = turn(last, "prev")

    assert sum(map(len, forward)) == (40 if "envois" in query else 60)
    assert [len(page) for page in forward][:-1] == [25] * (len(forward) - 1)
    assert back[::-1] == forward


def test_a_text_is_looked_for_further_where_the_first_lines_do_not_hold_it(desk, many, monkeypatch):
    monkeypatch.setattr(audit, "SEARCHED_AT_ONCE", 20)

    response = desk.get(f"{PAGE}?q=n05")
    assert actions(response) == []
    assert "Chercher plus loin" in response.text
    link = re.search(r'class="text-link" href="([^"]*page=\d+)"', response.text)
    assert link
    further = desk.get(link[1].replace("&amp;", "&"))
    link = re.search(r'class="text-link" href="([^"]*page=\d+)"', further.text)
    assert link
    assert actions(desk.get(link[1].replace("&amp;", "&"))) == ["Vue enregistrée · n05"]


def test_a_page_asks_as_many_questions_for_three_lines_as_for_sixty(desk, morel, lines, request):
    desk.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        desk.get(PAGE)
    request.getfixturevalue("many")
    with CaptureQueriesContext(connection) as more:
        desk.get(PAGE)

    assert len(more) == len(few)


def test_the_file_holds_every_line_with_its_changes(desk, morel, claire, many):
    customer(morel, "Petit", account_code="411PETIT")
    say(morel, "customer.flagged", code="411PETIT", at=NOON + timedelta(days=1))
    configure_company(morel, author=Author.of(claire), city="Lyon")

    response = desk.get(f"{PAGE}export.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    titles, *rows = list(csv.reader(io.StringIO(text), delimiter=";"))

    assert titles == ["Date et heure", "Par", "Action", "Avant → après", "Client", "Code client"]
    assert len(rows) == 62
    (configured,) = [row for row in rows if row[2] == "Réglages de la société"]
    assert configured[3] == "ville\u00a0: (vide) → Lyon"
    (petit,) = [row for row in rows if row[5] == "411PETIT"]
    assert petit[0] == "21/11/2026 12:00:00"
    assert petit[4] == "Petit"


@pytest.mark.parametrize(
    ("role", "fields", "status"),
    [
        ("collector", {}, 403),
        ("administrator", {"sales_reps": "Durant"}, 403),
        ("administrator", {}, 200),
    ],
)
def test_only_who_administers_the_whole_company_reads_it(client, morel, role, fields, status):
    client.force_login(member(morel, role, **fields))

    assert client.get(PAGE).status_code == status
    assert client.get(f"{PAGE}export.csv").status_code == status


@pytest.mark.django_db(transaction=True)
def test_the_screen_is_easy_to_use_for_everybody(browser_page: Page, claire, lines):
    enter(browser_page, claire.email, PAGE)

    assert violations(browser_page) == []
