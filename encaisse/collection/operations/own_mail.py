"""Mails to the company's own people, through its own connection: short, and never a reminder."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from encaisse.collection.operations.deliver import sender_address
from encaisse.messaging.mail import (
    Envelope,
    MailAddress,
    mail_bytes,
    make_message_id,
)
from encaisse.messaging.rules.as_html import html_page
from encaisse.messaging.rules.as_text import plain_text
from encaisse.messaging.rules.content import Language
from encaisse.messaging.rules.rendering import Rendered
from encaisse.messaging.transport import MailSession
from encaisse.tenancy.models import Company

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OwnMail:
    """What is said, as nodes; `key` makes its Message-ID: the same mail has the same one."""

    key: str
    subject: str
    nodes: list[Node]
    language: Language


def send_own_mail(
    session: MailSession, company: Company, mail: OwnMail, *, to: MailAddress, now: datetime
) -> None:
    """Send it. Raises SendError and MailRefused."""
    sender = MailAddress(company.sender_name or company.name, sender_address(company))
    envelope = Envelope(
        sender=sender,
        recipients=(to,),
        message_id=make_message_id(mail.key, sender.email.rpartition("@")[2]),
        language=mail.language,
        sent_at=now,
    )
    content = mail_bytes(rendered_own_mail(mail), envelope)
    session.send(envelope_from=sender.email, recipients=[to.email], content=content)


def rendered_own_mail(mail: OwnMail) -> Rendered:
    """The mail as HTML and as text."""
    page = html_page(mail.nodes, title=mail.subject, language=mail.language)
    return Rendered(mail.subject, page, plain_text(mail.nodes), mail.nodes)


def paragraph(*lines: str) -> Node:
    """Some lines as one paragraph."""
    children: list[Node] = []
    for line in lines:
        children += [{"name": "br"}] if children else []
        children.append({"text": line})
    return {"name": "p", "children": children}


def link(address: str, text: str) -> Node:
    """A paragraph that is a link."""
    return {"name": "p", "children": [{"name": "a", "href": address, "children": [{"text": text}]}]}


def bullets(*lines: str) -> Node:
    """A list of lines."""
    return {
        "name": "ul",
        "children": [{"name": "li", "children": [{"text": one}]} for one in lines],
    }
