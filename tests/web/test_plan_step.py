"""A step's lines: ticks over pages, entries, who is left out, previews."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from encaisse.collection.operations.promises import record_promise
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.web.app.plan.choice import Choice
from tests.builders import at_level, company, credit_note, hold, member
from tests.web.plan_desk import HTMX, ROOT, plain, text_of
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]

EMAILS = f"{ROOT}etape/emails/"


def names(response) -> list[str]:
    return [line.customer.legal_name for line in response.context["list"].rows]


def bar(client, query: str):
    return client.get(f"{EMAILS}?{query}", headers={**HTMX, "HX-Target": "plan-bar"})


def test_every_line_is_ticked_and_counted_at_first(karim, desk):
    desk.mail("Dupont", 100)
    desk.mail("Durand", 250)

    response = karim.get(EMAILS)

    assert names(response) == ["Durand", "Dupont"]
    assert [line.is_ticked for line in response.context["list"].rows] == [True, True]
    assert response.context["button"] == "Envoyer 2 e-mails"
    assert response.context["page"].chosen.amounts == {"EUR": 35_000}


def test_a_step_shows_its_own_lines_only(karim, desk):
    desk.mail("Dupont")
    desk.call("Petit")

    response = karim.get(f"{ROOT}etape/{desk.step(1).pk}/")

    assert names(response) == ["Dupont"]
    assert "Relance 1 : 8 jours après l’échéance" in text_of(response)


@pytest.mark.parametrize("code", ["999999", "fax", "0"])
def test_a_step_that_does_not_exist_leads_back_to_the_plan(karim, code):
    assert karim.get(f"{ROOT}etape/{code}/").url == ROOT


def test_another_company_s_step_is_not_found(karim, desk):
    other = company("Petit SA")

    assert karim.get(f"/s/{other.slug}/agir/scenarios/").status_code == 404


@pytest.mark.parametrize(
    ("sort", "first"),
    [("-amount", "Durand"), ("amount", "Dupont"), ("name", "Dupont"), ("-name", "Durand"),
     ("since", "Durand"), ("-since", "Dupont"), ("-entries", "Dupont"), ("level", "Dupont")],
)  # fmt: skip
def test_lines_sort(karim, desk, sort, first):
    dupont = desk.mail("Dupont", 100)
    desk.late(dupont, 20, days=40)
    desk.mail("Durand", 250)

    assert names(karim.get(f"{EMAILS}?tri={sort}"))[0] == first


def test_pages_and_search_keep_what_is_unticked(karim, desk):
    made = [desk.mail(f"Client{number:02}") for number in range(12)]

    response = karim.get(f"{EMAILS}?par=10&page=2&hors={made[0].pk}&q=client")

    assert len(names(response)) == 2
    assert response.context["page"].chosen.count == 11
    assert f"hors={made[0].pk}" in response.context["list"].previous_url


def test_a_tick_is_answered_by_the_bar_alone(karim, desk):
    dupont, durand = desk.mail("Dupont", 100), desk.mail("Durand", 250)

    response = bar(karim, f"vu={dupont.pk}&vu={durand.pk}&coche={durand.pk}")

    assert "Envoyer 1 e-mail" in text_of(response)
    assert "<table" not in response.content.decode()
    assert response["HX-Replace-Url"] == f"{EMAILS}?hors={dupont.pk}"


def test_a_form_without_javascript_gets_the_short_address(karim, desk):
    dupont, durand = desk.mail("Dupont"), desk.mail("Durand")

    response = karim.get(f"{EMAILS}?vu={dupont.pk}&vu={durand.pk}&coche={durand.pk}&par=10")

    assert response.status_code == 302
    assert response.url == f"{EMAILS}?hors={dupont.pk}&par=10"


def test_none_then_a_few(karim, desk):
    dupont, durand = desk.mail("Dupont", 100), desk.mail("Durand", 250)

    none = karim.get(f"{EMAILS}?dont=0")
    one = bar(karim, f"dont=0&vu={dupont.pk}&vu={durand.pk}&coche={dupont.pk}")

    assert none.context["page"].chosen.count == 0
    assert one["HX-Replace-Url"] == f"{EMAILS}?dont={dupont.pk}"
    assert one.context["page"].chosen.amounts == {"EUR": 10_000}


# -- entries -----------------------------------------------------------------------------------


def test_a_line_unfolds_its_entries_with_levels_and_credits(karim, desk):
    dupont = desk.mail("Dupont", 100)
    second = desk.late(dupont, 60, days=45)
    at_level(second, 2, on=desk.today - timedelta(days=1))
    credit_note(dupont, euros=30, on=desk.today - timedelta(days=5))

    response = karim.get(f"{EMAILS}{dupont.pk}/pieces/", headers=HTMX)

    found = [(one.amount, one.is_credit) for one in response.context["line"].entries]
    assert (10_000, False) in found
    assert (-3_000, True) in found
    assert "déduit" in text_of(response)


def test_an_entry_held_by_a_promise_shows_why_and_until_when(karim, desk):
    dupont = desk.mail("Dupont", 100)
    held = desk.late(dupont, 60)
    promised = desk.today + timedelta(days=4)
    record_promise(
        dupont, [held], amount_minor=6_000, promised_date=promised, author=COMMAND_LINE,
        today=desk.today, now=desk.company.created_at,
    )  # fmt: skip

    response = karim.get(f"{EMAILS}{dupont.pk}/pieces/", headers=HTMX)

    left = [one for one in response.context["line"].entries if one.why]
    assert [(one.entry, one.amount, one.why.day) for one in left] == [(held, 6_000, promised)]
    assert "Promesse de règlement en cours" in text_of(response)


def test_an_unticked_entry_leaves_the_sum_of_its_line(karim, desk):
    dupont = desk.mail("Dupont", 100)
    second = desk.late(dupont, 60)

    ticks = f"ligne={dupont.pk}&pv={second.pk}&pv={desk.entries['Dupont'].pk}"
    response = bar(karim, f"{ticks}&p={desk.entries['Dupont'].pk}&vu={dupont.pk}&coche={dupont.pk}")

    assert response.context["page"].chosen.amounts == {"EUR": 10_000}
    assert response["HX-Replace-Url"] == f"{EMAILS}?sans={second.pk}"
    assert f'id="sum-{dupont.pk}" hx-swap-oob="true"' in response.content.decode()


def test_a_line_without_any_entry_left_sends_nothing(karim, desk):
    dupont = desk.mail("Dupont", 100)

    response = bar(karim, f"sans={desk.entries['Dupont'].pk}&ligne={dupont.pk}")

    assert response.context["page"].chosen.count == 0
    assert "rien à envoyer" in text_of(response)


def test_without_javascript_a_link_unfolds_the_line(karim, desk):
    dupont = desk.mail("Dupont")

    response = karim.get(f"{EMAILS}?ouvert={dupont.pk}")

    assert response.context["list"].rows[0].entries
    assert f'name="p" value="{desk.entries["Dupont"].pk}"' in response.content.decode()


# -- who is left out ---------------------------------------------------------------------------


def test_those_who_are_held_back_come_in_a_second_list(karim, desk):
    desk.mail("Dupont")
    hold(desk.mail("Lemoine", 300), on=desk.today)

    response = karim.get(EMAILS)

    held = response.context["page"].held_back
    assert names(response) == ["Dupont"]
    assert [(one.customer.legal_name, one.row.amount) for one in held] == [("Lemoine", 30_000)]
    assert held[0].why[0].words.label == "Client en STOP"
    assert response.context["page"].chosen.count == 1


def test_a_held_back_customer_stands_at_his_own_step(karim, desk):
    hold(desk.call("Petit"), on=desk.today)

    first = karim.get(f"{ROOT}etape/{desk.step(1).pk}/").context["page"]
    second = karim.get(f"{ROOT}etape/{desk.step(2).pk}/").context["page"]

    assert (len(first.held_back), len(second.held_back)) == (0, 1)


def test_a_line_that_cannot_be_written_is_not_sent(karim, desk):
    desk.mail("Dupont")
    desk.mail("Durand", language="en")
    MessageTemplate.objects.filter(code="reminder_1_email", language="en").update(
        body="Pay {{ lien_paiement }}"
    )

    response = karim.get(EMAILS)

    lines = {line.customer.legal_name: line for line in response.context["list"].rows}
    assert lines["Durand"].error
    assert not lines["Durand"].is_ticked
    assert plain(lines["Durand"].error) in text_of(response)
    assert response.context["page"].chosen.count == 1


def test_a_customer_without_a_valid_address_is_not_sent(karim, desk):
    desk.mail("Dupont").contacts.update(is_invalid=True)

    line = karim.get(EMAILS).context["list"].rows[0]

    assert "Aucune adresse e-mail valable" in line.error


# -- previews ----------------------------------------------------------------------------------


def test_a_mail_is_previewed_with_its_real_data(karim, desk):
    dupont = desk.mail("Dupont", 1_234)

    dialog = karim.get(f"{EMAILS}{dupont.pk}/apercu/", headers=HTMX)
    content = karim.get(f"{EMAILS}{dupont.pk}/apercu/0/")

    assert "dupont@dupont.example" in dialog.content.decode()
    assert "1 234,00 €" in text_of(content)
    policy = content["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


def test_a_preview_follows_the_entries_that_are_ticked(karim, desk):
    dupont = desk.mail("Dupont", 1_234)
    desk.late(dupont, 600, document_number="FAC-RETIREE")

    whole = karim.get(f"{EMAILS}{dupont.pk}/apercu/0/")
    part = karim.get(f"{EMAILS}{dupont.pk}/apercu/0/?sans={desk.entries['Dupont'].pk}")

    assert "1 834,00 €" in text_of(whole)
    assert "1 834,00 €" not in text_of(part)


def test_a_letter_is_previewed_as_it_will_be_printed(karim, desk):
    lemoine = desk.letter("Lemoine")

    dialog = karim.get(f"{ROOT}etape/courriers/{lemoine.pk}/apercu/", headers=HTMX)
    pdf = karim.get(f"{ROOT}etape/courriers/{lemoine.pk}/apercu/0.pdf")

    assert 'src="data:image/png;base64,' in dialog.content.decode()
    assert pdf.content.startswith(b"%PDF")


def test_a_call_is_previewed_by_its_script(karim, desk):
    petit = desk.call("Petit", 777)

    dialog = karim.get(f"{ROOT}etape/appels/{petit.pk}/apercu/", headers=HTMX)

    assert "777,00 €" in text_of(dialog)


def test_a_preview_that_fails_says_why(karim, desk):
    dupont = desk.mail("Dupont")
    MessageTemplate.objects.filter(code="reminder_1_email").delete()

    dialog = karim.get(f"{EMAILS}{dupont.pk}/apercu/", headers=HTMX)

    assert "Ce message ne peut pas partir." in text_of(dialog)
    assert "reminder_1_email" in text_of(dialog)
    assert karim.get(f"{EMAILS}{dupont.pk}/apercu/0/").status_code == 404


def test_a_customer_outside_the_portfolio_has_no_preview(client, desk):
    dupont = desk.mail("Dupont", sales_rep="Autre")
    client.force_login(member(desk.company, "collector", sales_reps="Durant"))

    assert client.get(f"{EMAILS}{dupont.pk}/apercu/").status_code == 404
    assert client.get(f"{EMAILS}{dupont.pk}/pieces/").status_code == 404


# -- choice, speed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ("", {}),
        ("hors=2,1", {"hors": "1,2"}),
        ("dont=", {"dont": "0"}),
        ("dont=5USD", {"dont": "5USD"}),
        ("hors=1&vu=1&vu=2&coche=1", {"hors": "2"}),
        ("dont=1&vu=1&vu=2&coche=2", {"dont": "2"}),
        ("hors=1&tout=1", {}),
        ("hors=1&tout=0", {"dont": "0"}),
        ("sans=7&pv=7&p=7&pv=8", {"sans": "8"}),
        ("hors=<b>,é!&sans=x", {}),
    ],
)
def test_a_choice_is_read_and_written_short(query, pairs):
    assert Choice.read(QueryDict(query)).pairs() == pairs


def test_a_page_costs_the_same_for_three_lines_and_for_twenty(karim, desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            karim.get(EMAILS)
        return len(queries)

    def more(numbers: range) -> None:
        for number in numbers:
            desk.mail(f"Client{number}")
            hold(desk.mail(f"Stop{number}"), on=desk.today)

    more(range(3))
    karim.get(EMAILS)
    few = cost()
    more(range(3, 20))

    assert cost() == few


def test_a_step_that_exists_no_more_goes_back_to_the_plan_and_says_so(karim, desk):
    gone = f"{ROOT}etape/999999/"
    response = karim.get(gone, follow=True)
    assert response.redirect_chain == [(ROOT, 302)]
    assert "Cette étape n’existe plus" in text_of(response)
    assert karim.post(f"{gone}ordonner/").url == ROOT
    assert karim.get(f"{gone}confirmer/", headers=HTMX)["HX-Redirect"] == ROOT
