"""Sending the file of a list by mail: at most once for a day, whatever breaks on the way."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from encaisse.core.dates import short_date
from encaisse.insights.models import ScheduledExport
from encaisse.insights.operations.regular_mail import Sending, note_sent, send_once
from encaisse.insights.scheduled_exports import addresses_of
from encaisse.messaging.mail import (
    Attachment,
    Envelope,
    MailAddress,
    mail_bytes,
    make_message_id,
)
from encaisse.messaging.rules.rendering import Rendered
from encaisse.messaging.transport import MailSession
from encaisse.tenancy.journal import AUTOMATIC, Author, record_event
from encaisse.tenancy.queries import outside_addresses


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a mail carries: the file, or None when it is too heavy, and where the list is."""

    file: Attachment | None
    list_url: str


def send_parcel(
    export: ScheduledExport, parcel: Parcel, sending: Sending, *, author: Author = AUTOMATIC
) -> bool:
    """Send the file; False when that day's one was sent already. Raises SendingFailed."""

    def send(session: MailSession) -> None:
        session.send(
            envelope_from=export.company.sender_email,
            recipients=addresses_of(export),
            content=_mail(export, parcel, sending),
        )

    if not send_once(export, sending, send):
        return False
    _note_sent(export, parcel, sending.now, author)
    return True


@transaction.atomic
def _note_sent(export: ScheduledExport, parcel: Parcel, now: datetime, author: Author) -> None:
    note_sent(export, now)
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


def _mail(export: ScheduledExport, parcel: Parcel, sending: Sending) -> bytes:
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
    return mail_bytes(_text(export, parcel, sending.now), envelope, attachments=attachments)


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
