"""« Activités » and one reminder in full, over HTTP."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from encaisse.collection.models import EntryFollowUp, Reminder, ReminderLine
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Event
from tests.builders import customer, invoice, member, reminder
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

URL = "/s/morel/activites/"


@pytest.fixture
def claire(morel):
    return member(morel, "collector", first_name="Claire", last_name="Morel")


@pytest.fixture
def collector(client, claire):
    client.force_login(claire)
    return client


@pytest.fixture
def several(morel, dupont, claire, today):
    """Four reminders that differ in everything."""
    petit = customer(morel, "Petit")
    reminder(dupont, on=today, euros=100, created_by=claire, recipients=["compta@dupont.example"])
    reminder(dupont, on=today - timedelta(days=40), euros=50, medium="phone", status="noted")
    reminder(petit, on=today, euros=7, kind="pre_due", level=0)
    reminder(petit, on=today, euros=20, medium="letter", status="posted", currency="USD")


@pytest.fixture
def unknown(dupont, today):
    made = reminder(dupont, on=today, euros=100, status="unknown", effective_on=None)
    entry = invoice(dupont, euros=100, due=today - timedelta(days=30))
    ReminderLine.objects.create(
        reminder=made, entry=entry, kind="reminder", level_before=0, level_after=1,
        claimed_minor=10_000,
    )  # fmt: skip
    return made


def test_the_list_says_what_was_done_to_whom_and_by_whom(collector, several):
    text = text_of(collector.get(URL))

    for words in ("Dupont", "compta@dupont.example", "Envoyé", "Posté", "Fait", "Prévenance"):
        assert words in text
    assert "De 1 à 4 sur 4" in text
    assert "157,00 €" in text  # the total in euros
    assert "20,00 $US" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?media=phone", 1),
        ("?type=pre_due", 1),
        ("?statut=posted", 1),
        ("?acteur=auto", 3),
        ("?q=petit", 2),
        ("?q=411DUPONT", 2),
        ("?media=email&type=reminder", 1),
        ("?media=fusee", 4),
    ],
)
def test_each_filter_applies(collector, several, query, count):
    assert f"De 1 à {count} sur {count}" in text_of(collector.get(URL + query))


def test_no_two_statuses_of_the_filter_have_the_same_name(collector, several):
    spec = collector.get(URL).context["list"].spec
    labels = [str(label) for one in spec.filters if one.key == "statut" for _, label in one.choices]
    assert "Envoyé" in labels
    assert len(set(labels)) == len(labels)


def test_opened_mails_are_a_status_of_their_own(collector, several, dupont):
    Reminder.objects.filter(kind="pre_due").update(opened_at=timezone.now())

    (row,) = collector.get(f"{URL}?statut=ouvert").context["list"].rows

    assert row.reminder.kind == "pre_due"


def test_an_actor_is_a_filter(collector, several, claire):
    assert "De 1 à 1 sur 1" in text_of(collector.get(f"{URL}?acteur={claire.pk}"))


def test_days_are_those_of_the_company_both_included(collector, several, today):
    first = today - timedelta(days=40)

    assert "sur 1" in text_of(collector.get(f"{URL}?du={first}&au={first}"))
    assert "sur 3" in text_of(collector.get(f"{URL}?du={today}"))
    assert "sur 4" in text_of(collector.get(f"{URL}?du=hier"))


def test_the_activities_of_one_customer(collector, several, dupont):
    text = text_of(collector.get(f"{URL}?client={dupont.pk}"))

    assert "De 1 à 2 sur 2" in text
    assert "Petit" not in text


def test_a_customer_who_does_not_exist_has_no_activities(collector, several):
    assert collector.get(f"{URL}?client={'9' * 30}").status_code == 404


def test_the_oldest_first_on_request(collector, several):
    newest, oldest = (collector.get(URL + query).text for query in ("", "?tri=created"))

    assert newest.index("data-list") < newest.index("Téléphone", newest.index("<tbody"))
    assert oldest.index("Fait", oldest.index("<tbody")) < oldest.index(
        "Envoyé", oldest.index("<tbody")
    )


def test_it_makes_the_same_number_of_queries_for_one_line_as_for_thirty(
    collector, several, dupont, today
):
    collector.get(URL)
    with CaptureQueriesContext(connection) as few:
        collector.get(URL)
    for _number in range(30):
        reminder(dupont, on=today)

    with CaptureQueriesContext(connection) as many:
        collector.get(f"{URL}?par=50")

    assert len(many) == len(few)


def test_the_export_has_every_line(collector, several):
    response = collector.get(f"{URL}export.csv?par=10")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert len(lines) == 5
    assert lines[0].startswith("Statut;Créée le")
    assert "compta@dupont.example" in "\n".join(lines)


def test_a_workbook_can_be_had(collector, several):
    response = collector.get(f"{URL}export.xlsx")

    assert b"".join(response.streaming_content).startswith(b"PK")


def test_a_refused_message_says_why_and_what_to_do(collector, dupont, today):
    reminder(dupont, on=today, status="failed", error="550 Utilisateur inconnu")

    text = text_of(collector.get(URL))

    assert "550 Utilisateur inconnu" in text
    assert "Corrigez l’adresse" in text


def test_an_empty_list_says_why(collector, morel):
    assert "Aucune activité pour l’instant" in collector.get(URL).text


# -- what must be verified -----------------------------------------------------------------------


def test_an_unknown_outcome_stands_first_with_its_two_answers(collector, several, unknown):
    text = text_of(collector.get(URL))

    assert "1 envoi à vérifier" in text
    assert text.index("Il est parti") < text.index("<table")
    assert "renvoyer" in text


def test_it_left(collector, unknown):
    collector.post(f"{URL}{unknown.pk}/verifier/", {"parti": "oui"})

    unknown.refresh_from_db()
    assert unknown.status == Reminder.Status.SENT
    assert EntryFollowUp.objects.get().level == 1
    assert [event.kind for event in Event.objects.all()] == ["reminder.sent"]


def test_it_did_not_leave(collector, unknown):
    collector.post(f"{URL}{unknown.pk}/verifier/", {"parti": "non"})

    unknown.refresh_from_db()
    assert unknown.status == Reminder.Status.WAITING
    assert not EntryFollowUp.objects.exists()
    assert [event.kind for event in Event.objects.all()] == ["reminder.requeued"]
    assert Job.objects.filter(function__endswith="send_mails").exists()


def test_an_answer_is_asked_for_and_never_guessed(collector, unknown):
    response = collector.post(f"{URL}{unknown.pk}/verifier/")

    unknown.refresh_from_db()
    assert response.status_code == 400
    assert unknown.status == Reminder.Status.UNKNOWN


def test_a_known_outcome_is_not_changed(collector, dupont, today):
    sent = reminder(dupont, on=today)

    response = collector.post(f"{URL}{sent.pk}/verifier/", {"parti": "non"}, follow=True)

    sent.refresh_from_db()
    assert sent.status == Reminder.Status.SENT
    assert "déjà connu" in text_of(response)


# -- one reminder --------------------------------------------------------------------------------


def test_a_reminder_is_shown_with_its_entries_and_what_followed(collector, unknown):
    collector.post(f"{URL}{unknown.pk}/verifier/", {"parti": "oui"})

    text = text_of(collector.get(f"{URL}{unknown.pk}/"))

    assert str(unknown.lines.get().entry) in text
    assert "R1" in text
    assert "100,00 €" in text
    assert "E-mail envoyé · R1" in text


def test_its_content_is_served_under_a_policy_of_its_own(collector, dupont, today):
    sent = reminder(dupont, on=today, content_html="<p style='color:red'>Bonjour</p>")

    page = collector.get(f"{URL}{sent.pk}/")
    content = collector.get(f"{URL}{sent.pk}/contenu/")

    policy = content["Content-Security-Policy"]
    assert f'<iframe class="message-frame" sandbox src="{URL}{sent.pk}/contenu/"' in page.text
    assert content.text == "<p style='color:red'>Bonjour</p>"
    for words in ("sandbox", "default-src 'none'", "style-src 'unsafe-inline'"):
        assert words in policy
    assert "script-src" not in policy
    assert "allow" not in policy


def test_what_has_no_content_yet_has_no_frame(collector, dupont, today):
    waiting = reminder(dupont, on=today, status="waiting")

    assert "<iframe" not in collector.get(f"{URL}{waiting.pk}/").text
    assert collector.get(f"{URL}{waiting.pk}/contenu/").status_code == 404


@pytest.fixture
def letter(dupont, today):
    path = Path(settings.MEDIA_ROOT) / "letters" / "test.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7")
    yield reminder(dupont, on=today, medium="letter", status="posted", file="letters/test.pdf")
    path.unlink(missing_ok=True)


def test_a_letter_can_be_downloaded_again(collector, letter):
    response = collector.get(f"{URL}{letter.pk}/courrier.pdf")

    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert "courrier-411DUPONT" in response["Content-Disposition"]


def test_a_letter_whose_file_is_gone_is_not_found(collector, letter):
    (Path(settings.MEDIA_ROOT) / letter.file).unlink()

    assert collector.get(f"{URL}{letter.pk}/courrier.pdf").status_code == 404


def test_a_message_that_has_not_left_can_be_cancelled(collector, dupont, today):
    waiting = reminder(dupont, on=today, status="waiting", effective_on=None)

    collector.post(f"{URL}{waiting.pk}/annuler/")

    waiting.refresh_from_db()
    assert waiting.status == Reminder.Status.CANCELLED
    assert [event.kind for event in Event.objects.all()] == ["reminders.cancelled"]
    assert "Annulé" in collector.get(f"{URL}{waiting.pk}/").text


# -- where a portfolio ends ----------------------------------------------------------------------


@pytest.fixture
def stranger(client, morel):
    client.force_login(member(morel, "administrator", sales_reps="Guérin"))
    return client


@pytest.mark.parametrize("page", ["", "contenu/", "courrier.pdf"])
def test_a_reminder_of_another_portfolio_does_not_exist(stranger, letter, page):
    Reminder.objects.update(content_html="<p>Bonjour</p>")

    assert stranger.get(f"{URL}{letter.pk}/{page}").status_code == 404


@pytest.mark.parametrize("action", ["verifier/", "annuler/"])
def test_nor_can_it_be_touched(stranger, unknown, action):
    assert stranger.post(f"{URL}{unknown.pk}/{action}", {"parti": "oui"}).status_code == 404


def test_the_list_and_its_export_end_where_the_portfolio_does(stranger, several, unknown, dupont):
    text = text_of(stranger.get(URL))
    export = b"".join(stranger.get(f"{URL}export.csv").streaming_content).decode("utf-8-sig")

    assert "Dupont" not in text + export
    assert "envoi à vérifier" not in text
    assert len(export.splitlines()) == 1
    assert stranger.get(f"{URL}?client={dupont.pk}").status_code == 404
