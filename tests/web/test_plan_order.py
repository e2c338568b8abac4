"""Sending for real: the confirmation, the order, its progress, undo, stop, and what failed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from encaisse.collection.models import EntryFollowUp, Reminder
from encaisse.collection.queries.orders import stamp_of
from encaisse.jobs.models import Job
from encaisse.messaging.models import MessageTemplate
from encaisse.tenancy.models import Event
from tests.builders import hold, member
from tests.web.plan_desk import HTMX, ROOT, text_of, told
from tests.web.plan_fixtures import desk, karim

__all__ = ["desk", "karim"]

EMAILS = f"{ROOT}etape/emails/"


def order(client, batch: str = "emails", **fields: str):
    return client.post(f"{ROOT}etape/{batch}/ordonner/", fields)


# -- before ------------------------------------------------------------------------------------


def test_the_confirmation_says_what_leaves_to_whom_and_who_does_not(karim, desk):
    dupont = desk.mail("Dupont", 100)
    desk.mail("Durand", 250)
    hold(desk.mail("Lemoine"), on=desk.today)

    response = karim.get(f"{EMAILS}confirmer/?hors={dupont.pk}")

    found = response.context["confirmation"]
    assert (found.chosen.count, found.chosen.amounts) == (1, {"EUR": 25_000})
    assert [one.customer.legal_name for one in found.recipients] == ["Durand"]
    assert (found.unticked, found.left_out_count) == (1, 1)
    text = text_of(response)
    assert "Envoyer 1 e-mail ?" in text
    assert "Client en STOP" in text
    assert "Rien ne part vraiment" in text


def test_the_confirmation_takes_out_what_cannot_be_written(karim, desk):
    desk.mail("Dupont")
    durand = desk.mail("Durand", language="en")
    MessageTemplate.objects.filter(code="reminder_1_email", language="en").update(
        body="Pay {{ lien_paiement }}"
    )

    found = karim.get(f"{EMAILS}confirmer/", headers=HTMX).context["confirmation"]
    order(karim, **found.choice.pairs())

    assert [one.customer.legal_name for one in found.refused] == ["Durand"]
    assert found.choice.pairs() == {"hors": str(durand.pk)}
    assert desk.statuses() == {"Dupont": "waiting"}


def test_nothing_is_sent_without_a_sender(karim, desk):
    desk.mail("Dupont")
    desk.company.mail_mode = "live"
    desk.company.save(update_fields=["mail_mode"])

    response = order(karim, nombre="1")

    assert response.status_code == 422
    assert "l’adresse d’expédition n’est pas configurée" in text_of(response)
    assert desk.statuses() == {}


def test_more_than_what_was_said_is_asked_again(karim, desk):
    desk.mail("Dupont")
    desk.mail("Durand")

    response = order(karim, nombre="1")

    assert response.status_code == 422
    assert "La situation a changé" in text_of(response)
    assert desk.statuses() == {}


# -- ordering ----------------------------------------------------------------------------------


def test_what_is_ticked_is_ordered_and_leaves(karim, desk):
    desk.mail("Dupont")
    durand = desk.mail("Durand")

    response = order(karim, nombre="1", hors=str(durand.pk))
    desk.work()

    assert response.url.startswith(f"{ROOT}envoi/")
    assert desk.statuses() == {"Dupont": "sent"}
    assert EntryFollowUp.objects.get().level == 1
    assert len(list((desk.folder / "outbox" / "morel").iterdir())) == 1


def test_entries_that_were_unticked_stay_out(karim, desk):
    second = desk.late(desk.mail("Dupont", 100), 60)

    order(karim, sans=str(second.pk))
    desk.work()

    sent = Reminder.objects.get()
    assert (sent.amount_minor, sent.status) == (10_000, "sent")
    assert [line.entry_id for line in sent.lines.all()] == [desk.entries["Dupont"].pk]


def test_only_those_who_were_chosen_are_written_to(karim, desk):
    dupont = desk.mail("Dupont")
    desk.mail("Durand")

    order(karim, dont=str(dupont.pk))

    assert desk.statuses() == {"Dupont": "waiting"}


def test_a_customer_is_left_out_in_one_currency_only(karim, desk):
    dupont = desk.mail("Dupont", 100)
    desk.late(dupont, 40, currency="USD")

    order(karim, hors=f"{dupont.pk}USD")

    assert [(one.currency, one.amount_minor) for one in Reminder.objects.all()] == [("EUR", 10_000)]


def test_one_step_leaves_the_others_alone(karim, desk):
    desk.mail("Dupont")
    desk.letter("Lemoine")

    order(karim, str(desk.step(1).pk))

    assert desk.statuses() == {"Dupont": "waiting"}


def test_two_clicks_are_one_message(karim, desk):
    for name in ("Dupont", "Durand", "Lemoine"):
        desk.mail(name)

    first, second = order(karim, nombre="3"), order(karim, nombre="3")
    desk.work()

    assert told(first) == ["3 e-mails vont partir."]
    assert told(second)[-1] == "0 nouveau, 3 déjà en cours."
    assert Reminder.objects.count() == 3
    assert Event.objects.filter(kind="reminders.prepared").count() == 1


def test_htmx_is_sent_to_the_progress(karim, desk):
    desk.mail("Dupont")

    response = karim.post(f"{EMAILS}ordonner/", {"nombre": "1"}, headers=HTMX)

    assert response["HX-Redirect"].startswith(f"{ROOT}envoi/")


def test_calls_go_to_the_list(karim, desk):
    desk.call("Petit")

    response = order(karim, "appels", nombre="1")

    assert response.url == f"{ROOT}appels-a-faire/"
    assert desk.statuses() == {"Petit": "to_do"}


# -- progress ----------------------------------------------------------------------------------


@pytest.fixture
def run_url(karim, desk):
    desk.mail("Dupont", 100)
    desk.mail("Durand", 250)
    return order(karim, nombre="2").url


def test_the_time_to_change_one_s_mind(karim, desk, settings):
    settings.UNDO_SECONDS = 300
    desk.mail("Dupont")
    url = order(karim, nombre="1").url

    response = karim.get(url)

    assert 290 < response.context["progress"].seconds_left <= 300
    assert "Annuler" in text_of(response)
    assert 'hx-trigger="every 1s"' in response.content.decode()


def test_undo_takes_everything_back_and_it_is_to_do_again(karim, desk, run_url):
    response = karim.post(f"{run_url}annuler/")
    desk.work()

    assert told(response)[-1] == "2 envois annulés : ils restent à faire."
    assert desk.statuses() == {"Dupont": "cancelled", "Durand": "cancelled"}
    assert Job.objects.get().status == Job.Status.STOPPED
    assert karim.get(ROOT).context["page"].count == 2


def test_the_end_says_what_left(karim, desk, run_url):
    desk.work()

    response = karim.get(run_url)

    assert "2 e-mails envoyés" in text_of(response)
    assert "every 1s" not in response.content.decode()


def test_the_part_alone_is_polled(karim, run_url):
    response = karim.get(run_url, headers={**HTMX, "HX-Target": "run"})

    assert response.content.decode().lstrip().startswith('<section id="run"')


def test_what_failed_says_why_and_what_to_do(karim, desk, run_url):
    Reminder.objects.filter(customer__legal_name="Dupont").update(
        status="failed", error="550 5.1.1 inconnu"
    )
    Reminder.objects.filter(customer__legal_name="Durand").update(status="unknown", error="Coupé")

    text = text_of(karim.get(run_url))

    assert "1 refusé" in text
    assert "550 5.1.1 inconnu" in text
    assert "Corriger l’adresse" in text
    assert "1 à vérifier" in text
    assert "Dire s’il est parti" in text


def test_stopping_keeps_what_has_left(karim, desk, run_url):
    Reminder.objects.filter(customer__legal_name="Dupont").update(status="sent")

    karim.post(f"{run_url}annuler/")

    assert desk.statuses() == {"Dupont": "sent", "Durand": "cancelled"}
    assert "1 annulé, qui reste à faire" in text_of(karim.get(run_url))


def test_stopping_too_late_says_so(karim, desk, run_url):
    desk.work()

    assert told(karim.post(f"{run_url}annuler/"))[-1] == "Trop tard : tout est déjà parti."


def test_stopping_one_order_leaves_the_other_s_job(karim, desk, run_url):
    desk.mail("Lemoine")
    order(karim, nombre="1")

    karim.post(f"{run_url}annuler/")
    desk.work()

    assert desk.statuses()["Lemoine"] == "sent"


def test_a_job_that_could_not_send_can_be_tried_again(karim, desk, run_url):
    Job.objects.update(status=Job.Status.FAILED, message="Le serveur ne répond pas.")

    assert "Le serveur ne répond pas." in text_of(karim.get(run_url))
    karim.post(f"{run_url}reprendre/")
    desk.work()

    assert set(desk.statuses().values()) == {"sent"}


def test_the_frame_s_job_leads_back_to_its_order(karim, desk, run_url):
    job = Job.objects.get()

    assert karim.get(f"{ROOT}travail/{job.pk}/").url == run_url
    assert f"{ROOT}travail/{job.pk}/" in karim.get(run_url).content.decode()


def test_the_overview_shows_what_is_under_way(karim, desk, run_url):
    response = karim.get(ROOT)

    assert "2 e-mails en cours" in text_of(response)
    assert f'href="{run_url}"' in response.content.decode()


@pytest.mark.parametrize("stamp", ["1", "99999999999999999999999"])
def test_an_order_that_does_not_exist_is_not_found(karim, stamp):
    assert karim.get(f"{ROOT}envoi/{stamp}/").status_code == 404


def test_an_order_of_others_does_not_exist_in_a_portfolio(client, desk, karim, run_url):
    client.force_login(member(desk.company, "collector", sales_reps="Durant"))

    assert client.get(run_url).status_code == 404
    assert client.post(f"{run_url}annuler/").status_code == 404
    assert set(desk.statuses().values()) == {"waiting"}


def test_a_reader_sees_but_cannot_send(client, desk):
    desk.mail("Dupont")
    client.force_login(member(desk.company, "reader"))

    assert "Envoyer 1 e-mail" not in text_of(client.get(EMAILS))
    assert order(client).status_code == 403
    assert client.get(f"{EMAILS}confirmer/").status_code == 403


def test_the_instant_of_an_order_is_exact():
    at = timezone.now().replace(microsecond=999_999)

    assert stamp_of(at + timedelta(microseconds=1)) - stamp_of(at) == 1
