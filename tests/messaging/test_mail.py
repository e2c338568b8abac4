"""E-mails as another program reads them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from encaisse.messaging.mail import (
    Attachment,
    Envelope,
    MailAddress,
    MailRefused,
    mail_bytes,
    make_message_id,
)
from encaisse.messaging.rules.rendering import Rendered, render
from tests.messaging.facts import facts

SENT_AT = datetime(2026, 11, 30, 9, 15, tzinfo=UTC)
MESSAGE_ID = make_message_id("7:CLI00117:EUR:2", "morel.example")


def rendered(**changes) -> Rendered:
    body = "<p>{{ formule_appel }}</p><p>{{ tableau }}</p>\n<p>.point en début de ligne</p>"
    return render("Rappel – {{ total }} – {{ client }}", body, facts(**changes))


def envelope(**changes) -> Envelope:
    values = {
        "sender": MailAddress("Ateliers Morel, comptabilité", "compta@morel.example"),
        "recipients": [MailAddress("Zoé Legrand", "z.legrand@dupont.example")],
        "message_id": MESSAGE_ID,
        "language": "fr",
        "sent_at": SENT_AT,
    }
    return Envelope(**{**values, **changes})


def read(content: bytes):
    return message_from_bytes(content, policy=policy.default)


def test_a_mail_is_read_back_as_it_was_written():
    message = rendered()

    mail = read(mail_bytes(message, envelope()))

    assert mail["From"] == '"Ateliers Morel, comptabilité" <compta@morel.example>'
    assert mail["To"] == "Zoé Legrand <z.legrand@dupont.example>"
    assert mail["Subject"] == message.subject
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["Date"].datetime == SENT_AT
    assert mail["Content-Language"] == "fr"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert plain.get_content().replace("\r\n", "\n") == message.text
    assert html.get_content().replace("\r\n", "\n") == message.html
    assert not mail.defects
    assert "List-Unsubscribe" not in mail


def test_the_wire_is_ascii_in_short_crlf_lines():
    content = mail_bytes(rendered(), envelope())

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 100


def test_copies_and_the_address_to_answer():
    mail = read(
        mail_bytes(
            rendered(),
            envelope(
                copies=[MailAddress("", "paul@morel.example"), MailAddress("É", "e@é.example")],
                reply_to=MailAddress("Jeanne Morel", "j.morel@morel.example"),
                automatic=False,
            ),
        )
    )

    assert [a.addr_spec for a in mail["Cc"].addresses] == [
        "paul@morel.example",
        "e@xn--9ca.example",
    ]
    assert mail["Reply-To"] == "Jeanne Morel <j.morel@morel.example>"
    assert "Auto-Submitted" not in mail


def test_attachments_come_back_whole():
    files = [
        Attachment("FA-101.pdf", "application/pdf", b"%PDF-" + bytes(range(256)) * 40),
        Attachment('Relevé "été"\r\nX: y.csv', "text/csv", b"a;b\n"),
    ]

    mail = read(mail_bytes(rendered(), envelope(), attachments=files))

    assert mail.get_content_type() == "multipart/mixed"
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("FA-101.pdf", files[0].content)
    assert second.get_filename() == 'Relevé "été" X: y.csv'
    assert mail.get_body(("plain",)).get_content().startswith("Madame, Monsieur,")


def test_no_header_can_be_injected():
    attack = "Dupont\r\nBcc: voleur@evil.example\r\n\r\nCorps"
    message = rendered(client=attack)

    mail = read(
        mail_bytes(
            message,
            envelope(
                sender=MailAddress(attack, "compta@morel.example"),
                recipients=[MailAddress(attack, "z@dupont.example")],
                message_id=MESSAGE_ID + "\r\nBcc: voleur@evil.example",
                language="fr\r\nBcc: x@y.example",
            ),
        )
    )

    assert "Bcc" not in mail
    assert len(mail["To"].addresses) == 1
    assert mail["Subject"].endswith("Dupont Bcc: voleur@evil.example Corps")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dupont",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example\r\nBcc: x@y.example",
        "a@c.example>, <x@y.example",
        "é@c.example",
        "a@",
        "@c.example",
        "a@" + "é" * 300 + ".example",
    ],
)
def test_an_address_that_cannot_be_written_to_is_refused(address):
    with pytest.raises(MailRefused, match="n’est pas une adresse e-mail"):
        mail_bytes(rendered(), envelope(recipients=[MailAddress("Dupont", address)]))


def test_a_mail_needs_a_recipient_and_a_subject():
    with pytest.raises(MailRefused, match="destinataire"):
        mail_bytes(rendered(), envelope(recipients=[]))
    with pytest.raises(MailRefused, match="objet"):
        mail_bytes(Rendered(" ", "<p>x</p>", "x", []), envelope())


def test_the_message_id_is_the_same_for_the_same_key():
    assert make_message_id("a", "morel.example") == make_message_id("a", "morel.example")
    assert make_message_id("a", "morel.example") != make_message_id("b", "morel.example")
    assert MESSAGE_ID.startswith("<")
    assert MESSAGE_ID.endswith("@morel.example>")


def test_the_same_mail_is_the_same_bytes():
    assert mail_bytes(rendered(), envelope()) == mail_bytes(rendered(), envelope())


def test_long_subjects_are_folded_and_read_back():
    subject = "Relance – " + "très longue raison sociale " * 12

    mail = read(mail_bytes(Rendered(subject, "<p>x</p>", "x", []), envelope()))

    assert mail["Subject"] == subject.strip()
