"""A message that a person writes to one customer, from the form to what left."""

from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings

from encaisse.collection.models import EntryFollowUp, Reminder
from encaisse.collection.operations.attachments import Attached, attach, attached_to
from encaisse.collection.operations.holds import set_hold
from encaisse.collection.operations.prepare import Moment
from encaisse.collection.operations.write_message import (
    Message,
    MessageRefused,
    write_message,
)
from encaisse.collection.queries.drafts import Draft
from encaisse.collection.queries.messages import Composer
from encaisse.collection.rules.plan import Claim
from encaisse.ledger.models import Customer, LedgerEntry
from encaisse.tenancy.journal import COMMAND_LINE
from encaisse.tenancy.models import Event
from tests.collection.world import Desk

TODAY = date(2026, 4, 8)
BODY = "<p>Bonjour,</p><p>Nous attendons {{ total }}.</p>{{ tableau }}"


def mail(acme: Desk, *documents: str, **changes: object) -> Message:
    fields: dict[str, object] = {
        "kind": "reminder",
        "medium": "email",
        "entries": [acme.entry(document) for document in documents],
        "subject": "Votre compte {{ client_code }}",
        "body": BODY,
        "recipients": ("marie@dupont.example",),
        "token": "form-1",
    }
    return Message(**(fields | changes))  # type: ignore[arg-type]


def order(acme: Desk, customer: Customer, message: Message) -> Reminder:
    return write_message(customer, message, Moment(TODAY, acme.at(TODAY)), author=COMMAND_LINE)


def sent(acme: Desk) -> list[EmailMessage]:
    return acme.mails()


def test_what_was_typed_leaves_with_the_facts_of_the_moment(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F", copies=("chef@acme.example",)))
    acme.payment(dupont, "P", 500, on=TODAY)
    acme.match("F", "P", on=TODAY, letter="a")
    acme.sync(TODAY)

    assert acme.deliver(TODAY).sent == 1

    (message,) = sent(acme)
    assert message["To"] == "marie@dupont.example"
    assert message["Cc"] == "chef@acme.example"
    assert message["Subject"] == "Votre compte DUPONT"
    assert message.get_body(("plain",)).get_content().count("1\u202f000,00\u00a0€") >= 2
    reminder = Reminder.objects.get()
    assert (reminder.status, reminder.amount_minor) == ("sent", 100_000)
    assert "1\u202f000,00" in reminder.content_html


def test_it_counts_as_the_next_step_when_asked_to(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F"))
    acme.deliver(TODAY)

    assert acme.level("F") == 1
    # The next step of the scenario counts from it: eight days later.
    assert acme.prepare(TODAY + timedelta(days=7)).count == 0
    assert acme.prepare(TODAY + timedelta(days=8)).count == 1


def test_beside_the_scenario_it_leaves_the_level_alone(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F", counts=False))
    acme.deliver(TODAY)

    assert acme.level("F") == 0
    assert not EntryFollowUp.objects.filter(reminder_count__gt=0).exists()
    # One message a day: the planned one leaves on the next.
    assert acme.prepare(TODAY).count == 0
    assert acme.prepare(TODAY + timedelta(days=1)).count == 1


def test_a_chosen_step_is_reached_at_once(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F", to_level=3))
    acme.deliver(TODAY)

    assert acme.level("F") == 3


def test_nothing_leaves_for_what_was_paid_meanwhile(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F"))
    acme.payment(dupont, "P", 1500, on=TODAY)
    acme.match("F", "P", on=TODAY)
    acme.sync(TODAY)

    result = acme.deliver(TODAY)

    assert (result.sent, result.cancelled) == (0, 1)
    assert sent(acme) == []
    assert "réglé entre-temps" in Reminder.objects.get().error


def test_lines_follow_the_facts_even_where_the_total_stays(acme: Desk, dupont: Customer):
    acme.credit_note(dupont, "AV", 100, on=TODAY)
    acme.sync(TODAY)
    order(acme, dupont, mail(acme, "F", "AV"))
    # Forty of the credit note pay a part of the invoice: 1 460 − 60 is still 1 400.
    LedgerEntry.objects.filter(document_number="F").update(remaining_minor=146_000)
    LedgerEntry.objects.filter(document_number="AV").update(remaining_minor=-6_000)

    acme.deliver(TODAY)

    reminder = Reminder.objects.get()
    claimed = dict(reminder.lines.values_list("entry__document_number", "claimed_minor"))
    assert (reminder.amount_minor, claimed) == (140_000, {"F": 146_000, "AV": -6_000})


def test_the_same_form_sent_twice_is_one_message(acme: Desk, dupont: Customer):
    first = order(acme, dupont, mail(acme, "F"))
    again = order(acme, dupont, mail(acme, "F"))

    assert again.pk == first.pk
    assert acme.deliver(TODAY).sent == 1
    assert acme.deliver(TODAY, minute=5).sent == 0


def test_files_go_along(acme: Desk, dupont: Customer):
    file = Path(settings.MEDIA_ROOT) / "joined" / "releve.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF-1.7 dix pages")
    message = mail(
        acme,
        kind="statement",
        body="<p>Votre relevé est joint ; solde : {{ solde }}.</p>",
        attachments=(Attached("relevé.pdf", "joined/releve.pdf", "application/pdf"),),
    )

    order(acme, dupont, message)
    assert acme.deliver(TODAY).sent == 1

    (joined,) = sent(acme)[0].iter_attachments()
    assert joined.get_filename() == "relevé.pdf"
    assert joined.get_content() == b"%PDF-1.7 dix pages"


def test_a_file_with_a_long_name_is_kept(acme: Desk):
    token = "0" * 32

    attach(acme.company, token, "請求書" * 40 + ".pdf", [b"%PDF-1.7"])

    [file] = attached_to(acme.company, token)
    assert file.name.startswith("請求書")
    assert file.name.endswith(".pdf")


def test_a_statement_holds_back_no_reminder(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, kind="statement", body="<p>Solde : {{ solde }}.</p>"))

    assert acme.prepare(TODAY).count == 1


def test_a_letter_is_printed_for_the_typed_address(acme: Desk, dupont: Customer):
    message = mail(
        acme, "F", medium="letter", recipients=(), address=("Dupont SA", "BP 12", "75002 Paris")
    )
    order(acme, dupont, message)
    acme.print(TODAY)

    letter = Reminder.objects.get()
    assert (letter.status, letter.recipients) == ("printed", ["Dupont SA", "BP 12", "75002 Paris"])
    assert (Path(settings.MEDIA_ROOT) / letter.file).read_bytes().startswith(b"%PDF")
    assert acme.level("F") == 0
    acme.post(TODAY)
    assert acme.level("F") == 1


def test_a_call_is_noted_at_once(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F", medium="phone", comment="Paiera vendredi."))

    call = Reminder.objects.get()
    assert (call.status, call.comment, acme.level("F")) == ("noted", "Paiera vendredi.", 1)
    assert Event.objects.filter(kind="reminder.noted", customer_code="DUPONT").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recipients": ()}, "recipients"),
        ({"recipients": ("pas une adresse",)}, "recipients"),
        ({"copies": ("x@",)}, "copies"),
        ({"subject": " "}, "subject"),
        ({"body": ""}, "body"),
        ({"body": "<p>{{ inconnu }}</p>"}, "body"),
        ({"entries": []}, "entries"),
    ],
)
def test_a_faulty_form_is_refused_beside_its_field(
    acme: Desk, dupont: Customer, changes: dict[str, object], field: str
):
    with pytest.raises(MessageRefused) as refusal:
        order(acme, dupont, mail(acme, "F", **changes))

    assert refusal.value.field == field
    assert not Reminder.objects.exists()


def test_a_step_under_way_is_not_taken_twice(acme: Desk, dupont: Customer):
    acme.prepare(TODAY)

    with pytest.raises(MessageRefused) as refusal:
        order(acme, dupont, mail(acme, "F"))

    assert refusal.value.field == "to_level"


def stop(acme: Desk, customer: Customer, *, hour: int, document: str = "") -> None:
    set_hold(
        customer,
        author=COMMAND_LINE,
        today=TODAY,
        now=acme.at(TODAY, hour),
        reason="Demande du directeur",
        entry=acme.entry(document) if document else None,
    )


def test_a_stop_set_after_it_was_written_holds_it_back(acme: Desk, dupont: Customer):
    order(acme, dupont, mail(acme, "F"))
    stop(acme, dupont, hour=9)

    result = acme.deliver(TODAY)

    assert (result.sent, result.cancelled) == (0, 1)
    assert "suspendu entre-temps" in Reminder.objects.get().error


def test_an_entry_stopped_after_it_was_written_drops_out(acme: Desk, dupont: Customer):
    acme.invoice(dupont, "G", 100, due=date(2026, 3, 30))
    acme.sync(TODAY)
    order(acme, dupont, mail(acme, "F", "G"))
    stop(acme, dupont, hour=9, document="F")

    assert acme.deliver(TODAY).sent == 1

    assert Reminder.objects.get().amount_minor == 10_000
    assert (acme.level("F"), acme.level("G")) == (0, 1)


def test_a_stop_its_author_knew_of_does_not(acme: Desk, dupont: Customer):
    stop(acme, dupont, hour=8)
    order(acme, dupont, mail(acme, "F"))

    assert acme.deliver(TODAY).sent == 1


def test_it_speaks_of_what_it_claims_and_of_nothing_else(acme: Desk, dupont: Customer):
    acme.work(TODAY)
    acme.invoice(dupont, "G", 200, due=date(2026, 4, 7))
    acme.sync(TODAY)

    def known(*documents: str) -> tuple[object, ...]:
        claims = tuple(Claim(acme.entry(one).pk, 100, 0, 1) for one in documents)
        draft = Draft(dupont.pk, "EUR", "reminder", 1, "email", "", claims)
        values = Composer(acme.company, TODAY, [draft]).facts(draft).values
        return values["date_derniere_relance"], values["numero"]

    assert known("F") == ("8 avril 2026", "F")
    assert known("G") == (None, "G")
    assert known("F", "G") == ("8 avril 2026", None)


@pytest.mark.parametrize(
    ("names", "greeting"),
    [
        (("", "Mme Achat"), "Madame, Monsieur,"),
        (("Mme Compta", "Mme Achat"), "Bonjour Mme Compta,"),
    ],
)
def test_the_greeting_is_that_of_the_first_who_gets_the_message(
    acme: Desk, dupont: Customer, names: tuple[str, str], greeting: str
):
    dupont.contacts.all().delete()
    addresses = ("compta@dupont.example", "achat@dupont.example")
    for name, email in zip(names, addresses, strict=True):
        dupont.contacts.create(company=acme.company, name=name, email=email)
    body = "<p>{{ formule_appel }}</p>{{ tableau }}"
    order(acme, dupont, mail(acme, "F", recipients=addresses, body=body))

    acme.deliver(TODAY)

    (message,) = sent(acme)
    assert message.get_body(("plain",)).get_content().startswith(greeting)
