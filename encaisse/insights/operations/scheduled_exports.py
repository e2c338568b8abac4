"""Asking for the file of a list by mail at regular times, and changing one's mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.insights.models import ScheduledExport
from encaisse.insights.operations.regular_mail import RhythmRefused, begin_later, set_rhythm
from encaisse.insights.operations.saved_views import kept_query
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.insights.scheduled_exports import SEND, addresses_of
from encaisse.jobs.models import Job
from encaisse.jobs.operations import start_job
from encaisse.messaging.mail import MailRefused, ascii_address
from encaisse.tenancy.journal import Author, record_event
from encaisse.tenancy.models import Membership, User
from encaisse.tenancy.queries import outside_addresses

MOST_RECIPIENTS = 20


class ExportRefused(Exception):
    """The export cannot be planned so; the text is fit to show to the user."""


class RecipientsRefused(ExportRefused):
    """Some addresses cannot be written to, or there are none, or too many."""


@dataclass(frozen=True, slots=True)
class ExportWish:
    """An export as someone wants it; `file_format` is `csv` or `xlsx`."""

    name: str
    file_format: str
    recipients: Sequence[str]
    rhythm: Rhythm


@transaction.atomic
def schedule_export(
    membership: Membership,
    wish: ExportWish,
    *,
    screen: str,
    query: str,
    author: Author,
    now: datetime,
) -> ScheduledExport:
    """Plan the mailing of a list, which will hold what the member sees on each day.

    It begins with the next hour that was asked: one already gone today waits. Raises
    ExportRefused.
    """
    export = ScheduledExport(
        company=membership.company,
        owner_id=membership.user_id,
        screen=screen,
        query=kept_query(query, but=("par",)),
    )
    _write(export, wish, now)
    _record("export.scheduled", export, author)
    return export


@transaction.atomic
def change_export(
    export: ScheduledExport, wish: ExportWish, *, author: Author, now: datetime
) -> None:
    """Another name, format, rhythm or other recipients. Raises ExportRefused."""
    _write(export, wish, now)
    _record("export.changed", export, author)


def _write(export: ScheduledExport, wish: ExportWish, now: datetime) -> None:
    try:
        set_rhythm(export, wish.rhythm, now)
    except RhythmRefused as refusal:
        raise ExportRefused(str(refusal)) from refusal
    export.name, export.format = wish.name, wish.file_format
    export.recipients = "\n".join(checked_recipients(wish.recipients))
    export.save()


def checked_recipients(addresses: Sequence[str]) -> list[str]:
    """The addresses, each once. Raises RecipientsRefused, naming those that are wrong."""
    found = {address.casefold(): address for address in map(str.strip, addresses) if address}
    wrong = [address for address in found.values() if not _can_be_written_to(address)]
    if wrong:
        raise RecipientsRefused(_("À corriger : %(addresses)s.") % {"addresses": ", ".join(wrong)})
    if not found:
        raise RecipientsRefused(_("Donnez au moins une adresse."))
    if len(found) > MOST_RECIPIENTS:
        raise RecipientsRefused(
            _("Donnez %(count)d adresses au plus.") % {"count": MOST_RECIPIENTS}
        )
    return list(found.values())


def _can_be_written_to(address: str) -> bool:
    try:
        domain = ascii_address(address).rpartition("@")[2]
    except MailRefused:
        return False
    return "." in domain.strip(".")


@transaction.atomic
def pause_export(export: ScheduledExport, *, author: Author) -> None:
    """Send it no more until it is resumed."""
    if ScheduledExport.objects.filter(pk=export.pk, is_active=True).update(is_active=False):
        _record("export.paused", export, author)


@transaction.atomic
def resume_export(export: ScheduledExport, *, author: Author, now: datetime) -> None:
    """Send it again, from the next hour that was asked."""
    export.is_active, export.last_error = True, ""
    begin_later(export, now)
    export.save(update_fields=["is_active", "last_error", "last_day"])
    _record("export.resumed", export, author)


@transaction.atomic
def delete_export(export: ScheduledExport, *, author: Author) -> None:
    """Forget it."""
    _record("export.deleted", export, author)
    export.delete()


def start_export(export: ScheduledExport, *, actor: User, day: str = "") -> Job:
    """A job that sends the file now; `day` (2026-11-21) when it is that day's regular one."""
    return start_job(
        SEND,
        company=export.company,
        label=_("Export planifié « %(name)s »") % {"name": export.name},
        actor=actor,
        payload={"export": export.pk, "day": day},
    )


def _record(kind: str, export: ScheduledExport, author: Author) -> None:
    recipients = addresses_of(export)
    record_event(
        kind,
        company=export.company,
        author=author,
        name=export.name,
        screen=export.screen,
        query=export.query,
        format=export.format,
        weekdays=export.weekdays,
        month_day=export.month_day,
        hour=export.hour,
        recipients=recipients,
        outside=outside_addresses(export.company, recipients),
    )
