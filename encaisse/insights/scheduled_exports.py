"""The exports that leave by mail: whose they are, which are due."""

from datetime import datetime

from django.db.models import Q

from encaisse.insights.models import ScheduledExport
from encaisse.insights.regular_mail import due
from encaisse.tenancy.models import Membership
from encaisse.tenancy.policy import member_holds

# The work itself calls a screen: it stands above.
SEND = "encaisse.web.tasks.send_export"


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


def due_exports(now: datetime) -> list[ScheduledExport]:
    """What must leave now, but for those under way or that failed a moment ago."""
    return due(ScheduledExport.objects.all(), now, function=SEND, key="export")
