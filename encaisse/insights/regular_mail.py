"""What leaves by mail on some days: when, for whom, and what is due."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from encaisse.insights.models import RegularMail
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Membership

_TRY_AGAIN_AFTER = timedelta(minutes=30)

Mail = TypeVar("Mail", bound=RegularMail)


def rhythm_of(mail: RegularMail) -> Rhythm:
    """When it leaves."""
    weekdays = frozenset(int(digit) for digit in mail.weekdays)
    return Rhythm(weekdays, mail.month_day, mail.hour)


def owner_membership(mail: RegularMail) -> Membership | None:
    """What the owner may see today; None once he is no longer a member."""
    rows = Membership.objects.active().select_related("user", "company")
    return rows.filter(user=mail.owner, company=mail.company).first()


def of_members(mails: QuerySet[Mail]) -> QuerySet[Mail]:
    """Those whose owner is still of the company."""
    members = Membership.objects.active().filter(
        user=OuterRef("owner"), company=OuterRef("company")
    )
    return mails.filter(Exists(members))


def due(mails: QuerySet[Mail], now: datetime, *, function: str, key: str) -> list[Mail]:
    """What must leave now, but for those under way or that failed a moment ago.

    `function` is the work of the jobs that send them, `key` where these keep which one.
    """
    active = mails.filter(is_active=True).select_related("owner", "company")
    found = [
        mail
        for mail in active.order_by("id")
        if rhythm_of(mail).is_due(now.astimezone(mail.company.zone), mail.last_day)
    ]
    busy = _busy(found, now, function, key) if found else frozenset()
    return [mail for mail in found if mail.pk not in busy]


def _busy(mails: Sequence[Mail], now: datetime, function: str, key: str) -> frozenset[int]:
    unfinished = Q(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    failed = Q(status=Job.Status.FAILED, finished_at__gt=now - _TRY_AGAIN_AFTER)
    companies = {mail.company_id for mail in mails}
    jobs = Job.objects.filter(unfinished | failed, company__in=companies, function=function)
    return frozenset(payload[key] for payload in jobs.values_list("payload", flat=True))
