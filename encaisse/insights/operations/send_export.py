"""Sending the file of a list by mail: at most once for a day, whatever breaks on the way."""

from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from typing import NoReturn

from django.db import transaction
from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from encaisse.collection.operations.mail_session import open_session
from encaisse.core.dates import short_date
from encaisse.insights.models import ScheduledExport
from encaisse.insights.scheduled_exports import addresses_of
from encaisse.messaging.mail import (
    Attachment,
    Envelope,
    MailAddress,
    MailRefused,
    build_mail,
    mail_bytes,
    make_message_id,
)
from encaisse.messaging.rules.rendering import Rendered
from encaisse.messaging.transport import OutcomeUnknown, Refused, SendError
from encaisse.tenancy.journal import AUTOMATIC, Author, record_event
from encaisse.tenancy.queries import outside_addresses


class SendingFailed(Exception):
    """The file did not leave, or perhaps not; the text is fit to show to the user."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a mail carries: the file, or None when it is too heavy, and where the list is."""

    file: Attachment | None
    list_url: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One mailing: the moment, the key of its Message-ID, and its day for a regular one."""

    now: datetime
    key: str
    day: date | None = None


def send_parcel(
    export: ScheduledExport, parcel: Parcel, sending: Sending, *, author: Author = AUTOMATIC
) -> bool:
    """Send the file; False when that day's one was sent already.

    The day is taken before the server is spoken to, and given back when nobody can have got the
    mail. Raises SendingFailed, the reason being kept on the export.
    """
    company, now = export.company, sending.now
    if not company.can_send_mail() or not company.sender_email:
        _fail(export, _("La société n’a pas d’adresse d’expédition : réglez l’envoi des e-mails."))
    previous = export.last_day
    if sending.day and not _take(export, sending.day):
        return False
    try:
        content = mail_bytes(_mail(export, parcel, sending))
        with open_session(company) as session:
            session.send(
                envelope_from=company.sender_email,
                recipients=addresses_of(export),
                content=content,
            )
    except OutcomeUnknown as error:
        _fail(export, _("Envoi incertain, non répété : %(why)s") % {"why": error})
    except (Refused, MailRefused) as error:
        _fail(export, str(error))
    except SendError as error:
        if sending.day:
            ScheduledExport.objects.filter(pk=export.pk).update(last_day=previous)
        _fail(export, str(error))
    _note_sent(export, parcel, now, author)
    return True


def _take(export: ScheduledExport, day: date) -> bool:
    """Be the only one to send that day's file."""
    free = Q(last_day=None) | Q(last_day__lt=day)
    started = _("L’envoi a été interrompu : il n’est pas certain qu’il soit parti.")
    rows = ScheduledExport.objects.filter(free, pk=export.pk, is_active=True)
    return bool(rows.update(last_day=day, last_error=started))


def _fail(export: ScheduledExport, why: str) -> NoReturn:
    note_failure(export, why)
    raise SendingFailed(why)


def note_failure(export: ScheduledExport, why: str) -> None:
    """Keep on the export why it did not leave."""
    ScheduledExport.objects.filter(pk=export.pk).update(last_error=why)


@transaction.atomic
def _note_sent(export: ScheduledExport, parcel: Parcel, now: datetime, author: Author) -> None:
    ScheduledExport.objects.filter(pk=export.pk).update(sent_at=now, last_error="")
    recipients = addresses_of(export)
    record_event(
        "export.sent",
        company=export.company,
        author=author,
        at=now,
        name=export.name,
        screen=export.screen,
        query=export.query,
        owner=export.owner.email,
        file=parcel.file.filename if parcel.file else "",
        bytes=len(parcel.file.content) if parcel.file else 0,
        recipients=recipients,
        outside=outside_addresses(export.company, recipients),
    )


@transaction.atomic
def stop_export(export: ScheduledExport, why: str, *, now: datetime) -> None:
    """Its owner may no longer ask for it: it stops, and says so."""
    ScheduledExport.objects.filter(pk=export.pk).update(is_active=False, last_error=why)
    record_event(
        "export.stopped",
        company=export.company,
        author=AUTOMATIC,
        at=now,
        name=export.name,
        why=why,
    )


def _mail(export: ScheduledExport, parcel: Parcel, sending: Sending) -> EmailMessage:
    company = export.company
    sender = MailAddress(company.sender_name or company.name, company.sender_email)
    envelope = Envelope(
        sender=sender,
        recipients=[MailAddress("", address) for address in addresses_of(export)],
        message_id=make_message_id(sending.key, sender.email.rpartition("@")[2]),
        language=export.owner.language,
        sent_at=sending.now,
        reply_to=MailAddress(export.owner.full_name, export.owner.email),
    )
    attachments = [parcel.file] if parcel.file else []
    return build_mail(_text(export, parcel, sending.now), envelope, attachments=attachments)


def _text(export: ScheduledExport, parcel: Parcel, now: datetime) -> Rendered:
    local = now.astimezone(export.company.zone)
    about = {
        "name": export.name,
        "company": export.company.name,
        "day": short_date(local.date()),
        "owner": export.owner.full_name,
    }
    subject = _("%(name)s – %(company)s – %(day)s") % about
    if parcel.file:
        first = _("Le fichier joint contient la liste « %(name)s » au %(day)s.") % about
    else:
        first = (
            _(
                "La liste « %(name)s » au %(day)s dépasse 20 Mo : elle ne peut pas être jointe. "
                "Exportez-la depuis Encaisse."
            )
            % about
        )
    lines = (
        _("Bonjour,"),
        first,
        _("Voir la liste : %(url)s") % {"url": parcel.list_url},
        _(
            "Cet envoi régulier a été demandé par %(owner)s. Pour ne plus le recevoir, répondez à "
            "ce message."
        )
        % about,
    )
    html = format_html("<div>{}</div>", format_html_join("", "<p>{}</p>", ((s,) for s in lines)))
    return Rendered(subject, html, "\n\n".join(lines) + "\n", [])
