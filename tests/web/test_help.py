"""« Aide »: the guide, its search, and the page of the screen one comes from."""

import re
from functools import cache

import pytest
from django.utils.translation import override

from encaisse.tenancy.models import User
from encaisse.web.app.help.guide import FOLDER, PAGES, guide_pages, search
from encaisse.web.app.help.views import page_of_screen
from tests.builders import company, member


@pytest.fixture
def reader(client, db):
    client.force_login(member(company("Ateliers Morel", slug="morel"), "reader"))
    return client


def test_every_file_of_the_guide_is_a_page_with_a_title():
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PAGES)
    assert all(page.title and page.sections for page in guide_pages())


def test_the_english_guide_has_the_same_pages_and_sections():
    with override("en"):
        english = guide_pages()

    assert {path.stem for path in (FOLDER / "en").glob("*.md")} == set(PAGES)
    assert [(page.name, len(page.sections)) for page in english] == [
        (page.name, len(page.sections)) for page in guide_pages()
    ]
    assert english[0].title == "Getting started"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_inside_a_company_and_outside(reader, name):
    inside, outside = reader.get(f"/s/morel/aide/{name}/"), reader.get(f"/aide/{name}/")

    assert inside.status_code == outside.status_code == 200
    assert "**" not in inside.text
    assert "{%" not in inside.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("start", ["/s/morel/aide/", "/aide/"])
def test_links_between_pages_lead_somewhere(reader, start, language):
    User.objects.update(language=language)
    opened = cache(reader.get)
    for name in PAGES:
        page = opened(f"{start}{name}/").text
        for target, fragment in re.findall(r'href="(/[^"#]*aide/[a-z-]+/)(?:#([^"]*))?"', page):
            found = opened(target)
            assert found.status_code == 200
            assert not fragment or f'id="{fragment}"' in found.text, (name, target, fragment)
        assert ".md" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)


def test_a_search_ignores_accents_and_needs_every_word(reader):
    page = reader.get("/s/morel/aide/?q=ECHEANCE calculee").text

    assert "Les échéances calculées" in page
    assert "/s/morel/aide/importer/#les-echeances-calculees" in page
    assert all(
        "lettr" in f"{found.section.title} {found.section.text}".lower()
        for found in search("lettr")
    )
    assert search("relance xylophone") == []


def test_a_search_puts_titles_first():
    titles = [found.section.title for found in search("promesse")]

    assert titles[0] == "Promesse"


def test_a_search_that_finds_nothing_says_what_to_do(reader):
    page = reader.get("/aide/?q=<script>zzz").text

    assert "Rien sur ces mots" in page
    assert "<script>zzz" not in page


@pytest.mark.parametrize(
    ("screen", "page"),
    [
        ("/s/morel/importer/", "importer"),
        ("/s/morel/importer/12/", "importer"),
        ("/s/morel/configurer/expediteur/", "configurer"),
        ("/s/morel/qui-vous-doit-quoi/", "qui-vous-doit-quoi"),
        ("/s/morel/", "accueil"),
        ("/s/morel/indicateurs/", "accueil"),
        ("/s/morel/suivre/reponses/", "activites"),
        ("/s/morel/agir/a-valider/", "relancer"),
        ("/s/morel/agir/clients/", "relancer"),
        ("/s/morel/aide/importer/", ""),
        ("/nulle-part/", ""),
        ("", ""),
    ],
)
def test_help_opens_at_the_page_of_the_screen(reader, screen, page):
    assert page_of_screen(f"http://testserver{screen}") == page
    response = reader.get("/s/morel/aide/", headers={"Referer": f"http://testserver{screen}"})

    assert (response.url if page else response.status_code) == (
        f"/s/morel/aide/{page}/" if page else 200
    )


def test_an_unknown_page_does_not_exist(reader):
    assert reader.get("/s/morel/aide/inconnue/").status_code == 404
    assert reader.get("/aide/inconnue/").status_code == 404


def test_a_visitor_logs_in_first(client, db):
    assert client.get("/aide/").status_code == 302
