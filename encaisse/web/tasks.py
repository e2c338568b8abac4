"""Work in the background that goes through screens: exports by mail."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from encaisse.insights.models import ScheduledExport
from encaisse.insights.operations.scheduled_exports import start_export
from encaisse.insights.operations.send_export import (
    Parcel,
    Sending,
    SendingFailed,
    note_failure,
    send_parcel,
    stop_export,
)
from encaisse.insights.scheduled_exports import due_exports, export_to_send, owner_membership
from encaisse.jobs.operations import JobRefused, RunningJob
from encaisse.tenancy.journal import AUTOMATIC, Author
from encaisse.web.access import company_url
from encaisse.web.asked_file import NoFile, file_of_list


def send_due_exports(now: datetime) -> None:
    """Start a job for every export that must leave."""
    for export in due_exports(now):
        start_export(export, actor=export.owner, day=export.company.local_day(now).isoformat())


def send_export(job: RunningJob) -> dict[str, Any]:
    """Make the file of the job's export as its owner sees it today, and send it."""
    asked = job.job.payload
    export = export_to_send(asked["export"])
    if export is None or (asked["day"] and not export.is_active):
        return {}
    if not asked["day"] and job.job.attempts > 1:
        raise JobRefused(_("L’envoi a été interrompu : vérifiez s’il est arrivé."))
    day = date.fromisoformat(asked["day"]) if asked["day"] else None
    sending = Sending(timezone.now(), f"export:{export.pk}:{asked['day'] or job.job.pk}", day)
    author = Author.of(job.job.created_by) if job.job.created_by and not day else AUTOMATIC
    with translation.override(export.owner.language):
        try:
            parcel = _parcel(export, sending.now)
            return {"sent": send_parcel(export, parcel, sending, author=author)}
        except NoFile as stopped:
            stop_export(export, str(stopped), now=sending.now)
            raise JobRefused(str(stopped)) from stopped
        except SendingFailed as failed:
            raise JobRefused(str(failed)) from failed
        except Exception:
            note_failure(export, _("Erreur inattendue pendant la préparation du fichier."))
            raise


def _parcel(export: ScheduledExport, now: datetime) -> Parcel:
    membership = owner_membership(export)
    if membership is None:
        raise NoFile(
            _("%(name)s n’est plus membre de la société.") % {"name": export.owner.full_name}
        )
    today = export.company.local_day(now)
    file = file_of_list(membership, export.screen, export.query, kind=export.format, today=today)
    url = settings.SITE_URL + company_url(export.company, export.screen)
    return Parcel(file, f"{url}?{export.query}" if export.query else url)
