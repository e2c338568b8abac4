"""« Tester l’envoi »: one message to oneself, through the very path that reminders take."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from encaisse.collection.operations.mail_session import open_trial_session
from encaisse.messaging.mail import (
    Attachment,
    Envelope,
    MailAddress,
    MailRefused,
    mail_bytes,
    make_message_id,
)
from encaisse.messaging.rules.content import MessageData, own_language
from encaisse.messaging.rules.rendering import Rendered, render
from encaisse.messaging.transport import MailSession, SendError
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Company, User

# Someone is waiting in front of the screen.
_PATIENCE = 10
_SUBJECT = gettext_noop("Essai d’envoi – {{ societe }}")
_BODY = (
    gettext_noop(
        "Ce message d’essai a été envoyé par Encaisse avec les réglages de {{ societe }}."
    ),
    gettext_noop("Puisque vous le lisez, vos relances peuvent partir."),
    gettext_noop(
        "Vérifiez l’adresse de l’expéditeur, et qu’il n’est pas arrivé dans les indésirables."
    ),
)


class TrialRefused(Exception):
    """The message did not leave; the text says exactly why."""


def send_trial_mail(
    company: Company,
    *,
    to: User,
    now: datetime,
    message: Rendered | None = None,
    attachments: Sequence[Attachment] = (),
) -> str:
    """Send a message to a user with the company's settings; where it went, in words.

    Without a `message`, one that says that it is a trial. Raises TrialRefused.
    """
    sender = MailAddress(company.sender_name or company.name, _sender_address(company))
    envelope = Envelope(
        sender=sender,
        recipients=(MailAddress(to.full_name, to.email),),
        message_id=make_message_id(f"trial:{uuid4()}", sender.email.rpartition("@")[2]),
        language=own_language(to.language),
        sent_at=now,
        reply_to=MailAddress("", company.reply_to) if company.reply_to else None,
    )
    try:
        content = mail_bytes(message or _text(company, to), envelope, attachments=attachments)
        with _session(company) as session:
            session.send(envelope_from=sender.email, recipients=[to.email], content=content)
    except (SendError, MailRefused) as error:
        raise TrialRefused(str(error)) from error
    record_event("mail.tried", company=company, author=Author.of(to), at=now, to=to.email)
    return _outcome(company, to)


def _sender_address(company: Company) -> str:
    if company.sender_email:
        return company.sender_email
    raise TrialRefused(_("Donnez d’abord l’adresse de l’expéditeur."))


def _session(company: Company) -> MailSession:
    if not company.is_demo and not company.can_send_mail():
        if company.mail_service:
            raise TrialRefused(_("Donnez d’abord la clé du service d’envoi."))
        raise TrialRefused(_("Donnez d’abord le serveur SMTP."))
    return open_trial_session(company, patience=_PATIENCE)


def _text(company: Company, to: User) -> Rendered:
    language = own_language(to.language)
    with override(language):
        greeting = _("Bonjour %(name)s,") % {"name": to.full_name}
        subject = _(_SUBJECT)
        body = "".join(f"<p>{text}</p>" for text in ("{{ formule_appel }}", *map(_, _BODY)))
    values: dict[str, str | bool | None] = {"societe": company.name, "formule_appel": greeting}
    return render(subject, body, MessageData(language, "EUR", values, None, None, 0, ""))


def _outcome(company: Company, to: User) -> str:
    if company.is_demo or company.mail_mode == Company.MailMode.CAPTURE:
        return _("Rien n’est parti : le message d’essai est gardé sur ce serveur, comme demandé.")
    if company.mail_mode == Company.MailMode.REDIRECT:
        return _("Message d’essai accepté, envoyé à l’adresse de répétition %(address)s.") % {
            "address": company.redirect_to
        }
    return _("Message d’essai accepté par le serveur, envoyé à %(address)s.") % {
        "address": to.email
    }
