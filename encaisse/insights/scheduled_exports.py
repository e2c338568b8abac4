"""The exports that leave by mail: whose they are, which are due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from encaisse.insights.models import ScheduledExport
from encaisse.insights.rules.sending_days import Rhythm
from encaisse.jobs.models import Job
from encaisse.tenancy.models import Membership
from encaisse.tenancy.policy import member_holds

# The work itself calls a screen: it stands above.
SEND = "encaisse.web.tasks.send_export"
_TRY_AGAIN_AFTER = timedelta(minutes=30)


def rhythm_of(export: ScheduledExport) -> Rhythm:
    """When an export leaves."""
    weekdays = frozenset(int(digit) for digit in export.weekdays)
    return Rhythm(weekdays, export.month_day, export.hour)


def addresses_of(export: ScheduledExport) -> list[str]:
    """Who gets it."""
    return export.recipients.split()


def exports_of(membership: Membership) -> list[ScheduledExport]:
    """One's own exports, all of the company's for who configures it; one query."""
    found = ScheduledExport.objects.filter(_reachable(membership))
    return list(found.select_related("owner").order_by("-is_active", "name", "id"))


def get_export(membership: Membership, export_id: int) -> ScheduledExport:
    """One of those. Raises ScheduledExport.DoesNotExist."""
    found = ScheduledExport.objects.filter(_reachable(membership))
    return found.select_related("owner", "company").get(pk=export_id)


def _reachable(membership: Membership) -> Q:
    of_company = Q(company_id=membership.company_id)
    if member_holds(membership, "company.configure"):
        return of_company
    return of_company & Q(owner_id=membership.user_id)


def export_to_send(export_id: int) -> ScheduledExport | None:
    """An export with its owner and company; None once it was deleted."""
    found = ScheduledExport.objects.select_related("owner", "company")
    return found.filter(pk=export_id).first()


def owner_membership(export: ScheduledExport) -> Membership | None:
    """What the owner may see today; None once he is no longer a member."""
    rows = Membership.objects.select_related("user", "company")
    return rows.filter(user=export.owner, company=export.company, user__is_active=True).first()


def due_exports(now: datetime) -> list[ScheduledExport]:
    """What must leave now, but for those under way or that failed a moment ago."""
    active = ScheduledExport.objects.filter(is_active=True).select_related("owner", "company")
    due = [
        export
        for export in active.order_by("id")
        if rhythm_of(export).is_due(now.astimezone(export.company.zone), export.last_day)
    ]
    busy = _busy(due, now) if due else frozenset()
    return [export for export in due if export.pk not in busy]


def _busy(due: Sequence[ScheduledExport], now: datetime) -> frozenset[int]:
    unfinished = Q(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))
    failed = Q(status=Job.Status.FAILED, finished_at__gt=now - _TRY_AGAIN_AFTER)
    companies = {export.company_id for export in due}
    jobs = Job.objects.filter(unfinished | failed, company__in=companies, function=SEND)
    return frozenset(payload["export"] for payload in jobs.values_list("payload", flat=True))
