"""What the sender learns of each mail: accepted, refused, not sent, or unknown."""

import smtplib
import socket
from email import message_from_bytes

import pytest

from encaisse.messaging.transport import (
    CaptureSession,
    ConnectionFailed,
    OutcomeUnknown,
    RedirectSession,
    Refused,
    SendError,
    SmtpSession,
    SmtpSettings,
    TemporarilyRefused,
    TransportRefused,
    check,
)
from tests.messaging.scripted_smtp import ScriptedServer, scripted
from tests.support.smtp import SmtpServer

CONTENT = b"Subject: Rappel\r\nMessage-ID: <k@morel.example>\r\n\r\nBonjour\r\n.point\r\n"


@pytest.fixture(autouse=True, params=[False, True], ids=["one by one", "pipelined"])
def pipelines(request, monkeypatch):
    for server in (SmtpServer, ScriptedServer):
        monkeypatch.setattr(server, "pipelines", request.param)
    return request.param


def settings(port: int, **changes) -> SmtpSettings:
    values = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": 5}
    return SmtpSettings(**{**values, **changes})


def send(session, *recipients: str, content: bytes = CONTENT) -> None:
    session.send(
        envelope_from="compta@morel.example",
        recipients=recipients or ["z@dupont.example"],
        content=content,
    )


def test_a_mail_is_accepted(smtp_server):
    with SmtpSession(settings(smtp_server.port)) as session:
        send(session, "z@dupont.example", "paul@dupont.example")

    (received,) = smtp_server.received
    assert received.sender == "compta@morel.example"
    assert received.recipients == ("z@dupont.example", "paul@dupont.example")
    assert received.message.get_content() == "Bonjour\r\n.point\r\n"


def test_one_refused_recipient_refuses_the_mail_for_all(smtp_server):
    smtp_server.refused["paul@dupont.example"] = "550 5.1.1 Utilisateur inconnu"
    with SmtpSession(settings(smtp_server.port)) as session:
        with pytest.raises(Refused) as refusal:
            send(session, "z@dupont.example", "paul@dupont.example")
        assert refusal.value.reasons == {"paul@dupont.example": "550 5.1.1 Utilisateur inconnu"}
        assert refusal.value.code == 550
        assert smtp_server.received == []

        send(session, "z@dupont.example")

    assert [received.recipients for received in smtp_server.received] == [("z@dupont.example",)]


def test_a_permanent_refusal_prevails_over_a_temporary_one(smtp_server):
    smtp_server.refused["a@dupont.example"] = "451 4.7.1 Plus tard"
    smtp_server.refused["b@dupont.example"] = "550 5.1.1 Inconnu"

    with SmtpSession(settings(smtp_server.port)) as session, pytest.raises(Refused) as refusal:
        send(session, "a@dupont.example", "b@dupont.example")

    assert list(refusal.value.reasons) == ["b@dupont.example"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("452 4.3.1 Plus de place", TemporarilyRefused), ("554 5.7.1 Indésirable", Refused)],
)
def test_the_content_may_be_refused(smtp_server, answer, kind):
    smtp_server.answer_to_data = answer

    with SmtpSession(settings(smtp_server.port)) as session:
        with pytest.raises(kind) as refusal:
            send(session)
        smtp_server.answer_to_data = ""
        send(session)

    assert refusal.value.code == int(answer[:3])
    assert refusal.value.reasons == {"z@dupont.example": answer}
    assert len(smtp_server.received) == 1


@pytest.mark.parametrize("moment", ["banner", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_line_cut_before_the_content_means_not_sent(moment):
    with (
        scripted(moment) as server,
        SmtpSession(settings(server.port)) as session,
        pytest.raises(ConnectionFailed),
    ):
        send(session)

    assert server.accepted == []


def test_a_line_cut_inside_the_content_means_not_sent():
    with (
        scripted("content") as server,
        SmtpSession(settings(server.port)) as session,
        pytest.raises(ConnectionFailed),
    ):
        send(session, content=CONTENT + b"x" * 70 + b"\r\n" * 3_000_000)

    assert server.accepted == []


def test_a_line_cut_after_the_content_means_unknown(smtp_server):
    smtp_server.hang_up_after_data = True

    with SmtpSession(settings(smtp_server.port)) as session, pytest.raises(OutcomeUnknown):
        send(session)

    assert len(smtp_server.received) == 1  # it was taken, and the sender cannot know


def test_a_cut_before_the_server_took_it_looks_the_same():
    with (
        scripted("dot") as server,
        SmtpSession(settings(server.port)) as session,
        pytest.raises(OutcomeUnknown),
    ):
        send(session)

    assert server.accepted == []


def test_an_answer_that_makes_no_sense_means_unknown():
    with (
        scripted(dot="oui merci") as server,
        SmtpSession(settings(server.port)) as session,
        pytest.raises(OutcomeUnknown),
    ):
        send(session)


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("mail", "550 5.7.1 Expéditeur refusé", Refused),
        ("mail", "451 4.3.0 Plus tard", TemporarilyRefused),
        ("data", "554 5.5.0 Non", Refused),
        ("data", "421 4.3.2 Je ferme", TemporarilyRefused),
        ("rcpt", "421 4.3.2 Je ferme", TemporarilyRefused),
        ("dot", "421 4.3.2 Je ferme", TemporarilyRefused),
    ],
)
def test_a_refusal_is_told_from_an_unknown_outcome(command, answer, kind):
    with (
        scripted(**{command: answer}) as server,
        SmtpSession(settings(server.port)) as session,
        pytest.raises(kind) as refusal,
    ):
        send(session)

    assert refusal.value.reasons == {"z@dupont.example": answer}
    assert server.accepted == []


def test_a_refusal_before_a_relay_hangs_up_is_told():
    class Curt(ScriptedServer):
        def _talk(self, client, lines, at):
            client.sendall(b"220 ready\r\n")
            for line in lines:
                command = line[:4].upper()
                client.sendall(
                    b"250-x\r\n250 PIPELINING\r\n" if command == b"EHLO" else b"550 Non\r\n"
                )
                if command == b"MAIL":
                    return

    server = Curt([""], {})
    with SmtpSession(settings(server.port)) as session, pytest.raises(Refused) as refusal:
        send(session)
    server.stop()

    assert refusal.value.about == "sender"


@pytest.mark.parametrize("command", ["mail", "rcpt"])
def test_a_relay_that_wants_the_content_of_a_refused_mail_gets_none(command):
    answers = {command: "550 5.7.1 Non", "data": "354 go"}
    with scripted(**answers) as server, SmtpSession(settings(server.port)) as session:
        for _number in range(2):
            with pytest.raises(Refused):
                send(session)

    assert server.accepted == []


def test_commands_travel_together_where_the_relay_takes_them(pipelines, monkeypatch):
    packets = []
    put = smtplib.SMTP.send
    monkeypatch.setattr(smtplib.SMTP, "send", lambda self, s: packets.append(s) or put(self, s))

    with scripted() as server, SmtpSession(settings(server.port)) as session:
        send(session)
        packets.clear()
        send(session)
        send(session, "a@dupont.example", "b@dupont.example")

    assert len(server.accepted) == 3
    spoken = [str(packet) for packet in packets if str(packet).startswith(("MAIL", "RCPT", "DATA"))]
    assert len(spoken) == (3 if pipelines else 7)


def test_a_connection_dropped_between_two_mails_is_opened_again():
    with scripted("idle", "") as server, SmtpSession(settings(server.port)) as session:
        send(session)
        send(session)

    assert len(server.accepted) == 2
    assert server.connections == 2


def test_one_connection_serves_many_mails_then_a_new_one_is_opened():
    with (
        scripted() as server,
        SmtpSession(settings(server.port), max_messages=3) as session,
    ):
        for _number in range(7):
            send(session)

    assert len(server.accepted) == 7
    assert server.connections == 3


def test_leading_dots_and_bare_line_ends_cannot_end_the_mail_early():
    with scripted() as server, SmtpSession(settings(server.port)) as session:
        send(session, content=b"Subject: x\r\n\r\na\n.\nMAIL FROM:<evil@x.example>\r.\rfin")

    assert server.accepted == [
        b"Subject: x\r\n\r\na\r\n..\r\nMAIL FROM:<evil@x.example>\r\n..\r\nfin\r\n"
    ]


def test_a_wrong_address_is_refused_before_anything_is_said():
    with (
        scripted() as server,
        SmtpSession(settings(server.port)) as session,
        pytest.raises(Refused, match="n’est pas une adresse") as refusal,
    ):
        send(session, "z@dupont.example", "x@y>\r\nDATA")

    assert refusal.value.code == 553
    assert server.connections == 0


def test_a_relay_that_wants_a_password(smtp_server):
    smtp_server.username, smtp_server.password = "morel", "secret"
    right = settings(smtp_server.port, username="morel", password="secret")

    check(right)
    with SmtpSession(right) as session:
        send(session)

    assert len(smtp_server.received) == 1


@pytest.mark.parametrize("password", ["autre", "é"])
def test_a_wrong_password_is_told(password):
    with (
        scripted(ehlo="250-relais\r\n250 AUTH PLAIN", auth="535 5.7.8 Non") as server,
        pytest.raises(TransportRefused, match="refuse ce nom d’utilisateur ou ce mot de passe"),
    ):
        check(settings(server.port, username="morel", password=password))


def test_the_check_says_what_is_wrong(smtp_server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_port = silent.getsockname()[1]
        with pytest.raises(TransportRefused, match="ne répond pas"):
            check(settings(silent_port, timeout=0.2))
    with pytest.raises(TransportRefused, match="refuse la connexion sur le port"):
        check(settings(silent_port))
    with pytest.raises(TransportRefused, match="introuvable"):
        check(settings(25, host="smtp.absent.invalid"))
    with pytest.raises(TransportRefused, match="introuvable"):
        check(settings(25, host="é" * 80))
    with pytest.raises(TransportRefused, match="connexion chiffrée"):
        check(settings(smtp_server.port, security="tls"))
    with pytest.raises(TransportRefused, match="n’offre pas la sécurité"):
        check(settings(smtp_server.port, security="starttls"))
    with (
        scripted(ehlo="554 va-t’en", helo="554 va-t’en") as server,
        pytest.raises(TransportRefused, match="a répondu"),
    ):
        check(settings(server.port))
    check(settings(smtp_server.port))


def test_every_error_but_one_promises_that_nobody_got_the_mail():
    assert not issubclass(OutcomeUnknown, Refused | TemporarilyRefused | ConnectionFailed)
    assert issubclass(OutcomeUnknown, SendError)


def test_capture_writes_files_and_calls_nobody(tmp_path):
    with CaptureSession(tmp_path / "courriels") as session:
        send(session, "z@dupont.example", "paul@dupont.example")
        send(session)

    first, second = sorted((tmp_path / "courriels").iterdir())
    assert (first.name, second.name) == ("k@morel.example-2.eml", "k@morel.example.eml")
    message = message_from_bytes(second.read_bytes())
    assert message["X-Envelope-From"] == "compta@morel.example"
    assert message["X-Envelope-To"] == "z@dupont.example, paul@dupont.example"
    assert message["Subject"] == "Rappel"


def test_a_message_id_cannot_write_elsewhere(tmp_path):
    content = b"Message-ID: </../../evil/@x>\r\n\r\nx"

    with CaptureSession(tmp_path / "courriels") as session:
        send(session, content=content)

    assert [path.parent for path in tmp_path.rglob("*.eml")] == [tmp_path / "courriels"]


def test_redirection_sends_everything_to_one_address(smtp_server):
    inner = SmtpSession(settings(smtp_server.port))

    with RedirectSession(inner, "essai@morel.example") as session:
        send(session, "z@dupont.example", "paul@dupont.example")

    (received,) = smtp_server.received
    assert received.recipients == ("essai@morel.example",)
    assert received.message["X-Original-To"] == "z@dupont.example, paul@dupont.example"
