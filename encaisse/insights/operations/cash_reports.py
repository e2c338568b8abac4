"""Asking for a cash report by mail, and sending it."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from encaisse.collection.operations.own_mail import OwnMail, send_own_mail
from encaisse.insights.cash_report import SEND, cash_report_of
from encaisse.insights.models import CashReport
from encaisse.insights.operations.regular_mail import Sending, note_sent, send_once, set_rhythm
from encaisse.insights.regular_mail import rhythm_of
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.jobs.models import Job
from encaisse.jobs.operations import start_job
from encaisse.messaging.mail import MailAddress
from encaisse.messaging.transport import MailSession
from encaisse.tenancy.journal import AUTOMATIC, Author, record_event
from encaisse.tenancy.models import Membership


@transaction.atomic
def set_cash_report(
    membership: Membership, rhythm: Rhythm | None, *, author: Author, now: datetime
) -> None:
    """When a member gets his report from now on; None for no more. Raises RhythmRefused."""
    report = cash_report_of(membership)
    before = _told(report)
    if report is None:
        report = CashReport(company=membership.company, owner=membership.user)
    report.is_active = rhythm is not None
    if rhythm is not None:
        report.last_error = ""
        set_rhythm(report, rhythm, now)
    after = _told(report)
    if before == after:
        return
    report.save()
    record_event(
        "cash_report.set",
        company=membership.company,
        author=author,
        at=now,
        email=membership.user.email,
        before=before,
        after=after,
    )


def _told(report: CashReport | None) -> dict[str, object]:
    """A rhythm as the journal keeps it; nothing for none."""
    if report is None or not report.is_active:
        return {}
    rhythm = rhythm_of(report)
    return {
        "weekdays": report.weekdays,
        "month_day": rhythm.month_day,
        "hour": rhythm.hour,
    }


def start_cash_report(report: CashReport, *, day: date) -> Job:
    """A job that sends the report of a day."""
    return start_job(
        SEND,
        company=report.company,
        label=_("Cash reporting de %(name)s") % {"name": report.owner.full_name},
        actor=report.owner,
        payload={"report": report.pk, "day": day.isoformat()},
    )


def send_cash_report(report: CashReport, mail: OwnMail, *, day: date, now: datetime) -> bool:
    """Send a day's report to its owner; False when it was sent already. Raises SendingFailed."""
    to = MailAddress(report.owner.full_name, report.owner.email)

    def send(session: MailSession) -> None:
        send_own_mail(session, report.company, mail, to=to, now=now)

    if not send_once(report, Sending(now, mail.key, day), send):
        return False
    with transaction.atomic():
        note_sent(report, now)
        record_event(
            "cash_report.sent", company=report.company, author=AUTOMATIC, at=now, to=to.email
        )
    return True
