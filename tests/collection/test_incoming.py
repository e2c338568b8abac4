"""Answers and returns, read from a real mailbox, find their reminder and their customer."""

from datetime import date, datetime, timedelta

import pytest

from encaisse.collection.models import EntryFollowUp, IncomingMail, LevelChange, Reminder
from encaisse.collection.operations.incoming import (
    AnswerRefused,
    Taken,
    handle_answer,
    read_mailbox,
    try_mailbox,
)
from encaisse.ledger.models import Contact, Customer
from encaisse.messaging.mailbox import MailboxFailed
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Company, Event
from encaisse.tenancy.operations import configure_company
from tests.collection.world import Desk
from tests.support.imap import PASSWORD, ImapServer
from tests.support.incoming import answer, returned

TODAY = date(2026, 4, 8)


@pytest.fixture
def sent(acme: Desk, dupont: Customer, mailbox: ImapServer) -> Reminder:
    """Dupont's first reminder left this morning; ACME reads its mailbox."""
    configure_company(
        acme.company,
        author=COMMAND_LINE,
        imap_host=mailbox.host,
        imap_port=mailbox.port,
        imap_security="none",
        imap_username=mailbox.user,
        imap_password=PASSWORD,
    )
    acme.prepare(TODAY)
    acme.deliver(TODAY)
    return Reminder.objects.get()


def read(acme: Desk, *, at: datetime | None = None) -> Taken:
    company = Company.objects.get(pk=acme.company.pk)
    return read_mailbox(company, now=at or datetime.now(acme.company.zone))


def test_a_mail_that_comes_back_takes_its_level_and_its_address_back(
    acme: Desk, dupont: Customer, sent: Reminder, mailbox: ImapServer
):
    assert acme.level("F") == 1
    revision = acme.scope.company.facts_revision
    mailbox.put(returned(sent.message_id))

    assert read(acme).bounces == 1

    sent.refresh_from_db()
    assert (sent.status, sent.effective_on) == ("bounced", None)
    assert "5.1.1 Unknown user" in sent.error
    follow_up = EntryFollowUp.objects.get()
    assert (follow_up.level, follow_up.level_on, follow_up.reminder_count) == (0, None, 0)
    assert not LevelChange.objects.exists()
    assert Contact.objects.get().is_invalid
    assert Event.objects.filter(kind="reminder.bounced", customer_code="DUPONT").count() == 1
    assert acme.scope.company.facts_revision > revision
    # Proposed again at the same level by other means, on the same day.
    [action] = acme.plan(TODAY).actions
    assert (action.step.medium, action.step.level) == ("letter", 1)


def test_a_second_level_that_comes_back_returns_to_the_first_and_its_day(
    acme: Desk, dupont: Customer, sent: Reminder, mailbox: ImapServer
):
    acme.sync(date(2026, 4, 16))
    acme.prepare(date(2026, 4, 16))
    acme.deliver(date(2026, 4, 16))
    second = Reminder.objects.get(level=2)
    mailbox.put(returned(second.message_id))

    read(acme)

    follow_up = EntryFollowUp.objects.get()
    assert (follow_up.level, follow_up.level_on, follow_up.reminder_count) == (1, TODAY, 1)


def test_a_return_that_comes_after_the_next_step_leaves_the_level(
    acme: Desk, dupont: Customer, sent: Reminder, mailbox: ImapServer
):
    acme.sync(date(2026, 4, 16))
    acme.prepare(date(2026, 4, 16))
    acme.deliver(date(2026, 4, 16))
    mailbox.put(returned(sent.message_id))

    read(acme)

    sent.refresh_from_db()
    assert sent.status == "bounced"
    assert acme.level("F") == 2


def test_of_two_recipients_the_other_still_got_it(
    acme: Desk, dupont: Customer, mailbox: ImapServer, sent: Reminder
):
    Reminder.objects.update(recipients=["Old@example.com", "dupont@example.com"])
    Contact.objects.create(company=acme.company, customer=dupont, email="Old@example.com")
    mailbox.put(returned(sent.message_id, address="old@example.com"))

    read(acme)

    sent.refresh_from_db()
    assert (sent.status, sent.recipients) == ("sent", ["dupont@example.com"])
    assert acme.level("F") == 1
    invalid = Contact.objects.filter(is_invalid=True).values_list("email", flat=True)
    assert list(invalid) == ["Old@example.com"]


def test_when_every_recipient_sends_it_back_it_did_not_arrive(
    acme: Desk, dupont: Customer, mailbox: ImapServer, sent: Reminder
):
    Reminder.objects.update(recipients=["chef@example.com", "dupont@example.com"])
    for address in ("chef@example.com", "dupont@example.com"):
        mailbox.put(returned(sent.message_id, address=address))

    assert read(acme).bounces == 2

    sent.refresh_from_db()
    assert sent.status == "bounced"
    assert acme.level("F") == 0


def test_a_mail_that_cannot_be_understood_stops_no_other(
    acme: Desk, sent: Reminder, mailbox: ImapServer
):
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (rank, rank)
        for rank in range(2_000)
    )
    mailbox.put(b"From: dupont@example.com\nSubject: Re\n" + deep)
    mailbox.put(answer(sent.message_id))

    assert read(acme).answers == 1
    assert read(acme).answers == 0


def test_an_address_typed_in_capitals_is_written_to_no_more(
    acme: Desk, dupont: Customer, mailbox: ImapServer, sent: Reminder
):
    Reminder.objects.update(recipients=["Dupont@Example.com"])
    mailbox.put(returned(sent.message_id))

    read(acme)

    assert Contact.objects.get().is_invalid


def test_a_delay_is_only_noted(acme: Desk, sent: Reminder, mailbox: ImapServer):
    mailbox.put(returned(sent.message_id, status="4.4.1"))

    read(acme)

    sent.refresh_from_db()
    assert sent.status == "sent"
    assert not IncomingMail.objects.get().is_permanent
    assert not Contact.objects.filter(is_invalid=True).exists()


def test_a_return_without_our_identity_speaks_of_the_last_mail_to_that_address(
    acme: Desk, sent: Reminder, mailbox: ImapServer
):
    Reminder.objects.update(status_at=datetime.now(acme.company.zone) - timedelta(hours=2))
    mailbox.put(
        b"From: MAILER-DAEMON@mx.example\nSubject: Message non distribuable\n"
        b"Message-ID: <r@mx.example>\n\ndupont@example.com : cette adresse n'existe pas\n"
    )

    read(acme)

    sent.refresh_from_db()
    assert sent.status == "bounced"
    assert IncomingMail.objects.get().reminder == sent


def test_answers_find_their_reminder_or_their_customer_and_others_are_not_kept(
    acme: Desk, dupont: Customer, sent: Reminder, mailbox: ImapServer
):
    mailbox.put(answer(sent.message_id, sender="direction@ailleurs.example"))
    mailbox.put(answer(sender="Dupont@Example.com"))
    mailbox.put(answer(sent.message_id, Auto_Submitted="auto-replied"))
    mailbox.put(answer(sender="inconnu@ailleurs.example"))
    mailbox.put(answer(sent.message_id, sender="compta@acme.example"))

    taken = read(acme)

    assert (taken.answers, taken.automatic, taken.bounces, taken.error) == (2, 1, 0, "")
    rows = IncomingMail.objects.order_by("id")
    assert list(rows.values_list("kind", "reminder_id", "customer_id", "text")) == [
        ("reply", sent.pk, dupont.pk, "Le virement part vendredi."),
        ("other", None, dupont.pk, "Le virement part vendredi."),
        ("automatic", sent.pk, dupont.pk, "Le virement part vendredi."),
    ]


def test_each_mail_is_taken_once_and_nothing_changes_in_the_mailbox(
    acme: Desk, sent: Reminder, mailbox: ImapServer
):
    mailbox.put(answer(sent.message_id))
    assert read(acme).answers == 1
    assert read(acme).answers == 0
    mailbox.put(answer(sent.message_id))  # a second copy of the same mail
    assert read(acme).answers == 0
    mailbox.put(answer(sent.message_id, sender="b@example.com"))
    assert read(acme).answers == 1
    # The server numbers its messages anew.
    Company.objects.update(imap_validity=1, imap_last_uid=900)

    assert read(acme).answers == 0

    assert Company.objects.get().imap_last_uid == 3
    assert all(b"Seen" not in flags and b"Deleted" not in flags for flags in mailbox.flags())


def test_another_mailbox_set_while_one_is_read_keeps_its_own_beginning(
    acme: Desk, sent: Reminder, mailbox: ImapServer
):
    mailbox.put(answer(sent.message_id))
    reading = Company.objects.get(pk=acme.company.pk)
    configure_company(acme.scope.company, author=COMMAND_LINE, imap_folder="Relances")

    read_mailbox(reading, now=datetime.now(acme.company.zone))

    assert Company.objects.get().imap_last_uid == 0


def test_what_goes_wrong_is_kept_until_it_works_again(
    acme: Desk, sent: Reminder, mailbox: ImapServer
):
    company = acme.company
    assert try_mailbox(company) == 0
    configure_company(company, author=COMMAND_LINE, imap_password="faux")
    with pytest.raises(MailboxFailed, match="mot de passe"):
        try_mailbox(company)
    assert "mot de passe" in read(acme).error
    configure_company(company, author=COMMAND_LINE, imap_password=PASSWORD)

    configure_company(company, author=COMMAND_LINE, imap_folder="Relances reçues")
    assert "Relances reçues" in read(acme).error
    assert "Relances reçues" in Company.objects.get().imap_error
    configure_company(company, author=COMMAND_LINE, imap_folder="INBOX")

    assert read(acme).error == Company.objects.get().imap_error == ""


def test_an_answer_is_handled_once(
    acme: Desk, dupont: Customer, sent: Reminder, mailbox: ImapServer
):
    mailbox.put(answer(sent.message_id))
    read(acme)
    kept = IncomingMail.objects.get()

    handle_answer(kept, now=acme.at(TODAY, 15), author=COMMAND_LINE)

    with pytest.raises(AnswerRefused):
        handle_answer(kept, now=acme.at(TODAY, 16), author=COMMAND_LINE)
    kinds = Event.objects.filter(kind__startswith="answer.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == ["answer.received", "answer.handled"]
