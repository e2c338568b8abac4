"""Notes: threads, colleagues named in them, and the mail that tells them once."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from django.conf import settings

from encaisse.collection.models import Note, NoteMention
from encaisse.collection.operations.mail_session import outbox
from encaisse.collection.operations.mention_mail import MentionMailFailed, send_mention_mails
from encaisse.collection.operations.notes import NoteRefused, see_mentions, write_note
from encaisse.collection.queries.notes import entry_notes, threads_of, unseen_mentions
from encaisse.collection.rules.mentions import Person, mentions_in, unknown_names
from encaisse.jobs.models import Job
from encaisse.tenancy.journal import Author
from encaisse.tenancy.models import Event
from tests.builders import company, customer, invoice, member

NOW = datetime(2026, 4, 8, 9, tzinfo=UTC)
PAGE = "https://encaisse.example/s/morel/clients/1/"
PEOPLE = [
    Person(1, "Karim", "Benali", "kb@morel.fr"),
    Person(2, "Élodie", "Le Goff", "elodie.legoff@morel.fr"),
    Person(3, "Claire", "Martin", "claire@morel.fr"),
    Person(4, "Claire", "Durand", "durand@morel.fr"),
]


# -- who is named --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Voir avec @karim.", [1]),
        ("@Karim Benali peux-tu rappeler ?", [1]),
        ("@elodie et @Élodie Le Goff", [2, 2]),
        ("@elodie.legoff : merci", [2]),
        ("@Claire : laquelle ?", []),
        ("@Claire Durand", [4]),
        ("@durand", [4]),
        ("Écrire à compta@karim.fr, ou @ karim", []),
        ("(@KARIM)", [1]),
        ("@karimbenali", []),
    ],
)
def test_a_colleague_is_named_by_his_name_or_the_head_of_his_address(text, keys):
    assert [mention.key for mention in mentions_in(text, PEOPLE)] == keys


def test_a_mention_covers_the_longest_name():
    (mention,) = mentions_in("Vu avec @Karim Benali hier", PEOPLE)

    assert "Vu avec @Karim Benali hier"[mention.start : mention.end] == "@Karim Benali"


@pytest.mark.parametrize(
    ("text", "strangers"),
    [
        ("@Zorro et @karim, puis @Zorro", ["@Zorro"]),
        ("@Claire : laquelle ?", ["@Claire"]),
        ("Écrire à compta@karim.fr, @ karim, vers @15h", []),
    ],
)
def test_a_name_that_leads_to_nobody_or_to_several_is_known(text, strangers):
    assert unknown_names(text, PEOPLE) == strangers


# -- notes ---------------------------------------------------------------------------------------


@pytest.fixture
def morel(db):
    return company("Ateliers Morel", slug="morel", mail_mode="capture", sender_email="a@morel.fr")


@pytest.fixture
def karim(morel):
    return member(morel, email="karim@morel.fr", first_name="Karim", last_name="Benali")


@pytest.fixture
def claire(morel):
    return member(morel, email="claire@morel.fr", first_name="Claire", last_name="Martin")


@pytest.fixture
def dupont(morel):
    return customer(morel, "Dupont", sales_rep="Durant")


def write(of, text: str, by, **about) -> Note:
    return write_note(of, text=text, author=Author.of(by), now=NOW, page=PAGE, **about)


def test_an_answer_to_an_answer_joins_the_thread(dupont, claire, karim):
    first = write(dupont, "Litige à prévoir", claire)
    answer = write(dupont, "Pourquoi ?", karim, parent=first)
    write(dupont, "Colis abîmé", claire, parent=answer)

    (thread,) = threads_of(dupont)

    assert thread.note == first
    assert [note.text for note in thread.answers] == ["Pourquoi ?", "Colis abîmé"]
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["note.written", "note.answered", "note.answered"]


def test_a_note_is_written_about_several_entries_at_once(dupont, claire):
    entries = [invoice(dupont, euros=10, due=NOW.date()) for _number in range(2)]

    write(dupont, "Avoir demandé", claire, entries=entries)
    write(dupont, "Avoir reçu", claire, entries=entries[:1])

    found = entry_notes([entry.pk for entry in entries])
    assert [(found[entry.pk].count, found[entry.pk].last.text) for entry in entries] == [
        (2, "Avoir reçu"),
        (1, "Avoir demandé"),
    ]
    assert Event.objects.count() == 2


def test_a_note_about_something_of_another_customer_is_refused(morel, dupont, claire):
    other = customer(morel, "Petit")
    note = write(other, "Ailleurs", claire)
    entry = invoice(other, euros=10, due=NOW.date())

    for about in ({"parent": note}, {"entries": [entry]}):
        with pytest.raises(NoteRefused):
            write(dupont, "Ici", claire, **about)
    assert list(Note.objects.all()) == [note]


# -- mentions ------------------------------------------------------------------------------------


def test_who_is_named_finds_it_until_he_has_seen_it(morel, dupont, claire, karim):
    note = write(dupont, "@karim tu le connais ? @Claire", claire)

    assert [mention.note for mention in unseen_mentions(morel, karim)] == [note]
    assert unseen_mentions(morel, claire) == []
    assert see_mentions(dupont, author=Author.of(karim), now=NOW) == 1
    assert see_mentions(dupont, author=Author.of(karim), now=NOW) == 0
    assert unseen_mentions(morel, karim) == []


def test_only_those_who_may_see_the_customer_are_named(morel, dupont, claire):
    apart = member(morel, first_name="Zoé", last_name="Roy", sales_reps="Guérin")

    write(dupont, "@zoé", claire)

    assert unseen_mentions(morel, apart) == []
    assert not Job.objects.exists()


def test_a_mention_is_mailed_once_with_a_link(morel, dupont, claire, karim, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA", tmp_path)
    note = write(dupont, "@karim\n<b>Voir</b> la facture", claire)

    job = Job.objects.get()
    assert job.payload == {"note": note.pk, "page": PAGE}
    assert [send_mention_mails(note, page=PAGE, now=NOW) for _time in range(2)] == [1, 0]

    (mail,) = [
        message_from_bytes(path.read_bytes(), policy=default) for path in outbox(morel).iterdir()
    ]
    assert mail["To"] == "Karim Benali <karim@morel.fr>"
    assert mail["Subject"] == "Claire Martin vous a nommé dans une note : Dupont"
    body = mail.get_body(("html",)).get_content()
    assert "&lt;b&gt;Voir&lt;/b&gt; la facture" in body
    assert f'href="{PAGE}"' in body


def test_a_colleague_who_could_not_be_told_is_told_later(morel, dupont, claire, karim, smtp_server):
    morel.mail_mode, morel.smtp_host, morel.smtp_port = "live", "127.0.0.1", 1
    morel.save()
    note = write(dupont, "@karim", claire)

    with pytest.raises(MentionMailFailed, match="Karim Benali"):
        send_mention_mails(note, page="", now=NOW)
    assert NoteMention.objects.get().mailed_at is None

    note.company.smtp_port = smtp_server.port
    note.company.smtp_security = "none"
    assert send_mention_mails(note, page="", now=NOW) == 1
    assert NoteMention.objects.get().mailed_at == NOW
