"""Mails as servers and people really write them: returns, absences, answers."""

from email.message import EmailMessage

import pytest

from encaisse.messaging.rules.incoming import Incoming, read_incoming

OURS = "<0123456789abcdef@acme.example>"


def read(text: str) -> Incoming:
    return read_incoming(text.lstrip("\n").replace("\n", "\r\n").encode())


POSTFIX = f"""
Return-Path: <>
From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)
To: relances@acme.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-Id: <4XyZ@mx.acme.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.acme.example.

<jean@dupont.example>: host mx.dupont.example[192.0.2.7] said: 550 5.1.1
    <jean@dupont.example>: Recipient address rejected: User unknown

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
Arrival-Date: Wed,  8 Apr 2026 09:01:22 +0200 (CEST)

Final-Recipient: rfc822; Jean@dupont.example
Original-Recipient: rfc822;jean@dupont.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.dupont.example
Diagnostic-Code: smtp; 550 5.1.1 <jean@dupont.example>: Recipient address
    rejected: User unknown

--b1
Content-Type: text/rfc822-headers

From: "ACME" <relances@acme.example>
To: jean@dupont.example
Subject: Relance
Message-ID: {OURS}

--b1--
"""


def test_a_standard_return_says_who_why_and_which_message():
    mail = read(POSTFIX)

    assert mail.kind == "bounce"
    assert mail.returned is not None
    assert mail.returned.addresses == ("jean@dupont.example",)
    assert mail.returned.message_id == OURS
    assert mail.returned.status == "5.1.1"
    assert mail.returned.diagnosis.startswith("550 5.1.1 <jean@dupont.example>: Recipient address")
    assert mail.returned.is_permanent


def test_a_delay_is_no_failure_and_a_success_is_no_return():
    delayed = read(
        POSTFIX.replace("Action: failed", "Action: delayed").replace(
            "Status: 5.1.1", "Status: 4.4.1"
        )
    )
    delivered = read(POSTFIX.replace("Action: failed", "Action: relayed"))

    assert delayed.returned is not None
    assert not delayed.returned.is_permanent
    assert delivered.returned is None
    assert delivered.kind == "automatic"


def test_the_copy_of_our_mail_tells_which_it_was():
    mail = read(
        POSTFIX.replace("Content-Type: text/rfc822-headers", "Content-Type: message/rfc822")
    )

    assert mail.returned is not None
    assert mail.returned.message_id == OURS


EXCHANGE = f"""
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@dupont.example>
To: relances@acme.example
Subject: =?utf-8?Q?Non_remis_:_Relance?=
Message-ID: <exchange-1@dupont.example>
In-Reply-To: {OURS}
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

Échec de la remise pour ces destinataires ou groupes :

Jean Dupont (jean@dupont.example)
L’adresse de courrier que vous avez entrée est introuvable.

Informations de diagnostic pour les administrateurs :
#550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup ##
"""
GMAIL = f"""
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: relances@acme.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: jean@dupont.example
Message-ID: <gmail-1@mail.gmail.com>
References: {OURS}
Content-Type: text/plain; charset="UTF-8"

** Address not found **

Your message wasn't delivered to jean@dupont.example because the address
couldn't be found, or is unable to receive mail.

The response was:
550 5.1.1 The email account that you tried to reach does not exist.
"""
EXIM = f"""
Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@mx.acme.example>
To: relances@acme.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <exim-1@mx.acme.example>
Content-Type: text/plain

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  jean@dupont.example
    mailbox is full: retry timeout exceeded

------ This is a copy of the message's headers. ------

Return-path: <relances@acme.example>
From: "ACME" <relances@acme.example>
Message-ID: {OURS}
"""
ORANGE = f"""
From: MAILER-DAEMON@orange.fr
To: relances@acme.example
Subject: Message non distribuable
Message-Id: <orange-1@orange.fr>
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Votre message n'a pas pu =EAtre remis =E0 l'adresse jean@dupont.example :
cette bo=EEte n'existe pas.

> Message-ID: {OURS}
> Subject: Relance
"""


@pytest.mark.parametrize("text", [EXCHANGE, GMAIL, EXIM, ORANGE])
def test_returns_in_words_are_understood(text: str):
    returned = read(text).returned

    assert returned is not None
    assert returned.addresses == ("jean@dupont.example",)
    assert returned.message_id == OURS
    assert returned.is_permanent
    assert returned.diagnosis


def test_a_delay_in_words_is_no_failure():
    returned = read(
        EXIM.replace("Mail delivery failed", "Warning: message delayed 24 hours").replace(
            "This is a permanent error. ", "It will be retried. "
        )
    ).returned

    assert returned is not None
    assert not returned.is_permanent


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Réponse automatique : Relance",
        "Subject: Absent du bureau",
        "Subject: Out of Office Re: Relance",
    ],
)
def test_absences_are_known(header: str):
    text = f"From: jean@dupont.example\nTo: a@b.example\n{header}\nMessage-ID: <m@d>\n\nAbsent."

    assert read(text).kind == "automatic"


def test_a_person_who_speaks_of_an_absence_or_of_a_failure_is_a_person():
    text = "From: Jean <jean@dupont.example>\nSubject: Absence de facture\n\nVirement non remis."

    assert read(text).kind == "reply"


def answer(body: str, *, html: str = "") -> Incoming:
    mail = EmailMessage()
    mail["From"] = "Jean Dupont <Jean@Dupont.example>"
    mail["Subject"] = "Re: Relance"
    mail["Message-ID"] = "<answer@dupont.example>"
    mail["In-Reply-To"] = OURS
    mail["References"] = f"<other@x.example> {OURS}"
    if body:
        mail.set_content(body)
    if html:
        mail.add_alternative(html, subtype="html")
    return read_incoming(mail.as_bytes())


@pytest.mark.parametrize(
    "quotation",
    [
        "Le mer. 8 avr. 2026 à 09:01, ACME Compta <\nrelances@acme.example> a écrit :\n> Bonjour",
        "On Wed, Apr 8, 2026 at 9:01 AM ACME <relances@acme.example> wrote:\n> Bonjour",
        "-----Message d'origine-----\nDe : ACME\nEnvoyé : mercredi 8 avril",
        "De : ACME <relances@acme.example>\nEnvoyé : mercredi 8 avril 2026\nÀ : Jean\nObjet : R",
        "________________________________\nFrom: ACME <relances@acme.example>\nSent: Wednesday",
        "> Bonjour,\n> Sauf erreur de notre part",
    ],
)
def test_what_is_quoted_is_cut_off(quotation: str):
    mail = answer(f"Bonjour,\n\nLe virement part vendredi.\n\n{quotation}\n")

    assert mail.kind == "reply"
    assert mail.from_address == "jean@dupont.example"
    assert mail.answers == (OURS, "<other@x.example>")
    assert mail.text == "Bonjour,\n\nLe virement part vendredi."


def test_an_answer_in_html_is_read_without_its_quotation():
    mail = answer(
        "",
        html="<style>p{color:red}</style><div>Bonjour,<br>le virement &amp; l’avoir</div>"
        "<p>Merci</p><div class=gmail_quote>Le 8 avril<blockquote>Relance</blockquote></div>",
    )

    assert mail.text == "Bonjour,\nle virement & l’avoir\nMerci"


def test_a_text_that_is_only_a_quotation_is_kept_whole():
    assert answer("> Réponse mal placée\n").text == "> Réponse mal placée"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: =?nocharset?q?=FF?=\nMessage-ID: <" + b"x" * 400 + b"@y>\n\nA\x00B",
        b"Content-Type: multipart/mixed\n\n--\n",
        b"Content-Type: multipart/report; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n\n\xe9\n--b--\n",
        b'Content-Type: text/plain; charset="inconnu"\n\n\xe9t\xe9',
    ],
)
def test_a_damaged_mail_gives_what_can_be_read_of_it(content: bytes):
    mail = read_incoming(content)

    assert mail.kind == "reply"
    assert 5 < len(mail.message_id) <= 250
    assert "\x00" not in mail.text


def test_of_an_endless_thread_the_nearest_mails_are_looked_for():
    thread = " ".join(f"<{number}@acme.example>" for number in range(50_000))
    content = f"In-Reply-To: <direct@acme.example>\nReferences: {thread}\n\nBonjour".encode()

    answers = read_incoming(content).answers

    assert answers[:2] == ("<direct@acme.example>", "<49999@acme.example>")
    assert len(answers) == 100
