"""Work in the background that goes through screens: exports and cash reports by mail."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from encaisse.insights.cash_report import cash_report_to_send, due_cash_reports, since_of
from encaisse.insights.models import ScheduledExport
from encaisse.insights.operations.cash_reports import send_cash_report as send_report
from encaisse.insights.operations.cash_reports import start_cash_report
from encaisse.insights.operations.regular_mail import Sending, SendingFailed, note_failure
from encaisse.insights.operations.scheduled_exports import start_export
from encaisse.insights.operations.send_export import Parcel, send_parcel, stop_export
from encaisse.insights.regular_mail import owner_membership
from encaisse.insights.scheduled_exports import due_exports, export_to_send
from encaisse.jobs.operations import JobRefused, RunningJob
from encaisse.messaging.rules.content import own_language
from encaisse.tenancy.journal import AUTOMATIC, Author
from encaisse.tenancy.scope import Scope
from encaisse.web.access import company_url
from encaisse.web.app.cash_report.mail import cash_report_mail
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


def send_due_cash_reports(now: datetime) -> None:
    """Start a job for every cash report that must leave."""
    for report in due_cash_reports(now):
        start_cash_report(report, day=report.company.local_day(now))


def send_cash_report(job: RunningJob) -> dict[str, Any]:
    """Write the report of the job as its owner's portfolio stands now, and send it."""
    asked, now = job.job.payload, timezone.now()
    report = cash_report_to_send(asked["report"])
    membership = owner_membership(report) if report and report.is_active else None
    if report is None or membership is None:
        return {}
    day = date.fromisoformat(asked["day"])
    with translation.override(own_language(report.owner.language)):
        try:
            since = since_of(report, on=day)
            mail = cash_report_mail(Scope.of(membership), report.owner, since=since, now=now)
            return {"sent": send_report(report, mail, day=day, now=now)}
        except SendingFailed as failed:
            raise JobRefused(str(failed)) from failed
        except Exception:
            note_failure(report, _("Erreur inattendue pendant la préparation du rapport."))
            raise
