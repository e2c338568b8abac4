"""« Configurer » › « Options »."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from encaisse.collection.models import Dispute
from encaisse.collection.queries.motives import offered_dispute_reasons
from encaisse.tenancy.models import Event
from tests.builders import company, customer, invoice, member
from tests.web.browsing import enter, violations
from tests.web.reading import words_of

pytestmark = pytest.mark.django_db

OPTIONS = "/s/morel/configurer/options/"


@pytest.fixture
def administrator(client, morel):
    client.force_login(member(morel, "administrator", "claire@morel.example", first_name="Claire"))
    return client


def sent(prefix, rows):
    """A list as its form sends it."""
    cells = {
        f"{prefix}{place}-{name}": value
        for place, row in enumerate(rows)
        for name, value in row.items()
    }
    return {prefix: str(len(rows)), **cells}


def save(administrator, part, fields, status=302):
    response = administrator.post(f"{OPTIONS}{part}/", fields)
    assert response.status_code == status
    return response


def test_every_section_is_on_one_page_and_only_administrators_see_it(client, morel):
    client.force_login(member(morel, "collector", "karim@morel.example"))
    assert client.get(OPTIONS).status_code == 403

    client.force_login(member(morel, "administrator", "claire@morel.example"))
    page = words_of(client.get(OPTIONS))

    for words in ("Balance âgée", "Motifs de litige", "Facture non reçue", "Absent, à rappeler",
                  "Jours ouvrés", "Fête nationale"):  # fmt: skip
        assert words in page


@pytest.mark.parametrize("text", ["60, 30", "0,30", "trente", "1,2,3,4,5,6"])
def test_ageing_periods_that_make_no_sense_are_refused_and_kept_as_typed(
    administrator, morel, text
):
    response = save(administrator, "tranches", {"aging_bounds": text}, status=422)

    assert f'value="{text}"' in response.text
    morel.refresh_from_db()
    assert morel.bounds == (30, 60)


def test_the_ageing_periods_are_those_of_every_screen(administrator, morel, today):
    dupont = customer(morel, "Dupont")
    invoice(dupont, euros=100, due=today - timedelta(days=20))
    save(administrator, "tranches", {"aging_bounds": "15, 45"})

    for address in ("", "qui-vous-doit-quoi/", f"clients/{dupont.pk}/", "echeances/"):
        page = words_of(administrator.get(f"/s/morel/{address}"))
        assert "16–45" in page, address
        assert "1–30" not in page, address
    listed = administrator.get("/s/morel/qui-vous-doit-quoi/?tranche=1")
    assert "Dupont" in words_of(listed)
    assert Event.objects.get(kind="company.configured").data["before"]["aging_bounds"] == [30, 60]


def test_a_renamed_reason_renames_its_disputes_and_a_used_one_is_never_lost(
    administrator, morel, today
):
    dupont = customer(morel, "Dupont")
    for reason in ("Prix", "Casse au quai"):
        Dispute.objects.create(company=morel, customer=dupont, reason=reason, opened_on=today)
    rows = [
        {"was": "Livraison", "label": "Livraison", "active": "on"},
        {"was": "Prix", "label": "Prix contesté", "active": "on"},
        {"was": "", "label": "Bon de commande manquant", "active": "on"},
        {"was": "Qualité", "label": "Qualité"},
    ]

    save(administrator, "motifs", sent("m", rows))

    morel.refresh_from_db()
    assert offered_dispute_reasons(morel) == [
        "Livraison", "Prix contesté", "Bon de commande manquant"
    ]  # fmt: skip
    assert [one["label"] for one in morel.dispute_reasons if not one["active"]] == [
        "Qualité", "Casse au quai"
    ]  # fmt: skip
    assert set(Dispute.objects.values_list("reason", flat=True)) == {
        "Prix contesté", "Casse au quai"
    }  # fmt: skip
    told = Event.objects.get(kind="company.motives_set").data
    assert "Prix" in told["before"]["dispute_reasons"]
    form = administrator.get(f"/s/morel/clients/{dupont.pk}/litige/")
    assert "Bon de commande manquant" in form.text


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"label": "Prix", "active": "on"}, {"label": "PRIX", "active": "on"}], "deux fois"),
        ([{"label": "Prix"}], "Gardez au moins un motif."),
        ([{"label": "", "active": "on"}], "obligatoire"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(administrator, rows, sentence):
    assert sentence in words_of(save(administrator, "motifs", sent("m", rows), status=422))


def test_rows_move_without_being_saved(administrator, morel):
    rows = [{"label": "Un", "active": "on"}, {"label": "Deux", "active": "on"}]
    page = save(administrator, "motifs", sent("m", rows) | {"faire": "monter-1"}, status=200)

    assert page.text.index('value="Deux"') < page.text.index('value="Un"')
    morel.refresh_from_db()
    assert morel.dispute_reasons == []


def test_closing_days_and_worked_days_make_the_calendar(administrator, morel):
    rows = [{"label": "Congés", "first": "2026-08-03", "last": "2026-08-21"},
            {"label": "Pont", "first": "2026-05-15", "last": ""}]  # fmt: skip
    save(administrator, "fermetures", sent("f", rows))
    save(administrator, "jours", {"weekdays": ["2", "3", "4", "5", "6"]})

    morel.refresh_from_db()
    calendar = morel.calendar
    assert calendar.on_or_after(date(2026, 8, 3)) == date(2026, 8, 22)
    assert not calendar.is_working(date(2026, 5, 15))
    assert not calendar.is_working(date(2026, 7, 14))
    assert calendar.is_working(date(2026, 9, 5)), "a Saturday"
    assert not calendar.is_working(date(2026, 9, 7)), "a Monday"


@pytest.mark.parametrize(
    ("part", "fields", "sentence"),
    [
        ("jours", {}, "Gardez au moins un jour travaillé."),
        ("fermetures", sent("f", [{"first": "2026-08-21", "last": "2026-08-03"}]), "suit"),
        ("fermetures", sent("f", [{"first": "2026-01-01", "last": "2026-12-31"}]), "92 jours"),
        ("perimetre", {"account_prefixes": "clients"}, "n’est pas un début de compte"),
    ],
)
def test_what_is_wrong_is_said(administrator, part, fields, sentence):
    assert sentence in words_of(save(administrator, part, fields, status=422))


def test_the_effect_on_the_balance_is_shown_before_it_is_saved(administrator, morel, today):
    dupont = customer(morel, "Dupont")
    invoice(dupont, euros=100, due=today, journal_code="VT", account="411000", source="fec")
    invoice(dupont, euros=34, due=today, journal_code="OD", account="411000", source="fec")
    fields = {"account_prefixes": "411, 413, 416, 4191", "excluded_journals": "OD"}

    page = words_of(save(administrator, "perimetre", fields | {"faire": "effet"}, status=200))

    assert "1 écriture sortirait." in page
    assert "134,00 €" in page
    assert "34,00 € de moins" in page
    morel.refresh_from_db()
    assert morel.excluded_journals == []

    save(administrator, "perimetre", fields | {"faire": "appliquer"})
    assert "100,00" in words_of(administrator.get("/s/morel/qui-vous-doit-quoi/"))
    assert "exclu" in words_of(administrator.get(f"{OPTIONS}journaux/"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_options_are_set_in_a_browser(browser_page, width, scheme):
    morel = company("Ateliers Morel", slug="morel")
    member(morel, "administrator", "claire@morel.example")
    page = browser_page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    enter(page, "claire@morel.example", OPTIONS)

    page.get_by_role("button", name="Ajouter un motif").click()
    page.locator("#motifs .option-row").last.get_by_role("textbox").fill("Casse")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # Enter saves: it presses none of the buttons that move rows.
    page.keyboard.press("Enter")
    expect(page.get_by_text("Motifs de litige enregistrés.")).to_be_visible()

    page.get_by_role("link", name="Voir les journaux importés").click()
    expect(page.get_by_text("Rien n’est encore importé.")).to_be_visible()
    page.get_by_role("button", name="Ajouter une fermeture").click()
    page.get_by_label("Du", exact=True).fill("2026-12-24")
    page.get_by_role("button", name="Enregistrer les fermetures").click()
    expect(page.get_by_text("Réglages enregistrés.")).to_be_visible()
    assert violations(page) == []
    morel.refresh_from_db()
    assert morel.dispute_reasons[-1] == {"label": "Casse", "active": True}
    assert morel.closures == [{"first": "2026-12-24", "last": "2026-12-24", "label": ""}]
