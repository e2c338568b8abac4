"""Acting on one customer: the forms, what they refuse, what they leave behind."""

from datetime import timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.collection.models import (
    Dispute,
    EntryFollowUp,
    PaymentPromise,
    Reminder,
    Scenario,
)
from encaisse.collection.operations.attachments import MOST_BYTES, sweep_abandoned
from encaisse.tenancy.models import Event
from tests.builders import at_level, credit_note, hold, invoice, member, settled
from tests.web.plan_desk import HTMX, Desk, text_of, told
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]


@pytest.fixture
def dupont(desk: Desk):
    """Two invoices late, one not due yet, one credit note."""
    made = desk.mail("Dupont", 100, phone="04 78 00 00 00", address="1 rue", city="Lyon")
    desk.entries["F2"] = desk.late(made, 50, days=40)
    desk.entries["F3"] = invoice(made, euros=30, due=desk.today + timedelta(days=20), on=desk.today)
    desk.entries["A1"] = credit_note(made, euros=20, on=desk.today - timedelta(days=3))
    return made


def address(of, way: str = "email") -> str:
    return f"/s/morel/clients/{of.pk}/ecrire/{way}/"


def filled(client, url: str, **changes: object) -> dict[str, object]:
    """What the form would send as it was shown, with some fields changed."""
    form = client.get(url).context["form"]
    data: dict[str, object] = {name: form[name].value() or "" for name in form.fields}
    data["entries"] = [choice.entry.pk for choice in form.choices if choice.is_ticked]
    return data | changes


def upload(name: str, content: bytes) -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


# -- the list ----------------------------------------------------------------------------------


def test_every_customer_is_listed_and_found(karim, desk, dupont):
    desk.letter("Martin", 300)

    rows = karim.get("/s/morel/agir/clients/?tri=-balance").context["list"].rows
    found = karim.get("/s/morel/agir/clients/?q=dup").context["list"].rows

    assert [row.customer.legal_name for row in rows] == ["Martin", "Dupont"]
    assert [row.balances[0].balance for row in found] == [16_000]
    page = text_of(karim.get("/s/morel/agir/clients/"))
    assert "2 clients" in page


def test_the_list_asks_for_the_same_number_of_queries_however_long_it_is(karim, desk):
    desk.mail("A")
    karim.get("/s/morel/agir/clients/")
    counts = []
    for names in ("BCD", "EFGHIJ"):
        for name in names:
            desk.mail(name)
        with CaptureQueriesContext(connection) as queries:
            karim.get("/s/morel/agir/clients/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


# -- what the form offers ----------------------------------------------------------------------


def test_without_a_choice_it_is_about_all_that_is_late_less_the_credits(karim, desk, dupont):
    page = karim.get(address(dupont)).context["page"]

    assert page.amount == (("EUR", 13_000),)
    assert page.form["kind"].value() == "reminder"
    assert page.form["template"].value() == "reminder_1_email"
    assert page.form["recipients"].value() == "dupont@dupont.example"


def test_the_entries_ticked_on_the_account_come_along(karim, desk, dupont):
    chosen = [desk.entries["Dupont"].pk, desk.entries["A1"].pk]
    query = "&".join(f"choix={pk}" for pk in chosen)

    page = karim.get(f"{address(dupont)}?{query}").context["page"]

    assert page.amount == (("EUR", 8_000),)


def test_what_is_not_due_yet_is_announced(karim, desk, dupont):
    page = karim.get(f"{address(dupont)}?choix={desk.entries['F3'].pk}").context["page"]

    assert (page.form["kind"].value(), page.amount) == ("pre_due", (("EUR", 3_000),))


def test_a_notice_leaves_out_what_is_late_and_says_so_when_it_is_ticked(karim, desk, dupont):
    data = filled(karim, address(dupont), kind="pre_due", was="reminder")
    page = karim.post(f"{address(dupont)}modele/", data, headers=HTMX).context["page"]
    assert (page.amount, page.announced_late) == ((("EUR", 3_000),), 0)
    said = karim.post(f"{address(dupont)}apercu/", data | {"was": "pre_due"}, headers=HTMX)
    assert "2 pièces sont déjà échues" in text_of(said)


def test_the_text_is_that_of_the_next_step_with_its_conditions_decided(karim, desk, dupont):
    at_level(desk.entries["Dupont"], 2, on=desk.today - timedelta(days=9))

    form = karim.get(address(dupont, "courrier")).context["form"]

    assert form["template"].value() == "reminder_3_letter"
    assert "{{ total }}" in form["body"].value()
    assert "{%" not in form["body"].value()


def test_another_kind_brings_its_texts_and_entries(karim, desk, dupont):
    paid = invoice(dupont, euros=70, due=desk.today - timedelta(days=30))
    settled(paid, on=desk.today - timedelta(days=2))
    data = filled(karim, address(dupont), kind="thanks", was="reminder")

    response = karim.post(f"{address(dupont)}modele/", data, headers=HTMX)

    page = response.context["page"]
    assert [choice.entry for choice in page.form.choices] == [paid]
    assert page.form["template"].value() == "thanks_email"
    assert "Votre compte est à jour" not in page.form["body"].value()


def test_what_advises_against_it_is_said(karim, desk, dupont):
    hold(dupont, on=desk.today, reason="Procédure collective")
    Dispute.objects.create(
        company=desk.company, customer=dupont, reason="Qualité", opened_on=desk.today
    )

    text = text_of(karim.get(address(dupont)))

    assert "Ce client est en STOP. Procédure collective" in text
    assert "Un litige est ouvert. Qualité" in text
    assert "Vous pouvez continuer" in text


def test_without_a_scenario_the_level_cannot_change(karim, desk, dupont):
    Scenario.objects.update(is_active=False)

    response = karim.get(address(dupont))
    assert "Aucun des scénarios configurés n’est applicable à ce client" in text_of(response)

    karim.post(address(dupont), filled(karim, address(dupont)))
    desk.work()
    assert not EntryFollowUp.objects.filter(level__gt=0).exists()


# -- the preview -------------------------------------------------------------------------------


def test_the_preview_says_it_with_the_real_data(karim, desk, dupont):
    data = filled(karim, address(dupont), subject="Compte {{ client_code }}")
    data["entries"] = [desk.entries["F2"].pk]

    part = karim.post(f"{address(dupont)}apercu/", data, headers=HTMX)
    content = karim.post(f"{address(dupont)}contenu/", data)

    assert "Compte 411DUPONT" in text_of(part)
    assert "50,00 €" in text_of(part)
    assert "50,00" in content.text
    assert "sandbox" in content["Content-Security-Policy"]


def test_the_preview_tells_what_is_empty_or_unknown(karim, desk, dupont):
    for body, why in (
        ("<p>{{ penalites }}</p>", "Pénalités de retard"),
        ("<p>{{ inconnu }}</p>", "Balise inconnue « inconnu »"),
    ):
        data = filled(karim, address(dupont), body=body)
        assert why in text_of(karim.post(f"{address(dupont)}apercu/", data, headers=HTMX))


# -- an e-mail ---------------------------------------------------------------------------------


def test_an_email_leaves_with_its_files_and_shows_in_the_histories(karim, desk, dupont):
    url = address(dupont)
    data = filled(
        karim,
        url,
        recipients="Marie Dupont <marie@dupont.example>; chef@dupont.example",
        subject="Votre compte",
        body="<p>Nous attendons <b>{{ total }}</b>.</p><p>{{ tableau }}</p>",
    )
    files = f"/s/morel/clients/{dupont.pk}/ecrire/fichiers/{data['token']}/"
    karim.post(files, {"files": [upload("facture.pdf", b"%PDF-1.7 une facture")]}, headers=HTMX)

    response = karim.post(url, data)

    assert response.url == f"/s/morel/clients/{dupont.pk}/"
    desk.work()
    sent = Reminder.objects.get()
    assert (sent.status, sent.level, sent.amount_minor) == ("sent", 1, 13_000)
    assert sent.recipients == ["marie@dupont.example", "chef@dupont.example"]
    (file,) = desk.folder.rglob("*.eml")
    (joined,) = message_from_bytes(file.read_bytes(), policy=policy.default).iter_attachments()
    assert joined.get_content() == b"%PDF-1.7 une facture"
    page = text_of(karim.get(f"/s/morel/activites/{sent.pk}/"))
    assert "facture.pdf" in page
    download = karim.get(f"/s/morel/activites/{sent.pk}/fichiers/1/")
    assert b"".join(download.streaming_content) == b"%PDF-1.7 une facture"
    assert Event.objects.filter(kind="message.written", customer_code="411DUPONT").count() == 1
    history = text_of(karim.get(f"/s/morel/clients/{dupont.pk}/historique/"))
    assert "Message écrit à la main" not in history  # the message itself says it


def test_it_can_be_taken_back_before_it_leaves(karim, desk, dupont, settings):
    settings.UNDO_SECONDS = 10
    response = karim.post(address(dupont), filled(karim, address(dupont)))

    assert told(response) == ["Votre e-mail part dans 10 s."]
    assert desk.work() == [] or not Reminder.objects.filter(status="sent").exists()
    karim.post(f"/s/morel/activites/{Reminder.objects.get().pk}/annuler/")
    assert Reminder.objects.get().status == "cancelled"


def test_the_same_form_sent_twice_is_one_email(karim, desk, dupont):
    data = filled(karim, address(dupont))

    karim.post(address(dupont), data)
    karim.post(address(dupont), data)

    assert Reminder.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipients": ""}, "recipients"),
        ({"copies": "x@"}, "copies"),
        ({"subject": " "}, "subject"),
        ({"body": "<p>{{ inconnu }}</p>"}, "body"),
        ({"body": "<p>{{ penalites }}</p>"}, "body"),
        ({"entries": []}, "entries"),
        ({"entries": ["999999"]}, "entries"),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_lost(
    karim, desk, dupont, changes: dict[str, object], field: str
):
    data = filled(karim, address(dupont), comment="", **({"copies": "chef@x.example"} | changes))

    response = karim.post(address(dupont), data)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert response.context["form"]["token"].value() == data["token"]
    assert not Reminder.objects.exists()


def test_entries_paid_meanwhile_are_refused(karim, desk, dupont):
    data = filled(karim, address(dupont))
    settled(desk.entries["F2"], on=desk.today)

    response = karim.post(address(dupont), data)

    assert "Une des pièces cochées n’est plus due" in text_of(response)


def test_a_step_under_way_is_not_taken_twice(karim, desk, dupont):
    karim.post(address(dupont), filled(karim, address(dupont)))

    response = karim.post(address(dupont), filled(karim, address(dupont)))

    assert list(response.context["form"].errors) == ["to_level"]


def test_beside_the_scenario_or_to_a_chosen_step(karim, desk, dupont):
    karim.post(address(dupont), filled(karim, address(dupont), counts="non"))
    desk.work()
    assert not EntryFollowUp.objects.filter(level__gt=0).exists()

    karim.post(address(dupont), filled(karim, address(dupont), to_level="3"))
    desk.work()
    assert EntryFollowUp.objects.get(entry=desk.entries["Dupont"]).level == 3


def test_the_statement_leaves_as_a_file(karim, desk, dupont):
    url = f"{address(dupont)}?type=statement"
    data = filled(karim, url)
    assert data["statement"] == "open"

    karim.post(address(dupont), data)
    desk.work()

    sent = Reminder.objects.get()
    assert (sent.kind, sent.status, sent.amount_minor) == ("statement", "sent", 16_000)
    assert sent.attachments[0]["name"].startswith("releve-411DUPONT-")
    assert "160,00" in sent.content_html
    assert not EntryFollowUp.objects.filter(reminder_count__gt=0).exists()
    assert "Relevé" in text_of(karim.get("/s/morel/activites/?type=statement"))


# -- files -------------------------------------------------------------------------------------


def test_files_are_bounded_and_can_be_dropped(karim, desk, dupont):
    token = karim.get(address(dupont)).context["form"]["token"].value()
    url = f"/s/morel/clients/{dupont.pk}/ecrire/fichiers/{token}/"

    karim.post(url, {"files": [upload("petit.txt", b"x")]}, headers=HTMX)
    refused = karim.post(url, {"files": [upload("gros.bin", bytes(MOST_BYTES))]}, headers=HTMX)
    assert refused.status_code == 422
    assert [file.name for file in refused.context["joined"].files] == ["petit.txt"]

    left = karim.post(url, {"retirer": "petit.txt"}, headers=HTMX)
    assert left.context["joined"].files == []


def test_loading_another_text_keeps_what_was_written_of_the_call(karim, desk, dupont):
    url = address(dupont, "telephone")
    data = filled(karim, url, outcome="promise", promised_amount="12", comment="Rappelle jeudi")

    shown = karim.post(url, data | {"charger": "1"})

    call = shown.context["page"].call
    assert (call["comment"].value(), call["promised_amount"].value()) == ("Rappelle jeudi", "12")


def test_the_files_of_a_message_that_was_sent_do_not_change_any_more(karim, desk, dupont):
    data = filled(karim, address(dupont))
    files = f"/s/morel/clients/{dupont.pk}/ecrire/fichiers/{data['token']}/"
    karim.post(files, {"files": [upload("facture.pdf", b"%PDF-1.7 une facture")]}, headers=HTMX)
    karim.post(address(dupont), data)
    (sent,) = Reminder.objects.values_list("attachments", flat=True)

    dropped = karim.post(files, {"retirer": "facture.pdf"}, headers=HTMX)
    replaced = karim.post(files, {"files": [upload("facture.pdf", b"autre")]}, headers=HTMX)

    assert "facture.pdf" in dropped.text
    assert "déjà parti" in replaced.text
    (kept,) = (desk.folder / "joined").rglob("facture.pdf")
    assert kept.read_bytes() == b"%PDF-1.7 une facture"
    assert [file["name"] for file in sent] == ["facture.pdf"]


def test_a_file_name_never_leaves_its_folder(karim, desk, dupont):
    token = karim.get(address(dupont)).context["form"]["token"].value()
    url = f"/s/morel/clients/{dupont.pk}/ecrire/fichiers/{token}/"
    karim.post(url, {"files": [upload("reste.txt", b"x")]}, headers=HTMX)

    karim.post(url, {"retirer": "../../../encaisse.db"}, headers=HTMX)
    assert karim.post(url.replace(token, "x" * 32), {}, headers=HTMX).status_code == 404

    (kept,) = (desk.folder / "joined").rglob("*.txt")
    assert kept.parent.name == token


def test_files_of_a_form_that_was_left_are_swept(karim, desk, dupont):
    kept = filled(karim, address(dupont))
    left = filled(karim, address(dupont))
    for data in (kept, left):
        url = f"/s/morel/clients/{dupont.pk}/ecrire/fichiers/{data['token']}/"
        karim.post(url, {"files": [upload("a.txt", b"x")]}, headers=HTMX)
    karim.post(address(dupont), kept)

    assert sweep_abandoned(timezone.now()) == 0
    assert sweep_abandoned(timezone.now() + timedelta(days=2)) == 1

    desk.work()
    assert Reminder.objects.get().status == "sent"


def test_without_javascript_files_go_with_the_form(karim, desk, dupont):
    data = filled(karim, address(dupont), subject="À compléter")

    page = karim.post(address(dupont), data | {"joindre": "1", "files": [upload("a.txt", b"x")]})

    assert [file.name for file in page.context["page"].joined.files] == ["a.txt"]
    assert page.context["form"]["subject"].value() == "À compléter"
    assert not Reminder.objects.exists()


# -- a letter ----------------------------------------------------------------------------------


def test_a_letter_is_printed_then_posted(karim, desk, dupont):
    hold(dupont, on=desk.today)
    url = address(dupont, "recommande")
    data = filled(karim, url, address="Dupont SA\r\nBP 12\r\n75002 Paris")
    sent = karim.post(url, data, follow=True)
    assert (
        '<a href="/s/morel/agir/scenarios/courriers-a-poster/">Courriers à poster</a>' in sent.text
    )
    desk.work()
    letter = Reminder.objects.get()
    assert (letter.status, letter.medium) == ("printed", "registered_letter")
    assert letter.recipients == ["Dupont SA", "BP 12", "75002 Paris"]

    karim.post("/s/morel/agir/scenarios/courriers-a-poster/postes/", {"tout": "1"})

    letter.refresh_from_db()
    assert letter.status == "posted"
    assert EntryFollowUp.objects.get(entry=desk.entries["F2"]).level == 1


def test_the_preview_of_a_letter_shows_its_pages(karim, desk, dupont):
    url = address(dupont, "courrier")

    part = karim.post(f"{url}apercu/", filled(karim, url), headers=HTMX)

    assert "data:image/png;base64," in part.text


# -- a call ------------------------------------------------------------------------------------


def test_a_call_is_noted_with_its_promise(karim, desk, dupont):
    url = address(dupont, "telephone")
    page = karim.get(url)
    assert "tel:04 78 00 00 00" in page.text
    day = desk.today - timedelta(days=1)
    promised = {"outcome": "promise", "promised_amount": "80", "comment": "Paiera vendredi",
                "promised_date": (desk.today + timedelta(days=4)).isoformat()}  # fmt: skip

    karim.post(url, filled(karim, url, done_on=day.isoformat(), **promised))

    call = Reminder.objects.get()
    assert (call.status, call.effective_on) == ("noted", day)
    assert call.comment == "Promesse de règlement – Paiera vendredi"
    assert PaymentPromise.objects.get().amount_minor == 8_000
    assert EntryFollowUp.objects.get(entry=desk.entries["F2"]).level == 1
    kinds = Event.objects.filter(customer_code="411DUPONT").values_list("kind", flat=True)
    assert sorted(kinds) == ["promise.recorded", "reminder.noted"]


def test_a_refused_promise_notes_nothing(karim, desk, dupont):
    url = address(dupont, "telephone")
    promised = {"outcome": "promise", "promised_amount": "9000",
                "promised_date": desk.today.isoformat()}  # fmt: skip

    response = karim.post(url, filled(karim, url, **promised))

    assert response.status_code == 422
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("way", ["telephone", "autre"])
def test_a_day_to_come_is_refused(karim, desk, dupont, way: str):
    url = address(dupont, way)
    day = desk.today + timedelta(days=1)

    response = karim.post(url, filled(karim, url, done_on=day.isoformat(), outcome="reached"))

    assert "Cette date n’est pas encore passée." in text_of(response)


def test_a_customer_who_was_not_there_reaches_no_level(karim, desk, dupont):
    url = address(dupont, "telephone")

    karim.post(url, filled(karim, url, outcome="absent"))

    assert Reminder.objects.get().comment == "Absent, à rappeler"
    assert not EntryFollowUp.objects.filter(level__gt=0).exists()


def test_another_action_is_no_call(karim, desk, dupont):
    url = address(dupont, "autre")
    assert karim.get(url).context["page"].call["outcome"].value() == "done"
    page = text_of(karim.get(url))
    assert "Absent" not in page
    assert "Je vous appelle" not in page

    karim.post(url, filled(karim, url, outcome="done", comment="Vu au salon"))

    assert Reminder.objects.get().comment == "Fait – Vu au salon"


# -- who may -----------------------------------------------------------------------------------


def test_a_customer_of_another_portfolio_does_not_exist(client, desk, dupont):
    client.force_login(member(desk.company, sales_reps="Durant"))

    for path in ("email/", "telephone/"):
        assert client.get(f"/s/morel/clients/{dupont.pk}/ecrire/{path}").status_code == 404
    assert client.get("/s/morel/agir/clients/").context["list"].rows == []


def test_an_unknown_way_does_not_exist(karim, dupont):
    assert karim.get(address(dupont, "pigeon")).status_code == 404
