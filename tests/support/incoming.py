"""Mails as customers and their servers send them back."""

from email.message import EmailMessage


def answer(to: str = "", *, sender: str = "dupont@example.com", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"Jean Dupont <{sender}>"
    mail["Subject"] = "Re: Relance"
    mail["Message-ID"] = f"<{abs(hash((to, sender, *headers.items())))}@example.com>"
    if to:
        mail["In-Reply-To"] = to
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Le virement part vendredi.\n\n> Sauf erreur de notre part\n")
    return mail


def returned(
    message_id: str, *, address: str = "dupont@example.com", status: str = "5.1.1"
) -> bytes:
    action = "failed" if status.startswith("5") else "delayed"
    return f"""From: MAILER-DAEMON@mx.example
To: compta@acme.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <return-{status}-{address}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {status} Unknown user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
""".encode()
