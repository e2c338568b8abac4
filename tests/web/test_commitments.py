"""« Promesses » and « Litiges » over HTTP, and the form of several payments."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from encaisse.collection.models import Dispute, PaymentPromise
from encaisse.collection.operations.disputes import close_dispute, open_dispute
from encaisse.collection.operations.promises import (
    cancel_promise,
    record_instalments,
    record_promise,
)
from encaisse.collection.rules.promises import Instalment
from encaisse.tenancy.journal import COMMAND_LINE
from tests.builders import PASSWORD, at_level, customer, invoice, member, settled
from tests.web.reading import events, text_of

pytestmark = pytest.mark.django_db

PROMISES, DISPUTES = "/s/morel/promesses/", "/s/morel/litiges/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def petit(morel):
    return customer(morel, "Petit", sales_rep="Guérin")


def acting(day: date) -> dict:
    return {"author": COMMAND_LINE, "today": day, "now": timezone.now()}


def promised(of, entry, euros: int, *, on: date, day: date) -> PaymentPromise:
    return record_promise(of, [entry], amount_minor=euros * 100, promised_date=day, **acting(on))


def late_invoice(of, euros: int, today: date, **fields):
    made = invoice(of, euros=euros, due=today - timedelta(days=40), **fields)
    at_level(made, 2, on=today - timedelta(days=20))
    return made


@pytest.fixture
def five(dupont, petit, today):
    """One promise in each state."""
    made, past, coming = (today + timedelta(days=days) for days in (-20, -5, 6))
    found = {
        "late": promised(dupont, late_invoice(dupont, 1200, today), 1200, on=made, day=past),
        "coming": promised(petit, late_invoice(petit, 300, today), 100, on=made, day=coming),
    }
    kept, missed = late_invoice(petit, 50, today), late_invoice(petit, 60, today)
    found["kept"] = promised(petit, kept, 50, on=made, day=past)
    found["missed"] = promised(petit, missed, 60, on=made, day=past)
    found["cancelled"] = promised(petit, kept, 50, on=made, day=coming)
    settled(kept, on=past)
    settled(missed, on=today)
    cancel_promise(found["cancelled"], **acting(today))
    return found


# -- promises ------------------------------------------------------------------------------------


def listed(response) -> set[int]:
    return {line.row.id for line in response.context["list"].rows}


@pytest.mark.parametrize(
    ("tab", "states"),
    [
        ("", {"late", "coming"}),
        ("?statut=a-venir", {"coming"}),
        ("?statut=en-retard", {"late"}),
        ("?statut=tenues", {"kept"}),
        ("?statut=non-tenues", {"missed"}),
        ("?statut=annulees", {"cancelled"}),
        ("?statut=toutes", {"late", "coming", "kept", "missed", "cancelled"}),
        ("?statut=nimporte", {"late", "coming"}),
    ],
)
def test_a_promise_stands_under_the_tab_that_the_ledger_says(collector, five, tab, states):
    response = collector.get(PROMISES + tab)

    assert listed(response) == {five[state].pk for state in states}


def test_the_list_says_what_was_promised_what_is_late_and_what_to_chase(collector, five):
    text = text_of(collector.get(PROMISES))

    for words in ("Dupont", "411DUPONT", "R2", "1 200,00", "5 j passés", "dans 6 j", "2 promesses"):
        assert words in text
    assert "1 promesse échue à relancer · 1 200,00 €" in text
    # 1 200 late at Dupont’s and 300 at Petit’s: the customers, each once, not the promises.
    (total,) = collector.get(f"{PROMISES}?statut=toutes").context["list"].totals
    assert (total.overdue, total.promised, total.received) == (150_000, 146_000, 11_000)


@pytest.mark.parametrize(
    ("query", "state"),
    [
        ("?commercial=Durant", "late"),
        ("?q=petit", "coming"),
        ("?du={today}", "coming"),
        ("?au={today}", "late"),
    ],
)
def test_filters_keep_what_answers(collector, five, today, query, state):
    response = collector.get(PROMISES + query.format(today=today.isoformat()))

    assert listed(response) == {five[state].pk}


@pytest.mark.parametrize("sort", ["name", "-overdue", "level", "-promised", "received", "status"])
def test_columns_can_be_sorted(collector, five, sort):
    assert len(listed(collector.get(f"{PROMISES}?tri={sort}&statut=toutes"))) == 5


def test_weeks_add_up_to_what_was_promised(collector, five):
    page = collector.get(f"{PROMISES}?statut=toutes").context["page"]
    weeks = [bar.week for bar in page.pictures[0].bars]

    assert sum(week.promised for week in weeks) == 141_000
    assert sum(week.received for week in weeks) == 11_000
    assert (sum(week.coming for week in weeks), sum(week.missing for week in weeks)) == (
        10_000, 120_000,
    )  # fmt: skip
    assert sum(week.missed for week in weeks) == 0


def test_the_export_holds_the_same_lines(collector, five):
    response = collector.get(f"{PROMISES}export.csv?statut=en-retard")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("Dupont;411DUPONT;Durant;2;1200,00;")
    assert lines[1].endswith(";1200,00;0,00;en retard")


def test_a_portfolio_sees_its_own_promises_and_disputes(client, morel, dupont, five, today):
    open_dispute(dupont, reason="Prix", **acting(today))
    client.force_login(member(morel, "collector", sales_reps="Guérin"))

    assert listed(client.get(PROMISES)) == {five["coming"].pk}
    assert client.get(DISPUTES).context["list"].count == 0
    address = f"{PROMISES}{five['late'].pk}/reporter/"
    assert client.get(address).status_code == 404


def test_a_reader_has_no_button_that_he_may_not_press(client, morel, dupont, five, today):
    open_dispute(dupont, reason="Prix", **acting(today))
    client.force_login(member(morel, "reader"))

    text = client.get(PROMISES).text + client.get(DISPUTES).text

    assert not any(f"/{word}/" in text for word in ("reporter", "annuler", "clore", "modifier"))


def test_a_promise_is_moved_to_another_day(collector, five, today):
    url, day = f"{PROMISES}{five['late'].pk}/reporter/", today + timedelta(days=9)
    assert "1 200,00 €" in text_of(collector.get(url, headers=HTMX))

    response = collector.post(url, {"promised_date": day.isoformat()}, headers=HTMX)

    assert response["HX-Refresh"] == "true"
    moved = PaymentPromise.objects.latest("id")
    assert (moved.promised_date, moved.amount_minor) == (day, 120_000)
    assert events()[-1] == "promise.postponed"
    assert "est passée" in text_of(
        collector.post(f"{PROMISES}{moved.pk}/reporter/", {"promised_date": "2020-01-01"})
    )


def test_a_postponed_promise_gets_its_day_back_once(collector, five, today):
    late = five["late"]
    day = today + timedelta(days=9)
    shown = collector.post(
        f"{PROMISES}{late.pk}/reporter/", {"promised_date": day.isoformat()}, follow=True
    )
    moved = PaymentPromise.objects.latest("id")
    undo = f"{PROMISES}{moved.pk}/remettre/"
    assert undo in shown.text

    told = [text_of(collector.post(undo, follow=True)) for _ in range(2)]

    assert "La promesse a retrouvé sa date." in told[0]
    assert "C’était déjà fait." in told[1]
    assert list(PaymentPromise.objects.filter(cancelled_on=None, pk__in=[late.pk, moved.pk])) == [
        late
    ]
    assert events()[-2:] == ["promise.postponed", "promise.put_back"]


def test_the_list_says_why_it_is_empty(collector, five, morel):
    PaymentPromise.objects.filter(pk=five["kept"].pk).delete()
    assert "changent d’onglet" in collector.get(f"{PROMISES}?statut=tenues").text
    PaymentPromise.objects.all().delete()
    assert "Aucune promesse pour l’instant" in collector.get(PROMISES).text


@pytest.mark.parametrize("url", [PROMISES, DISPUTES])
def test_as_many_queries_for_three_rows_as_for_twenty_five(collector, morel, today, url):
    def fill(number: int) -> None:
        for _ in range(number):
            someone = customer(morel)
            entry = late_invoice(someone, 90, today)
            days = [today + timedelta(days=days) for days in (0, 9)]
            record_instalments(
                someone, [entry], instalments=[Instalment(day, 4500) for day in days],
                **acting(today),
            )  # fmt: skip
            open_dispute(someone, reason="Prix", entries={entry: None}, **acting(today))

    fill(3)
    collector.get(url)
    with CaptureQueriesContext(connection) as few:
        collector.get(url)
    fill(22)
    with CaptureQueriesContext(connection) as many:
        assert len(collector.get(url).context["list"].rows) == 25
    assert len(many) == len(few)


# -- several payments ----------------------------------------------------------------------------


@pytest.fixture
def form(dupont, today):
    """The form of a promise on one invoice of 1 200,00."""
    entry = late_invoice(dupont, 1200, today)
    return f"/s/morel/clients/{dupont.pk}/promesse/", {"entries": [entry.pk]}


def test_equal_payments_are_counted_by_the_form(collector, form):
    url, data = form
    data |= {"amount": "1 000", "promised_date": "2099-01-31", "count": "3", "period": "month"}

    response = collector.post(url, data, follow=True)

    made = PaymentPromise.objects.order_by("promised_date")
    assert [(f"{one.promised_date}", one.amount_minor) for one in made] == [
        ("2099-01-31", 33_333), ("2099-02-28", 33_333), ("2099-03-31", 33_334),
    ]  # fmt: skip
    assert events() == ["promise.scheduled"]
    assert "Échéancier enregistré : 3 versements, 1 000,00 €" in text_of(response)
    assert "échéance 2/3" in text_of(response)
    collector.post(f"{PROMISES}{made[0].pk}/annuler-echeancier/")
    assert not PaymentPromise.objects.filter(cancelled_on=None).exists()
    assert events() == ["promise.scheduled", "promise.schedule_cancelled"]


def test_lines_that_are_typed_win_over_the_rest(collector, form):
    url, data = form
    data |= {
        "count": "5",
        "schedule_date": ["2099-03-01", "", "2099-02-01"],
        "schedule_amount": ["700,00", "", "500"],
    }

    collector.post(url, data)

    made = PaymentPromise.objects.order_by("promised_date")
    assert [one.amount_minor for one in made] == [50_000, 70_000]


@pytest.mark.parametrize(
    ("days", "amounts", "says"),
    [
        (["2099-01-01", ""], ["100", "200"], "Indiquez la date de ce versement"),
        (["2099-01-01", "2099-02-01"], ["100", "deux cents"], "n’est pas un montant"),
        (["2099-01-01", "2099-02-01"], ["100", ""], "montant positif"),
        (["2099-01-01", "2099-01-01"], ["100", "200"], "même date"),
        (["2099-01-01", "2099-02-01"], ["1000", "300"], "dépasse ce qui reste dû"),
    ],
)
def test_a_schedule_that_cannot_be_keeps_what_was_typed(collector, form, days, amounts, says):
    url, data = form

    response = collector.post(url, data | {"schedule_date": days, "schedule_amount": amounts})

    assert response.status_code == 422
    assert says in text_of(response)
    assert f'value="{amounts[1]}"' in text_of(response)
    assert not PaymentPromise.objects.exists()


# -- disputes ------------------------------------------------------------------------------------


@pytest.fixture
def four(dupont, petit, today):
    """Open on a part, open on the whole account, settled, closed."""
    ten, three = today - timedelta(days=10), today - timedelta(days=3)
    paid, closed = late_invoice(petit, 80, today), late_invoice(petit, 70, today)
    found = {
        "part": open_dispute(
            dupont, reason="Prix", comment="Remise de 10 % ?",
            entries={late_invoice(dupont, 1200, today): 20_000}, **acting(ten),
        ),
        "whole": open_dispute(petit, reason="Qualité", suspends=False, **acting(three)),
        "settled": open_dispute(petit, reason="Prix", entries={paid: None}, **acting(ten)),
        "closed": open_dispute(petit, reason="Prix", entries={closed: None}, **acting(ten)),
    }  # fmt: skip
    settled(paid, on=three)
    close_dispute(found["closed"], outcome="Avoir accordé", **acting(three))
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"part", "whole", "settled"}),
        ("?statut=regles", {"settled"}),
        ("?statut=clos", {"closed"}),
        ("?statut=tous&tri=-contested", {"part", "whole", "settled", "closed"}),
        ("?motif=Prix", {"part", "settled"}),
        ("?commercial=Durant", {"part"}),
        ("?relances=non", {"whole"}),
        ("?relances=oui&q=petit", {"settled"}),
    ],
)
def test_disputes_stand_under_their_tab_and_filters(collector, four, query, expected):
    rows = collector.get(DISPUTES + query).context["list"].rows

    assert {row.id for row in rows} == {four[name].pk for name in expected}


def test_the_list_says_what_is_contested_and_for_how_long(collector, four):
    response = collector.get(DISPUTES)
    text = text_of(response)

    for words in ("Remise de 10 % ?", "200,00", "10 j", "Tout le compte", "3 litiges"):
        assert words in text
    assert "1 litige ne porte plus sur rien" in text
    assert "Résolu en 7 j (1 litige clos)" in text
    (total,) = response.context["list"].totals
    # 200 of Dupont’s, and the 70 that Petit’s account still holds; balances: 1 200 and 70.
    assert (total.contested, total.balance) == (27_000, 127_000)


def test_a_closed_dispute_keeps_what_it_was_about(collector, four):
    text = text_of(collector.get(f"{DISPUTES}?statut=clos"))

    for words in ("Avoir accordé", "7 j", "70,00"):
        assert words in text


def test_the_reminders_of_a_dispute_resume_and_that_can_be_undone(collector, four):
    dispute = four["part"]
    for address, suspends in (("reprendre", False), ("suspendre", True)):
        response = collector.post(f"{DISPUTES}{dispute.pk}/{address}/", headers=HTMX)

        assert response["HX-Refresh"] == "true"
        assert Dispute.objects.get(pk=dispute.pk).suspends == suspends
    assert events()[-2:] == ["dispute.resumed", "dispute.suspended"]
    collector.post(f"{DISPUTES}{dispute.pk}/suspendre/")
    assert events()[-1] == "dispute.suspended"
    assert events().count("dispute.suspended") == 1


def test_reason_and_comment_are_changed(collector, four):
    url = f"{DISPUTES}{four['part'].pk}/modifier/"
    assert "Commande contestée" in collector.get(url).text
    assert collector.post(url, {"reason": " "}).status_code == 422

    collector.post(url, {"reason": "Quantité", "comment": "Trois palettes"})

    dispute = Dispute.objects.get(pk=four["part"].pk)
    assert (dispute.reason, dispute.comment) == ("Quantité", "Trois palettes")
    assert events()[-1] == "dispute.edited"


def test_the_disputes_export_holds_outcomes(collector, four):
    response = collector.get(f"{DISPUTES}export.csv?statut=clos")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 2
    assert "Avoir accordé;Suspendues;clos" in lines[1]


# -- in a browser --------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_schedule_fills_itself_and_nothing_is_cut(browser_page, morel, dupont, five, four):
    from axe_playwright_python.sync_playwright import Axe

    member(morel, "collector", email="claire@morel.fr")
    page = browser_page
    page.goto(f"/connexion/?next=/s/morel/clients/{dupont.pk}/promesse/")
    page.get_by_label("Adresse e-mail").fill("claire@morel.fr")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_label("Montant promis").fill("1 000")
    page.get_by_label("Pour le").fill("2099-01-31")
    page.get_by_label("Nombre de versements").fill("3")

    # Before the field is left: the button below does not move under the click that leaves it.
    expect(page.get_by_label("Date du versement 2")).to_be_visible()
    assert page.get_by_label("Date du versement 2").input_value() == "2099-02-28"
    assert page.get_by_label("Montant du versement 3").input_value() == "333,34"
    for width, scheme in ((1024, "dark"), (390, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        for address in (page.url, PROMISES, f"{DISPUTES}?statut=tous"):
            page.goto(address)
            found = Axe().run(page, options={"preload": False}).response["violations"]
            problems = [(one["id"], node["target"]) for one in found for node in one["nodes"]]
            assert (address, width, problems) == (address, width, [])
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", [PROMISES, DISPUTES])
def test_a_workbook_says_what_the_list_was(collector, dupont, path):
    response = collector.get(f"{path}export.xlsx?q=dupont")

    with BytesIO(b"".join(response)) as file:
        about = CalamineWorkbook.from_filelike(file).get_sheet_by_index(1).to_python()
    assert ["Filtre", "« dupont »"] in [
        [cell.replace("\xa0", " ") for cell in row] for row in about
    ]
