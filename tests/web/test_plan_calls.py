"""Calls: one customer at a time, what came of it, and the next one."""

from datetime import timedelta

import pytest

from encaisse.collection.models import Dispute, EntryFollowUp, Note, PaymentPromise, Reminder
from encaisse.tenancy.models import Event
from tests.builders import member, reminder, settled
from tests.web.plan_desk import ROOT, text_of, told
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]

CALLS = f"{ROOT}appels-a-faire/"


@pytest.fixture
def listed(karim, desk):
    """Three calls on the list, the largest first: Petit, Moulin, Rivet."""
    for name, euros in (("Rivet", 100), ("Petit", 500), ("Moulin", 250)):
        desk.call(name, euros, phone="04 78 00 00 00")
    karim.post(f"{ROOT}etape/appels/ordonner/", {"nombre": "3"})


def call_of(name: str) -> Reminder:
    return Reminder.objects.get(customer__legal_name=name, medium="phone")


def note(client, name: str, **fields: str):
    return client.post(f"{CALLS}{call_of(name).pk}/", fields)


def test_the_list_is_in_the_order_of_the_calls(karim, desk, listed):
    response = karim.get(CALLS)

    names = [line.reminder.customer.legal_name for line in response.context["list"].rows]
    assert names == ["Petit", "Moulin", "Rivet"]
    assert response.context["page"].first == call_of("Petit")


def test_the_list_is_searched_and_sorted(karim, listed):
    found = karim.get(f"{CALLS}?q=riv").context["list"].rows
    by_name = karim.get(f"{CALLS}?tri=name").context["list"].rows

    assert [line.reminder.customer.legal_name for line in found] == ["Rivet"]
    assert [line.reminder.customer.legal_name for line in by_name] == ["Moulin", "Petit", "Rivet"]


def test_a_call_has_everything_at_hand(karim, desk, listed):
    petit = call_of("Petit").customer
    reminder(petit, on=desk.today - timedelta(days=15), comment="Vu avec la comptable")
    Note.objects.create(
        company=desk.company, customer=petit, text="Appeler le matin", author_name="Claire",
        at=desk.company.created_at,
    )  # fmt: skip

    text = text_of(karim.get(f"{CALLS}{call_of('Petit').pk}/"))

    assert "500,00 €" in text
    assert "04 78 00 00 00" in text
    assert "à réclamer" in text
    assert "Vu avec la comptable" in text
    assert "Appeler le matin" in text
    assert "Ce que vous pouvez dire" in text
    assert "Noter et passer au suivant" in text


def test_a_call_that_is_noted_leads_to_the_next(karim, desk, listed):
    response = note(karim, "Petit", outcome="reached", comment="Paie vendredi")

    assert response.url == f"{CALLS}{call_of('Moulin').pk}/"
    done = call_of("Petit")
    assert (done.status, done.comment) == ("noted", "Joint – Paie vendredi")
    assert EntryFollowUp.objects.get(entry=desk.entries["Petit"]).level == 2
    assert Event.objects.filter(kind="reminder.noted").count() == 1


def test_the_last_call_leads_back_to_the_list(karim, listed):
    for name in ("Petit", "Moulin"):
        note(karim, name, outcome="message")

    assert note(karim, "Rivet", outcome="message").url == CALLS
    assert "Tous les appels sont faits" in text_of(karim.get(CALLS))


def test_someone_absent_stays_on_the_list_with_a_note(karim, desk, listed):
    response = note(karim, "Petit", outcome="absent", comment="Rappeler à 14 h")

    assert response.url == f"{CALLS}{call_of('Moulin').pk}/"
    assert call_of("Petit").status == "to_do"
    assert Note.objects.get().text == "Absent, à rappeler – Rappeler à 14 h"
    assert EntryFollowUp.objects.get(entry=desk.entries["Petit"]).level == 1


def test_after_the_smallest_call_comes_one_that_was_left(karim, listed):
    note(karim, "Petit", outcome="absent")
    note(karim, "Moulin", outcome="reached")

    assert note(karim, "Rivet", outcome="reached").url == f"{CALLS}{call_of('Petit').pk}/"


def test_a_promise_is_recorded_with_the_call(karim, desk, listed):
    day = desk.today + timedelta(days=6)

    note(
        karim, "Petit", outcome="promise", promised_amount="300,50", promised_date=day.isoformat(),
        comment="Virement",
    )  # fmt: skip

    promise = PaymentPromise.objects.get()
    assert (promise.amount_minor, promise.promised_date) == (30_050, day)
    assert promise.lines.get().entry == desk.entries["Petit"]
    assert call_of("Petit").comment == "Promesse de règlement – Virement"


def test_a_dispute_is_opened_with_the_call(karim, desk, listed):
    note(karim, "Petit", outcome="dispute", motive="Prix", comment="Remise oubliée")

    dispute = Dispute.objects.get()
    assert (dispute.reason, dispute.suspends) == ("Prix", True)
    assert dispute.lines.get().entry == desk.entries["Petit"]
    assert call_of("Petit").status == "noted"


AMOUNT, DAY = "promised_amount", "promised_date"
LATER = "2099-01-01"


@pytest.mark.parametrize(
    ("outcome", "amount", "day", "wrong"),
    [
        ("", "", "", "outcome"),
        ("fax", "", "", "outcome"),
        ("promise", "100", "", DAY),
        ("promise", "", LATER, AMOUNT),
        ("promise", "dix", LATER, AMOUNT),
        ("promise", "9999", LATER, AMOUNT),
        ("promise", "0", LATER, AMOUNT),
        ("promise", "100", "2020-01-01", AMOUNT),
        ("promise", "100", "32/13/2026", DAY),
        ("dispute", "", "", "motive"),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    karim, listed, outcome, amount, day, wrong
):
    typed = {"outcome": outcome, AMOUNT: amount, DAY: day}
    response = note(karim, "Petit", comment="Tapé pour rien ?", **typed)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [wrong]
    assert "Tapé pour rien ?" in response.content.decode()
    assert call_of("Petit").status == "to_do"
    assert not PaymentPromise.objects.exists()


def test_a_call_that_a_colleague_noted_is_refused(karim, desk, listed):
    Reminder.objects.filter(pk=call_of("Petit").pk).update(status="noted")

    response = note(karim, "Petit", outcome="reached")

    assert response.status_code == 422
    assert "Cette action est déjà notée ou annulée." in text_of(response)
    assert note(karim, "Petit", outcome="absent").status_code == 422
    assert not Note.objects.exists()


def test_a_promise_on_what_was_paid_since_is_refused_whole(karim, desk, listed):
    settled(desk.entries["Petit"], on=desk.today)

    response = note(
        karim, "Petit", outcome="promise", promised_amount="500", promised_date="2099-01-01"
    )

    assert response.status_code == 422
    assert call_of("Petit").status == "to_do"
    assert not Event.objects.filter(kind="reminder.noted").exists()


def test_a_call_can_be_taken_off_the_list(karim, desk, listed):
    response = karim.post(f"{CALLS}{call_of('Petit').pk}/annuler/")

    assert told(response)[-1] == "Petit : retiré de la liste."
    assert call_of("Petit").status == "cancelled"
    assert karim.get(f"{ROOT}etape/appels/").context["page"].total == 1


def test_calls_of_others_do_not_exist(client, karim, desk, listed):
    client.force_login(member(desk.company, "collector", sales_reps="Durant"))

    assert client.get(f"{CALLS}{call_of('Petit').pk}/").status_code == 404
    assert client.post(f"{CALLS}{call_of('Petit').pk}/annuler/").status_code == 404
    assert client.get(CALLS).context["list"].count == 0


def test_a_mail_is_not_a_call(karim, desk):
    desk.mail("Dupont")
    karim.post(f"{ROOT}etape/emails/ordonner/", {"nombre": "1"})

    assert karim.get(f"{CALLS}{Reminder.objects.get().pk}/").status_code == 404
